//! What IAM wants of a policy document before it takes it.

use std::collections::BTreeSet;

use landfall_policies::{Actions, Document, Principals, Quota, Resources};
use serde_json::Value;

use crate::Refusal;

/// A policy that stands on a principal: inline or managed.
pub(crate) fn identity_policy(json: &Value) -> Result<(), Refusal> {
    let document = parse(json)?;
    for statement in &document.statements {
        if statement.principals != Principals::Implied {
            return Err(Refusal::malformed("Policy document should not specify a principal."));
        }
        if statement.resources == Resources::Implied {
            return Err(Refusal::malformed("Policy statement must contain resources."));
        }
    }
    unique_sids(&document)
}

/// A policy that says who may assume a role. Who they are is looked at elsewhere.
pub(crate) fn trust_policy(json: &Value) -> Result<Document, Refusal> {
    let document = parse(json)?;
    for statement in &document.statements {
        if statement.resources != Resources::Implied {
            return Err(Refusal::malformed("Has prohibited field Resource"));
        }
        match &statement.principals {
            Principals::Implied => return Err(Refusal::malformed("Missing required field Principal")),
            Principals::Except(_) => {
                return Err(Refusal::malformed("AssumeRole policy must not contain NotPrincipal."));
            }
            Principals::Anyone | Principals::Only(_) => {}
        }
        match &statement.actions {
            Actions::Only(list) if list.iter().all(|action| action.service().eq_ignore_ascii_case("sts")) => {}
            _ => return Err(Refusal::malformed("AssumeRole policy may only specify STS AssumeRole actions.")),
        }
    }
    unique_sids(&document)?;
    let quota = Quota::TrustPolicy.limit();
    if size(json) > quota {
        return Err(Refusal::limit(format!("Cannot exceed quota for ACLSizePerRole: {quota}")));
    }
    Ok(document)
}

/// Characters as IAM counts them: white space between tokens does not count.
pub(crate) fn size(json: &Value) -> usize {
    json.to_string().chars().count()
}

fn parse(json: &Value) -> Result<Document, Refusal> {
    // Source: IAM quotas, "IAM name and policy characters": tab, line feed, carriage return, and U+0020 to U+00FF.
    let allowed = |c: char| matches!(c, '\u{9}' | '\u{a}' | '\u{d}' | '\u{20}'..='\u{ff}');
    if !json.to_string().chars().all(allowed) {
        return Err(Refusal::malformed("The policy contains characters that are not allowed."));
    }
    Document::parse(json).map_err(|error| Refusal::malformed(format!("Syntax errors in policy. ({error})")))
}

fn unique_sids(document: &Document) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for sid in document.statements.iter().filter_map(|statement| statement.sid.as_ref()) {
        if !sid.is_empty() && !seen.insert(sid) {
            return Err(Refusal::malformed("Statement IDs (SID) in a single policy must be unique."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn trust(statement: Value) -> Result<(), String> {
        trust_policy(&json!({ "Version": "2012-10-17", "Statement": statement }))
            .map(drop)
            .map_err(|refusal| refusal.to_string())
    }

    fn identity(statement: Value) -> Result<(), String> {
        identity_policy(&json!({ "Version": "2012-10-17", "Statement": statement }))
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn documents_of_the_wrong_sort_are_malformed() {
        let allow = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" });
        assert_eq!(identity(allow.clone()), Ok(()));
        for (result, wanted) in [
            (
                identity(json!({ "Effect": "Allow", "Action": "s3:GetObject" })),
                "Policy statement must contain resources.",
            ),
            (
                identity(json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*" })),
                "Policy document should not specify a principal.",
            ),
            (
                identity(json!([
                    { "Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*" },
                    { "Sid": "A", "Effect": "Deny", "Action": "s3:*", "Resource": "*" },
                ])),
                "Statement IDs (SID) in a single policy must be unique.",
            ),
            (trust(allow), "Has prohibited field Resource"),
            (trust(json!({ "Effect": "Allow", "Action": "sts:AssumeRole" })), "Missing required field Principal"),
            (
                trust(json!({ "Effect": "Allow", "Action": "s3:*", "Principal": "*" })),
                "AssumeRole policy may only specify STS AssumeRole actions.",
            ),
        ] {
            assert_eq!(result, Err(format!("MalformedPolicyDocument: {wanted}")));
        }
        let syntax = identity(json!({ "Sid": "not alnum", "Effect": "Allow", "Action": "s3:*", "Resource": "*" }));
        assert!(syntax.is_err_and(|text| text.starts_with("MalformedPolicyDocument: Syntax errors in policy.")));
        let foreign = identity(json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::\u{4e2d}" }));
        assert!(foreign.is_err());
    }

    #[test]
    fn a_trust_policy_has_its_quota() {
        let long = "x".repeat(2_048);
        let statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": long } });
        assert_eq!(trust(statement), Err("LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048".to_owned()));
    }
}
