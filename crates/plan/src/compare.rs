//! What stands in IAM against what shall.

use std::collections::BTreeSet;

use landfall_model::RoleName;
use landfall_stacks::{Identities, InstanceProfile, ManagedPolicy, PolicyDocument, Provider, Role};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Difference, IdentityKind, document};

/// Every difference in meaning. What is in IAM beside what is expected is passed over, except inside a resource that is
/// expected: a policy too many on a role is a difference. Tags too many are none, since CloudFormation adds its own.
pub fn compare(expected: &Identities, live: &Identities) -> Vec<Difference> {
    let mut found = Vec::new();
    for (name, role) in &expected.roles {
        let mut report = Report::new(&mut found, IdentityKind::Role, name.as_str());
        match live.roles.get(name) {
            Some(live) => report.role(role, live),
            None => report.gone(role),
        }
    }
    for (name, policy) in &expected.policies {
        let mut report = Report::new(&mut found, IdentityKind::Policy, name.as_str());
        match live.policies.get(name) {
            Some(live) => report.policy(policy, live),
            None => report.gone(policy),
        }
    }
    for (name, profile) in &expected.profiles {
        let mut report = Report::new(&mut found, IdentityKind::InstanceProfile, name);
        match live.profiles.get(name) {
            Some(live) => report.profile(profile, live),
            None => report.gone(profile),
        }
    }
    for (arn, provider) in &expected.providers {
        let mut report = Report::new(&mut found, IdentityKind::Provider, arn);
        match live.providers.get(arn) {
            Some(live) => report.provider(provider, live),
            None => report.gone(provider),
        }
    }
    found
}

struct Report<'a> {
    found: &'a mut Vec<Difference>,
    kind: IdentityKind,
    name: &'a str,
}

impl<'a> Report<'a> {
    fn new(found: &'a mut Vec<Difference>, kind: IdentityKind, name: &'a str) -> Self {
        Self { found, kind, name }
    }

    fn differs(&mut self, property: impl Into<String>, desired: Value, live: Value) {
        let (kind, name) = (self.kind, self.name.to_owned());
        self.found.push(Difference { kind, name, property: property.into(), desired, live });
    }

    fn unless_equal<T: PartialEq + Serialize>(&mut self, property: &str, desired: &T, live: &T) {
        if desired != live {
            self.differs(property, json!(desired), json!(live));
        }
    }

    /// Nearly all documents are equal, so that only the others are taken apart.
    fn unless_same(&mut self, property: &str, desired: &PolicyDocument, live: &PolicyDocument) {
        if desired == live {
            return;
        }
        let (desired, live) = (desired.json(), live.json());
        if !document::same(&desired, &live) {
            self.differs(property, desired, live);
        }
    }

    fn gone(&mut self, desired: &impl Serialize) {
        self.differs("", json!(desired), Value::Null);
    }

    fn role(&mut self, desired: &Role, live: &Role) {
        self.unless_equal("Path", &desired.path, &live.path);
        self.unless_same("AssumeRolePolicyDocument", &desired.trust, &live.trust);
        self.unless_equal("PermissionsBoundary", &desired.boundary, &live.boundary);
        let names: BTreeSet<_> = desired.inline.keys().chain(live.inline.keys()).collect();
        for name in names {
            let property = ["Policies/", name.as_str()].concat();
            match (desired.inline.get(name), live.inline.get(name)) {
                (Some(desired), Some(live)) => self.unless_same(&property, desired, live),
                (desired, live) => self.differs(property, json!(desired), json!(live)),
            }
        }
        self.unless_equal("ManagedPolicyArns", &desired.attached, &live.attached);
        self.unless_equal("MaxSessionDuration", &desired.max_session, &live.max_session);
        self.unless_equal("Description", &desired.description, &live.description);
        for (key, value) in &desired.tags {
            let live = live.tags.get(key);
            if live != Some(value) {
                self.differs(["Tags/", key].concat(), json!(value), json!(live));
            }
        }
    }

    fn policy(&mut self, desired: &ManagedPolicy, live: &ManagedPolicy) {
        self.unless_equal("Path", &desired.path, &live.path);
        self.unless_same("PolicyDocument", &desired.document, &live.document);
    }

    fn profile(&mut self, desired: &InstanceProfile, live: &InstanceProfile) {
        self.unless_equal("Path", &desired.path, &live.path);
        self.unless_equal::<BTreeSet<RoleName>>("Roles", &desired.roles, &live.roles);
    }

    fn provider(&mut self, desired: &Provider, live: &Provider) {
        match (desired, live) {
            (Provider::Oidc { url, audiences }, Provider::Oidc { url: live_url, audiences: live_audiences }) => {
                if !url.eq_ignore_ascii_case(live_url) {
                    self.differs("Url", json!(url), json!(live_url));
                }
                self.unless_equal("ClientIdList", audiences, live_audiences);
            }
            (Provider::Saml { metadata, .. }, Provider::Saml { metadata: live_metadata, .. }) => {
                // White space between elements does not survive every way through IAM.
                if !metadata.split_whitespace().eq(live_metadata.split_whitespace()) {
                    self.differs("SamlMetadataDocument", json!(metadata), json!(live_metadata));
                }
            }
            (desired, live) => self.differs("", json!(desired), json!(live)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use landfall_model::PolicyName;

    use super::*;

    fn role() -> Role {
        Role {
            name: RoleName::new("etl").unwrap(),
            path: "/acme/".to_owned(),
            trust: json!({ "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": { "AWS": "arn:aws:iam::222222222222:root" },
                "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" },
                               "NumericLessThan": { "aws:MultiFactorAuthAge": "900" } },
            }] })
            .into(),
            inline: BTreeMap::from([(
                PolicyName::new("access").unwrap(),
                json!({ "Version": "2012-10-17", "Statement": [
                    { "Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*" },
                    { "Sid": "Log", "Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*" },
                ] })
                .into(),
            )]),
            attached: BTreeSet::from(["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()]),
            boundary: Some("arn:aws:iam::111111111111:policy/acme/workload".to_owned()),
            max_session: 3600,
            description: "moves data".to_owned(),
            tags: BTreeMap::from([("team".to_owned(), "data".to_owned())]),
        }
    }

    fn identities(role: Role) -> Identities {
        Identities { roles: BTreeMap::from([(role.name.clone(), role)]), ..Identities::default() }
    }

    fn properties(change: impl FnOnce(&mut Role)) -> Vec<String> {
        let mut live = role();
        change(&mut live);
        compare(&identities(role()), &identities(live)).into_iter().map(|difference| difference.property).collect()
    }

    #[test]
    fn what_iam_may_answer_otherwise_is_no_difference() {
        let found = properties(|live| {
            live.trust = json!({ "Statement": {
                "Condition": { "numericlessthan": { "AWS:multifactorauthage": [900] },
                               "bool": { "aws:multifactorauthpresent": true } },
                "Principal": { "AWS": ["222222222222"] }, "Action": ["STS:assumeRole"], "Effect": "Allow", "Sid": "",
            }, "Version": "2012-10-17" })
            .into();
            live.inline.values_mut().for_each(|document| {
                *document = json!(json!({ "Version": "2012-10-17", "Id": "x", "Statement": [
                    { "Sid": "Log", "Effect": "Allow", "Resource": ["*"], "Action": "logs:putlogevents" },
                    { "Sid": "Read", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": ["*"] },
                ] }).to_string())
                .into();
            });
            live.tags.insert("aws:cloudformation:stack-name".to_owned(), "acme-service-etl".to_owned());
            live.tags.insert("landfall:kind".to_owned(), "service".to_owned());
        });
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn every_property_that_was_changed_is_told() {
        let policy = |text: &str| PolicyName::new(text).unwrap();
        let found = properties(|live| {
            live.path = "/".to_owned();
            live.trust.change(|json| json["Statement"][0]["Principal"]["AWS"] = json!("*"));
            live.boundary = None;
            live.inline.remove(&policy("access"));
            live.inline.insert(policy("extra"), json!({}).into());
            live.attached.insert("arn:aws:iam::aws:policy/AdministratorAccess".to_owned());
            live.max_session = 43200;
            live.description.clear();
            live.tags.insert("team".to_owned(), "other".to_owned());
        });
        assert_eq!(
            found,
            [
                "Path",
                "AssumeRolePolicyDocument",
                "PermissionsBoundary",
                "Policies/access",
                "Policies/extra",
                "ManagedPolicyArns",
                "MaxSessionDuration",
                "Description",
                "Tags/team"
            ]
        );
    }

    #[test]
    fn every_change_of_meaning_in_a_document_is_told() {
        let base = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::a/*", "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-1" } } }] });
        let changes: [(&str, Value); 7] = [
            ("/Version", json!("2008-10-17")),
            ("/Statement/0/Effect", json!("Deny")),
            ("/Statement/0/Action", json!("s3:*")),
            ("/Statement/0/Resource", json!("arn:aws:s3:::A/*")),
            ("/Statement/0/Condition/StringEquals/aws:PrincipalOrgID", json!("O-1")),
            ("/Statement/0/Condition", json!({ "StringLike": { "aws:PrincipalOrgID": "o-1" } })),
            ("/Statement", json!([])),
        ];
        for (pointer, value) in changes {
            let mut other = base.clone();
            *other.pointer_mut(pointer).unwrap() = value;
            assert!(!document::same(&base, &other), "{pointer}");
        }
        assert!(document::same(&base, &base.clone()));
    }

    #[test]
    fn a_named_principal_is_not_its_account() {
        let mut found = properties(|live| {
            let principal = json!("arn:aws:iam::222222222222:role/root");
            live.trust.change(|json| json["Statement"][0]["Principal"]["AWS"] = principal);
        });
        assert_eq!(found.pop().as_deref(), Some("AssumeRolePolicyDocument"));
    }

    #[test]
    fn what_is_gone_is_told_whole_and_what_is_beside_is_passed_over() {
        let gone = compare(&identities(role()), &Identities::default());
        assert_eq!((gone.len(), gone[0].property.as_str(), &gone[0].live), (1, "", &Value::Null));
        assert_eq!(compare(&Identities::default(), &identities(role())), []);
    }

    #[test]
    fn policies_profiles_and_providers_are_compared() {
        let name = PolicyName::new("acme-boundary-workload").unwrap();
        let policy = |document: Value| ManagedPolicy {
            name: name.clone(),
            path: "/acme/".to_owned(),
            document: document.into(),
        };
        let profile = |roles: &[&str]| InstanceProfile {
            name: "web".to_owned(),
            path: "/acme/".to_owned(),
            roles: roles.iter().map(|role| RoleName::new(*role).unwrap()).collect(),
        };
        let oidc = |audience: &str| Provider::Oidc {
            url: "token.actions.githubusercontent.com".to_owned(),
            audiences: BTreeSet::from([audience.to_owned()]),
        };
        let saml = |metadata: &str| Provider::Saml { name: "idp".to_owned(), metadata: metadata.to_owned() };
        let all = |document: Value, roles: &[&str], audience: &str, metadata: &str| Identities {
            roles: BTreeMap::new(),
            policies: BTreeMap::from([(name.clone(), policy(document))]),
            profiles: BTreeMap::from([("web".to_owned(), profile(roles))]),
            providers: BTreeMap::from([("a".to_owned(), oidc(audience)), ("b".to_owned(), saml(metadata))]),
        };
        let wanted = all(json!({}), &["web"], "sts.amazonaws.com", "<a>\n <b/></a>");
        assert_eq!(compare(&wanted, &all(json!("{}"), &["web"], "sts.amazonaws.com", "<a> <b/></a>")), []);
        let found = compare(&wanted, &all(json!({ "Statement": [{}] }), &[], "other", "<c/>"));
        let found: Vec<&str> = found.iter().map(|difference| difference.property.as_str()).collect();
        assert_eq!(found, ["PolicyDocument", "Roles", "ClientIdList", "SamlMetadataDocument"]);
    }
}
