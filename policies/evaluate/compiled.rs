//! Documents, read once.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::arn_pattern::Stand;
use super::grantee::Closeness;
use super::request::Question;
use super::rule::{Bounded, Rule};
use crate::{Actions, Document, Effect, Plain, Render, Scope, Text, Unresolved};

/// Indices of rules, in order.
type RuleList = Box<[u32]>;

/// A document that is ready to be asked: patterns split, keys in lower case, statements found by service.
#[derive(Debug, Clone)]
pub struct Compiled {
    name: Box<str>,
    rules: Box<[Rule]>,
    /// For each service that a statement names: the rules that may say something about it, in order.
    services: Box<[(Box<str>, RuleList)]>,
    /// For every other service.
    general: RuleList,
}

/// What a document says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Answer<'a> {
    pub(super) deny: Option<&'a Rule>,
    pub(super) allow: Option<&'a Rule>,
}

/// What a resource policy says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ResourceAnswer<'a> {
    pub(super) deny: Option<&'a Rule>,
    /// The closest grant.
    pub(super) allow: Option<(Closeness, &'a Rule)>,
}

impl Compiled {
    /// Reads a document where it stands; `name` names it in decisions.
    ///
    /// # Errors
    /// An account whose id is not known.
    pub fn new(name: &str, document: &Document, scope: &Scope) -> Result<Self, Unresolved> {
        Self::of(name, document, &mut |text| scope.resolve(text))
    }

    /// Reads a document without holes, such as a parsed one. Holes become what [`Plain`] makes of them.
    pub fn plain(name: &str, document: &Document) -> Self {
        let done = Self::of::<Infallible>(name, document, &mut |text: &Text| {
            Ok(Plain.text(text).as_str().map(str::to_owned).unwrap_or_default())
        });
        match done {
            Ok(compiled) => compiled,
            Err(never) => match never {},
        }
    }

    fn of<E>(name: &str, document: &Document, resolve: &mut dyn FnMut(&Text) -> Result<String, E>) -> Result<Self, E> {
        let rules = document
            .statements
            .iter()
            .enumerate()
            .map(|(index, statement)| Rule::new(index, statement, resolve))
            .collect::<Result<Box<[_]>, E>>()?;
        let mut general = Vec::new();
        let mut named: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (statement, index) in document.statements.iter().zip(0_u32..) {
            match services(&statement.actions) {
                None => general.push(index),
                Some(services) => {
                    for service in services {
                        let list = named.entry(service).or_default();
                        if list.last() != Some(&index) {
                            list.push(index);
                        }
                    }
                }
            }
        }
        let services = named
            .into_iter()
            .map(|(service, mut list)| {
                list.extend(&general);
                list.sort_unstable();
                (service.into(), list.into())
            })
            .collect();
        Ok(Self { name: name.into(), rules, services, general: general.into() })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every statement, in order.
    pub(super) fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    fn candidates(&self, service: &str) -> impl Iterator<Item = &Rule> {
        let found = self.services.binary_search_by(|(name, _)| (**name).cmp(service));
        let list = found.ok().and_then(|at| self.services.get(at)).map_or(&self.general, |(_, list)| list);
        list.iter().filter_map(|&index| self.rules.get(usize::try_from(index).ok()?))
    }

    /// What it says whatever the principal: the first deny, else the first allow.
    pub(super) fn ask(&self, question: &Question<'_>, stand: Stand) -> Answer<'_> {
        let mut answer = Answer::default();
        for rule in self.candidates(question.service) {
            let wanted = rule.effect == Effect::Deny || answer.allow.is_none();
            if wanted && rule.fits(question, stand) {
                match rule.effect {
                    Effect::Deny => return Answer { deny: Some(rule), allow: None },
                    Effect::Allow => answer.allow = Some(rule),
                }
            }
        }
        answer
    }

    /// What it says as the policy of the resource.
    pub(super) fn ask_as_resource(&self, question: &Question<'_>, bounded: Bounded) -> ResourceAnswer<'_> {
        let mut answer = ResourceAnswer::default();
        for rule in self.candidates(question.service) {
            let Some(closeness) = rule.means(&question.request.caller, bounded) else { continue };
            let wanted = rule.effect == Effect::Deny || answer.allow.is_none_or(|(before, _)| before < closeness);
            if wanted && rule.fits(question, Stand::Resource) {
                match rule.effect {
                    Effect::Deny => return ResourceAnswer { deny: Some(rule), allow: None },
                    Effect::Allow => answer.allow = Some((closeness, rule)),
                }
            }
        }
        answer
    }
}

/// The services that a list of actions is about, in lower case; nothing if it may be about any.
fn services(actions: &Actions) -> Option<Vec<String>> {
    let Actions::Only(list) = actions else { return None };
    let names: Vec<String> = list.iter().map(|action| action.service().to_lowercase()).collect();
    names.iter().all(|name| !name.contains(['*', '?'])).then_some(names)
}
