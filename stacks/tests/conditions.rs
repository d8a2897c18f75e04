//! Every word of `conditions:`, from the file to the answer: who gets in when it holds, and who does not when it does not.

use std::collections::BTreeMap;

use landfall_model::{AccountId, AccountName, Day, Kind, OrganizationId, load_files};
use landfall_policies::{Caller, Compiled, Context, Document, Layers, Request, evaluate};

use crate::{TemplateScope, Written, expected, lint, synthesize};

const TRUSTED: &str = "222222222222";
const VENDOR: &str = "999988887777";
const OWN: &str = "o-a1b2c3d4e5";

/// A configuration with one role, its trust in `account` under some conditions.
fn configuration(trusted: &str, conditions: &str) -> String {
    format!(
        "version: 1\norganization: {{ name: acme, home_region: eu-west-1, management_account: management, units: [w] }}\n\
         accounts:\n  management: {{ id: \"111111111111\", email: aws@acme.example }}\n  \
         ops: {{ id: \"{TRUSTED}\", email: aws+ops@acme.example, unit: w }}\n  \
         app: {{ id: \"333333333333\", email: aws+app@acme.example, unit: w }}\n\
         boundaries:\n  workload: {{ services: [s3] }}\n\
         cross_account:\n  - {{ name: reader, accounts: [app], trusted: [{trusted}], boundary: workload, \
         conditions: {{ {conditions} }}, access: [{{ s3: {{ bucket: acme-data, mode: read }} }}] }}\n"
    )
}

/// The trust policy as it would stand in IAM; on the way the linter finds nothing but what is `known`.
fn trust(text: &str, known: &[&str]) -> Document {
    let loaded = load_files(&[("landfall.yaml".to_owned(), text.as_bytes().to_vec())].into());
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
    let foundation = loaded.foundation.as_ref().unwrap();
    let synthesis = synthesize(foundation);
    assert!(synthesis.diagnostics.is_empty(), "{:?}", synthesis.diagnostics);
    let written = Written { sources: &loaded.sources, texts: &loaded.texts };
    let found = lint(foundation, &synthesis.stacks, written, &Day::new("2026-11-22").unwrap());
    assert_eq!(found.iter().map(|one| one.code.0).collect::<Vec<_>>(), known, "{text}: {found:?}");
    let ids: BTreeMap<AccountName, AccountId> =
        foundation.accounts.iter().map(|(name, account)| (name.clone(), account.id.clone().unwrap())).collect();
    let stack = synthesis.stacks.iter().find(|stack| stack.kind == Kind::CrossAccount).unwrap();
    let scope = TemplateScope::of(stack, &ids, Some(&OrganizationId::new(OWN).unwrap())).unwrap();
    let identities = expected(&serde_json::from_str(&stack.body.json).unwrap(), &scope).unwrap();
    Document::parse(&identities.roles.values().next().unwrap().trust.json()).unwrap()
}

/// Whether a caller, who may assume roles as far as its own account is concerned, gets in.
fn gets_in(trust: &Document, caller: &str, context: Context) -> bool {
    let allow = serde_json::json!({ "Version": "2012-10-17",
        "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*" } });
    let own = Compiled::plain("own", &Document::parse(&allow).unwrap());
    let trust = Compiled::plain("trust", trust);
    let role = "arn:aws:iam::333333333333:role/acme/acme-cross-account-reader";
    let request = Request::new(Caller::parse(caller).unwrap().in_session("s"), "sts:AssumeRole", role, context);
    evaluate(&request, &Layers { identity: vec![&own], resource: Some(&trust), ..Layers::default() }).is_allowed()
}

fn role(name: &str) -> String {
    format!("arn:aws:iam::{TRUSTED}:role/{name}")
}

/// What a request of the organization has anyway, and some keys more.
fn with(keys: &[(&str, &str)]) -> Context {
    keys.iter()
        .fold(Context::default().with("aws:PrincipalOrgID", OWN), |context, (key, value)| context.with(key, value))
}

/// Conditions, keys with which they hold, and keys with which they do not.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a [(&'a str, &'a str)]]);

#[test]
fn each_condition_lets_in_who_meets_it_and_nobody_else() {
    let rows: &[Row<'_>] = &[
        ("", &[], &[&[("aws:PrincipalOrgID", "o-zzzzzzzzzz")]]),
        ("external_id: agreed-1", &[("sts:ExternalId", "agreed-1")], &[&[], &[("sts:ExternalId", "agreed-2")]]),
        (
            "source_ips: [203.0.113.0/24, \"2001:db8::/32\"]",
            &[("aws:SourceIp", "203.0.113.9")],
            &[&[], &[("aws:SourceIp", "203.0.114.9")], &[("aws:SourceIp", "2001:db9::1")]],
        ),
        ("source_ips: [\"2001:db8::/32\"]", &[("aws:SourceIp", "2001:db8::1")], &[&[("aws:SourceIp", "203.0.113.9")]]),
        (
            "source_vpcs: [vpc-0a1b2c3d4e5f67890]",
            &[("aws:SourceVpc", "vpc-0a1b2c3d4e5f67890")],
            &[&[], &[("aws:SourceVpc", "vpc-11111111")]],
        ),
        ("mfa: true", &[("aws:MultiFactorAuthPresent", "true")], &[&[], &[("aws:MultiFactorAuthPresent", "false")]]),
        (
            "valid: { from: 2027-01-01T00:00:00Z, until: 2027-02-01T00:00:00Z }",
            &[("aws:CurrentTime", "2027-01-15T12:00:00Z")],
            &[
                &[],
                &[("aws:CurrentTime", "2026-12-31T23:59:59Z")],
                &[("aws:CurrentTime", "2027-02-01T00:00:00Z")],
                &[("aws:CurrentTime", "2028-01-15T12:00:00Z")],
            ],
        ),
        (
            "mfa: true, source_ips: [203.0.113.0/24]",
            &[("aws:MultiFactorAuthPresent", "true"), ("aws:SourceIp", "203.0.113.9")],
            &[&[("aws:MultiFactorAuthPresent", "true")], &[("aws:SourceIp", "203.0.113.9")]],
        ),
    ];
    for (conditions, holds, fails) in rows {
        let trust = trust(&configuration("{ account: ops }", conditions), &[]);
        assert!(gets_in(&trust, &role("deploy"), with(holds)), "{conditions}: {holds:?}");
        for keys in *fails {
            assert!(!gets_in(&trust, &role("deploy"), with(keys)), "{conditions}: {keys:?}");
        }
        let stranger = "arn:aws:iam::444444444444:role/deploy";
        assert!(!gets_in(&trust, stranger, with(holds)), "{conditions}: another account");
    }
}

#[test]
fn the_caller_itself_can_be_asked_for() {
    let by_arn = trust(
        &configuration("{ account: ops }", &format!("principal_arns: [\"arn:aws:iam::{TRUSTED}:role/deploy-*\"]")),
        &[],
    );
    assert!(gets_in(&by_arn, &role("deploy-1"), with(&[])));
    assert!(!gets_in(&by_arn, &role("read-1"), with(&[])));
    let by_account = |id: &str| trust(&configuration("{ account: ops }", &format!("source_account: \"{id}\"")), &[]);
    assert!(gets_in(&by_account(TRUSTED), &role("deploy"), with(&[])));
    assert!(!gets_in(&by_account("444444444444"), &role("deploy"), with(&[])));
}

#[test]
fn a_vendor_comes_from_the_organization_that_is_asked_for() {
    let vendor = format!("{{ external_account: \"{VENDOR}\", external_id: agreed-1 }}");
    let trust = trust(&configuration(&vendor, "organization: o-vendor00001"), &[]);
    let caller = format!("arn:aws:iam::{VENDOR}:role/collector");
    let context = |organization: &str| {
        Context::default().with("sts:ExternalId", "agreed-1").with("aws:PrincipalOrgID", organization)
    };
    assert!(gets_in(&trust, &caller, context("o-vendor00001")));
    assert!(!gets_in(&trust, &caller, context("o-somebody01")));
    assert!(!gets_in(&trust, &caller, Context::default().with("sts:ExternalId", "agreed-1")), "in no organization");
}

#[test]
fn a_window_that_is_over_is_told_and_lets_nobody_in() {
    let text = configuration("{ account: ops }", "valid: { until: 2026-11-01T00:00:00Z }");
    let trust = trust(&text, &["LF2501"]);
    assert!(!gets_in(&trust, &role("deploy"), with(&[("aws:CurrentTime", "2026-11-22T00:00:00Z")])));
    assert!(gets_in(&trust, &role("deploy"), with(&[("aws:CurrentTime", "2026-10-31T23:59:59Z")])));
}
