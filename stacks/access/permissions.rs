//! What a role can do: what its policies give, less what its boundary and the guardrails take.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{GuardrailKind, Place};
use landfall_policies::lint::{Case, covers_action, denies, lets_through, matches};
use landfall_policies::{
    AccessLevel, ActionFacts, Actions, Compiled, Document, Effect, Plain, Render, Resources, Service, Side, Statement,
    Text, database,
};

use super::answer::{LayerName, Question};
use super::guard::Level;
use super::policy::filled;
use super::standing::RoleId;
use super::witness;
use super::words;
use super::world::World;

/// Actions of one service and level that one statement gives on the same resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The service's prefix.
    pub service: &'static str,
    /// What the actions do.
    pub level: AccessLevel,
    /// Their names, without the service.
    pub actions: Vec<&'static str>,
    /// Whether these are all that the service has of the level.
    pub complete: bool,
    /// On what.
    pub resources: Vec<String>,
    /// When.
    pub conditions: Vec<String>,
    /// The policy that gives them.
    pub policy: String,
    /// The statement, from 0.
    pub statement: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// Where the user wrote it.
    pub place: Option<Place>,
}

/// What a layer takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Which layer.
    pub layer: LayerName,
    /// The name of the boundary or guardrail.
    pub policy: String,
    /// Where the user defines it.
    pub place: Option<Place>,
    /// The conditions under which it takes; none where it always does.
    pub conditions: Vec<String>,
    /// The actions, `service:Name`, that are gone or may be.
    pub actions: Vec<String>,
}

/// What a role can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// By service and level.
    pub rows: Vec<Row>,
    /// What is gone, by the layer that takes it, then what is gone under conditions.
    pub losses: Vec<Loss>,
    /// Policies whose text is not known here.
    pub unknown: Vec<String>,
}

/// A document that takes, with what it is called.
struct Taker<'w> {
    layer: LayerName,
    policy: &'w str,
    document: Document,
    place: Option<Place>,
    /// Whether what it does not allow is gone.
    bounds: bool,
}

/// By service, level, policy and statement; then the resources that are left.
type RowKey<'k> = (&'static str, AccessLevel, usize, usize, Vec<&'k str>);

/// What is gone: by the number of its taker, and of the statement where it takes under conditions.
type LossKey = (usize, Option<usize>);

/// What a role can do. Patterns are compared, not requests: all resources are looked at at once, and what a condition
/// may take is told as that.
pub fn permissions(world: &World, role: RoleId) -> Permissions {
    let shape = world.shape(role);
    let account = world.id(world.account(role));
    let scps = world.levels(world.account(role), GuardrailKind::ServiceControl);
    let takers = takers(world, role, &scps);
    let mut rows: BTreeMap<RowKey<'_>, Vec<&'static str>> = BTreeMap::new();
    let mut losses: BTreeMap<LossKey, BTreeSet<String>> = BTreeMap::new();
    let texts: Vec<Vec<Vec<(String, String)>>> = shape
        .policies
        .iter()
        .map(|policy| policy.document().statements.iter().map(|one| resources(world, account, one)).collect())
        .collect();
    for (at, policy) in shape.policies.iter().enumerate() {
        for (index, statement) in policy.document().statements.iter().enumerate() {
            if statement.effect != Effect::Allow {
                continue;
            }
            let texts: &[(String, String)] = texts.get(at).and_then(|all| all.get(index)).map_or(&[], Vec::as_slice);
            for (service, facts) in given(statement) {
                let action = [service.prefix, ":", facts.name].concat();
                let left: Vec<&str> = texts
                    .iter()
                    .filter(|(pattern, _)| match taken(&takers, &action, pattern) {
                        Some(taker) => {
                            losses.entry((taker, None)).or_default().insert(action.clone());
                            false
                        }
                        None => true,
                    })
                    .map(|(_, shown)| shown.as_str())
                    .collect();
                if left.is_empty() {
                    continue;
                }
                for (taker, one) in takers.iter().enumerate() {
                    for (which, statement) in one.document.statements.iter().enumerate() {
                        let under = statement.effect == Effect::Deny && !statement.conditions.is_empty();
                        if under && covers_action(statement, &action) {
                            losses.entry((taker, Some(which))).or_default().insert(action.clone());
                        }
                    }
                }
                rows.entry((service.prefix, facts.level, at, index, left)).or_default().push(facts.name);
            }
        }
    }
    let rows = rows.into_iter().map(|((service, level, at, index, left), actions)| {
        let policy = &shape.policies[at];
        let statement = &policy.document().statements[index];
        let conditions = statement.conditions.iter().map(|one| witness::concrete(one, account));
        let first = actions.first().map(|name| [service, ":", name].concat()).unwrap_or_default();
        Row {
            complete: actions.len() == of_level(service, level),
            resources: left.into_iter().map(str::to_owned).collect(),
            conditions: conditions.map(|one| words::condition(world, &one)).collect(),
            policy: policy.name().to_owned(),
            statement: index,
            sid: statement.sid.clone(),
            place: shape.origin(policy.name(), &first),
            service,
            level,
            actions,
        }
    });
    let rows = rows.collect();
    let told = |((taker, which), actions): (LossKey, BTreeSet<String>)| {
        let taker = takers.get(taker)?;
        let statement = which.and_then(|which| taker.document.statements.get(which));
        Some(Loss {
            layer: taker.layer.clone(),
            policy: taker.policy.to_owned(),
            place: taker.place,
            conditions: statement
                .map(|one| one.conditions.iter().map(|one| words::condition(world, &witness::concrete(one, account))))
                .map(Iterator::collect)
                .unwrap_or_default(),
            actions: actions.into_iter().collect(),
        })
    };
    let (always, under): (Vec<_>, Vec<_>) = losses.into_iter().partition(|((_, which), _)| which.is_none());
    let losses = always.into_iter().chain(under).filter_map(told).collect();
    Permissions { rows, losses, unknown: shape.unknown.clone() }
}

/// Everything that takes: the role's own denials, its boundary, the service control policies above it.
fn takers<'w>(world: &'w World, role: RoleId, scps: &[Level<'w>]) -> Vec<Taker<'w>> {
    let shape = world.shape(role);
    let settled = |document: &Document| world.settled(role, document);
    let own = shape.policies.iter().map(|policy| Taker {
        layer: LayerName::Identity,
        policy: policy.name(),
        document: settled(policy.document()),
        place: shape.place,
        bounds: false,
    });
    let boundary = shape.boundary.iter().map(|policy| Taker {
        layer: LayerName::Boundary,
        policy: policy.name(),
        document: settled(policy.document()),
        place: policy.place(),
        bounds: true,
    });
    let mut out: Vec<Taker<'w>> = own.chain(boundary).collect();
    // Guardrails do not bind the management account.
    if world.account(role) != &world.management {
        for level in scps {
            out.extend(level.guards.iter().map(|guard| Taker {
                layer: LayerName::Scp(super::answer::place(&level.at)),
                policy: &guard.name,
                document: settled(&guard.document),
                place: guard.place,
                bounds: false,
            }));
        }
    }
    out
}

impl World {
    /// A document without what is settled for a role: conditions on its own ARN, account, organization and tags that
    /// hold are left out, and denials with one that does not.
    fn settled(&self, role: RoleId, document: &Document) -> Document {
        let question = Question::of(role, "sts:GetCallerIdentity", "*");
        let Ok((request, _)) = self.request(&question) else { return document.clone() };
        let account = self.id(self.account(role));
        let mut out = document.clone();
        out.statements.retain_mut(|statement| {
            if statement.effect == Effect::Allow {
                return true;
            }
            let mut applies = true;
            statement.conditions.retain(|condition| {
                let key = condition.key.0.to_ascii_lowercase();
                if !key.starts_with("aws:principal") || !request.context().has(&key) {
                    return true;
                }
                let one = Statement::allow("Test", ["*"]).on_all().when(witness::concrete(condition, account));
                let tested = Compiled::plain("test", &Document::new([one])).tested(&request, Side::Principal);
                applies &= tested.iter().all(|tested| tested.conditions.iter().all(|holds| *holds));
                false
            });
            applies
        });
        out
    }
}

/// Which of the takers takes an action on such resources, whatever the conditions.
fn taken(takers: &[Taker<'_>], action: &str, resource: &str) -> Option<usize> {
    takers.iter().position(|taker| {
        let denied = taker
            .document
            .statements
            .iter()
            .any(|one| one.effect == Effect::Deny && one.conditions.is_empty() && denies(one, action, resource));
        denied || (taker.bounds && !lets_through(&taker.document, action, resource, None))
    })
}

/// The resources of a statement: as patterns to compare, and as they are shown.
fn resources(world: &World, account: &str, statement: &Statement) -> Vec<(String, String)> {
    let one = |text: &Text| {
        (Plain.text(text).as_str().unwrap_or_default().to_owned(), words::text(world, &filled(text, account)))
    };
    match &statement.resources {
        Resources::Only(list) => list.iter().map(one).collect(),
        Resources::Except(list) => {
            let but: Vec<String> = list.iter().map(|text| one(text).1).collect();
            vec![("*".to_owned(), format!("all but {}", but.join(", ")))]
        }
        Resources::Implied => Vec::new(),
    }
}

/// The actions that a statement gives, of those that exist.
fn given(statement: &Statement) -> Vec<(&'static Service, &'static ActionFacts)> {
    let mut out = Vec::new();
    match &statement.actions {
        Actions::Only(list) => {
            for prefix in database().prefixes() {
                let meant = |pattern: &str| match pattern.split_once(':') {
                    Some((service, _)) => matches(service, prefix, Case::Ignored),
                    None => pattern == "*",
                };
                let patterns: Vec<&str> = list.iter().map(|one| one.as_str()).filter(|one| meant(one)).collect();
                let Some(service) = database().service(prefix).filter(|_| !patterns.is_empty()) else { continue };
                let names: Vec<&str> =
                    patterns.iter().map(|one| one.split_once(':').map_or("*", |(_, name)| name)).collect();
                let known = service.actions.iter();
                let known = known.filter(|one| names.iter().any(|name| matches(name, one.name, Case::Ignored)));
                out.extend(known.map(|one| (service, one)));
            }
        }
        Actions::Except(_) => {
            for service in database().prefixes().filter_map(|prefix| database().service(prefix)) {
                let left = service.actions.iter().filter(|one| {
                    let action = [service.prefix, ":", one.name].concat();
                    covers_action(statement, &action)
                });
                out.extend(left.map(|one| (service, one)));
            }
        }
    }
    out
}

/// How many actions a service has of a level.
fn of_level(service: &str, level: AccessLevel) -> usize {
    let service = database().service(service);
    service.map_or(0, |service| service.actions.iter().filter(|action| action.level == level).count())
}
