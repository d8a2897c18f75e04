//! One step of a plan: what is done, why, and what it waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use landfall_model::{AccountName, Email, GuardrailKind, Kind, RoleName, UnitPath};
use landfall_stacks::{Digest, GuardrailKey, ParameterSource, Protection, StackKey};
use serde::{Deserialize, Serialize};

use crate::{Applied, GuardrailSpec, GuardrailTarget};

/// Which step. The same thing always has the same id, in every plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepId {
    /// The organization itself.
    Organization,
    /// A unit.
    Unit(UnitPath),
    /// An account.
    Account(AccountName),
    /// An account's place in a unit.
    Placement(AccountName),
    /// An account's tags.
    AccountTags(AccountName),
    /// A stack.
    Stack(StackKey),
    /// What stands in an account's IAM.
    Identities(AccountName),
    /// A type of organization policy.
    PolicyType(GuardrailKind),
    /// A guardrail.
    Guardrail(GuardrailKey),
    /// A guardrail on what it is attached to.
    Attachment(GuardrailKey, GuardrailTarget),
    /// What was applied, as it is noted in AWS.
    Record(Recorded),
}

/// What it is noted of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recorded {
    /// The organization: its units, its guardrails, and where its accounts stand.
    Organization,
    /// A guardrail: what it says, and what it is attached to.
    Guardrail(GuardrailKey),
}

impl StepId {
    /// The account that the step works in or on; `None` for the organization, its units and its guardrails.
    pub fn account(&self) -> Option<&AccountName> {
        match self {
            Self::Organization | Self::Unit(_) | Self::PolicyType(_) | Self::Guardrail(_) | Self::Record(_) => None,
            Self::Attachment(_, GuardrailTarget::Account(account)) => Some(account),
            Self::Attachment(..) => None,
            Self::Account(account)
            | Self::Placement(account)
            | Self::AccountTags(account)
            | Self::Identities(account) => Some(account),
            Self::Stack(key) => Some(&key.account),
        }
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization => f.write_str("organization"),
            Self::Unit(path) => write!(f, "unit {path}"),
            Self::Account(name) => write!(f, "account {name}"),
            Self::Placement(name) => write!(f, "placement of {name}"),
            Self::AccountTags(name) => write!(f, "tags of {name}"),
            Self::Stack(key) => write!(f, "stack {key}"),
            Self::Identities(account) => write!(f, "identities of {account}"),
            Self::PolicyType(kind) => write!(f, "policy type {kind}"),
            Self::Guardrail(key) => write!(f, "guardrail {}", key.name),
            Self::Attachment(key, target) => write!(f, "guardrail {} on {target}", key.name),
            Self::Record(Recorded::Organization) => f.write_str("applied state of the organization"),
            Self::Record(Recorded::Guardrail(key)) => write!(f, "applied state of guardrail {}", key.name),
        }
    }
}

/// Why one step waits for another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The organization exists before anything in it.
    OrganizationExists,
    /// A unit exists before what stands in it.
    UnitExists,
    /// An account exists before anything in it.
    AccountExists,
    /// An account's id is a parameter of the template.
    AccountIdKnown(AccountName),
    /// An account stands in its unit, under the unit's guardrails, before roles are made in it.
    AccountPlaced,
    /// A boundary stands before the roles that carry it.
    BoundaryBeforeRole,
    /// A shared policy stands before the roles that attach it.
    PolicyBeforeRole,
    /// An identity provider stands before the roles that trust it.
    ProviderBeforeRole,
    /// A trusted role stands before the role that names it.
    TrustedRoleFirst(RoleName),
    /// A role stands before the setting of its account that names it.
    RoleBeforeSetting(RoleName),
    /// A hub stands before the deployers that it leads to.
    HubBeforeSpoke,
    /// Emergency access stands before anything can lock people out.
    BreakGlassFirst,
    /// A role leaves the stack that was split before the part takes it.
    PartAfterWhole,
    /// A part gives its roles up before the stack that it was split from takes them back.
    PartGoesFirst,
    /// On the way back: what depends on something goes before it.
    DependentGoesFirst,
    /// The management account's seal says that the tags of all other accounts stand, so they do first.
    TagsBeforeSeal,
    /// The type of policy is enabled before a policy of it is made.
    PolicyTypeEnabled,
    /// A guardrail exists before it is attached.
    GuardrailExists,
    /// The roles that Landfall enters an account with stand before a guardrail above it.
    AutomationFirst,
    /// What is new is attached before what is old comes off.
    AttachedBefore,
    /// A guardrail comes off everywhere before it is deleted.
    DetachedFirst,
    /// A guardrail comes off before what stands below it goes.
    GuardrailsGoFirst,
    /// What stands in IAM is put right, in its own order, before its stack is touched.
    IdentitiesFirst,
    /// What was applied is noted after it was.
    AppliedBefore,
    /// A guardrail holds again before anything below it is allowed more.
    GuardrailFirst,
    /// A guardrail lets go when what stands below it is right.
    GuardrailLetsGoLast,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OrganizationExists => f.write_str("organization exists"),
            Self::UnitExists => f.write_str("unit exists"),
            Self::AccountExists => f.write_str("account exists"),
            Self::AccountIdKnown(account) => write!(f, "id of account {account} is known"),
            Self::AccountPlaced => f.write_str("account stands in its unit"),
            Self::BoundaryBeforeRole => f.write_str("boundary before role"),
            Self::PolicyBeforeRole => f.write_str("shared policy before role"),
            Self::ProviderBeforeRole => f.write_str("provider before role"),
            Self::TrustedRoleFirst(role) => write!(f, "trusted role {role} before the role that names it"),
            Self::RoleBeforeSetting(role) => write!(f, "role {role} before the setting that names it"),
            Self::HubBeforeSpoke => f.write_str("hub before spoke"),
            Self::BreakGlassFirst => f.write_str("break-glass first"),
            Self::PartAfterWhole => f.write_str("a split stack gives up its roles before a part takes them"),
            Self::PartGoesFirst => f.write_str("a part gives its roles up before the whole takes them back"),
            Self::DependentGoesFirst => f.write_str("what depends on it goes first"),
            Self::TagsBeforeSeal => f.write_str("the seal comes after the tags that it stands for"),
            Self::PolicyTypeEnabled => f.write_str("policy type is enabled"),
            Self::GuardrailExists => f.write_str("guardrail exists"),
            Self::AutomationFirst => f.write_str("Landfall's own roles first"),
            Self::AttachedBefore => f.write_str("the new is attached before the old comes off"),
            Self::DetachedFirst => f.write_str("it comes off before it is deleted"),
            Self::GuardrailsGoFirst => f.write_str("guardrails come off first"),
            Self::IdentitiesFirst => f.write_str("IAM is put right first"),
            Self::AppliedBefore => f.write_str("it is applied before that is noted"),
            Self::GuardrailFirst => f.write_str("the guardrail above comes back first"),
            Self::GuardrailLetsGoLast => f.write_str("what stands below is put right before a guardrail lets go"),
        }
    }
}

/// An edge to a step that must be done before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edge {
    /// What is waited for.
    pub on: StepId,
    /// Why.
    pub reason: Reason,
}

/// All that is needed to bring one stack to where it shall be. The template stands once in the plan, by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackSpec {
    /// What kind.
    pub kind: Kind,
    /// The digest of the template, a key of [`crate::Plan::templates`].
    pub template: Digest,
    /// What fills the parameters.
    pub parameters: BTreeMap<String, ParameterSource>,
    /// All stack tags, Landfall's own included.
    pub tags: BTreeMap<String, String>,
    /// Termination protection.
    pub protection: Protection,
}

/// A resource that stands and comes into a stack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Imported {
    /// Its logical id in the template.
    pub logical: String,
    /// Its type.
    pub type_name: String,
    /// What CloudFormation knows a resource of the type by. Source: CloudFormation registry schemas,
    /// `primaryIdentifier`.
    pub identifier: BTreeMap<String, String>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Makes the organization, with all features, and the caller's account as its management account.
    CreateOrganization,
    /// Makes a unit below its parent.
    CreateUnit {
        /// Its path.
        path: UnitPath,
        /// Its tags.
        tags: BTreeMap<String, String>,
    },
    /// Makes an account, waits until it is there and its access role can be assumed.
    CreateAccount {
        /// Its name.
        name: AccountName,
        /// Its address.
        email: Email,
        /// Its tags.
        tags: BTreeMap<String, String>,
    },
    /// Waits for an account whose creation is already under way.
    AwaitAccount {
        /// Its name.
        name: AccountName,
        /// The request's id.
        request: String,
        /// Its address.
        email: Email,
    },
    /// Moves an account into its unit.
    MoveAccount {
        /// Its unit now; `None` is the root.
        from: Option<UnitPath>,
        /// Its unit then; `None` is the root.
        to: Option<UnitPath>,
    },
    /// Sets tags on an account. Tags that the configuration does not name stay.
    TagAccount {
        /// What is set.
        tags: BTreeMap<String, String>,
    },
    /// Makes a stack. If a left-over shell (`REVIEW_IN_PROGRESS`) or a rolled-back creation of the same name stands
    /// there, `replaces` has its id, and it is deleted first.
    CreateStack {
        /// What shall stand.
        spec: StackSpec,
        /// The id of the left-over stack.
        replaces: Option<String>,
    },
    /// Updates a stack by a change set. If the stack stands in a failed state, that is put right first.
    UpdateStack {
        /// What shall stand.
        spec: StackSpec,
        /// The stack's id.
        stack: String,
    },
    /// Stacks are as they shall be, and what they made in IAM is not: puts it right through IAM, without ever widening
    /// access in between. All of an account is one step, since what one stack's roles may do hangs on the boundary that
    /// another one has.
    RepairIdentities {
        /// The stacks.
        stacks: Vec<Repaired>,
        /// What differs.
        differences: Vec<Difference>,
    },
    /// Brings what stands back to a stack's template by a change set that reverts drift. The change set is refused if it
    /// would do anything beyond.
    RevertDrift {
        /// What shall stand.
        spec: StackSpec,
        /// The stack's id.
        stack: String,
        /// The logical ids of what drifted.
        resources: BTreeSet<String>,
    },
    /// Takes resources that stand into a stack, and then brings the stack to its template. Nothing is made anew.
    AdoptStack {
        /// What shall stand.
        spec: StackSpec,
        /// The digest of the template that has nothing but what is imported.
        import: Digest,
        /// What is imported.
        resources: Vec<Imported>,
        /// The id of a stack that an adoption that was cut off has left.
        begun: Option<String>,
        /// What of the resources differs from the template, and is put right afterwards.
        differences: Vec<Difference>,
    },
    /// Deletes a stack that Landfall owns.
    DeleteStack {
        /// What kind.
        kind: Kind,
        /// The stack's id.
        stack: String,
        /// Whether termination protection must be taken off first.
        protection: Protection,
    },
    /// Enables a type of policy at the root. It is never disabled again: others may use it.
    EnablePolicyType {
        /// Which.
        kind: GuardrailKind,
    },
    /// Makes a guardrail, attached to nothing yet.
    CreateGuardrail {
        /// What shall stand.
        spec: GuardrailSpec,
    },
    /// Changes a guardrail in place, wherever it is attached.
    UpdateGuardrail {
        /// What shall stand.
        spec: GuardrailSpec,
        /// The policy's id.
        policy: String,
    },
    /// Attaches a guardrail to what the step is about.
    AttachGuardrail {
        /// The policy's id; `None` when an earlier step makes the policy.
        policy: Option<String>,
    },
    /// Takes a guardrail off.
    DetachGuardrail {
        /// The policy's id.
        policy: String,
        /// The id of what it is attached to.
        target: String,
    },
    /// Deletes a guardrail that Landfall owns.
    DeleteGuardrail {
        /// The policy's id.
        policy: String,
    },
    /// Looks what a guardrail is attached to, and notes on it what was applied.
    RecordGuardrail {
        /// The policy's id; `None` when an earlier step makes the policy.
        policy: Option<String>,
        /// All that it is attached to by then.
        targets: BTreeSet<GuardrailTarget>,
        /// What is noted.
        applied: Applied,
    },
    /// Looks where the accounts stand that the plan has moved, and notes on the management account what was applied.
    RecordOrganization {
        /// The accounts that were moved, with their units; `None` is the root.
        placed: BTreeMap<AccountName, Option<UnitPath>>,
        /// What is noted.
        applied: Applied,
    },
}

impl Action {
    /// What shall stand, of a step that brings a stack there.
    pub fn spec(&self) -> Option<&StackSpec> {
        match self {
            Self::CreateStack { spec, .. }
            | Self::UpdateStack { spec, .. }
            | Self::RevertDrift { spec, .. }
            | Self::AdoptStack { spec, .. } => Some(spec),
            _ => None,
        }
    }

    /// The digests of the templates that the action looks into.
    pub fn templates(&self) -> impl Iterator<Item = &Digest> {
        let repaired = match self {
            Self::RepairIdentities { stacks, .. } => stacks.as_slice(),
            _ => &[],
        };
        let import = match self {
            Self::AdoptStack { import, .. } => Some(import),
            _ => None,
        };
        let specs = self.spec().into_iter().chain(repaired.iter().map(|one| &one.spec));
        specs.map(|spec| &spec.template).chain(import)
    }

    /// The id of the policy that stands and is worked on: updated, attached, taken off, deleted or noted on.
    pub fn policy_id(&self) -> Option<&str> {
        match self {
            Self::UpdateGuardrail { policy, .. }
            | Self::DetachGuardrail { policy, .. }
            | Self::DeleteGuardrail { policy }
            | Self::RecordGuardrail { policy: Some(policy), .. }
            | Self::AttachGuardrail { policy: Some(policy) } => Some(policy),
            _ => None,
        }
    }

    /// The id of the stack that stands and is worked on: updated, deleted or replaced.
    pub fn stack_id(&self) -> Option<&str> {
        match self {
            Self::UpdateStack { stack, .. }
            | Self::RevertDrift { stack, .. }
            | Self::AdoptStack { begun: Some(stack), .. }
            | Self::DeleteStack { stack, .. }
            | Self::CreateStack { replaces: Some(stack), .. } => Some(stack),
            _ => None,
        }
    }
}

/// A stack whose identities are put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repaired {
    /// Which.
    pub key: StackKey,
    /// What shall stand.
    pub spec: StackSpec,
    /// The stack's id.
    pub stack: String,
}

/// What sort of IAM resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityKind {
    /// A role.
    Role,
    /// A customer managed policy.
    Policy,
    /// An instance profile.
    InstanceProfile,
    /// An identity provider.
    Provider,
}

/// One difference between what shall stand in IAM and what does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What sort of resource.
    pub kind: IdentityKind,
    /// Its name (an ARN for a provider).
    pub name: String,
    /// What of it differs, as IAM names it: `AssumeRolePolicyDocument`, `PermissionsBoundary`, `Policies/NAME`,
    /// `ManagedPolicyArns`, `MaxSessionDuration`, `Description`, `Tags/KEY`, `Path`, or empty for the whole resource.
    pub property: String,
    /// What shall be; `Null` for something that shall not be there.
    pub desired: serde_json::Value,
    /// What is; `Null` for something that is not there.
    pub live: serde_json::Value,
}

/// Why a step is in the plan, as data and as words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// It is not there.
    Missing,
    /// The template differs.
    TemplateChanged,
    /// A tag, a parameter source or the protection differs.
    SettingsChanged,
    /// The stack is in a state that it cannot stay in.
    BadStatus(crate::StackStatus),
    /// What a guardrail says differs.
    PolicyDiffers,
    /// IAM differs from the template.
    IdentitiesDiffer,
    /// Something was changed behind Landfall's back.
    Drifted(crate::Class),
    /// It stands already, and is in no stack.
    StandsAlready,
    /// The account stands in another unit.
    Misplaced,
    /// Account tags differ.
    TagsDiffer,
    /// A creation is under way already.
    AlreadyUnderWay,
    /// What was applied is not noted yet, or something else is.
    NotNoted,
    /// The configuration does not want it any more.
    NotWanted,
    /// It was split from another stack, into which everything fits again.
    GivenBack,
    /// All is to be taken down.
    TakenDown,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Which.
    pub id: StepId,
    /// What it does.
    #[serde(flatten)]
    pub action: Action,
    /// Why.
    pub causes: BTreeSet<Cause>,
    /// The steps of this plan that must be done before.
    pub needs: Vec<Edge>,
}
