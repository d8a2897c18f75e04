//! Small worlds for tests: a foundation with hand-made stacks, and what AWS would show after a plan was carried out.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;
use landfall_model::{
    Account, AccountId, AccountName, Attachment, BoundaryName, Email, FileId, Foundation, GuardrailKind, Kind,
    Organization, OrganizationId, OrganizationName, Partition, Place, PolicyName, Region, RoleName, StackName, TagKey,
    UnitPath,
};
use landfall_policies::{Document, GuardrailText, SharedPolicy, Statement};
use landfall_stacks::{
    Body, Digest, GuardrailKey, GuardrailPolicy, Identities, Need, ParameterSource, Protection, Provides, Stack,
    StackKey,
};

use crate::diff::Comparison;
use crate::{
    AccountStatus, Action, Desired, Graph, GuardrailSpec, GuardrailTarget, Mode, Observed, ObservedAccount,
    ObservedGuardrail, ObservedOrganization, ObservedStack, ObservedUnit, Plan, PlanError, Reach, Recorded, Request,
    StackSpec, StackStatus, Step, StepId, TAG_APPLIED, tag_applied,
};

pub(crate) fn name(text: &str) -> AccountName {
    AccountName::new(text).unwrap()
}

pub(crate) fn id(text: &str) -> AccountId {
    AccountId::new(text).unwrap()
}

pub(crate) fn unit(path: &str) -> UnitPath {
    UnitPath::new(path).unwrap()
}

pub(crate) fn place(at: u32) -> Place {
    Place { file: FileId(0), start: at, end: at + 1 }
}

pub(crate) fn key(account: &str, stack: &str) -> StackKey {
    StackKey { account: name(account), region: Region::new("eu-west-1").unwrap(), name: StackName::new(stack).unwrap() }
}

pub(crate) fn stack_id(account: &str, stack: &str) -> StepId {
    StepId::Stack(key(account, stack))
}

/// A configuration: accounts as (name, unit), `root` first as the management account.
pub(crate) fn foundation(accounts: &[(&str, Option<&str>)]) -> Foundation {
    let tags: IndexMap<TagKey, String> =
        [(TagKey::new("managed-by").unwrap(), "landfall".to_owned())].into_iter().collect();
    let mut units: Vec<UnitPath> = Vec::new();
    let mut all = IndexMap::new();
    for (position, (account, path)) in accounts.iter().enumerate() {
        let path = path.map(unit);
        let mut above = path.clone();
        let mut missing = Vec::new();
        while let Some(one) = above {
            above = one.parent();
            if !units.contains(&one) {
                missing.insert(0, one);
            }
        }
        units.extend(missing);
        let entry = Account {
            name: name(account),
            id: (position == 0).then(|| id("111111111111")),
            email: Email::new(format!("aws+{account}@acme.example")).unwrap(),
            unit: path,
            tags: tags.clone(),
            place: place(u32::try_from(position).unwrap() + 1),
        };
        all.insert(name(account), entry);
    }
    Foundation {
        organization: Organization {
            name: OrganizationName::new("acme").unwrap(),
            home_region: Region::new("eu-west-1").unwrap(),
            management_account: name(accounts[0].0),
            access_role: RoleName::new("OrganizationAccountAccessRole").unwrap(),
            tags,
            units,
            place: place(0),
        },
        accounts: all,
        boundaries: IndexMap::new(),
        guardrails: Vec::new(),
        break_glass: None,
        automation: None,
        cross_account: Vec::new(),
        ci_deployers: Vec::new(),
        metaflow: Vec::new(),
        services: Vec::new(),
        federation: Vec::new(),
        teams: Vec::new(),
        accept: Vec::new(),
    }
}

/// A stack without needs. Its template says only its kind.
pub(crate) fn stack(account: &str, kind: Kind, item: Option<&str>) -> Stack {
    let full = match item {
        Some(item) => format!("acme-{kind}-{item}"),
        None => format!("acme-{kind}"),
    };
    Stack {
        key: key(account, &full),
        kind,
        item: item.map(str::to_owned),
        place: place(100),
        body: body(&format!(r#"{{"Description":"{kind}","Resources":{{}}}}"#)),
        parameters: BTreeMap::new(),
        tags: BTreeMap::from([("managed-by".to_owned(), "landfall".to_owned())]),
        protection: if kind == Kind::BreakGlass { Protection::On } else { Protection::Off },
        provides: Vec::new(),
        needs: Vec::new(),
        roles: 1,
        attaches: Vec::new(),
    }
}

pub(crate) fn body(json: &str) -> Body {
    Body { json: Arc::from(json), digest: Digest::of(json) }
}

/// The boundary stack of an account.
pub(crate) fn boundary(account: &str) -> Stack {
    let provides = vec![Provides::Boundary(BoundaryName::new("workload").unwrap())];
    Stack { provides, ..stack(account, Kind::Boundary, None) }
}

/// The stack of a policy that roles of an account share.
pub(crate) fn shared_policy(account: &str) -> Stack {
    let provides = vec![Provides::SharedPolicy(SharedPolicy::LambdaVpc)];
    Stack { provides, ..stack(account, Kind::SharedPolicy, Some("lambda-vpc")) }
}

/// As [`role`], with that policy attached.
pub(crate) fn sharing(account: &str, item: &str) -> Stack {
    let mut stack = role(account, item);
    stack.needs.push(Need::SharedPolicy(SharedPolicy::LambdaVpc));
    stack
}

/// A stack with one role under the boundary.
pub(crate) fn role(account: &str, item: &str) -> Stack {
    Stack {
        provides: vec![Provides::Role(RoleName::new(item).unwrap())],
        needs: vec![Need::Boundary(BoundaryName::new("workload").unwrap())],
        ..stack(account, Kind::Service, Some(item))
    }
}

/// As [`role`], with trust in a role of another account.
pub(crate) fn trusting(account: &str, item: &str, of: (&str, &str), at: u32) -> Stack {
    let mut stack = role(account, item);
    stack.kind = Kind::CrossAccount;
    stack.key = key(account, &format!("acme-cross-account-{item}"));
    stack.needs.push(Need::TrustedRole { account: name(of.0), role: RoleName::new(of.1).unwrap(), place: place(at) });
    if of.0 != account {
        stack.parameters.insert("Trusted".to_owned(), ParameterSource::Account(name(of.0)));
        stack.needs.push(Need::AccountId(name(of.0)));
    }
    stack
}

/// The key of a service control policy.
pub(crate) fn guardrail_key(text: &str) -> GuardrailKey {
    GuardrailKey { kind: GuardrailKind::ServiceControl, name: PolicyName::new(format!("acme-{text}")).unwrap() }
}

/// A service control policy that denies one action.
pub(crate) fn guardrail(text: &str, action: &'static str, attach: &[Attachment]) -> GuardrailPolicy {
    let document = Document::new([Statement::deny("Deny", [action]).on_all()]);
    let text_of = GuardrailText::new(&document, Partition::Aws);
    GuardrailPolicy { key: guardrail_key(text), text: text_of, attach: attach.to_vec(), place: place(200) }
}

/// Many accounts with six stacks each, a hub among them that all trust.
pub(crate) fn many(accounts: usize) -> Desired {
    let accounts: Vec<String> = (0..accounts).map(|number| format!("account-{number}")).collect();
    let mut entries = vec![("management", None)];
    entries.extend(accounts.iter().map(|account| (account.as_str(), None)));
    let stacks = accounts.iter().flat_map(|account| {
        [
            boundary(account),
            stack(account, Kind::BreakGlass, None),
            role(account, "one"),
            role(account, "two"),
            trusting(account, "three", ("account-0", "one"), 1),
            trusting(account, "four", (account, "two"), 2),
        ]
    });
    Desired::new(&foundation(&entries), stacks.collect())
}

/// An AWS account without an organization.
pub(crate) fn nothing() -> Observed {
    Observed::nothing(id("111111111111"))
}

/// A whole test world.
pub(crate) struct World {
    pub(crate) desired: Desired,
    pub(crate) graph: Graph,
    pub(crate) observed: Observed,
}

impl World {
    /// The same with guardrails.
    pub(crate) fn guarded(&self, guardrails: Vec<GuardrailPolicy>) -> Self {
        let desired = self.desired.clone().guarded(guardrails);
        let graph = Graph::of(&desired).unwrap();
        Self { desired, graph, observed: self.observed.clone() }
    }

    /// With nothing there yet.
    pub(crate) fn new(foundation: &Foundation, stacks: Vec<Stack>) -> Self {
        let desired = Desired::new(foundation, stacks);
        let graph = Graph::of(&desired).unwrap();
        Self { desired, graph, observed: nothing() }
    }

    pub(crate) fn ask(&self, request: &Request) -> Result<Plan, PlanError> {
        crate::plan(&self.desired, &self.graph, &self.observed, request)
    }

    pub(crate) fn plan(&self, mode: Mode) -> Plan {
        self.ask(&Request::new(mode)).unwrap()
    }

    /// Carries a plan out.
    pub(crate) fn run(&mut self, plan: &Plan) {
        self.observed = simulate(plan, std::mem::replace(&mut self.observed, nothing()));
    }

    /// Carries out the first plan.
    pub(crate) fn settle(&mut self) {
        let plan = self.plan(Mode::Apply);
        self.run(&plan);
    }

    pub(crate) fn live(&mut self, account: &str, stack: &str) -> &mut ObservedStack {
        let stacks = self.observed.stacks.get_mut(&name(account)).unwrap();
        stacks.iter_mut().find(|live| live.name.as_str() == stack).unwrap()
    }

    /// The configuration as it would be with other stacks.
    pub(crate) fn with(&self, stacks: Vec<Stack>) -> Self {
        let mut desired = self.desired.clone();
        desired.stacks = stacks.into_iter().map(|stack| (stack.key.clone(), stack)).collect();
        let graph = Graph::of(&desired).unwrap();
        Self { desired, graph, observed: self.observed.clone() }
    }
}

/// What stands in IAM when it is exactly as the stacks make it.
pub(crate) fn made(world: &World) -> BTreeMap<AccountName, Identities> {
    let plan = world.plan(Mode::Apply);
    let mut comparison = Comparison::new(&world.desired, &plan.account_ids, plan.organization_id.as_ref());
    let mut all: BTreeMap<AccountName, Identities> = BTreeMap::new();
    for stack in world.desired.stacks.values() {
        let found = comparison.of(stack, &Identities::default()).unwrap().wanted;
        let here = all.entry(stack.key.account.clone()).or_default();
        here.roles.extend(found.roles);
        here.policies.extend(found.policies);
        here.profiles.extend(found.profiles);
        here.providers.extend(found.providers);
    }
    all
}

/// What would be observed after every step of a plan was done. A step that comes before what it waits for is a failure.
pub(crate) fn simulate(plan: &Plan, mut world: Observed) -> Observed {
    let mut done: HashSet<&StepId> = HashSet::new();
    for step in plan.steps.values() {
        assert!(step.needs.iter().all(|edge| done.contains(&edge.on)), "{} comes too early", step.id);
        apply(plan, step, &mut world);
        done.insert(&step.id);
    }
    world
}

fn apply(plan: &Plan, step: &Step, world: &mut Observed) {
    match (&step.id, &step.action) {
        (_, Action::CreateOrganization) => {
            let management = world.caller.clone();
            world.organization = Some(ObservedOrganization {
                id: OrganizationId::new("o-aaaaaaaaaa").unwrap(),
                management: management.clone(),
                root: "r-root".to_owned(),
                all_features: true,
                policy_types: BTreeSet::new(),
            });
            insert_account(world, &plan.management, management, "aws@acme.example", BTreeMap::new());
        }
        (_, Action::CreateUnit { path, .. }) => {
            assert!(path.parent().is_none_or(|parent| world.units.contains_key(&parent)));
            world.units.insert(path.clone(), ObservedUnit { id: format!("ou-{path}") });
        }
        (_, Action::CreateAccount { name, email, tags }) => {
            let number = 200_000_000_000usize + world.accounts.len();
            insert_account(world, name, id(&number.to_string()), email.as_str(), tags.clone());
        }
        (_, Action::AwaitAccount { name, request, email }) => {
            world.pending.retain(|pending| pending.request != *request);
            let number = 300_000_000_000usize + world.accounts.len();
            insert_account(world, name, id(&number.to_string()), email.as_str(), BTreeMap::new());
        }
        (StepId::Placement(account), Action::MoveAccount { from, to }) => {
            assert!(to.as_ref().is_none_or(|to| world.units.contains_key(to)));
            let account = account_mut(world, account);
            assert_eq!(account.unit, *from);
            account.unit.clone_from(to);
        }
        (StepId::AccountTags(account), Action::TagAccount { tags }) => {
            account_mut(world, account).tags.get_or_insert_default().extend(tags.clone());
        }
        (StepId::Stack(key), Action::CreateStack { spec, replaces }) => {
            let stacks = world.stacks.entry(key.account.clone()).or_default();
            stacks.retain(|live| Some(&live.id) != replaces.as_ref());
            assert!(stacks.iter().all(|live| (&live.region, &live.name) != (&key.region, &key.name)));
            let id = format!("arn:{key}/{}", plan.fingerprint.observed);
            stacks.push(standing(key, id, StackStatus::CreateComplete, spec));
        }
        (StepId::Stack(key), Action::UpdateStack { spec, stack }) => {
            let stacks = world.stacks.get_mut(&key.account).unwrap();
            let live = stacks.iter_mut().find(|live| live.id == *stack).unwrap();
            *live = standing(key, stack.clone(), StackStatus::UpdateComplete, spec);
        }
        (StepId::Stack(key), Action::DeleteStack { stack, .. }) => {
            let stacks = world.stacks.get_mut(&key.account).unwrap();
            let before = stacks.len();
            stacks.retain(|live| live.id != *stack);
            assert_eq!(stacks.len() + 1, before);
        }
        (_, Action::EnablePolicyType { kind }) => {
            assert!(world.organization.as_mut().unwrap().policy_types.insert(*kind));
        }
        (StepId::Guardrail(key), Action::CreateGuardrail { spec }) => {
            let live = guarded(world, format!("p-{}", key.name), spec, BTreeSet::new());
            assert!(world.guardrails.insert(key.clone(), live).is_none());
        }
        (StepId::Guardrail(key), Action::UpdateGuardrail { spec, policy }) => {
            let targets = world.guardrails[key].targets.clone();
            let mut live = guarded(world, policy.clone(), spec, targets);
            let noted = world.guardrails[key].tags.get(TAG_APPLIED).cloned();
            live.tags.extend(noted.map(|noted| (TAG_APPLIED.to_owned(), noted)));
            assert_eq!(world.guardrails.insert(key.clone(), live).unwrap().id, *policy);
        }
        (StepId::Guardrail(key), Action::DeleteGuardrail { policy }) => {
            let live = world.guardrails.remove(key).unwrap();
            assert_eq!((&live.id, live.targets.len()), (policy, 0));
        }
        (StepId::Attachment(key, target), Action::AttachGuardrail { .. }) => {
            let id = target_id(world, target);
            assert!(world.guardrails.get_mut(key).unwrap().targets.insert(id));
        }
        (StepId::Attachment(key, _), Action::DetachGuardrail { policy, target }) => {
            let live = world.guardrails.get_mut(key).unwrap();
            assert_eq!(live.id, *policy);
            assert!(live.targets.remove(target));
        }
        (StepId::Record(Recorded::Guardrail(key)), Action::RecordGuardrail { targets, applied, .. }) => {
            let ids: BTreeSet<String> = targets.iter().map(|target| target_id(world, target)).collect();
            let live = world.guardrails.get_mut(key).unwrap();
            assert_eq!(live.targets, ids);
            live.tags.insert(TAG_APPLIED.to_owned(), applied.to_string());
        }
        (StepId::Record(Recorded::Organization), Action::RecordOrganization { placed, applied }) => {
            assert!(placed.iter().all(|(account, unit)| account_mut(world, account).unit == *unit));
            let tags = account_mut(world, &plan.management).tags.get_or_insert_default();
            tags.insert(tag_applied(&plan.organization), applied.to_string());
        }
        (id, action) => panic!("{id} cannot do {action:?}"),
    }
}

fn target_id(world: &mut Observed, target: &GuardrailTarget) -> String {
    match target {
        GuardrailTarget::Root => world.organization.as_ref().unwrap().root.clone(),
        GuardrailTarget::Unit(path) => world.units[path].id.clone(),
        GuardrailTarget::Account(name) => account_mut(world, name).id.to_string(),
        GuardrailTarget::Unknown(id) => id.clone(),
    }
}

fn guarded(world: &Observed, id: String, spec: &GuardrailSpec, targets: BTreeSet<String>) -> ObservedGuardrail {
    let organization = world.organization.as_ref().unwrap();
    assert!(organization.policy_types.contains(&GuardrailKind::ServiceControl));
    ObservedGuardrail {
        id,
        description: spec.description.clone(),
        content: serde_json::from_str(&spec.text.of(&organization.id)).unwrap(),
        tags: spec.tags.clone(),
        targets,
    }
}

fn standing(key: &StackKey, id: String, status: StackStatus, spec: &StackSpec) -> ObservedStack {
    ObservedStack {
        region: key.region.clone(),
        name: key.name.clone(),
        id,
        status,
        reason: None,
        tags: spec.tags.clone(),
        protected: Some(spec.protection == Protection::On),
        outputs: BTreeMap::new(),
        dates: crate::Dates::default(),
    }
}

fn insert_account(
    world: &mut Observed,
    account: &AccountName,
    id: AccountId,
    email: &str,
    tags: BTreeMap<String, String>,
) {
    let observed = ObservedAccount {
        id: id.clone(),
        name: account.to_string(),
        email: Email::new(email).unwrap(),
        status: AccountStatus::Active,
        unit: None,
        tags: Some(tags),
    };
    assert!(world.accounts.insert(id, observed).is_none());
    world.reach.insert(account.clone(), Reach::Read);
}

fn account_mut<'a>(world: &'a mut Observed, account: &AccountName) -> &'a mut ObservedAccount {
    world.accounts.values_mut().find(|live| live.name == account.as_str()).unwrap()
}
