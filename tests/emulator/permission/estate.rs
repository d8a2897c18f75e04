//! Landfall's own roles in every account, with everything that binds them.

use std::collections::BTreeMap;
use std::path::Path;

use landfall_model::OrganizationId;
use landfall_policies::{Caller, Compiled, Context, Document, Layers, Request, evaluate};
use serde_json::{Value, json};

use super::Run;
use super::question::Question;
use crate::oracles::documents::{resources, synthesized};

/// The ids that templates are filled in with before it is known whose they are.
const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";
const ORGANIZATION: &str = "o-a1b2c3d4e5";

/// The roles of a configuration, and what binds Landfall's own.
pub(in crate::emulator) struct Estate {
    management: String,
    /// Every role by name. The same name in many accounts is the same role.
    roles: BTreeMap<String, Value>,
    /// Every instance profile by name.
    profiles: BTreeMap<String, Value>,
    boundary: Value,
    /// All guardrails, as if each stood over every member account.
    guardrails: Vec<Value>,
    /// A statement of Landfall's roles that is taken away: what is refused without it shows that the check can fail.
    pub(in crate::emulator) without: Option<&'static str>,
}

impl Estate {
    pub(in crate::emulator) fn of(folder: &Path, management: &str) -> Self {
        let synthesis = synthesized(folder);
        let mut estate = Self {
            management: management.to_owned(),
            roles: BTreeMap::new(),
            profiles: BTreeMap::new(),
            boundary: Value::Null,
            guardrails: Vec::new(),
            without: None,
        };
        for (kind, properties) in synthesis.stacks.iter().flat_map(resources) {
            let name = |key: &str| properties[key].as_str().unwrap_or_default().to_owned();
            match kind.as_str() {
                "AWS::IAM::Role" => {
                    estate.roles.insert(name("RoleName"), properties);
                }
                "AWS::IAM::InstanceProfile" => {
                    estate.profiles.insert(name("InstanceProfileName"), properties);
                }
                "AWS::IAM::ManagedPolicy" if name("ManagedPolicyName").ends_with("-automation-boundary") => {
                    estate.boundary = properties["PolicyDocument"].clone();
                }
                _ => {}
            }
        }
        let organization = OrganizationId::new(ORGANIZATION).unwrap();
        let texts = synthesis.guardrails.iter().map(|one| one.text.of(&organization));
        estate.guardrails = texts.map(|text| serde_json::from_str(&text).unwrap()).collect();
        estate
    }

    /// The name of Landfall's role in an account.
    fn own(&self, run: Run, member: Option<&str>) -> &str {
        let suffix = match (run, member) {
            (Run::Reading, None) => "-automation-plan",
            (Run::Writing, None) => "-automation-apply",
            (Run::Reading, Some(_)) => "-automation-reader",
            (Run::Writing, Some(_)) => "-automation-executor",
        };
        self.roles.keys().find(|name| name.ends_with(suffix)).unwrap()
    }

    fn account<'a>(&'a self, member: Option<&'a str>) -> &'a str {
        member.unwrap_or(&self.management)
    }

    /// The ARN of a role by its name, and that of its boundary. A role that no template makes lies directly below `/`.
    pub(super) fn role(&self, member: Option<&str>, name: &str) -> (String, Option<String>) {
        let account = self.account(member);
        let found = self.roles.get(name);
        let path = found.and_then(|role| role["Path"].as_str()).unwrap_or("/");
        let boundary = found.and_then(|role| role["PermissionsBoundary"].as_str());
        (
            [own_arn(account, "role"), path.to_owned(), name.to_owned()].concat(),
            boundary.map(|arn| arn.replace(OWN, account)),
        )
    }

    /// The ARN of an instance profile by its name.
    pub(super) fn profile(&self, member: Option<&str>, name: &str) -> String {
        let path = self.profiles.get(name).and_then(|profile| profile["Path"].as_str()).unwrap_or("/");
        [own_arn(self.account(member), "instance-profile"), path.to_owned(), name.to_owned()].concat()
    }

    /// The ARN of something in IAM.
    pub(super) fn iam(&self, member: Option<&str>, resource: &str) -> String {
        own_arn(self.account(member), resource)
    }

    /// The ARN of something in a Region.
    pub(super) fn regional(&self, member: Option<&str>, service: &str, region: &str, resource: &str) -> String {
        ["arn", "aws", service, region, self.account(member), resource].join(":")
    }

    /// The role that is entered in an account instead of the one that an administrator enters.
    pub(super) fn entry(&self, run: Run, account: &str) -> String {
        self.role(Some(account), self.own(run, Some(account))).0
    }

    /// One of Landfall's roles with everything that binds it.
    pub(super) fn judge<'a>(&'a self, run: Run, member: Option<&'a str>) -> Judge<'a> {
        let name = self.own(run, member);
        let mut own = self.document(member, &self.roles[name]["Policies"][0]["PolicyDocument"]);
        own.statements.retain(|one| self.without.is_none() || one.sid.as_deref() != self.without);
        let everything = json!({ "Version": "2012-10-17",
            "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } });
        let guardrails = [&everything].into_iter().chain(&self.guardrails);
        Judge {
            estate: self,
            member,
            name,
            caller: Caller::parse(&self.role(member, name).0).unwrap().in_session("landfall"),
            own: Compiled::plain(name, &own),
            boundary: Compiled::plain("boundary", &self.document(member, &self.boundary)),
            guardrails: guardrails.map(|one| Compiled::plain("guardrail", &self.document(member, one))).collect(),
        }
    }

    fn document(&self, member: Option<&str>, value: &Value) -> Document {
        let text = value.to_string().replace(OWN, self.account(member)).replace(OTHER, &self.management);
        Document::parse(&serde_json::from_str(&text).unwrap()).unwrap()
    }
}

/// One of Landfall's roles in one account.
pub(super) struct Judge<'a> {
    estate: &'a Estate,
    member: Option<&'a str>,
    name: &'a str,
    caller: Caller,
    own: Compiled,
    boundary: Compiled,
    guardrails: Vec<Compiled>,
}

impl Judge<'_> {
    /// Why a question is answered with no; nothing when it is allowed.
    pub(super) fn refuses(&self, region: &str, question: &Question) -> Option<String> {
        let trust = question.entered.as_deref().map(|role| {
            let name = role.rsplit('/').next().unwrap_or_default();
            let trust = &self.estate.roles[name]["AssumeRolePolicyDocument"];
            Compiled::plain("trust", &self.estate.document(self.member, trust))
        });
        let layers = Layers {
            identity: vec![&self.own],
            boundary: Some(&self.boundary),
            scps: vec![self.guardrails.iter().collect()],
            resource: trust.as_ref(),
            management: Some(&self.estate.management),
            ..Layers::default()
        };
        let context =
            question.context.iter().fold(Context::default(), |context, (key, value)| context.with(key, value));
        let context = context
            .with("aws:PrincipalOrgID", ORGANIZATION)
            .with("aws:ResourceOrgID", ORGANIZATION)
            .with("aws:RequestedRegion", region)
            .with("aws:SecureTransport", "true");
        let request = Request::new(self.caller.clone(), &question.action, &question.resource, context);
        let decision = evaluate(&request, &layers);
        (!decision.is_allowed())
            .then(|| format!("{} may not {} on {}: {decision}", self.name, question.action, question.resource))
    }
}

fn own_arn(account: &str, resource: &str) -> String {
    ["arn:aws:iam:", account, resource].join(":")
}
