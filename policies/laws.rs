//! What holds for every document that Landfall writes, tried on the example organization.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::specimen::{acme, boundaries, covers, denies, names, plain, roles};
use crate::*;

fn documents() -> Vec<(String, Document)> {
    let foundation = acme();
    let mut out = boundaries(&foundation);
    for (name, role) in roles(&foundation) {
        out.push((format!("{name} trust"), role.trust));
        out.extend(role.inline.map(|inline| (format!("{name} inline"), inline)));
    }
    let organization = &foundation.organization.name;
    out.extend(SharedPolicy::ALL.map(|shared| (shared.as_str().to_owned(), shared.document(organization))));
    out
}

#[test]
fn sids_are_letters_and_digits_and_unique() {
    for (name, document) in documents() {
        let mut seen = BTreeSet::new();
        for statement in &document.statements {
            let sid = statement.sid.clone().unwrap_or_default();
            assert!(!sid.is_empty() && sid.bytes().all(|b| b.is_ascii_alphanumeric()), "{name}: {sid:?}");
            assert!(seen.insert(sid.clone()), "{name}: {sid} twice");
        }
    }
}

#[test]
fn every_document_parses_as_what_it_was() {
    for (name, document) in documents() {
        let json = plain(&document);
        let parsed = Document::parse(&json).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(plain(&parsed), json, "{name}");
    }
}

#[test]
fn no_condition_is_lost_when_rendered() {
    for (name, document) in documents() {
        for statement in &document.statements {
            let pairs: BTreeSet<_> = statement.conditions.iter().map(|c| (c.operator, c.key.clone())).collect();
            assert_eq!(pairs.len(), statement.conditions.len(), "{name}: {:?}", statement.sid);
        }
    }
}

#[test]
fn nobody_passes_any_role() {
    for (name, document) in documents() {
        // A boundary gives nothing; acme's own text lets `*` through and is bounded by its condition.
        if name.contains("boundary") {
            continue;
        }
        for statement in &document.statements {
            if statement.effect == Effect::Allow && names(statement, "iam:PassRole") {
                assert!(!covers(statement, "arn:aws:iam::111122223333:role/other"), "{name}: {:?}", statement.sid);
                assert!(statement.conditions.iter().any(|c| c.key.0 == "iam:PassedToService"), "{name}");
            }
        }
    }
}

#[test]
fn no_principal_is_anyone_and_no_account_is_trusted_without_a_condition() {
    for (name, role) in roles(&acme()) {
        for statement in &role.trust.statements {
            let Principals::Only(list) = &statement.principals else { panic!("{name}: {:?}", statement.principals) };
            assert!(!list.is_empty(), "{name}");
            for principal in list {
                if let Principal::Aws(text) = principal {
                    let text = Plain.text(text);
                    let text = text.as_str().expect("a string");
                    assert!(!text.contains('*'), "{name}: {text}");
                    assert!(!text.ends_with(":root") || !statement.conditions.is_empty(), "{name}: {text}");
                }
            }
        }
    }
}

#[test]
fn every_github_trust_compares_subject_and_audience_word_for_word() {
    let mut seen = 0;
    for (name, role) in roles(&acme()) {
        for statement in plain(&role.trust)["Statement"].as_array().expect("statements") {
            if !statement["Principal"]["Federated"].to_string().contains("token.actions.githubusercontent.com") {
                continue;
            }
            seen += 1;
            let operators = statement["Condition"].as_object().expect("conditions");
            assert_eq!(operators.keys().collect::<Vec<_>>(), ["StringEquals"], "{name}");
            let keys = operators["StringEquals"].as_object().expect("keys");
            assert_eq!(keys["token.actions.githubusercontent.com:aud"], "sts.amazonaws.com", "{name}");
            assert!(!keys["token.actions.githubusercontent.com:sub"].to_string().contains(['*', '?']), "{name}");
            let known = ["aud", "sub", "repository_id"].map(|c| format!("token.actions.githubusercontent.com:{c}"));
            assert!(keys.keys().all(|key| known.contains(key)), "{name}: {keys:?}");
        }
    }
    assert_eq!(seen, 4, "plan, apply, the hub and image-build");
}

#[test]
fn every_role_and_boundary_fits() {
    let foundation = acme();
    for (name, role) in roles(&foundation) {
        for used in role.uses() {
            assert!(used.fits(), "{name}: {used:?}");
        }
    }
    for (name, document) in boundaries(&foundation) {
        assert!(managed_policy_use(&document).fits(), "{name}: {}", document.size());
    }
}

#[test]
fn boundaries_do_not_come_off_and_landfalls_own_stays() {
    let own = [
        ("iam:CreatePolicyVersion", "policy/acme/acme-boundary-workload"),
        ("iam:SetDefaultPolicyVersion", "policy/acme/acme-boundary-workload"),
        ("iam:DeletePolicy", "policy/acme/acme-boundary-workload"),
        ("iam:DeletePolicyVersion", "policy/acme/acme-boundary-workload"),
        ("iam:CreatePolicyVersion", "policy/acme/acme-shared-policy-lambda-vpc"),
        ("iam:SetDefaultPolicyVersion", "policy/acme/acme-shared-policy-lambda-vpc"),
        ("iam:DeletePolicy", "policy/acme/acme-shared-policy-lambda-vpc"),
        ("iam:DeletePolicyVersion", "policy/acme/acme-shared-policy-lambda-vpc"),
        ("iam:UpdateAssumeRolePolicy", "role/acme/acme-automation-executor"),
        ("iam:PutRolePolicy", "role/acme/ml-training-job-role"),
        ("iam:DeleteRole", "role/acme/acme-break-glass-responder"),
        ("iam:UpdateAssumeRolePolicy", "role/OrganizationAccountAccessRole"),
        ("iam:AddRoleToInstanceProfile", "instance-profile/acme/acme-service-web"),
        ("iam:DeleteOpenIDConnectProvider", "oidc-provider/token.actions.githubusercontent.com"),
        ("iam:UpdateSAMLProvider", "saml-provider/corp-idp"),
    ];
    for (name, document) in boundaries(&acme()) {
        for action in ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"] {
            assert!(denies(&document, action, "arn:aws:iam::111122223333:role/theirs"), "{name}: {action}");
        }
        if name == "automation-boundary" {
            continue;
        }
        for (action, resource) in own {
            assert!(denies(&document, action, &format!("arn:aws:iam::111122223333:{resource}")), "{name}: {action}");
        }
        let stack = "arn:aws:cloudformation:eu-west-1:111122223333:stack/acme-boundary/0123";
        for action in ["cloudformation:DeleteStack", "cloudformation:ExecuteChangeSet", "cloudformation:UpdateStack"] {
            assert!(denies(&document, action, stack), "{name}: {action}");
        }
        assert!(denies(&document, "events:DisableRule", "arn:aws:events:eu-west-1:111122223333:rule/acme-alarm"));
        assert!(denies(&document, "sns:DeleteTopic", "arn:aws:sns:eu-west-1:111122223333:acme-alarm"));
        assert!(denies(&document, "cloudtrail:StopLogging", "*"), "{name}");
        assert!(denies(&document, "organizations:LeaveOrganization", "*"), "{name}");
        // What Landfall does not own, and reading, stay as the rest allows.
        assert!(!denies(&document, "iam:DeleteRole", "arn:aws:iam::111122223333:role/theirs"), "{name}");
        assert!(!denies(&document, "iam:GetRole", "arn:aws:iam::111122223333:role/acme/x"), "{name}");
        assert!(!denies(&document, "iam:PassRole", "arn:aws:iam::111122223333:role/acme/x"), "{name}");
    }
}

#[test]
fn a_role_without_a_boundary_is_refused_by_a_negated_operator_without_if_exists() {
    for (name, document) in boundaries(&acme()) {
        for action in ["iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"]
        {
            let guarded = document.statements.iter().any(|statement| {
                statement.effect == Effect::Deny
                    && names(statement, action)
                    && covers(statement, "arn:aws:iam::111122223333:role/acme/x")
                    && statement.conditions.len() == 1
                    && statement.conditions.iter().all(|condition| {
                        condition.key.0 == "iam:PermissionsBoundary"
                            && condition.operator == Operator::from(OperatorKind::ArnNotLike)
                    })
            });
            assert!(guarded, "{name}: {action}");
        }
    }
}

#[test]
fn only_the_partition_differs_elsewhere() {
    struct China;
    impl Render for China {
        fn text(&self, text: &Text) -> Value {
            let holes: Vec<Text> = text
                .pieces()
                .iter()
                .map(|piece| match piece {
                    Piece::Partition => Text::literal("aws-cn"),
                    other => Text::piece(other.clone()),
                })
                .collect();
            Plain.text(&holes.iter().fold(Text::default(), |text, part| text.append(part)))
        }
    }
    for (name, document) in documents() {
        let json = document.render(&China).to_string();
        // What a user wrote as a literal ARN stays as it is.
        let json =
            json.replace("arn:aws:kms:eu-west-1", "").replace("arn:aws:secretsmanager:*:*:secret:metaflow/*", "");
        assert!(!json.contains("arn:aws:"), "{name}: {json}");
    }
}

#[test]
fn emergency_roles_let_in_named_users_with_fresh_mfa_and_nobody_else() {
    let foundation = acme();
    let tiers: Vec<_> = roles(&foundation).into_iter().filter(|(name, _)| name.starts_with("break-glass-")).collect();
    assert_eq!(tiers.len(), 2, "the example has two tiers");
    for (name, role) in tiers {
        let [statement] = role.trust.statements.as_slice() else { panic!("{name}: one statement is wanted") };
        assert_eq!(
            plain(&Document { statements: vec![statement.clone()] })["Statement"][0]["Condition"],
            serde_json::json!({
                "ArnEquals": { "aws:PrincipalArn": [
                    "arn:aws:iam::444455556666:user/alice",
                    "arn:aws:iam::444455556666:user/bob",
                ] },
                "Bool": { "aws:MultiFactorAuthPresent": "true" },
                "NumericLessThan": { "aws:MultiFactorAuthAge": "900" },
            }),
            "{name}"
        );
    }
}
