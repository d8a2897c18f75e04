//! Who can assume a role: what its trust policy says, and what the other end says to it.

use landfall_model::AccountName;
use landfall_policies::lint::{Case, covers_action, matches};
use landfall_policies::{
    Caller, Condition, Context, Effect, Layers, OperatorKind, Principal, Principals, Request, Statement, Text, evaluate,
};

use super::answer::{Because, LayerName, Question};
use super::entry::{Entry, OtherSide, Who};
use super::hint::Asked;
use super::policy::filled;
use super::standing::RoleId;
use super::witness::{self, Wanted};
use super::words;
use super::world::World;

/// By which action a principal comes in.
const ASSUME: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

impl World {
    /// Every way into a role, in the order of its trust policy. The same way, under the same conditions, is told once.
    pub fn ways_in(&self, target: RoleId) -> Vec<Entry> {
        let mut out: Vec<Entry> = Vec::new();
        let shape = self.shape(target);
        let account = self.id(self.account(target));
        for (index, statement) in shape.trust.document().statements.iter().enumerate() {
            let assumes = ASSUME.iter().any(|action| covers_action(statement, action));
            if statement.effect != Effect::Allow || !assumes {
                continue;
            }
            let conditions: Vec<Condition> =
                statement.conditions.iter().map(|one| witness::concrete(one, account)).collect();
            let whom: Vec<&Condition> = conditions.iter().filter(|one| names_principals(one)).collect();
            let rest = || conditions.iter().filter(|one| !names_principals(one));
            for who in self.named_by(target, statement, &whom) {
                let entry = Entry {
                    conditions: rest().map(|one| words::condition(self, one)).collect(),
                    short: words::in_short(rest()),
                    statement: index,
                    sid: statement.sid.clone(),
                    place: shape.trust_place(index),
                    other_side: OtherSide::Unknown,
                    who,
                };
                let entry = Entry { other_side: self.other_side(target, &entry, &conditions), ..entry };
                let same = |known: &Entry| known.who == entry.who && known.conditions == entry.conditions;
                if !out.iter().any(|known| same(known) && known.is_open()) {
                    out.push(entry);
                }
            }
        }
        out
    }

    /// Everyone whom a statement names; an account as a whole is followed by those of its roles that get through.
    fn named_by(&self, target: RoleId, statement: &Statement, whom: &[&Condition]) -> Vec<Who> {
        let list = match &statement.principals {
            Principals::Implied => return Vec::new(),
            Principals::Anyone => return self.all_of(target, Who::Anyone, self.accounts.keys(), whom),
            Principals::Except(list) => {
                let names = list.iter().map(|one| self.principal_text(target, one)).collect();
                return self.all_of(target, Who::AnyoneBut(names), self.accounts.keys(), whom);
            }
            Principals::Only(list) => list,
        };
        list.iter()
            .flat_map(|principal| match principal {
                Principal::Service(name) => vec![Who::Service(name.clone())],
                Principal::Canonical(id) => vec![Who::Principal(id.clone())],
                Principal::Federated(_) => {
                    let arn = self.principal_text(target, principal);
                    let resource = arn.splitn(6, ':').nth(5).unwrap_or(&arn);
                    let provider = resource.strip_prefix("oidc-provider/").unwrap_or(resource).to_owned();
                    let subject = |one: &&Condition| one.key.0.to_ascii_lowercase().ends_with(":sub");
                    let values = statement.conditions.iter().filter(subject).flat_map(|one| &one.values);
                    let subjects = values.map(|value| words::text(self, value)).collect();
                    vec![Who::Federated { provider, subjects }]
                }
                Principal::Aws(_) => self.named_in(target, &self.principal_text(target, principal), whom),
            })
            .collect()
    }

    fn principal_text(&self, target: RoleId, principal: &Principal) -> String {
        let account = self.id(self.account(target));
        let of = |text: &Text| filled(text, account).as_literal().unwrap_or_default().to_owned();
        match principal {
            Principal::Aws(text) | Principal::Federated(text) => of(text),
            Principal::Service(name) | Principal::Canonical(name) => name.clone(),
        }
    }

    /// Everyone whom a value of `AWS` names.
    fn named_in(&self, target: RoleId, text: &str, whom: &[&Condition]) -> Vec<Who> {
        if text == "*" {
            return self.all_of(target, Who::Anyone, self.accounts.keys(), whom);
        }
        // IAM shows the unique id of a principal that is gone, such as `AROAEXAMPLE`.
        let digits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        let mut parts = text.splitn(6, ':');
        let account = if digits { text } else { parts.nth(4).unwrap_or_default() };
        let resource = if digits { "root" } else { parts.next().unwrap_or_default() };
        match self.account_named(account) {
            None if account.is_empty() => vec![Who::Principal(text.to_owned())],
            None => vec![Who::External(text.to_owned())],
            Some(account) if resource == "root" => self.all_of(target, Who::Account(account.clone()), [account], whom),
            Some(account) => vec![self.principal(account, text, resource)],
        }
    }

    fn principal(&self, account: &AccountName, arn: &str, resource: &str) -> Who {
        if let Some(role) = self.role_by_arn(arn) {
            return Who::Role(role);
        }
        match resource.strip_prefix("user/") {
            Some(user) if !user.contains(['*', '?']) => Who::User(account.clone(), user.to_owned()),
            _ => Who::Principal(self.shown(arn)),
        }
    }

    /// A whole account, or everyone, as far as the conditions on the principal leave it whole; then the roles that get
    /// through.
    fn all_of<'a>(
        &self,
        target: RoleId,
        whole: Who,
        accounts: impl IntoIterator<Item = &'a AccountName>,
        whom: &[&Condition],
    ) -> Vec<Who> {
        let accounts: Vec<&AccountName> = accounts.into_iter().collect();
        if whom.is_empty() {
            let roles = accounts.iter().flat_map(|account| self.by_account.get(*account)).flat_map(|all| all.values());
            let able = roles.filter(|role| **role != target && self.shape(**role).may_assume());
            let through = able.filter(|role| self.gets_through(**role, target));
            return std::iter::once(whole).chain(through.map(|role| Who::Role(*role))).collect();
        }
        let mut out = Vec::new();
        for pattern in whom.iter().flat_map(|one| &one.values).filter_map(Text::as_literal) {
            let mut parts = pattern.splitn(6, ':');
            let (id, resource) = (parts.nth(4).unwrap_or_default(), parts.next().unwrap_or_default());
            let Some(name) = resource.strip_prefix("role/").filter(|_| pattern.contains(['*', '?'])) else {
                if let Some(account) = self.account_named(id).filter(|account| accounts.contains(account)) {
                    out.push(self.principal(account, pattern, resource));
                }
                continue;
            };
            out.push(Who::Principal(self.shown(pattern)));
            for account in accounts.iter().filter(|account| matches(id, self.id(account), Case::Minded)) {
                let roles = self.by_account.get(*account).into_iter().flat_map(|all| all.values());
                let meant = roles.filter(|role| {
                    let shape = self.shape(**role);
                    let path = shape.path.strip_prefix('/').unwrap_or(&shape.path);
                    matches(name, &[path, shape.name.as_str()].concat(), Case::Minded)
                });
                out.extend(meant.filter(|role| self.gets_through(**role, target)).map(|role| Who::Role(*role)));
            }
        }
        out
    }

    /// Whether both sides may let a role become another, under whichever conditions.
    fn gets_through(&self, from: RoleId, to: RoleId) -> bool {
        !matches!(self.both_sides(from, to, &[]), OtherSide::Refuses(_))
    }

    fn other_side(&self, target: RoleId, entry: &Entry, conditions: &[Condition]) -> OtherSide {
        let principal = match &entry.who {
            Who::Role(role) => return self.both_sides(*role, target, &entry.conditions),
            Who::Service(name) => name.clone(),
            Who::User(account, name) => {
                let resource = ["user/", name].concat();
                ["arn", self.partition.as_str(), "iam", "", self.id(account), &resource].join(":")
            }
            Who::Federated { .. } => return self.admitted(target, conditions, None),
            _ => return OtherSide::Unknown,
        };
        self.admitted(target, conditions, Some(&principal))
    }

    /// Whether the trust policy and the resource control policies let somebody in who has no policies here, when all
    /// conditions of the statement hold: another statement may deny.
    fn admitted(&self, target: RoleId, conditions: &[Condition], principal: Option<&str>) -> OtherSide {
        let Some(caller) = principal.and_then(|text| Caller::parse(text).ok()) else { return OtherSide::None };
        let mut context = Context::default().with("aws:SecureTransport", "true");
        for condition in conditions {
            context = witness::with(context.clone(), condition, Wanted::Met).unwrap_or(context);
        }
        let is_user = caller.account().is_some();
        let stack = self.stack(target, "sts:AssumeRole", &self.arn(target), None);
        let layers = Layers {
            identity: vec![&self.full_access],
            boundary: None,
            scps: Vec::new(),
            resource: self.trust(target),
            ..stack.layers.clone()
        };
        let request = Request::new(caller, "sts:AssumeRole", &self.arn(target), context);
        let decision = evaluate(&request, &layers);
        match decision.decided_by {
            Some(denied) if decision.is_explicit_deny() => {
                let which = denied.sid.map_or_else(|| format!("statement {}", denied.index), |sid| format!("`{sid}`"));
                OtherSide::Refuses(format!("{which} of `{}` denies it", denied.policy))
            }
            _ if is_user => OtherSide::Unknown,
            _ => OtherSide::None,
        }
    }

    /// Whether a role may become another by both sides, beyond what the trust asks for already.
    fn both_sides(&self, from: RoleId, to: RoleId, asked_already: &[String]) -> OtherSide {
        let context = Context::default();
        let question = Question::of(from, "sts:AssumeRole", &self.arn(to));
        let stack = self.stack(from, &question.action, &question.resource, None);
        let Ok((request, _)) = self.request(&question) else { return OtherSide::Unknown };
        let decision = evaluate(&request, &stack.layers);
        let asked = Asked { world: self, stack: &stack, role: from, request: &request, given: &context };
        let (decision, clauses) = match decision.is_allowed() {
            true => (decision, Vec::new()),
            false => match asked.what_allows() {
                Some(turned) => (turned.decision, turned.clauses),
                None => {
                    let unknown = !self.shape(from).unknown.is_empty();
                    return match decision.decided_by {
                        Some(denied) => OtherSide::Refuses(denied_by(&self.because(&stack, &question, denied))),
                        None if unknown => OtherSide::Unknown,
                        None => OtherSide::Refuses(match decision.blocked_by.map(|layer| self.layer(&stack, layer)) {
                            Some(layer) => format!("{} does not allow it", layer_words(&layer)),
                            None => "nothing allows it".to_owned(),
                        }),
                    };
                }
            },
        };
        let beyond: Vec<String> = clauses.into_iter().filter(|clause| !asked_already.contains(clause)).collect();
        match decision.decided_by.filter(|_| beyond.is_empty()) {
            Some(by) => {
                let because = self.because(&stack, &question, by);
                OtherSide::Allows { by: statement_words(&because), place: because.place }
            }
            None => OtherSide::AllowsIf(beyond),
        }
    }
}

/// Whether a condition says which principals are meant.
fn names_principals(condition: &Condition) -> bool {
    use OperatorKind as K;
    condition.key.0.eq_ignore_ascii_case("aws:PrincipalArn")
        && matches!(condition.operator.kind, K::ArnEquals | K::ArnLike | K::StringEquals | K::StringLike)
}

fn denied_by(because: &Because) -> String {
    format!("{} denies it", statement_words(because))
}

/// "`Sid` of its own policy `access`".
pub(crate) fn statement_words(because: &Because) -> String {
    let sid = because.statement.as_ref().and_then(|one| one.sid.as_deref());
    let which = sid.map_or_else(|| format!("statement {}", because.index), |sid| format!("`{sid}`"));
    match &because.layer {
        LayerName::Trust => format!("{which} of the trust policy"),
        layer => format!("{which} of {} `{}`", layer_words(layer), because.policy),
    }
}

/// A layer in words.
pub(crate) fn layer_words(layer: &LayerName) -> String {
    match layer {
        LayerName::Identity => "its own policy".to_owned(),
        LayerName::Boundary => "its boundary".to_owned(),
        LayerName::Scp(at) => format!("the service control policy at {at}"),
        LayerName::Rcp(at) => format!("the resource control policy at {at}"),
        LayerName::Trust => "its trust policy".to_owned(),
        LayerName::Resource => "the resource's own policy".to_owned(),
    }
}
