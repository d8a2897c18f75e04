//! How long it takes from files to a plan, and to drive the schedule through it: 10, 100, 1,000 and 10,000 accounts with
//! six stacks each. `cargo bench --bench pipeline` prints a table; `-- --write N DIR` writes a configuration instead.

mod best;
mod organization;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use landfall_engine::schedule::{Decision, Limits, Schedule, Signal};
use landfall_model::{AccountId, AccountName, Foundation, OrganizationId, load_files};
use landfall_plan::{
    AccountStatus, Desired, Graph, Mode, Observed, ObservedAccount, ObservedOrganization, ObservedStack, ObservedUnit,
    Plan, Reach, Request, StackStatus, plan,
};
use landfall_stacks::{Identities, TemplateScope, expected, synthesize};

use best::{Failure, best};

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.as_slice() {
        [flag, accounts, folder] if flag == "--write" => write(accounts.parse()?, Path::new(folder)),
        _ => table(),
    }
}

fn write(accounts: usize, folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder.join("teams"))?;
    for (name, text) in organization::files(accounts) {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}

fn table() -> Result<(), Failure> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark prints its table; it is no part of the binary")]
    let mut out = std::io::stdout().lock();
    writeln!(out, "| accounts | stacks | read | synthesize | graph | first plan | plan, unchanged | schedule |")?;
    writeln!(out, "|---:|---:|---:|---:|---:|---:|---:|---:|")?;
    for accounts in [10, 100, 1_000, 10_000] {
        let row = measure(accounts)?;
        write!(out, "| {accounts} | {} |", row.stacks)?;
        for time in row.times {
            write!(out, " {:.1} ms |", time.as_secs_f64() * 1_000.0)?;
        }
        writeln!(out)?;
        out.flush()?;
    }
    Ok(())
}

struct Row {
    stacks: usize,
    times: [Duration; 6],
}

fn measure(accounts: usize) -> Result<Row, Failure> {
    let files: BTreeMap<String, Vec<u8>> =
        organization::files(accounts).into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    let (foundation, read) = best(|| {
        let loaded = load_files(&files);
        if loaded.diagnostics.has_errors() {
            return Err(format!("{:?}", loaded.diagnostics.sorted()).into());
        }
        loaded.foundation.ok_or_else(|| "no foundation".into())
    })?;
    let (synthesis, synthesized) = best(|| Ok(synthesize(&foundation)))?;
    if synthesis.diagnostics.has_errors() {
        return Err(format!("{:?}", synthesis.diagnostics.sorted()).into());
    }
    let stacks = synthesis.stacks.len();
    assert!(stacks >= accounts * organization::STACKS_PER_ACCOUNT, "{stacks} stacks are too few");
    let desired = Desired::new(&foundation, synthesis.stacks).guarded(synthesis.guardrails);
    let (graph, graphed) = best(|| Graph::of(&desired).map_err(|cycles| format!("{cycles:?}").into()))?;
    let request = Request::new(Mode::Apply);
    let nothing = empty()?;
    let (first, planned) = best(|| Ok(plan(&desired, &graph, &nothing, &request)?))?;
    assert!(first.steps.len() > stacks, "the first plan makes everything");
    let everything = deployed(&foundation, &desired)?;
    let (second, unchanged) = best(|| Ok(plan(&desired, &graph, &everything, &request)?))?;
    assert!(second.is_empty(), "an unchanged organization gives an empty plan: {:?}", second.steps.first());
    let ((), scheduled) = best(|| drive(&first))?;
    Ok(Row { stacks, times: [read, synthesized, graphed, planned, unchanged, scheduled] })
}

fn empty() -> Result<Observed, Failure> {
    Ok(Observed::nothing(AccountId::new("111111111111")?))
}

/// What would be observed if everything stood as it shall.
fn deployed(foundation: &Foundation, desired: &Desired) -> Result<Observed, Failure> {
    let mut observed = empty()?;
    let organization = OrganizationId::new("o-a1b2c3d4e5")?;
    observed.organization = Some(ObservedOrganization {
        id: organization.clone(),
        management: observed.caller.clone(),
        root: "r-root".to_owned(),
        all_features: true,
        policy_types: std::collections::BTreeSet::new(),
    });
    for unit in &desired.units {
        observed.units.insert(unit.clone(), ObservedUnit { id: format!("ou-root-{unit}") });
    }
    let mut ids: BTreeMap<AccountName, AccountId> = BTreeMap::new();
    for (index, account) in foundation.accounts.values().enumerate() {
        let id = match &account.id {
            Some(id) => id.clone(),
            None => AccountId::new(format!("2{index:011}"))?,
        };
        ids.insert(account.name.clone(), id.clone());
        observed.reach.insert(account.name.clone(), Reach::Read);
        observed.accounts.insert(
            id.clone(),
            ObservedAccount {
                id,
                name: account.name.to_string(),
                email: account.email.clone(),
                status: AccountStatus::Active,
                unit: account.unit.clone(),
                tags: Some(desired.accounts[&account.name].tags.clone()),
            },
        );
    }
    for stack in desired.stacks.values() {
        let spec = desired.spec(stack);
        let tags = spec.tags;
        observed.stacks.entry(stack.key.account.clone()).or_default().push(ObservedStack {
            region: stack.key.region.clone(),
            name: stack.key.name.clone(),
            id: format!("stack/{}", stack.key),
            status: StackStatus::CreateComplete,
            reason: None,
            tags: tags.clone(),
            protected: Some(spec.protection == landfall_stacks::Protection::On),
            outputs: BTreeMap::new(),
            dates: landfall_plan::Dates::default(),
        });
        let template = serde_json::from_str(&stack.body.json)?;
        let scope = TemplateScope::of(stack, &ids, Some(&organization))?;
        let mut stands = expected(&template, &scope)?;
        // CloudFormation hands the tags of a stack on to its roles.
        stands.roles.values_mut().for_each(|role| role.tags.extend(tags.clone()));
        let all: &mut Identities = observed.identities.entry(stack.key.account.clone()).or_default();
        all.roles.extend(stands.roles);
        all.policies.extend(stands.policies);
        all.profiles.extend(stands.profiles);
        all.providers.extend(stands.providers);
    }
    Ok(observed)
}

/// Drives the schedule through the whole plan, every step ending at once.
fn drive(plan: &Plan) -> Result<(), Failure> {
    let mut schedule = Schedule::new(plan, Limits::default())?;
    let mut running: std::collections::VecDeque<usize> = std::collections::VecDeque::new();
    let mut ended = 0;
    let mut decisions = schedule.apply(Signal::Begin)?;
    loop {
        for decision in decisions.drain(..) {
            if let Decision::Start(step) = decision {
                running.push_back(step);
            }
        }
        let Some(step) = running.pop_front() else { break };
        ended += 1;
        decisions = schedule.apply(Signal::Done(step))?;
    }
    assert_eq!(ended, plan.steps.len(), "every step ran");
    Ok(())
}
