//! What has nothing in between, and what denies.

use landfall_stacks::{ManagedPolicy, Provider, Role};

use super::*;
use crate::IdentityKind;

const US: &str = "arn:aws:iam::444455556666:root";
const THEM: &str = "arn:aws:iam::777788889999:root";
const THEIRS: &str = "arn:aws:iam::111122223333:policy/theirs";

/// The calls, told shortly, with the documents that are put.
fn told(differences: &[Difference], texts: &Texts, spared: &Spared) -> Vec<String> {
    told_of(differences, texts, spared, Writer::Anybody)
}

fn told_of(differences: &[Difference], texts: &Texts, spared: &Spared, writer: Writer) -> Vec<String> {
    let (account, expected) = (AccountId::new("111122223333").unwrap(), Identities::default());
    let calls =
        Repair::of(differences, &Around { account: &account, expected: &expected, texts, spared, writer }).calls;
    let told = |call: &RepairCall| match call {
        RepairCall::PutInline { name, document, .. } => format!("put {name}: {}", says(document)),
        RepairCall::PutTrust { document, .. } => format!("trust: {}", says(document)),
        RepairCall::PutPolicy { name, document } => format!("policy {name}: {}", says(document)),
        RepairCall::DeleteInline { name, .. } => format!("delete {name}"),
        RepairCall::Attach { policy, .. } => format!("attach {}", policy.rsplit('/').next().unwrap()),
        RepairCall::Detach { policy, .. } => format!("detach {}", policy.rsplit('/').next().unwrap()),
        other => word(other).to_owned(),
    };
    calls.iter().map(told).collect()
}

/// `+s3:* -kms:*`
fn says(document: &Value) -> String {
    let one = |statement: &Value| {
        let effect = if statement["Effect"] == "Allow" { '+' } else { '-' };
        let what = match statement.get("Principal") {
            Some(principal) => principal["AWS"].clone(),
            None => statement["Action"].clone(),
        };
        let what: Vec<&str> = crate::document::list(Some(&what)).iter().filter_map(Value::as_str).collect();
        format!("{effect}{}", what.join(","))
    };
    let all = crate::document::list(document.get("Statement"));
    all.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn attached(desired: &[&str], live: &[&str]) -> Difference {
    of("ManagedPolicyArns", json!(desired), json!(live))
}

fn text(statements: &[(&str, &str)]) -> Texts {
    let mut texts = Texts::default();
    texts.insert(THEIRS.to_owned(), document(statements));
    texts
}

fn of_etl() -> Leaned {
    Leaned { roles: BTreeSet::from([RoleName::new("etl").unwrap()]), ..Leaned::default() }
}

fn policy(name: &str, desired: Value, live: Value) -> Difference {
    let (kind, name) = (IdentityKind::Policy, name.to_owned());
    Difference { kind, name, property: "PolicyDocument".to_owned(), desired, live }
}

#[test]
fn a_foreign_policy_goes_by_what_it_says() {
    let found = [of("Policies/access", document(&[("Allow", "s3:*")]), Value::Null), attached(&[], &[THEIRS])];
    let told = |texts: &Texts| told(&found, texts, &Spared::default());
    assert_eq!(told(&text(&[("Allow", "iam:*")])), ["detach theirs", "put access: +s3:*"]);
    assert_eq!(told(&text(&[("Deny", "s3:Put*")])), ["put access: +s3:*", "detach theirs"]);
    assert_eq!(
        told(&text(&[("Allow", "iam:*"), ("Deny", "s3:Put*")])),
        ["put landfall-hold: -s3:Put*", "detach theirs", "put access: +s3:*", "delete landfall-hold"]
    );
    // Nobody could read it: it changes at once, and everything else is narrow then.
    assert_eq!(told(&Texts::default()), ["detach theirs", "put access: +s3:*"]);
    let alone = [attached(&[], &[THEIRS])];
    assert_eq!(
        super::held::told(&alone, &text(&[("Allow", "*"), ("Deny", "s3:*")]), &Spared::default()),
        ["detach theirs"]
    );
}

#[test]
fn what_denies_is_there_before_anybody_comes_in() {
    let found = [
        of("AssumeRolePolicyDocument", trust(&[US]), trust(&[THEM])),
        attached(&["arn:aws:iam::aws:policy/AWSDenyAll", "arn:aws:iam::aws:policy/ReadOnlyAccess"], &[]),
    ];
    assert_eq!(
        told(&found, &Texts::default(), &Spared::default()),
        ["attach AWSDenyAll", &format!("trust: +{US}"), "attach ReadOnlyAccess"]
    );
}

#[test]
fn two_that_have_nothing_in_common_go_by_nothing() {
    let access = (document(&[("Allow", "s3:*")]), document(&[("Allow", "iam:*")]));
    let found = [
        of("AssumeRolePolicyDocument", trust(&[US]), trust(&[THEM])),
        of("PermissionsBoundary", json!("x"), json!("y")),
        of("Policies/access", access.0.clone(), access.1.clone()),
    ];
    let us = format!("trust: +{US}");
    assert_eq!(
        told(&found, &Texts::default(), &Spared::default()),
        ["trust: -*", "delete access", "boundary", &us, "put access: +s3:*"]
    );
    // One of them may change at once.
    assert_eq!(told(&found[..1], &Texts::default(), &Spared::default()), [us.as_str()]);
    let both = [found[0].clone(), found[2].clone()];
    assert_eq!(told(&both, &Texts::default(), &Spared::default()), ["delete access", &us, "put access: +s3:*"]);
    let shared = [policy("a", access.0.clone(), access.1.clone()), policy("b", access.0, access.1)];
    assert_eq!(
        told(&shared, &Texts::default(), &Spared::default()),
        ["policy a: -sts:GetCallerIdentity", "policy b: -sts:GetCallerIdentity", "policy a: +s3:*", "policy b: +s3:*"]
    );
    assert_eq!(told(&shared[..1], &Texts::default(), &Spared::default()), ["policy a: +s3:*"]);
}

#[test]
fn a_role_is_held_while_two_things_change_at_once() {
    let found = [
        of("PermissionsBoundary", json!("x"), json!("y")),
        of("Policies/extra", Value::Null, document(&[("Deny", "s3:*")])),
        of("Policies/access", document(&[("Allow", "s3:*")]), document(&[("Allow", "iam:*")])),
        attached(&[], &[THEIRS]),
    ];
    assert_eq!(
        told(&found, &Texts::default(), &Spared::default()),
        [
            "put landfall-hold: -*",
            "delete extra",
            "boundary",
            "detach theirs",
            "put access: +s3:*",
            "delete landfall-hold"
        ]
    );
    // A run that was cut off left the hold: it is there already, and goes last.
    let mut left = found.to_vec();
    left.push(of("Policies/landfall-hold", Value::Null, document(&[("Deny", "*")])));
    let again = told(&left, &Texts::default(), &Spared::default());
    assert_eq!(again.first().map(String::as_str), Some("delete extra"));
    assert_eq!(again.iter().filter(|call| call.contains("landfall-hold")).count(), 1);
    let only = [found[2].clone(), left[4].clone()];
    assert_eq!(
        told(&only, &Texts::default(), &Spared::default()),
        ["delete access", "put access: +s3:*", "delete landfall-hold"]
    );
}

#[test]
fn emergency_access_is_never_without_anybody_or_anything() {
    let found = [
        of("AssumeRolePolicyDocument", trust(&[US]), trust(&[THEM])),
        of("PermissionsBoundary", json!("x"), json!("y")),
        of("Policies/access", document(&[("Allow", "s3:*")]), document(&[("Allow", "iam:*")])),
        of("Policies/extra", Value::Null, document(&[("Allow", "kms:*")])),
        attached(&[], &[THEIRS]),
    ];
    let emergency = Spared { emergency: of_etl(), ..Spared::default() };
    let us = format!("trust: +{US}");
    assert_eq!(
        told(&found, &Texts::default(), &emergency),
        [us.as_str(), "delete extra", "boundary", "put access: +s3:*", "detach theirs"]
    );
    // What both forms have in common is no nothing.
    let both = "arn:aws:iam::222222222222:root";
    let soft = [of("AssumeRolePolicyDocument", trust(&[US, both]), trust(&[THEM, both])), found[1].clone()];
    assert_eq!(
        told(&soft, &Texts::default(), &emergency),
        [format!("trust: +{both}"), "boundary".to_owned(), format!("trust: +{US} +{both}")]
    );
}

#[test]
fn a_boundary_that_is_known_to_be_tighter_comes_first_and_a_looser_one_last() {
    let (desired, live) = (document(&[("Allow", "s3:*")]), document(&[("Allow", "*")]));
    let ours = "arn:aws:iam::111122223333:policy/acme/ours";
    let of_both = |ours_says: &Value, theirs_say: &Value| {
        let mut texts = Texts::default();
        texts.insert(ours.to_owned(), ours_says.clone());
        texts.insert(THEIRS.to_owned(), theirs_say.clone());
        texts
    };
    let found = [
        of("PermissionsBoundary", json!(ours), json!(THEIRS)),
        of("AssumeRolePolicyDocument", trust(&[US]), trust(&[THEM])),
    ];
    let us = format!("trust: +{US}");
    assert_eq!(told(&found, &of_both(&desired, &live), &Spared::default()), ["boundary", us.as_str()]);
    assert_eq!(told(&found, &of_both(&live, &desired), &Spared::default()), [us.as_str(), "boundary"]);
}

#[test]
fn what_does_not_fit_beside_the_others_is_held_by_less_text() {
    let long = |action: &str| {
        let names: Vec<String> = (0..300).map(|number| format!("{action}:Some{number:03}Thing")).collect();
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": names, "Resource": "*" }] })
    };
    let mut guard = long("s3");
    guard["Statement"].as_array_mut().unwrap().push(json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }));
    let found = [of("Policies/guard", guard, Value::Null), of("Policies/extra", Value::Null, long("kms"))];
    let told = told(&found, &Texts::default(), &Spared::default());
    let heads: Vec<&str> = told.iter().map(|text| text.get(..21).unwrap_or(text)).collect();
    assert_eq!(heads, ["put landfall-hold: -*", "delete extra", "put guard: -s3:Some00", "delete landfall-hold"]);
}

#[test]
fn tags_that_policies_speak_of_change_while_all_else_is_narrow() {
    let tagged = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": { "StringEquals": { "aws:PrincipalTag/team": "data" } } }] });
    let found = [
        of("Policies/access", tagged, Value::Null),
        of("Policies/extra", Value::Null, document(&[("Allow", "iam:*")])),
        of("Tags/team", json!("data"), json!("web")),
        of("Tags/cost", json!("1"), Value::Null),
    ];
    assert_eq!(told(&found, &Texts::default(), &Spared::default()), ["delete extra", "tag", "put access: +s3:*"]);
}

#[test]
fn nobody_comes_in_while_a_provider_that_is_named_is_gone() {
    let arn = "arn:aws:iam::111122223333:oidc-provider/a.example";
    let federated = |audience: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": { "Federated": arn }, "Condition": { "StringLike": { "a.example:sub": audience } } }] })
    };
    let provider = Provider::Oidc { url: "a.example".to_owned(), audiences: BTreeSet::from(["x".to_owned()]) };
    let found = [
        of("AssumeRolePolicyDocument", federated("repo:acme/*"), federated("*")),
        Difference {
            kind: IdentityKind::Provider,
            name: arn.to_owned(),
            property: String::new(),
            desired: json!(provider),
            live: Value::Null,
        },
    ];
    assert_eq!(told(&found, &Texts::default(), &Spared::default()), ["trust: -*", "provider", "trust: +"]);
}

#[test]
fn a_role_that_comes_back_lets_nobody_in_before_its_denials_stand() {
    let role = |statements: &[(&str, &str)]| Role {
        name: RoleName::new("etl").unwrap(),
        path: "/acme/".to_owned(),
        trust: trust(&[US]).into(),
        inline: BTreeMap::from([(PolicyName::new("access").unwrap(), document(statements).into())]),
        attached: BTreeSet::new(),
        boundary: None,
        max_session: 3600,
        description: String::new(),
        tags: BTreeMap::new(),
    };
    let gone = |statements: &[(&str, &str)]| of("", json!(role(statements)), Value::Null);
    let order = |found: &[Difference]| told(found, &Texts::default(), &Spared::default());
    assert_eq!(order(&[gone(&[("Allow", "s3:*")])]), ["role", "put access: +s3:*"]);
    let found = [gone(&[("Allow", "s3:*"), ("Deny", "s3:Put*")])];
    assert_eq!(order(&found), ["role", "put access: +s3:* -s3:Put*", &format!("trust: +{US}")]);
    match &calls(&found, &Spared::default())[0] {
        RepairCall::CreateRole { role } => assert_eq!(says(&role.trust.json()), "-*"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn texts_are_wanted_of_what_comes_and_goes_and_of_no_policy_of_aws() {
    let none = Identities::default();
    let found = [
        attached(&["arn:aws:iam::aws:policy/ReadOnlyAccess", "kept"], &["kept", THEIRS]),
        of("PermissionsBoundary", json!("arn:aws:iam::111122223333:policy/acme/ours"), json!("x")),
        policy("ours", json!({}), json!({})),
    ];
    let wanted: Vec<String> = Texts::wanted(&found, &none).into_iter().collect();
    assert_eq!(wanted, [THEIRS, "x"]);
    assert!(Texts::wanted(&found[1..2], &none).is_empty(), "one write has no order");
    let gone = ManagedPolicy { name: PolicyName::new("p").unwrap(), path: "/".to_owned(), document: json!({}).into() };
    assert!(
        Texts::wanted(&[of("Tags/a", json!("1"), Value::Null), of("", json!(gone), Value::Null)], &none).is_empty()
    );
}

#[test]
fn landfalls_own_roles_write_no_policy_below_a_boundary_of_others() {
    let ours = "arn:aws:iam::111122223333:policy/acme/acme-boundary-web";
    let access = |denied: &[(&str, &str)]| {
        let of = |action| document(&[&[("Allow", "s3:*"), ("Allow", action)], denied].concat());
        self::of("Policies/access", of("sqs:*"), of("iam:*"))
    };
    let order = |boundary: &str, denied: &[(&str, &str)]| {
        let found = [
            of("AssumeRolePolicyDocument", trust(&[US]), trust(&[THEM])),
            of("PermissionsBoundary", json!(ours), json!(boundary)),
            access(denied),
        ];
        told_of(&found, &Texts::default(), &Spared::default(), Writer::Automation)
    };
    let us = format!("trust: +{US}");
    assert_eq!(
        order(THEIRS, &[]),
        ["trust: -*", "delete access", "boundary", &us, "put access: +s3:* +sqs:*"],
        "what is kept in between needs a boundary of Landfall's"
    );
    let kms = [("Deny", "kms:*")];
    assert_eq!(
        order(THEIRS, &kms),
        ["trust: -*", "boundary", "put access: +s3:* -kms:*", &us, "put access: +s3:* +sqs:* -kms:*"],
        "what denies cannot be taken away, so the boundary comes first"
    );
    assert_eq!(
        order("arn:aws:iam::111122223333:policy/acme/acme-boundary-batch", &kms),
        ["trust: -*", "put access: +s3:* -kms:*", "boundary", &us, "put access: +s3:* +sqs:* -kms:*"]
    );
}
