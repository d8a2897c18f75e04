//! What, if it were so, would turn an answer. Found by trying: what is told was decided by the evaluator.

use landfall_policies::{
    Compiled, Condition, Context, Decision, Document, Effect, Layer, Request, Side, StatementRef, Tested, evaluate,
};

use super::layers::Stack;
use super::standing::RoleId;
use super::witness::{self, Wanted};
use super::words;
use super::world::World;

/// How many conditions are looked for, one after the other, until it is told that nothing helps.
const ROUNDS: usize = 12;

/// How many ways to a denial are told.
const SHOWN: usize = 5;

/// A document of a layer, in both forms.
struct Layered<'w> {
    compiled: &'w Compiled,
    document: &'w Document,
    side: Side,
    /// The account whose id stands in the document's holes.
    account: &'w str,
}

/// A request that was answered, and what it was asked of.
pub(crate) struct Asked<'a, 'w> {
    pub(crate) world: &'w World,
    pub(crate) stack: &'a Stack<'w>,
    pub(crate) role: RoleId,
    pub(crate) request: &'a Request,
    /// What the user said of the request, which stays.
    pub(crate) given: &'a Context,
}

/// What turned a denial, and the decision then.
pub(crate) struct Turned<'w> {
    pub(crate) clauses: Vec<String>,
    pub(crate) decision: Decision<'w>,
}

impl<'w> Asked<'_, 'w> {
    /// All that must hold to be allowed; nothing if nothing helps.
    pub(crate) fn what_allows(&self) -> Option<Turned<'w>> {
        let mut context = self.request.context().clone();
        let mut said = Vec::new();
        for _ in 0..ROUNDS {
            let request = self.request.in_context(context.clone());
            let decision = evaluate(&request, &self.stack.layers);
            if decision.is_allowed() {
                return Some(Turned { clauses: said, decision });
            }
            let step = match (decision.decided_by, decision.blocked_by) {
                (Some(denied), _) => self.refute(&context, denied),
                (None, Some(layer)) => self.meet(&request, layer),
                (None, None) => None,
            };
            let (next, clauses) = step?;
            context = next;
            said.extend(clauses);
        }
        None
    }

    /// The context in which a statement does not deny, with what that takes.
    fn refute(&self, context: &Context, denied: StatementRef<'_>) -> Option<(Context, Vec<String>)> {
        let layered = self.documents(denied.layer);
        let of = layered.iter().find(|one| one.compiled.name() == denied.policy)?;
        let statement = of.document.statements.get(denied.index)?;
        statement.conditions.iter().filter(|one| self.is_open(one)).find_map(|condition| {
            let condition = witness::concrete(condition, of.account);
            let next = witness::with(context.clone(), &condition, Wanted::Refuted)?;
            let request = self.request.in_context(next.clone());
            let still = evaluate(&request, &self.stack.layers).decided_by == Some(denied);
            (!still).then(|| (next, vec![words::opposite(self.world, &condition)]))
        })
    }

    /// The context in which a statement of a layer allows, with what that takes: the one with the fewest conditions.
    fn meet(&self, request: &Request, layer: Layer) -> Option<(Context, Vec<String>)> {
        let mut best: Option<(Context, Vec<String>)> = None;
        for one in self.documents(layer) {
            for tested in one.compiled.tested(request, one.side).into_iter().filter(|one| one.effect == Effect::Allow) {
                let found = self.turned(request.context(), &one, &tested);
                if let Some((next, clauses)) = found
                    && !clauses.is_empty()
                    && best.as_ref().is_none_or(|(_, known)| clauses.len() < known.len())
                {
                    best = Some((next, clauses));
                }
            }
        }
        best
    }

    /// The context in which the conditions of a statement that do not hold do, each in words.
    fn turned(&self, context: &Context, one: &Layered<'_>, tested: &Tested) -> Option<(Context, Vec<String>)> {
        let statement = one.document.statements.get(tested.index)?;
        let mut next = context.clone();
        let mut clauses = Vec::new();
        for (condition, holds) in statement.conditions.iter().zip(&tested.conditions) {
            if !holds {
                let condition = witness::concrete(condition, one.account);
                next = self.is_open(&condition).then(|| witness::with(next, &condition, Wanted::Met)).flatten()?;
                clauses.push(words::condition(self.world, &condition));
            }
        }
        Some((next, clauses))
    }

    /// What would deny, each alone.
    pub(crate) fn what_denies(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let scps = (0..self.stack.scps.len()).map(|level| Layer::Scp { level });
        let rcps = (0..self.stack.rcps.len()).map(|level| Layer::Rcp { level });
        let layers = [Layer::Identity, Layer::Boundary, Layer::Resource];
        for one in layers.into_iter().chain(scps).chain(rcps).flat_map(|layer| self.documents(layer)) {
            for tested in one.compiled.tested(self.request, one.side) {
                let Some((next, clauses)) = self.turned(self.request.context(), &one, &tested) else { continue };
                let denied = tested.effect == Effect::Deny
                    && !evaluate(&self.request.in_context(next), &self.stack.layers).is_allowed();
                let clause = clauses.join(" and ");
                if denied && !out.contains(&clause) && out.len() < SHOWN {
                    out.push(clause);
                }
            }
        }
        out
    }

    /// Whether a key may have another value than it has: what was given and what follows from the role may not.
    fn is_open(&self, condition: &Condition) -> bool {
        let key = condition.key.0.to_ascii_lowercase();
        let tag = key.starts_with("aws:principaltag/") && !self.request.context().has(&key);
        let follows = (key.starts_with("aws:principal") && key != "aws:principalorgpaths" && !tag)
            || ["aws:resourceaccount", "aws:resourceorgid", "aws:username"].contains(&key.as_str());
        !follows && !self.given.has(&key)
    }

    fn documents(&self, layer: Layer) -> Vec<Layered<'w>> {
        let world = self.world;
        let shape = world.shape(self.role);
        let account = world.id(world.account(self.role));
        let guards = |levels: &[super::guard::Level<'w>], level: usize| -> Vec<Layered<'w>> {
            let guards = levels.get(level).map(|level| level.guards.clone()).unwrap_or_default();
            let one = |guard: &'w super::Guard| Layered {
                compiled: guard.compiled(),
                document: &guard.document,
                side: Side::Organization,
                account,
            };
            guards.into_iter().map(one).collect()
        };
        match layer {
            Layer::Identity | Layer::Session => {
                let compiled = world.identity(self.role).into_iter();
                let both = compiled.zip(&shape.policies);
                both.map(|(compiled, policy)| Layered {
                    compiled,
                    document: policy.document(),
                    side: Side::Principal,
                    account,
                })
                .collect()
            }
            Layer::Boundary => {
                let both = world.boundary(self.role).zip(shape.boundary.as_ref());
                both.map(|(compiled, policy)| Layered {
                    compiled,
                    document: policy.document(),
                    side: Side::Principal,
                    account,
                })
                .into_iter()
                .collect()
            }
            Layer::Scp { level } => guards(&self.stack.scps, level),
            Layer::Rcp { level } => guards(&self.stack.rcps, level),
            Layer::Resource => {
                let target = self.stack.trusted;
                let both = target.and_then(|role| Some((role, world.trust(role)?)));
                both.map(|(role, compiled)| Layered {
                    compiled,
                    document: world.shape(role).trust.document(),
                    side: Side::Resource,
                    account: world.id(world.account(role)),
                })
                .into_iter()
                .collect()
            }
        }
    }
}
