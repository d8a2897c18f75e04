//! A small account: what stands in it, who gets at what by it as the evaluator sees it, and what a call changes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use landfall_model::{PolicyName, RoleName};
use landfall_policies::{Caller, Compiled, Context, Document, Layers, Request, evaluate};
use landfall_stacks::{Identities, InstanceProfile, Provider, Role};
use serde_json::{Value, json};

use crate::repair::RepairCall;

pub(super) const OURS: &str = "111122223333";
pub(super) const ACTIONS: [&str; 4] = ["s3:GetObject", "sqs:SendMessage", "sns:Publish", "kms:Decrypt"];
pub(super) const PEOPLE: [&str; 3] = ["222222222222", "333333333333", "444444444444"];
pub(super) const ROLES: [&str; 2] = ["etl", "web"];
pub(super) const ISSUER: &str = "tokens.example";
pub(super) const AUDIENCES: [&str; 2] = ["x", "y"];
pub(super) const KEYS: [&str; 2] = ["<key>1</key>", "<key>2</key>"];
pub(super) const TEAMS: [&str; 2] = ["data", "web"];
/// The resource policy of a bucket lets every role of the account do the first action.
const BUCKET: &str = "arn:aws:s3:::bucket/object";

/// The account.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// What Landfall compares.
    pub(super) ours: Identities,
    /// Customer managed policies of others, by ARN.
    pub(super) foreign: BTreeMap<String, Value>,
    /// The roles that somebody may be at work as: a session outlives its entry, and not its role.
    pub(super) sessions: BTreeSet<&'static str>,
}

/// Somebody, the role, and what.
pub(super) type Reach = (String, &'static str, String);

pub(super) fn iam(resource: &str) -> String {
    format!("arn:aws:iam::{OURS}:{resource}")
}

pub(super) fn oidc() -> String {
    iam(&format!("oidc-provider/{ISSUER}"))
}

pub(super) fn saml() -> String {
    iam("saml-provider/idp")
}

thread_local! {
    /// The same few documents are asked again after every call.
    static READ: RefCell<HashMap<String, Rc<Compiled>>> = RefCell::default();
}

fn compiled(json: &Value) -> Rc<Compiled> {
    READ.with_borrow_mut(|read| {
        if read.len() > 10_000 {
            read.clear();
        }
        let text = json.to_string();
        Rc::clone(
            read.entry(text).or_insert_with(|| Rc::new(Compiled::plain("policy", &Document::parse(json).unwrap()))),
        )
    })
}

fn everything() -> Rc<Compiled> {
    compiled(&json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] }))
}

/// What a role may do, ready to be asked.
struct Rights {
    arn: String,
    trust: Rc<Compiled>,
    identity: Vec<Rc<Compiled>>,
    boundary: Option<Rc<Compiled>>,
    context: Context,
}

impl World {
    fn policy(&self, arn: &str) -> Rc<Compiled> {
        let own = self.ours.policies.get(arn.rsplit('/').next().unwrap()).map(|policy| policy.document.json());
        compiled(&own.or_else(|| self.foreign.get(arn).cloned()).unwrap_or_else(|| panic!("{arn} is nowhere")))
    }

    fn rights(&self, role: &Role) -> Rights {
        let mut identity: Vec<Rc<Compiled>> = role.inline.values().map(|one| compiled(&one.json())).collect();
        identity.extend(role.attached.iter().map(|arn| self.policy(arn)));
        let team = role.tags.get("team").map(String::as_str);
        Rights {
            arn: iam(&format!("role/acme/{}", role.name)),
            trust: compiled(&role.trust.json()),
            identity,
            boundary: role.boundary.as_deref().map(|arn| self.policy(arn)),
            context: team.map_or_else(Context::default, |team| Context::default().with("aws:PrincipalTag/team", team)),
        }
    }

    /// Who may do what, through which role; who may assume it; and what roles may become.
    pub(super) fn reach(&self) -> BTreeSet<Reach> {
        let roles = ROLES.map(|name| (name, self.ours.roles.get(name).map(|role| self.rights(role))));
        let bucket = compiled(&json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
            "Principal": { "AWS": ROLES.map(|name| iam(&format!("role/acme/{name}"))) }, "Action": ACTIONS[0],
            "Resource": BUCKET }] }));
        let mut out = BTreeSet::new();
        for (name, rights) in &roles {
            let Some(rights) = rights else { continue };
            let layers = Layers {
                identity: rights.identity.iter().map(Rc::as_ref).collect(),
                boundary: rights.boundary.as_deref(),
                ..Layers::default()
            };
            let own = || Caller::parse(&rights.arn).unwrap();
            let mut may: Vec<String> = Vec::new();
            for action in ACTIONS {
                if evaluate(&Request::new(own(), action, "*", rights.context.clone()), &layers).is_allowed() {
                    may.push(action.to_owned());
                }
            }
            let shared = Layers { resource: Some(&bucket), ..layers.clone() };
            let asked = Request::new(own(), ACTIONS[0], BUCKET, rights.context.clone()).owned_by(OURS);
            if evaluate(&asked, &shared).is_allowed() {
                may.push("the bucket".to_owned());
            }
            for (other, target) in &roles {
                let Some(target) = target.as_ref().filter(|_| other != name) else { continue };
                let entry = Layers { resource: Some(&target.trust), ..layers.clone() };
                let asked = Request::new(own(), "sts:AssumeRole", &target.arn, rights.context.clone());
                if evaluate(&asked, &entry).is_allowed() {
                    may.push(format!("become {other}"));
                }
            }
            may.push("be".to_owned());
            for who in self.lets_in(name, rights) {
                out.extend(may.iter().map(|what| (who.clone(), *name, what.clone())));
            }
            for what in may.iter().filter(|what| self.sessions.contains(name) && *what != "be") {
                out.insert(("a session".to_owned(), *name, what.clone()));
            }
        }
        out
    }

    fn lets_in(&self, name: &str, rights: &Rights) -> Vec<String> {
        let everything = everything();
        let ask = |caller: &str, action: &str, context: Context| {
            let caller = Caller::parse(caller).unwrap();
            let identity = if caller.account() == Some(OURS) { vec![] } else { vec![&*everything] };
            let layers = Layers { identity, resource: Some(&rights.trust), ..Layers::default() };
            evaluate(&Request::new(caller, action, &rights.arn, context), &layers).is_allowed()
        };
        let mut out = Vec::new();
        for account in PEOPLE {
            if ask(&format!("arn:aws:iam::{account}:role/them"), "sts:AssumeRole", Context::default()) {
                out.push(account.to_owned());
            }
        }
        if let Some(Provider::Oidc { audiences, .. }) = self.ours.providers.get(&oidc()) {
            for audience in audiences {
                let context = Context::default().with(&format!("{ISSUER}:aud"), audience);
                if ask(&oidc(), "sts:AssumeRoleWithWebIdentity", context) {
                    out.push(format!("token for {audience}"));
                }
            }
        }
        if let Some(Provider::Saml { metadata, .. }) = self.ours.providers.get(&saml())
            && ask(&saml(), "sts:AssumeRoleWithSAML", Context::default())
        {
            out.push(format!("signed by {metadata}"));
        }
        let member = self.ours.profiles.values().any(|profile| profile.roles.contains(name));
        if member && ask("ec2.amazonaws.com", "sts:AssumeRole", Context::default()) {
            out.push("an instance".to_owned());
        }
        out
    }

    pub(super) fn make(&mut self, call: &RepairCall) {
        let ours = &mut self.ours;
        let mut on = |role: &RoleName, change: &mut dyn FnMut(&mut Role)| change(ours.roles.get_mut(role).unwrap());
        match call {
            RepairCall::PutBoundary { role, policy } => on(role, &mut |role| role.boundary = Some(policy.clone())),
            RepairCall::PutTrust { role, document } => on(role, &mut |role| role.trust = document.into()),
            RepairCall::PutInline { role, name, document } => on(role, &mut |role| {
                role.inline.insert(PolicyName::new(name.clone()).unwrap(), document.into());
            }),
            RepairCall::DeleteInline { role, name } => on(role, &mut |role| {
                role.inline.remove(name.as_str()).expect("what is deleted is there");
            }),
            RepairCall::Attach { role, policy } => on(role, &mut |role| {
                assert!(role.attached.insert(policy.clone()));
            }),
            RepairCall::Detach { role, policy } => on(role, &mut |role| assert!(role.attached.remove(policy))),
            RepairCall::TagRole { role, tags } => on(role, &mut |role| role.tags.extend(tags.clone())),
            RepairCall::CreateRole { role } => {
                let bare = Role { inline: BTreeMap::new(), attached: BTreeSet::new(), ..(**role).clone() };
                assert!(ours.roles.insert(role.name.clone(), bare).is_none());
            }
            RepairCall::PutPolicy { name, document } => {
                ours.policies.get_mut(name.as_str()).unwrap().document = document.into();
            }
            RepairCall::CreatePolicy { policy } => {
                assert!(ours.policies.insert(policy.name.clone(), policy.clone()).is_none());
            }
            RepairCall::CreateProfile { profile } => {
                let bare = InstanceProfile { roles: BTreeSet::new(), ..profile.clone() };
                assert!(ours.profiles.insert(profile.name.clone(), bare).is_none());
            }
            RepairCall::AddToProfile { profile, role } => {
                assert!(ours.profiles.get_mut(profile).unwrap().roles.insert(role.clone()));
            }
            RepairCall::RemoveFromProfile { profile, role } => {
                assert!(ours.profiles.get_mut(profile).unwrap().roles.remove(role));
            }
            RepairCall::CreateProvider { arn, provider } => {
                assert!(ours.providers.insert(arn.clone(), provider.clone()).is_none());
            }
            RepairCall::AddAudience { provider, audience } => {
                self.audiences(provider, |all| all.insert(audience.clone()))
            }
            RepairCall::RemoveAudience { provider, audience } => self.audiences(provider, |all| all.remove(audience)),
            RepairCall::PutMetadata { provider, metadata } => match ours.providers.get_mut(provider) {
                Some(Provider::Saml { metadata: live, .. }) => live.clone_from(metadata),
                other => panic!("{other:?}"),
            },
            other => panic!("not in this world: {other:?}"),
        }
    }

    fn audiences(&mut self, provider: &str, change: impl FnOnce(&mut BTreeSet<String>) -> bool) {
        match self.ours.providers.get_mut(provider) {
            Some(Provider::Oidc { audiences, .. }) => assert!(change(audiences)),
            other => panic!("{other:?}"),
        }
    }
}
