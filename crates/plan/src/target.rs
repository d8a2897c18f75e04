//! A part of the organization to which a plan is restricted.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use landfall_model::{AccountName, ItemName, Kind, Naming, StackName, UnitPath};
use landfall_stacks::StackKey;
use serde::{Deserialize, Serialize};

use crate::{Desired, Graph, GuardrailTarget, PlanError, StepId};

/// A part to which a plan is restricted; what it needs is in the plan too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// An account and all in it.
    Account(AccountName),
    /// A unit, the units below it, and all their accounts.
    Unit(UnitPath),
    /// All accounts with a tag.
    Tag {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// All stacks of a kind.
    Kind(Kind),
    /// A team's stacks.
    Team(ItemName),
    /// All stacks of a name, in whatever account and Region.
    Stack(StackName),
}

impl Target {
    /// How a target is written.
    pub const FORMS: &'static str = "account:NAME, unit:PATH, tag:KEY=VALUE, kind:KIND, team:NAME or stack:NAME";

    /// Whether the target has an account of the configuration, as a whole.
    fn has_account(&self, desired: &Desired, name: &AccountName) -> bool {
        let Some(account) = desired.accounts.get(name) else { return false };
        match self {
            Self::Account(wanted) => wanted == name,
            Self::Unit(unit) => account.unit.as_ref().is_some_and(|own| unit.contains(own)),
            Self::Tag { key, value } => account.tags.get(key) == Some(value),
            Self::Kind(_) | Self::Team(_) | Self::Stack(_) => false,
        }
    }

    /// Whether the target has a stack, wanted or not.
    pub(crate) fn has_stack(&self, desired: &Desired, key: &StackKey, kind: Option<Kind>) -> bool {
        match self {
            Self::Account(_) | Self::Unit(_) | Self::Tag { .. } => self.has_account(desired, &key.account),
            Self::Kind(wanted) => kind == Some(*wanted),
            Self::Stack(name) => *name == key.name,
            Self::Team(team) => match desired.stacks.get(key) {
                Some(stack) => stack.kind == Kind::BatchTeam && stack.item.as_deref() == Some(team.as_str()),
                None => {
                    kind == Some(Kind::BatchTeam)
                        && Naming::new(&desired.organization).stack(Kind::BatchTeam, &[team.as_str()]).as_ref()
                            == Ok(&key.name)
                }
            },
        }
    }

    fn has_node(&self, desired: &Desired, graph: &Graph, id: &StepId) -> bool {
        match id {
            StepId::Organization => false,
            StepId::Unit(path) => matches!(self, Self::Unit(unit) if unit.contains(path)),
            StepId::Account(name) | StepId::Placement(name) | StepId::AccountTags(name) | StepId::Identities(name) => {
                self.has_account(desired, name)
            }
            StepId::Stack(key) => self.has_stack(desired, key, graph.kind(id)),
            StepId::PolicyType(_) | StepId::Guardrail(_) | StepId::Record(_) => false,
            StepId::Attachment(_, target) => self.has_guarded(desired, target),
        }
    }

    /// Whether the target has what a guardrail is attached to. A guardrail on the root is in no part.
    fn has_guarded(&self, desired: &Desired, guarded: &GuardrailTarget) -> bool {
        match guarded {
            GuardrailTarget::Root | GuardrailTarget::Unknown(_) => false,
            GuardrailTarget::Unit(path) => matches!(self, Self::Unit(unit) if unit.contains(path)),
            GuardrailTarget::Account(name) => self.has_account(desired, name),
        }
    }
}

/// What a plan may touch.
pub(crate) enum Selection<'a> {
    /// Everything.
    All,
    /// What the targets have, and what that needs.
    Part { targets: &'a [Target], nodes: HashSet<StepId> },
}

impl<'a> Selection<'a> {
    /// The union of targets; no target selects everything. `also` are the stacks that stand and are not wanted.
    pub(crate) fn of(
        targets: &'a [Target],
        desired: &Desired,
        graph: &Graph,
        also: &[(StackKey, Option<Kind>)],
    ) -> Result<Self, PlanError> {
        if targets.is_empty() {
            return Ok(Self::All);
        }
        let mut chosen: HashSet<&StepId> = HashSet::new();
        for target in targets {
            let before = chosen.len();
            let matching: Vec<&StepId> = graph.order().filter(|id| target.has_node(desired, graph, id)).collect();
            let matched = !matching.is_empty() || also.iter().any(|(key, kind)| target.has_stack(desired, key, *kind));
            chosen.extend(matching);
            if !matched && chosen.len() == before {
                return Err(PlanError::TargetUnknown { target: target.to_string() });
            }
        }
        Ok(Self::Part { targets, nodes: graph.with_ancestors(chosen) })
    }

    /// Whether something that the configuration wants is in the part, or needed by it.
    pub(crate) fn has(&self, id: &StepId) -> bool {
        match self {
            Self::All => true,
            Self::Part { nodes, .. } => nodes.contains(id),
        }
    }

    /// Whether a stack may be deleted: it must be in the part itself.
    pub(crate) fn may_delete(&self, desired: &Desired, key: &StackKey, kind: Option<Kind>) -> bool {
        match self {
            Self::All => true,
            Self::Part { targets, .. } => targets.iter().any(|target| target.has_stack(desired, key, kind)),
        }
    }

    /// Whether a guardrail may come off something: it must be in the part itself.
    pub(crate) fn may_detach(&self, desired: &Desired, guarded: &GuardrailTarget) -> bool {
        match self {
            Self::All => true,
            Self::Part { targets, .. } => targets.iter().any(|target| target.has_guarded(desired, guarded)),
        }
    }

    /// Whether it is everything.
    pub(crate) fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(name) => write!(f, "account:{name}"),
            Self::Unit(path) => write!(f, "unit:{path}"),
            Self::Tag { key, value } => write!(f, "tag:{key}={value}"),
            Self::Kind(kind) => write!(f, "kind:{kind}"),
            Self::Team(name) => write!(f, "team:{name}"),
            Self::Stack(name) => write!(f, "stack:{name}"),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = PlanError;
    fn try_from(text: String) -> Result<Self, PlanError> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> String {
        target.to_string()
    }
}

impl FromStr for Target {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, PlanError> {
        let parse = || {
            let (form, rest) = text.split_once(':')?;
            match form {
                "account" => AccountName::new(rest).ok().map(Self::Account),
                "unit" => UnitPath::new(rest).ok().map(Self::Unit),
                "tag" => {
                    let (key, value) = rest.split_once('=')?;
                    (!key.is_empty()).then(|| Self::Tag { key: key.to_owned(), value: value.to_owned() })
                }
                "kind" => Kind::parse(rest).map(Self::Kind),
                "team" => ItemName::new(rest).ok().map(Self::Team),
                "stack" => StackName::new(rest).ok().map(Self::Stack),
                _ => None,
            }
        };
        parse().ok_or_else(|| PlanError::TargetForm { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::world::{World, boundary, foundation, role, stack, trusting};
    use crate::{Mode, Request};

    fn world() -> World {
        let mut foundation =
            foundation(&[("management", None), ("data", Some("workloads/prod")), ("ml", Some("workloads/dev"))]);
        foundation.accounts[&AccountName::new("ml").unwrap()]
            .tags
            .insert(landfall_model::TagKey::new("env").unwrap(), "dev".to_owned());
        World::new(
            &foundation,
            vec![
                stack("data", Kind::BreakGlass, None),
                boundary("data"),
                trusting("data", "reader", ("ml", "training"), 40),
                boundary("ml"),
                role("ml", "training"),
                stack("ml", Kind::BatchTeam, Some("vision")),
            ],
        )
    }

    fn stacks(target: &[&str]) -> Vec<String> {
        let mut request = Request::new(Mode::Apply);
        request.targets = target.iter().map(|text| text.parse().unwrap()).collect();
        let plan = world().ask(&request).unwrap();
        let name = |id: &StepId| match id {
            StepId::Stack(key) => Some(format!("{}/{}", key.account, key.name)),
            _ => None,
        };
        plan.steps.keys().filter_map(name).collect()
    }

    #[test]
    fn a_target_brings_what_it_needs_and_nothing_else() {
        assert_eq!(
            stacks(&["stack:acme-cross-account-reader"]),
            ["data/acme-boundary", "ml/acme-boundary", "ml/acme-service-training", "data/acme-cross-account-reader"]
        );
        assert_eq!(stacks(&["team:vision"]), ["ml/acme-batch-team-vision"]);
        assert_eq!(stacks(&["kind:break-glass"]), ["data/acme-break-glass"]);
        let ml = ["ml/acme-batch-team-vision", "ml/acme-boundary", "ml/acme-service-training"];
        assert_eq!(stacks(&["account:ml"]), ml);
        assert_eq!(stacks(&["tag:env=dev"]), ml);
        assert_eq!(stacks(&["unit:workloads/dev"]), ml);
        assert_eq!(stacks(&["unit:workloads"]).len(), 6);
        assert_eq!(stacks(&["team:vision", "kind:break-glass"]).len(), 2);
    }

    #[test]
    fn a_target_that_matches_nothing_is_refused() {
        for target in ["account:nobody", "unit:work", "tag:env=prod", "kind:alarm", "team:nobody", "stack:nothing"] {
            let request = Request::new(Mode::Apply).target(target.parse().unwrap());
            let error = world().ask(&request).unwrap_err();
            assert_eq!(error, PlanError::TargetUnknown { target: target.to_owned() });
        }
    }

    #[test]
    fn targets_are_read_and_written_the_same_way() {
        for text in ["account:ml", "unit:a/b c", "tag:env=a=b", "tag:env=", "kind:ci-deployer", "team:ml", "stack:x"] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
        for text in ["ml", "kind:unknown", "tag:env", "tag:=x", "account:", "unit:a//b", "role:x"] {
            assert_eq!(text.parse::<Target>(), Err(PlanError::TargetForm { text: text.to_owned() }));
        }
    }
}
