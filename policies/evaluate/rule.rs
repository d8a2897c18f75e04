//! Statements, read once.

use super::arn_pattern::{ResourcePattern, Stand};
use super::grantee::{Closeness, Grantee};
use super::pattern::{Pattern, Wildcards};
use super::predicate::Predicate;
use super::request::Question;
use super::{Caller, Context};
use crate::{Actions, Effect, Principal, Principals, Resources, Statement, Text};

/// Whether a list names what it means or what it does not mean.
#[derive(Debug, Clone, PartialEq)]
enum List<T> {
    Only(Box<[T]>),
    Except(Box<[T]>),
}

impl<T> List<T> {
    /// Whether the list means something that each item matches or does not; an item may be unable to tell.
    fn means(&self, mut matches: impl FnMut(&T) -> Option<bool>) -> bool {
        match self {
            Self::Only(items) => items.iter().any(|item| matches(item) == Some(true)),
            Self::Except(items) => items.iter().all(|item| matches(item) == Some(false)),
        }
    }
}

/// A statement, ready to be asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub(super) index: usize,
    pub(super) sid: Option<Box<str>>,
    pub(super) effect: Effect,
    actions: List<Pattern>,
    resources: Option<List<ResourcePattern>>,
    principals: Option<List<Grantee>>,
    predicates: Box<[Predicate]>,
}

/// Whether the caller has a permissions boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bounded {
    Yes,
    No,
}

impl Rule {
    /// Reads a statement.
    pub(super) fn new<E>(
        index: usize,
        statement: &Statement,
        resolve: &mut dyn FnMut(&Text) -> Result<String, E>,
    ) -> Result<Self, E> {
        let patterns = |list: &[crate::Action]| {
            list.iter().map(|action| Pattern::new(&action.as_str().to_lowercase(), Wildcards::Expand)).collect()
        };
        let actions = match &statement.actions {
            Actions::Only(list) => List::Only(patterns(list)),
            Actions::Except(list) => List::Except(patterns(list)),
        };
        let mut resources = |list: &[Text]| -> Result<Box<[ResourcePattern]>, E> {
            list.iter().map(|text| Ok(ResourcePattern::new(&resolve(text)?))).collect()
        };
        let resources = match &statement.resources {
            Resources::Implied => None,
            Resources::Only(list) => Some(List::Only(resources(list)?)),
            Resources::Except(list) => Some(List::Except(resources(list)?)),
        };
        let mut grantees = |list: &[Principal]| -> Result<Box<[Grantee]>, E> {
            list.iter()
                .map(|principal| {
                    Ok(match principal {
                        Principal::Aws(text) => Grantee::aws(&resolve(text)?),
                        Principal::Service(name) => Grantee::Service(name.as_str().into()),
                        Principal::Federated(text) => Grantee::Provider(resolve(text)?.into()),
                        Principal::Canonical(_) => Grantee::Unknown,
                    })
                })
                .collect()
        };
        let principals = match &statement.principals {
            Principals::Implied => None,
            Principals::Anyone => Some(List::Only([Grantee::Anyone].into())),
            Principals::Only(list) => Some(List::Only(grantees(list)?)),
            Principals::Except(list) => Some(List::Except(grantees(list)?)),
        };
        let predicates = statement
            .conditions
            .iter()
            .map(|condition| {
                let values = condition.values.iter().map(&mut *resolve).collect::<Result<Vec<_>, E>>()?;
                Ok(Predicate::new(condition.operator, &condition.key.0, &values))
            })
            .collect::<Result<_, E>>()?;
        let sid = statement.sid.as_deref().map(Box::from);
        Ok(Self { index, sid, effect: statement.effect, actions, resources, principals, predicates })
    }

    /// Whether actions, resources and conditions fit a question.
    pub(super) fn fits(&self, question: &Question<'_>, stand: Stand) -> bool {
        let context: &Context = &question.request.context;
        self.is_about(question, stand) && self.predicates.iter().all(|predicate| predicate.holds(context))
    }

    /// Whether actions and resources fit a question.
    pub(super) fn is_about(&self, question: &Question<'_>, stand: Stand) -> bool {
        let request = question.request;
        let context: &Context = &request.context;
        let resources = match &self.resources {
            None => stand == Stand::Resource,
            Some(list) => list.means(|one| one.matches(stand, &request.resource, question.parts.as_ref(), context)),
        };
        resources && self.actions.means(|one| one.matches(&request.action, context))
    }

    /// Whether each condition holds.
    pub(super) fn tests(&self, context: &Context) -> Vec<bool> {
        self.predicates.iter().map(|predicate| predicate.holds(context)).collect()
    }

    /// How closely a rule of a resource policy means a caller.
    ///
    /// A `Deny` with `NotPrincipal` always binds a principal with a boundary. Source: IAM User Guide, "Permissions
    /// boundaries for IAM entities". Otherwise one named identity of a caller (its account, role or session) exempts it.
    pub(super) fn means(&self, caller: &Caller, bounded: Bounded) -> Option<Closeness> {
        match self.principals.as_ref()? {
            List::Only(list) => list.iter().filter_map(|one| one.names(caller)).max(),
            List::Except(list) => {
                let always = self.effect == Effect::Deny && bounded == Bounded::Yes && caller.has_policies();
                (always || list.iter().all(|one| one.names(caller).is_none())).then_some(Closeness::Anyone)
            }
        }
    }
}
