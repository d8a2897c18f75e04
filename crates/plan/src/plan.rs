//! The plan: complete, immutable data.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use landfall_model::{AccountId, AccountName, OrganizationId, OrganizationName, Region, RoleName};
use landfall_stacks::{Digest, GuardrailKey, StackKey};
use serde::{Deserialize, Serialize};

use crate::{Class, Difference, EmergencyAccess, Reach, Request, Rule, Step, StepId, Subject, Target, Via};

/// The version of the saved form. A plan of another version is refused.
pub const PLAN_VERSION: u32 = 1;

/// The digest of what was observed, and of what was desired: a saved plan is only good for the same reality and the
/// same folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Of what was observed, without what changes by itself.
    pub observed: Digest,
    /// Of what the configuration wants.
    pub desired: Digest,
}

/// What the plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Brings the organization to the configuration; what is not wanted stays.
    Apply,
    /// As [`Mode::Apply`], and deletes what is not wanted any more.
    Prune,
    /// As [`Mode::Apply`], as far as that is needed to take into stacks what stands without them.
    Adopt,
    /// Puts right what was changed behind Landfall's back, and nothing else: what the configuration has changed since it
    /// was deployed stays as it was deployed.
    Remediate,
    /// Deletes every stack that Landfall owns.
    Destroy,
}

/// A complete plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`PLAN_VERSION`].
    pub version: u32,
    /// What it is for.
    pub mode: Mode,
    /// The parts to which it is restricted; none means everything.
    #[serde(default)]
    pub targets: Vec<Target>,
    /// Whether it may delete break-glass stacks that are not wanted.
    #[serde(default)]
    pub emergency_access: EmergencyAccess,
    /// Which drift [`Mode::Remediate`] puts right; none means all.
    #[serde(default)]
    pub only: BTreeSet<Class>,
    /// By which way [`Mode::Remediate`] puts IAM right.
    #[serde(default)]
    pub via: Via,
    /// Whose.
    pub organization: OrganizationName,
    /// The organization's id, when it exists.
    pub organization_id: Option<OrganizationId>,
    /// The management account's name.
    pub management: AccountName,
    /// The management account's id, checked before the first write.
    pub management_id: AccountId,
    /// The role that is assumed in member accounts.
    pub access_role: RoleName,
    /// The home Region.
    pub region: Region,
    /// The ids that are known now; `apply` learns the others as accounts are made.
    pub account_ids: BTreeMap<AccountName, AccountId>,
    /// Unit ids that are known now, the root's under the empty path.
    pub unit_ids: BTreeMap<String, String>,
    /// What was observed and desired.
    pub fingerprint: Fingerprint,
    /// The steps by id, in a topological order. Saved as a list: each step has its own id.
    #[serde(with = "step_list")]
    pub steps: IndexMap<StepId, Step>,
    /// The templates that steps name, by digest; one body however many accounts get it.
    pub templates: BTreeMap<Digest, Arc<str>>,
    /// What stays as it is.
    pub kept: Vec<Kept>,
    /// What should be seen, though no step comes of it.
    pub findings: Vec<Finding>,
}

/// Something that stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What.
    pub id: StepId,
}

/// Something that should be seen, though no step comes of it: the planner explains inaction too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
pub enum Finding {
    /// A stack carries Landfall's tags and is not wanted any more; `--prune` deletes it.
    NotWanted {
        /// Which.
        stack: StackKey,
    },
    /// A stack has the name that Landfall would give, and not Landfall's tags: it is left alone, and so is all that
    /// needs it.
    NotOurs {
        /// Which.
        stack: StackKey,
    },
    /// A stack is to be made, and what it would make stands already and is in no stack of Landfall's: it is left alone,
    /// and so is all that needs it. `landfall adopt` takes it into the stack.
    StandsAlready {
        /// Which stack.
        stack: StackKey,
        /// The names of what stands.
        names: Vec<String>,
    },
    /// Something was changed behind Landfall's back in a way that somebody has to decide about.
    NeedsPerson {
        /// What of the configuration owns it.
        owner: StepId,
        /// What it is about.
        subject: Subject,
        /// What of it differs; empty for all of it.
        property: String,
        /// Why it matters.
        rule: Rule,
    },
    /// Something was changed behind Landfall's back in a stack that the configuration has changed since it was deployed.
    /// It is not dangerous, or takes the whole stack, and is left to an apply.
    PendingFirst {
        /// Which stack.
        stack: StackKey,
    },
    /// What is dangerous in a stack goes back to what was deployed, and the configuration has changed the stack since.
    AsDeployed {
        /// Which stack.
        stack: StackKey,
    },
    /// A stack is not taken down, because roles of stacks that stay carry what it made.
    InUse {
        /// Which.
        stack: StackKey,
        /// The stacks that stay.
        by: Vec<StackKey>,
    },
    /// A guardrail carries Landfall's tag and is not wanted any more; `--prune` takes it off and deletes it.
    GuardrailNotWanted {
        /// Which.
        guardrail: GuardrailKey,
    },
    /// A policy has the name that Landfall would give, and not Landfall's tag: it is left alone, and its guardrail is
    /// not made.
    GuardrailNotOurs {
        /// Which.
        guardrail: GuardrailKey,
    },
    /// An account of the organization is not in the configuration.
    UnknownAccount {
        /// Its id.
        id: AccountId,
        /// Its name in Organizations.
        name: String,
    },
    /// A configured account cannot be looked into.
    Unreachable {
        /// Which.
        account: AccountName,
        /// What became of it.
        reach: Reach,
    },
    /// A configured account is closed or suspended.
    Suspended {
        /// Which.
        account: AccountName,
    },
    /// An account's name in Organizations is not the one of the configuration; AWS lets only the account itself
    /// change it.
    NameDiffers {
        /// Which.
        account: AccountName,
        /// Its name in Organizations.
        live: String,
    },
    /// Something that the configuration wants was left out, since what it needs cannot be had.
    LeftOut {
        /// What was left out.
        step: StepId,
        /// What is in the way: the account or the stack that another finding is about.
        because: StepId,
    },
    /// What stands in IAM differs from the template in a way that no IAM call puts right, such as a role that is gone
    /// or a path that differs.
    BeyondRepair {
        /// The stack that it belongs to.
        stack: StackKey,
        /// What differs.
        differences: Vec<Difference>,
    },
    /// Job definitions would name roles that are gone: a team's jobs would lose roles of their own before the shared ones
    /// stand. The stack is left alone; `roles: both` makes the shared ones first.
    SharedRolesFirst {
        /// The team's stack.
        stack: StackKey,
        /// The roles that would go.
        roles: Vec<RoleName>,
    },
    /// What stands in IAM could not be compared with the template.
    NotCompared {
        /// The stack.
        stack: StackKey,
        /// Why.
        reason: String,
    },
    /// A break-glass stack is not wanted any more, and is deleted only when that is asked for by itself.
    EmergencyAccessKept {
        /// Which.
        stack: StackKey,
    },
    /// Tags that AWS propagates or that CloudFormation adds were left alone.
    LeftAlone {
        /// What.
        what: String,
    },
}

impl Plan {
    /// What the plan was asked for: a fresh plan to compare it with is asked for the same.
    pub fn request(&self) -> Request {
        Request {
            mode: self.mode,
            targets: self.targets.clone(),
            emergency_access: self.emergency_access,
            only: self.only.clone(),
            via: self.via,
        }
    }

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// JSON has only texts as keys, and a step's id is more than a text.
mod step_list {
    use indexmap::IndexMap;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::{Step, StepId};

    pub(super) fn serialize<S: Serializer>(steps: &IndexMap<StepId, Step>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(steps.values())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<IndexMap<StepId, Step>, D::Error> {
        let list = Vec::<Step>::deserialize(input)?;
        let count = list.len();
        let steps: IndexMap<StepId, Step> = list.into_iter().map(|step| (step.id.clone(), step)).collect();
        if steps.len() == count { Ok(steps) } else { Err(serde::de::Error::custom("a step stands twice in the plan")) }
    }
}
