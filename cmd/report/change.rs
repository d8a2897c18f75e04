//! The changes of a plan, the same change in many accounts as one.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::AccountName;
use landfall_plan::{Action, Cause, Plan, Recorded, Step, StepId, groups};

use crate::report::{Paint, count};

/// What a step does, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Verb {
    /// Something is made.
    Create,
    /// Something that is being made already is waited for.
    Await,
    /// An account gets another unit.
    Move,
    /// Something is changed.
    Update,
    /// What was changed behind Landfall's back is put right.
    Repair,
    /// What stands comes into a stack.
    Adopt,
    /// A type of policy is switched on.
    Enable,
    /// A guardrail takes hold.
    Attach,
    /// A guardrail comes off.
    Detach,
    /// Something is deleted.
    Delete,
    /// What was applied is noted in AWS.
    Note,
}

impl Verb {
    /// Every verb.
    pub(crate) const ALL: [Self; 11] = [
        Self::Create,
        Self::Await,
        Self::Move,
        Self::Update,
        Self::Repair,
        Self::Adopt,
        Self::Enable,
        Self::Attach,
        Self::Detach,
        Self::Delete,
        Self::Note,
    ];

    /// What an action is called.
    pub(crate) fn of(action: &Action) -> Self {
        match action {
            Action::CreateOrganization
            | Action::CreateUnit { .. }
            | Action::CreateAccount { .. }
            | Action::CreateStack { .. }
            | Action::CreateGuardrail { .. } => Self::Create,
            Action::AwaitAccount { .. } => Self::Await,
            Action::MoveAccount { .. } => Self::Move,
            Action::TagAccount { .. } | Action::UpdateStack { .. } | Action::UpdateGuardrail { .. } => Self::Update,
            Action::EnablePolicyType { .. } => Self::Enable,
            Action::AttachGuardrail { .. } => Self::Attach,
            Action::DetachGuardrail { .. } => Self::Detach,
            Action::RepairIdentities { .. } | Action::RevertDrift { .. } => Self::Repair,
            Action::AdoptStack { .. } => Self::Adopt,
            Action::DeleteStack { .. } | Action::DeleteGuardrail { .. } => Self::Delete,
            Action::RecordGuardrail { .. } | Action::RecordOrganization { .. } => Self::Note,
        }
    }

    /// As it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Await => "await",
            Self::Move => "move",
            Self::Update => "update",
            Self::Repair => "repair",
            Self::Adopt => "adopt",
            Self::Enable => "enable",
            Self::Attach => "attach",
            Self::Detach => "detach",
            Self::Delete => "delete",
            Self::Note => "note",
        }
    }

    /// The sign before it.
    pub(crate) fn symbol(self) -> char {
        match self {
            Self::Create | Self::Enable | Self::Attach => '+',
            Self::Await => '.',
            Self::Move => '>',
            Self::Update => '~',
            Self::Repair => '!',
            Self::Adopt => '<',
            Self::Detach | Self::Delete => '-',
            Self::Note => '=',
        }
    }

    /// Text in the verb's colour.
    pub(crate) fn paint(self, paint: Paint, text: impl std::fmt::Display) -> String {
        match self {
            Self::Create | Self::Await | Self::Enable | Self::Attach => paint.good(text),
            Self::Move | Self::Update => paint.warn(text),
            Self::Repair | Self::Adopt | Self::Note => paint.note(text),
            Self::Detach | Self::Delete => paint.bad(text),
        }
    }
}

/// One change, wherever it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// What is done.
    pub(crate) verb: Verb,
    /// To what: `stack acme-boundary (boundary)`, `unit`, `account`.
    pub(crate) subject: String,
    /// Why.
    pub(crate) causes: BTreeSet<Cause>,
    /// What differs in IAM, for a repair.
    pub(crate) differences: Vec<String>,
}

/// The changes of a plan in the order of its steps, each with the things that it is made to.
pub(crate) fn changes(plan: &Plan) -> Vec<(Change, Vec<&StepId>)> {
    let told = |steps: &[&Step]| steps.first().map(|first| change(first));
    let groups = groups(plan).into_iter();
    groups.filter_map(|steps| Some((told(&steps)?, steps.into_iter().map(|step| &step.id).collect()))).collect()
}

fn change(step: &Step) -> Change {
    let differences = match &step.action {
        Action::RepairIdentities { differences, .. } => differences.iter().map(crate::report::difference).collect(),
        Action::AdoptStack { resources, differences, .. } => {
            let imported = resources.iter().map(|one| {
                let identifier: Vec<&str> = one.identifier.values().map(String::as_str).collect();
                format!("{} is {}", one.logical, identifier.join(", "))
            });
            imported.chain(differences.iter().map(crate::report::difference)).collect()
        }
        Action::RevertDrift { resources, .. } => resources.iter().cloned().collect(),
        _ => Vec::new(),
    };
    Change { verb: Verb::of(&step.action), subject: subject(step), causes: step.causes.clone(), differences }
}

fn subject(step: &Step) -> String {
    let kind = match &step.action {
        Action::CreateStack { spec, .. }
        | Action::UpdateStack { spec, .. }
        | Action::RevertDrift { spec, .. }
        | Action::AdoptStack { spec, .. } => Some(spec.kind),
        Action::DeleteStack { kind, .. } => Some(*kind),
        _ => None,
    };
    match (&step.id, &step.action) {
        (StepId::Stack(key), _) => match kind {
            Some(kind) => format!("stack {} ({kind})", key.name),
            None => format!("stack {}", key.name),
        },
        (StepId::Organization, _) => "organization".to_owned(),
        (StepId::Unit(_), _) => "unit".to_owned(),
        (StepId::Account(_), _) => "account".to_owned(),
        (StepId::Placement(_), Action::MoveAccount { to: Some(unit), .. }) => format!("account to {unit}"),
        (StepId::Placement(_), _) => "account to the root".to_owned(),
        (StepId::AccountTags(_), _) => "tags of account".to_owned(),
        (StepId::Identities(_), _) => "identities".to_owned(),
        (StepId::PolicyType(_), _) => "policy type".to_owned(),
        (StepId::Guardrail(key), _) => format!("guardrail {} ({})", key.name, key.kind),
        (StepId::Attachment(key, _), _) => format!("guardrail {}", key.name),
        (StepId::Record(Recorded::Organization), _) => "applied state of the organization".to_owned(),
        (StepId::Record(Recorded::Guardrail(_)), _) => "applied state of guardrail".to_owned(),
    }
}

/// Where a change is made: the names of units or accounts, a stack with its Region where it is not the home Region.
pub(crate) fn site(plan: &Plan, id: &StepId) -> String {
    match id {
        StepId::Organization => plan.management.to_string(),
        StepId::Unit(path) => path.to_string(),
        StepId::Account(name) | StepId::Placement(name) | StepId::AccountTags(name) | StepId::Identities(name) => {
            name.to_string()
        }
        StepId::Stack(key) if key.region == plan.region => key.account.to_string(),
        StepId::Stack(key) => format!("{}/{}", key.account, key.region),
        StepId::PolicyType(kind) => kind.to_string(),
        StepId::Guardrail(_) => plan.management.to_string(),
        StepId::Attachment(_, target) => target.to_string(),
        StepId::Record(Recorded::Organization) => plan.management.to_string(),
        StepId::Record(Recorded::Guardrail(key)) => key.name.to_string(),
    }
}

/// The accounts that steps touch.
pub(crate) fn accounts<'a>(ids: impl IntoIterator<Item = &'a StepId>) -> BTreeSet<&'a AccountName> {
    ids.into_iter().filter_map(StepId::account).collect()
}

/// How many steps there are of each verb; verbs without any are not among them.
pub(crate) fn tally(plan: &Plan) -> BTreeMap<Verb, usize> {
    let mut tally = BTreeMap::new();
    for step in plan.steps.values() {
        *tally.entry(Verb::of(&step.action)).or_default() += 1;
    }
    tally
}

/// `1 change in 200 accounts`
pub(crate) fn headline(plan: &Plan) -> String {
    let changes = changes(plan);
    if changes.is_empty() {
        return "no changes".to_owned();
    }
    let accounts = accounts(plan.steps.keys());
    let changed = count(changes.len(), "change");
    if accounts.is_empty() { changed } else { [changed, count(accounts.len(), "account")].join(" in ") }
}

/// A cause in words.
pub(crate) fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Missing => "it is not there".to_owned(),
        Cause::TemplateChanged => "the template differs".to_owned(),
        Cause::SettingsChanged => "tags, parameters or protection differ".to_owned(),
        Cause::BadStatus(status) => format!("it stands in {status}"),
        Cause::PolicyDiffers => "what it says differs".to_owned(),
        Cause::IdentitiesDiffer => "what stands in IAM differs".to_owned(),
        Cause::Drifted(class) => format!("it was changed behind Landfall's back ({class})"),
        Cause::StandsAlready => "what it makes stands already".to_owned(),
        Cause::Misplaced => "it stands in another unit".to_owned(),
        Cause::TagsDiffer => "tags differ".to_owned(),
        Cause::AlreadyUnderWay => "its creation is under way".to_owned(),
        Cause::GivenBack => "everything fits into the stack again that it was split from".to_owned(),
        Cause::NotNoted => "no tag in AWS says so yet".to_owned(),
        Cause::NotWanted => "the configuration does not want it any more".to_owned(),
        Cause::TakenDown => "all is taken down".to_owned(),
    }
}

/// All causes in words.
pub(crate) fn causes(all: &BTreeSet<Cause>) -> String {
    all.iter().map(cause).collect::<Vec<_>>().join(", ")
}
