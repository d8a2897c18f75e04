use landfall_model::{Federation, Partition};
use serde_json::{Value, json};

use super::*;
use crate::specimen::{acme, plain};

fn item(name: &str) -> Federation {
    acme().federation.into_iter().find(|item| item.name.as_str() == name).unwrap()
}

fn trust(item: &Federation, partition: Partition) -> Value {
    plain(&federation_trust(partition, item))["Statement"][0].clone()
}

fn with(issuer: &str, subjects: &[&str]) -> Federation {
    let subjects = subjects.iter().map(|subject| (*subject).to_owned()).collect();
    let trust = FederationTrust::WebIdentity { issuer: issuer.to_owned(), audience: "client".to_owned(), subjects };
    Federation { trust, ..item("mobile-app") }
}

#[test]
fn saml_comes_in_through_the_sign_in_of_the_partition() {
    let analyst = item("corporate-analyst");
    assert_eq!(
        trust(&analyst, Partition::Aws),
        json!({
            "Sid": "Saml", "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::111122223333:saml-provider/corp-idp" },
            "Action": "sts:AssumeRoleWithSAML",
            "Condition": { "StringEquals": { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
        })
    );
    let audience = |partition| trust(&analyst, partition)["Condition"]["StringEquals"]["SAML:aud"].clone();
    assert_eq!(audience(Partition::AwsCn), "https://signin.amazonaws.cn/saml");
    assert_eq!(audience(Partition::AwsUsGov), "https://signin.amazonaws-us-gov.com/saml");
}

#[test]
fn audience_and_subject_of_an_issuer_are_compared_word_for_word() {
    assert_eq!(
        trust(&with("https://login.acme.example/oauth/", &["alice", "bob"]), Partition::Aws),
        json!({
            "Sid": "WebIdentity", "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/login.acme.example/oauth" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": {
                "login.acme.example/oauth:aud": "client",
                "login.acme.example/oauth:sub": ["alice", "bob"],
            } },
        })
    );
}

#[test]
fn a_provider_that_iam_knows_is_named_by_its_host() {
    for (host, equals) in [
        ("accounts.google.com", json!({ "accounts.google.com:aud": "client", "accounts.google.com:sub": "me" })),
        ("graph.facebook.com", json!({ "graph.facebook.com:app_id": "client", "graph.facebook.com:id": "me" })),
        ("www.amazon.com", json!({ "www.amazon.com:app_id": "client", "www.amazon.com:user_id": "me" })),
    ] {
        let json = trust(&with(&format!("https://{host}"), &["me"]), Partition::Aws);
        assert_eq!(json["Principal"], json!({ "Federated": host }));
        assert_eq!(json["Condition"], json!({ "StringEquals": equals }));
    }
}

#[test]
fn guests_of_an_identity_pool_stay_out() {
    let json = trust(&with("https://cognito-identity.amazonaws.com", &[]), Partition::Aws);
    assert_eq!(json["Principal"], json!({ "Federated": "cognito-identity.amazonaws.com" }));
    assert_eq!(
        json["Condition"],
        json!({
            "StringEquals": { "cognito-identity.amazonaws.com:aud": "client" },
            "ForAnyValue:StringEquals": { "cognito-identity.amazonaws.com:amr": "authenticated" },
        })
    );
}

#[test]
fn the_conditions_of_the_configuration_are_added() {
    let mut analyst = item("corporate-analyst");
    analyst.conditions.source_ips = vec!["203.0.113.0/24".to_owned()];
    assert_eq!(trust(&analyst, Partition::Aws)["Condition"]["IpAddress"]["aws:SourceIp"], "203.0.113.0/24");
}

#[test]
fn only_shared_issuers_need_subjects() {
    assert!(needs_subjects(&with("https://gitlab.com", &[]).trust));
    assert!(needs_subjects(&with("https://token.actions.githubusercontent.com/", &[]).trust));
    assert!(!needs_subjects(&with("https://gitlab.com", &["project_path:acme/x:ref_type:branch:ref:main"]).trust));
    assert!(needs_subjects(&with("https://tokens.cloud.shisho.dev", &[]).trust));
    assert!(!needs_subjects(&with("https://api.pulumi.com/oidc", &[]).trust), "its audience is the organization");
    assert!(!needs_subjects(&with("https://login.acme.example", &[]).trust));
    assert!(!needs_subjects(&item("corporate-analyst").trust));
}
