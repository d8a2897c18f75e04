//! Roles that no stack of the folder makes.

use std::collections::BTreeMap;

use landfall_model::{PolicyName, RoleName};
use landfall_stacks::{ManagedPolicy, PolicyDocument, Role};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Dates;
use super::widening::holds;
use crate::document::list;

/// What a role must be allowed to become an owned one, in lower case.
pub(super) const ASSUME: &str = "sts:assumerole";

/// What a role must be allowed to lend an owned one out, in lower case.
pub(super) const PASS: &str = "iam:passrole";

/// A role of somebody else. There may be tens of thousands, so only what a [`super::Sighting`] can come of is kept: the
/// trust policy, and those statements of its policies that speak of assuming or passing roles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForeignRole {
    /// Its name.
    pub name: RoleName,
    /// Its path.
    pub path: String,
    /// The ARN of its boundary.
    pub boundary: Option<String>,
    /// Its trust policy.
    pub trust: PolicyDocument,
    /// The statements that matter, of inline and customer managed policies.
    pub statements: Vec<Value>,
    /// The ARNs of attached policies of AWS's own.
    pub attached: Vec<String>,
    /// When it was made and last used.
    pub dates: Dates,
}

impl ForeignRole {
    /// A role, cut down; `policies` are the customer managed policies of its account.
    pub fn of(role: Role, policies: &BTreeMap<PolicyName, ManagedPolicy>, dates: Dates) -> Self {
        let mut statements: Vec<Value> = role.inline.values().flat_map(telling).collect();
        let mut attached = Vec::new();
        for arn in role.attached {
            let name = PolicyName::new(arn.rsplit('/').next().unwrap_or_default()).ok();
            match name.and_then(|name| policies.get(&name)).filter(|_| !arn.contains(":iam::aws:")) {
                Some(policy) => statements.extend(telling(&policy.document)),
                None => attached.push(arn),
            }
        }
        Self {
            name: role.name,
            path: role.path,
            boundary: role.boundary,
            trust: role.trust,
            statements,
            attached,
            dates,
        }
    }

    /// Whether its policies may speak of an action, [`ASSUME`] or [`PASS`]. What AWS's own say is not looked into.
    pub(super) fn speaks(&self, action: &str) -> bool {
        !self.attached.is_empty() || self.statements.iter().any(|one| speaks(one, action))
    }

    /// Whether AWS made it: for one of its services, or for IAM Identity Center. Nobody else can change it.
    pub fn is_of_aws(&self) -> bool {
        self.path.starts_with("/aws-service-role/") || self.path.starts_with("/aws-reserved/")
    }
}

/// The statements that may speak of assuming or passing roles.
fn telling(document: &PolicyDocument) -> Vec<Value> {
    let all = match document.json().get_mut("Statement").map(Value::take) {
        Some(Value::Array(all)) => all,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    all.into_iter().filter(|one| speaks(one, ASSUME) || speaks(one, PASS)).collect()
}

/// Whether a statement may speak of an action.
fn speaks(statement: &Value, action: &str) -> bool {
    match statement.get("Action") {
        Some(named) => list(Some(named))
            .iter()
            .any(|named| named.as_str().is_none_or(|named| holds(&named.to_ascii_lowercase(), action))),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_can_matter_is_kept() {
        let policy = |text: &str| PolicyName::new(text).unwrap();
        let statement = |action: Value| json!({ "Effect": "Allow", "Action": action, "Resource": "*" });
        let document =
            |statements: Value| PolicyDocument::from(json!({ "Version": "2012-10-17", "Statement": statements }));
        let own = ManagedPolicy {
            name: policy("own"),
            path: "/".to_owned(),
            document: document(json!([statement(json!("iam:Pass*")), statement(json!("s3:*"))])),
        };
        let role = Role {
            name: RoleName::new("r").unwrap(),
            path: "/".to_owned(),
            trust: json!({}).into(),
            inline: BTreeMap::from([
                (policy("a"), document(statement(json!(["ec2:*", "sts:AssumeRole"])))),
                (policy("b"), document(json!([statement(json!("ec2:*"))]))),
                (policy("c"), document(json!({ "Effect": "Deny", "NotAction": "s3:*", "Resource": "*" }))),
            ]),
            attached: BTreeSet::from(
                ["arn:aws:iam::111111111111:policy/own", "arn:aws:iam::aws:policy/AdministratorAccess"]
                    .map(str::to_owned),
            ),
            boundary: None,
            max_session: 3600,
            description: String::new(),
            tags: BTreeMap::new(),
        };
        let foreign = ForeignRole::of(role, &BTreeMap::from([(own.name.clone(), own)]), Dates::default());
        assert_eq!(foreign.statements.len(), 3, "{:?}", foreign.statements);
        assert_eq!(foreign.attached, ["arn:aws:iam::aws:policy/AdministratorAccess"]);
    }
}
