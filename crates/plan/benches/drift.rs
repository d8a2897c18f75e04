//! How long it takes to compare 1,000 accounts with 50 roles each, once they are read, and how much memory all of it takes:
//! `cargo bench -p landfall-plan --bench drift`. The figures stand in docs/performance.md.

#[path = "../../../benches/best.rs"]
mod best;
#[path = "../../../benches/organization.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest")]
mod organization;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::time::Duration;

use landfall_model::{AccountId, AccountName, Foundation, OrganizationId, PolicyName, RoleName, load_files};
use landfall_plan::{
    AccountStatus, Dates, Desired, ForeignRole, Graph, Observed, ObservedAccount, ObservedOrganization, ObservedStack,
    ObservedUnit, Reach, StackStatus, Survey, drift,
};
use landfall_stacks::{Identities, PolicyDocument, Role, TAG_DIGEST, TemplateScope, expected, synthesize};
use serde_json::json;

use best::{Failure, best};

/// Jobs of the one team: each has two roles.
const JOBS: usize = 22;

/// Roles of others in each account.
const FOREIGN: usize = 12;

fn main() -> Result<(), Failure> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark prints its table; it is no part of the binary")]
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| accounts | roles | untouched | a role in every account changed | memory once read | more while comparing |"
    )?;
    writeln!(out, "|---:|---:|---:|---:|---:|---:|")?;
    for accounts in [10, 100, 1_000] {
        let row = measure(accounts)?;
        let [untouched, touched] = row.times.map(|time| time.as_secs_f64() * 1_000.0);
        let [read, more] = row.memory.map(|kilobytes| kilobytes / 1024);
        writeln!(out, "| {accounts} | {} | {untouched:.0} ms | {touched:.0} ms | {read} MB | {more} MB |", row.roles)?;
        out.flush()?;
    }
    Ok(())
}

struct Row {
    roles: usize,
    times: [Duration; 2],
    /// What was there before comparing, and the most that came on top, in KiB.
    memory: [u64; 2],
}

fn measure(accounts: usize) -> Result<Row, Failure> {
    let files = organization::files_with(accounts, &team());
    let files: BTreeMap<String, Vec<u8>> = files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    let loaded = load_files(&files);
    if loaded.diagnostics.has_errors() {
        return Err(format!("{:?}", loaded.diagnostics.sorted()).into());
    }
    let foundation = loaded.foundation.ok_or("no foundation")?;
    let synthesis = synthesize(&foundation);
    let desired = Desired::new(&foundation, synthesis.stacks).guarded(synthesis.guardrails);
    let graph = Graph::of(&desired).map_err(|cycles| format!("{cycles:?}"))?;
    let mut observed = standing(&foundation, &desired)?;
    let roles = observed.identities.values().map(|all| all.roles.len()).sum();
    // Linux sets the peak back to what is there now.
    std::fs::write("/proc/self/clear_refs", "5")?;
    let read = memory("VmRSS:")?;
    let (untouched, first) = best(|| Ok(drift(&desired, &graph, &observed, &[])?))?;
    assert!(untouched.is_clean(), "{:?}", untouched.drifts.first());
    for all in observed.identities.values_mut() {
        if let Some(role) = all.roles.values_mut().next() {
            role.trust.change(|json| json["Statement"][0]["Principal"] = "*".into());
        }
    }
    let (touched, second) = best(|| Ok(drift(&desired, &graph, &observed, &[])?))?;
    assert_eq!(touched.drifts.len(), observed.identities.len(), "one drift in every account");
    Ok(Row { roles, times: [first, second], memory: [read, memory("VmHWM:")?.saturating_sub(read)] })
}

/// Memory of the process in KiB, as Linux tells it.
fn memory(which: &str) -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(which)).ok_or("no such line")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

fn team() -> String {
    let mut text = "team: platform\naccounts: [all, \"!management\"]\nboundary: workload\nroles: per-job\n\
                    buckets: [bench-data]\nsecrets: /batch-jobs/platform\njobs:\n"
        .to_owned();
    for number in 0..JOBS {
        text.push_str(&format!("  - name: job-{number}\n"));
    }
    text
}

/// What would be observed if everything stood as it shall.
fn standing(foundation: &Foundation, desired: &Desired) -> Result<Observed, Failure> {
    let organization = OrganizationId::new("o-a1b2c3d4e5")?;
    let management = AccountId::new("111111111111")?;
    let mut observed = Observed::nothing(management.clone());
    observed.organization = Some(ObservedOrganization {
        id: organization.clone(),
        management,
        root: "r-root".to_owned(),
        all_features: true,
        policy_types: BTreeSet::new(),
    });
    for unit in &desired.units {
        observed.units.insert(unit.clone(), ObservedUnit { id: format!("ou-root-{unit}") });
    }
    let mut ids: BTreeMap<AccountName, AccountId> = BTreeMap::new();
    for (index, account) in foundation.accounts.values().enumerate() {
        let id = account.id.clone().map_or_else(|| AccountId::new(format!("2{index:011}")), Ok)?;
        ids.insert(account.name.clone(), id.clone());
        observed.reach.insert(account.name.clone(), Reach::Read);
        let live = ObservedAccount {
            id: id.clone(),
            name: account.name.to_string(),
            email: account.email.clone(),
            status: AccountStatus::Active,
            unit: account.unit.clone(),
            tags: Some(desired.accounts[&account.name].tags.clone()),
        };
        observed.accounts.insert(id, live);
    }
    for stack in desired.stacks.values() {
        let mut tags = desired.spec(stack).tags;
        observed.stacks.entry(stack.key.account.clone()).or_default().push(ObservedStack {
            region: stack.key.region.clone(),
            name: stack.key.name.clone(),
            id: format!("stack/{}", stack.key),
            status: StackStatus::CreateComplete,
            reason: None,
            tags: tags.clone(),
            protected: Some(true),
            outputs: BTreeMap::new(),
            dates: Dates::default(),
        });
        tags.remove(TAG_DIGEST);
        let template = serde_json::from_str(&stack.body.json)?;
        let mut stands = expected(&template, &TemplateScope::of(stack, &ids, Some(&organization))?)?;
        stands.roles.values_mut().for_each(|role| role.tags.extend(tags.clone()));
        let all: &mut Identities = observed.identities.entry(stack.key.account.clone()).or_default();
        all.roles.extend(stands.roles);
        all.policies.extend(stands.policies);
        all.profiles.extend(stands.profiles);
        all.providers.extend(stands.providers);
    }
    let dates = Dates {
        created: Some("2026-01-02T03:04:05Z".to_owned()),
        last_used: Some("2026-11-05T06:07:08Z".to_owned()),
        ..Dates::default()
    };
    for (account, all) in &observed.identities {
        let foreign = foreign(&ids[account], all, &dates)?;
        let named = all.roles.keys().chain(foreign.iter().map(|role| &role.name));
        let survey = Survey {
            roles: named.map(|name| (name.clone(), dates.clone())).collect(),
            policies: all.policies.keys().map(|name| (name.clone(), dates.clone())).collect(),
            foreign,
            ..Survey::default()
        };
        observed.surveys.insert(account.clone(), survey);
    }
    Ok(observed)
}

/// Roles that others have in an account: half of them AWS made for itself, and of the rest every other one may pass roles.
fn foreign(account: &AccountId, all: &Identities, dates: &Dates) -> Result<Vec<ForeignRole>, Failure> {
    let statement = |sort: &str, who: &str, action: &str| {
        let mut one = json!({ "Effect": "Allow", "Action": action });
        match sort {
            "" => one["Resource"] = format!("arn:aws:iam::{account}:role/*").into(),
            sort => one["Principal"] = json!({ sort: who }),
        }
        PolicyDocument::from(json!({ "Version": "2012-10-17", "Statement": [one] }))
    };
    let mut out = Vec::new();
    for number in 0..FOREIGN {
        let of_aws = number % 2 == 0;
        let service = format!("service-{number}.amazonaws.com");
        let action = if number % 4 == 1 { "iam:PassRole" } else { "s3:GetObject" };
        let role = Role {
            name: RoleName::new(format!("theirs-{number}"))?,
            path: if of_aws { format!("/aws-service-role/{service}/") } else { "/".to_owned() },
            trust: statement("Service", &service, "sts:AssumeRole"),
            inline: BTreeMap::from([(PolicyName::new("access")?, statement("", "", action))]),
            attached: BTreeSet::new(),
            boundary: all.roles.values().find_map(|role| role.boundary.clone()),
            max_session: 3_600,
            description: String::new(),
            tags: BTreeMap::new(),
        };
        out.push(ForeignRole::of(role, &all.policies, dates.clone()));
    }
    Ok(out)
}
