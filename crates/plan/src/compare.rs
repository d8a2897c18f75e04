//! What stands in IAM against what shall.

use std::collections::BTreeSet;

use landfall_model::RoleName;
use landfall_stacks::{Identities, InstanceProfile, ManagedPolicy, Provider, Role};
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

    fn unless_same(&mut self, property: &str, desired: &Value, live: &Value) {
        if !document::same(desired, live) {
            self.differs(property, desired.clone(), live.clone());
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
