//! The edges: where each comes from.

use std::collections::{HashMap, HashSet};

use landfall_model::{AccountName, Diagnostic, Kind, Place, UnitPath};
use landfall_stacks::{Need, ParameterSource, Provides, Stack, StackKey};
use petgraph::graph::{DiGraph, NodeIndex};

use super::cycle;
use super::dag::{Graph, Wait, topological};
use crate::codes::UNRESOLVED;
use crate::{Desired, GuardrailTarget, Reason, StepId};

struct Builder {
    arrows: DiGraph<StepId, Wait>,
    index: HashMap<StepId, NodeIndex>,
    kinds: HashMap<NodeIndex, Kind>,
    drawn: HashSet<(NodeIndex, NodeIndex, Reason)>,
    diagnostics: Vec<Diagnostic>,
}

/// Who makes what, by account.
type Makers<'a> = HashMap<(&'a AccountName, &'a Provides), Vec<NodeIndex>>;

impl Graph {
    /// The graph of all that shall stand.
    ///
    /// # Errors
    /// A diagnostic for each loop, with its way, and for each need that nothing meets.
    pub fn of(desired: &Desired) -> Result<Self, Vec<Diagnostic>> {
        let mut builder = Builder {
            arrows: DiGraph::new(),
            index: HashMap::new(),
            kinds: HashMap::new(),
            drawn: HashSet::new(),
            diagnostics: Vec::new(),
        };
        builder.nodes(desired);
        builder.organization_edges(desired);
        builder.stack_edges(desired);
        builder.guardrail_edges(desired);
        let order = topological(&builder.arrows);
        if order.len() < builder.arrows.node_count() {
            builder.diagnostics.extend(cycle::diagnose(&builder.arrows));
        }
        if builder.diagnostics.is_empty() {
            Ok(Self { arrows: builder.arrows, index: builder.index, kinds: builder.kinds, order })
        } else {
            Err(builder.diagnostics)
        }
    }
}

impl Builder {
    fn add(&mut self, id: StepId) -> NodeIndex {
        *self.index.entry(id.clone()).or_insert_with(|| self.arrows.add_node(id))
    }

    fn nodes(&mut self, desired: &Desired) {
        self.add(StepId::Organization);
        for unit in &desired.units {
            self.add(StepId::Unit(unit.clone()));
        }
        for (name, account) in &desired.accounts {
            self.add(StepId::Account(name.clone()));
            self.add(StepId::Placement(name.clone()));
            if !account.tags.is_empty() {
                self.add(StepId::AccountTags(name.clone()));
            }
        }
        for (key, stack) in &desired.stacks {
            let node = self.add(StepId::Stack(key.clone()));
            self.kinds.insert(node, stack.kind);
        }
        for key in desired.guardrails.keys() {
            self.add(StepId::PolicyType(key.kind));
        }
        for (key, guardrail) in &desired.guardrails {
            self.add(StepId::Guardrail(key.clone()));
            for target in &guardrail.attach {
                self.add(StepId::Attachment(key.clone(), target.into()));
            }
        }
    }

    fn draw(&mut self, from: NodeIndex, to: NodeIndex, reason: Reason, place: Place) {
        if self.drawn.insert((from, to, reason.clone())) {
            self.arrows.add_edge(from, to, Wait { reason, place: Some(place) });
        }
    }

    fn wait(&mut self, node: NodeIndex, on: &StepId, reason: Reason, place: Place) {
        match self.index.get(on) {
            Some(needed) => self.draw(*needed, node, reason, place),
            None => self.unresolved(node, &on.to_string(), place),
        }
    }

    fn unresolved(&mut self, node: NodeIndex, what: &str, place: Place) {
        let who = &self.arrows[node];
        self.diagnostics.push(
            Diagnostic::error(UNRESOLVED, place, format!("{who} needs {what}, and nothing makes it"))
                .label("needed here")
                .help("define it, or take the reference away"),
        );
    }

    fn organization_edges(&mut self, desired: &Desired) {
        let root = self.add(StepId::Organization);
        for unit in &desired.units {
            let node = self.add(StepId::Unit(unit.clone()));
            self.below(root, node, unit.parent(), desired.place);
        }
        for (name, account) in &desired.accounts {
            let made = self.add(StepId::Account(name.clone()));
            let placed = self.add(StepId::Placement(name.clone()));
            self.draw(root, made, Reason::OrganizationExists, account.place);
            self.draw(made, placed, Reason::AccountExists, account.place);
            self.below(root, placed, account.unit.clone(), account.place);
            if !account.tags.is_empty() {
                let tags = self.add(StepId::AccountTags(name.clone()));
                self.draw(made, tags, Reason::AccountExists, account.place);
                self.management_waits(desired, name, root, tags, account.place);
            }
        }
    }

    /// Something stands in a unit or, without one, at the root.
    fn below(&mut self, root: NodeIndex, node: NodeIndex, unit: Option<UnitPath>, place: Place) {
        match unit {
            Some(unit) => self.wait(node, &StepId::Unit(unit), Reason::UnitExists, place),
            None => self.draw(root, node, Reason::OrganizationExists, place),
        }
    }

    /// The management account is there before its organization, so what stands in it waits for the organization by an
    /// edge of its own: in a plan that makes the organization, no step makes the account.
    fn management_waits(
        &mut self,
        desired: &Desired,
        account: &AccountName,
        root: NodeIndex,
        node: NodeIndex,
        place: Place,
    ) {
        if *account == desired.management {
            self.draw(root, node, Reason::OrganizationExists, place);
        }
    }

    fn stack_edges(&mut self, desired: &Desired) {
        let root = self.add(StepId::Organization);
        let mut makers = Makers::new();
        let mut nodes = Vec::with_capacity(desired.stacks.len());
        for (key, stack) in &desired.stacks {
            let node = self.add(StepId::Stack(key.clone()));
            nodes.push(node);
            for thing in &stack.provides {
                makers.entry((&key.account, thing)).or_default().push(node);
            }
        }
        for (node, stack) in nodes.into_iter().zip(desired.stacks.values()) {
            let account = &stack.key.account;
            self.wait(node, &StepId::Account(account.clone()), Reason::AccountExists, stack.place);
            self.wait(node, &StepId::Placement(account.clone()), Reason::AccountPlaced, stack.place);
            self.management_waits(desired, account, root, node, stack.place);
            for source in stack.parameters.values() {
                match source {
                    ParameterSource::Account(of) => self.account_id(node, stack, of),
                    ParameterSource::Organization => {
                        self.draw(root, node, Reason::OrganizationExists, stack.place);
                    }
                }
            }
            for need in &stack.needs {
                self.need(node, stack, need, &makers);
            }
        }
    }

    /// A guardrail takes hold where it is attached, and again wherever it is changed: both come after all that must
    /// stand below it.
    fn guardrail_edges(&mut self, desired: &Desired) {
        let root = self.add(StepId::Organization);
        let mut keepers: HashMap<&AccountName, Vec<(NodeIndex, Reason)>> = HashMap::new();
        for (key, stack) in &desired.stacks {
            let reason = match stack.kind {
                Kind::BreakGlass => Reason::BreakGlassFirst,
                Kind::Automation => Reason::AutomationFirst,
                _ => continue,
            };
            let node = self.add(StepId::Stack(key.clone()));
            keepers.entry(&key.account).or_default().push((node, reason));
        }
        for (key, guardrail) in &desired.guardrails {
            let place = guardrail.place;
            let policy_type = self.add(StepId::PolicyType(key.kind));
            let made = self.add(StepId::Guardrail(key.clone()));
            self.draw(root, policy_type, Reason::OrganizationExists, place);
            self.draw(policy_type, made, Reason::PolicyTypeEnabled, place);
            for target in &guardrail.attach {
                let target = GuardrailTarget::from(target);
                let attached = self.add(StepId::Attachment(key.clone(), target.clone()));
                self.draw(policy_type, attached, Reason::PolicyTypeEnabled, place);
                self.draw(made, attached, Reason::GuardrailExists, place);
                match &target {
                    GuardrailTarget::Root => self.draw(root, attached, Reason::OrganizationExists, place),
                    GuardrailTarget::Unit(path) => {
                        self.wait(attached, &StepId::Unit(path.clone()), Reason::UnitExists, place);
                    }
                    GuardrailTarget::Account(name) => {
                        self.wait(attached, &StepId::Account(name.clone()), Reason::AccountExists, place);
                    }
                    GuardrailTarget::Unknown(_) => {}
                }
                // Guardrails have no effect on the management account.
                let below = desired.accounts.iter().filter(|(name, account)| {
                    **name != desired.management && target.holds(name, account.unit.as_ref())
                });
                for (name, _) in below {
                    for (keeper, reason) in keepers.get(name).into_iter().flatten() {
                        self.draw(*keeper, made, reason.clone(), place);
                        self.draw(*keeper, attached, reason.clone(), place);
                    }
                }
            }
        }
    }

    fn account_id(&mut self, node: NodeIndex, stack: &Stack, of: &AccountName) {
        if *of != stack.key.account {
            self.wait(node, &StepId::Account(of.clone()), Reason::AccountIdKnown(of.clone()), stack.place);
        }
    }

    fn need(&mut self, node: NodeIndex, stack: &Stack, need: &Need, makers: &Makers<'_>) {
        let own = &stack.key.account;
        match need {
            Need::Boundary(name) => {
                self.made(
                    node,
                    makers,
                    (own, &Provides::Boundary(name.clone())),
                    Reason::BoundaryBeforeRole,
                    stack.place,
                );
            }
            Need::SharedPolicy(policy) => {
                let thing = Provides::SharedPolicy(*policy);
                self.made(node, makers, (own, &thing), Reason::PolicyBeforeRole, stack.place);
            }
            Need::Provider(name) => {
                self.made(
                    node,
                    makers,
                    (own, &Provides::Provider(name.clone())),
                    Reason::ProviderBeforeRole,
                    stack.place,
                );
            }
            Need::TrustedRole { account, role, place } => {
                let reason = Reason::TrustedRoleFirst(role.clone());
                self.made(node, makers, (account, &Provides::Role(role.clone())), reason, *place);
            }
            Need::OwnRole(role) => {
                let reason = Reason::RoleBeforeSetting(role.clone());
                self.made(node, makers, (own, &Provides::Role(role.clone())), reason, stack.place);
            }
            Need::Hub { account, role } => {
                self.made(node, makers, (account, &Provides::Role(role.clone())), Reason::HubBeforeSpoke, stack.place);
            }
            Need::Whole(name) => {
                let whole = StackKey { name: name.clone(), ..stack.key.clone() };
                self.wait(node, &StepId::Stack(whole), Reason::PartAfterWhole, stack.place);
            }
            Need::AccountId(of) => self.account_id(node, stack, of),
        }
    }

    fn made(
        &mut self,
        node: NodeIndex,
        makers: &Makers<'_>,
        thing: (&AccountName, &Provides),
        reason: Reason,
        place: Place,
    ) {
        let Some(found) = makers.get(&thing) else {
            let what = match thing.1 {
                Provides::Boundary(name) => format!("boundary {name} of account {}", thing.0),
                Provides::SharedPolicy(policy) => format!("shared policy {} of account {}", policy.as_str(), thing.0),
                Provides::Provider(name) => format!("identity provider {name} of account {}", thing.0),
                Provides::Role(name) => format!("role {name} of account {}", thing.0),
            };
            return self.unresolved(node, &what, place);
        };
        // Inside one template CloudFormation orders a role after its boundary or provider by itself. A role that the
        // configuration trusts in its own stack is a loop that the user wrote.
        let inside = !matches!(reason, Reason::TrustedRoleFirst(_)) && found.contains(&node);
        if !inside {
            for maker in found {
                self.draw(*maker, node, reason.clone(), place);
            }
        }
    }
}
