//! `landfall access` over the example: the configuration, and what is deployed in the sandbox.

use crate::desk::{Desk, Ran, root};

fn acme() -> String {
    root().join("examples/acme").display().to_string()
}

/// What is printed, with the example's folder left out of the places.
fn shown(ran: &Ran) -> String {
    ran.out.replace(&[acme().as_str(), "/"].concat(), "")
}

fn ask(arguments: &[&str]) -> Ran {
    let folder = acme();
    Desk::new().run(&[&["access"], arguments, &[folder.as_str()]].concat())
}

fn asked(arguments: &[&str]) -> String {
    let ran = ask(arguments);
    assert_eq!(ran.code, 0, "{}", ran.both());
    shown(&ran)
}

#[test]
fn who_can_assume_a_role_of_another_account() {
    insta::assert_snapshot!(asked(&["who-can-assume", "data-prod/data-lake-reader"]), @r#"
    Who can assume data-prod/acme-cross-account-data-lake-reader

      role ml-prod/ml-training-job-role
        trust policy: `Role` (landfall.yaml:61:23)
        other end: allows by `AssumeRole` of its own policy `permissions` (teams/ml.yaml:9:16)

    Over other roles
      AWS service ecs-tasks.amazonaws.com -> ml-prod/ml-training-job-role -> this role
    "#);
    insta::assert_snapshot!(asked(&["who-can-assume", "management/cost-vendor"]), @r#"
    Who can assume management/acme-cross-account-cost-vendor

      account 999988887777, outside the organization
        if aws:SourceIp is in 203.0.113.0/24
        if sts:ExternalId is acme-7f3a91
        trust policy: `External` (landfall.yaml:73:35)
        other end: its own policies are not known here
    "#);
    insta::assert_snapshot!(asked(&["who-can-assume", "data-dev/log-collector", "--format", "markdown"]), @r#"
    ### Who can assume `data-dev/acme-cross-account-log-collector`

    | who | if | by the trust policy's | other end |
    |---|---|---|---|
    | every principal of account log-archive whose own policies allow it | aws:PrincipalOrgID is &lt;organization> | `Account` (landfall.yaml:67:26) | not known here |
    | role log-archive/acme-break-glass-responder | aws:PrincipalOrgID is &lt;organization> | `Account` (landfall.yaml:67:26) | allows by statement 0 of its own policy `AdministratorAccess` |

    **Over other roles**

    - user alice of security -> log-archive/acme-break-glass-responder -> this role
    - user bob of security -> log-archive/acme-break-glass-responder -> this role
    "#);
}

#[test]
fn emergency_roles_and_deployers_are_reached_by_people_and_pipelines() {
    insta::assert_snapshot!(asked(&["who-can-assume", "app-prod/responder"]), @r#"
    Who can assume app-prod/acme-break-glass-responder

      user alice of security
        if aws:MultiFactorAuthPresent is true
        if aws:MultiFactorAuthAge is under 900
        trust policy: `FreshMfa` (landfall.yaml:45:9)
        other end: its own policies are not known here

      user bob of security
        if aws:MultiFactorAuthPresent is true
        if aws:MultiFactorAuthAge is under 900
        trust policy: `FreshMfa` (landfall.yaml:45:9)
        other end: its own policies are not known here
    "#);
    insta::assert_snapshot!(asked(&["who-can-assume", "data-prod/terraform"]), @r#"
    Who can assume data-prod/acme-ci-deployer-terraform

      role ci/acme-ci-deployer-terraform-hub
        trust policy: `Hub` (landfall.yaml:79:11)
        other end: allows by `Deployers` of its own policy `permissions` (landfall.yaml:84:24)

    Over other roles
      token.actions.githubusercontent.com for repo:acme/infra:environment:production, repo:acme@1001/infra@2002:environment:production -> ci/acme-ci-deployer-terraform-hub -> this role
    "#);
}

#[test]
fn a_prefix_is_exact() {
    let reader = "data-prod/data-lake-reader";
    let object = |key: &str| format!("arn:aws:s3:::acme-data-lake/{key}");
    insta::assert_snapshot!(asked(&["can", reader, "s3:GetObject", &object("curated/x")]), @r#"
    allowed: data-prod/acme-cross-account-data-lake-reader may s3:GetObject on arn:aws:s3:::acme-data-lake/curated/x
      allowed by `S3Read` of `permissions` (own policies) (landfall.yaml:63:9)

      own policies               allows
      permissions boundary       allows
      service control policies   allows

      assumed: aws:RequestedRegion=eu-west-1, aws:SecureTransport=true (say otherwise with --context)

      would be denied if aws:RequestedRegion is none of eu-west-1 or us-east-1
    "#);
    insta::assert_snapshot!(asked(&["can", reader, "s3:GetObject", &object("curated-evil/x")]), @r#"
    denied: data-prod/acme-cross-account-data-lake-reader may not s3:GetObject on arn:aws:s3:::acme-data-lake/curated-evil/x
      because none of its own policies allows it

      own policies               neither allows nor denies
      permissions boundary       allows
      service control policies   allows

      assumed: aws:RequestedRegion=eu-west-1, aws:SecureTransport=true (say otherwise with --context)
    "#);
}

#[test]
fn boundaries_and_guardrails_have_a_say() {
    let region = ["--context", "aws:RequestedRegion=ap-south-1"];
    let object = "arn:aws:s3:::acme-data-lake/curated/x";
    insta::assert_snapshot!(asked(&[&["can", "data-prod/data-lake-reader", "s3:GetObject", object], &region[..]].concat()), @r#"
    denied: data-prod/acme-cross-account-data-lake-reader may not s3:GetObject on arn:aws:s3:::acme-data-lake/curated/x
      denied by `OtherRegions` of `acme-allowed-regions` (service control policy at unit workloads) (landfall.yaml:41:15)

      service control policies   denies

      assumed: aws:SecureTransport=true (say otherwise with --context)
    "#);
    let table = "arn:aws:glue:eu-west-1:data-prod:table/a/b";
    insta::assert_snapshot!(asked(&["can", "data-prod/corporate-analyst", "glue:GetTables", table]), @r#"
    denied: data-prod/acme-federation-corporate-analyst may not glue:GetTables on arn:aws:glue:eu-west-1:<data-prod>:table/a/b
      because its permissions boundary does not let it through

      own policies               allows
      permissions boundary       neither allows nor denies
      service control policies   allows

      assumed: aws:RequestedRegion=eu-west-1, aws:SecureTransport=true (say otherwise with --context)
    "#);
    let role = "arn:aws:iam::data-prod:role/x";
    insta::assert_snapshot!(asked(&["can", "data-prod/terraform", "iam:CreateRole", role]), @r#"
    denied: data-prod/acme-ci-deployer-terraform may not iam:CreateRole on arn:aws:iam::<data-prod>:role/x
      denied by `LandfallBoundaryAlways` of `acme-boundary-deployer` (permissions boundary) (landfall.yaml:34:3)

      own policies               neither allows nor denies
      permissions boundary       denies
      service control policies   allows

      assumed: aws:RequestedRegion=eu-west-1, aws:SecureTransport=true (say otherwise with --context)
    "#);
}

#[test]
fn both_sides_of_an_assumption_decide() {
    let to = "data-prod/data-lake-reader";
    insta::assert_snapshot!(asked(&["can", "ml-prod/ml-training-job", "sts:AssumeRole", to]), @r#"
    allowed: ml-prod/ml-training-job-role may sts:AssumeRole on arn:aws:iam::<data-prod>:role/acme/acme-cross-account-data-lake-reader
      allowed by `AssumeRole` of `permissions` (own policies) (teams/ml.yaml:9:16)
      and by `Role` of its trust policy (landfall.yaml:61:23)

      own policies               allows
      permissions boundary       allows
      service control policies   allows
      trust policy               allows

      assumed: aws:RequestedRegion=eu-west-1, aws:SecureTransport=true (say otherwise with --context)
    "#);
    insta::assert_snapshot!(asked(&["can", "ml-prod/ml-scoring-job", "sts:AssumeRole", to]), @r#"
    denied: ml-prod/ml-scoring-job-role may not sts:AssumeRole on arn:aws:iam::<data-prod>:role/acme/acme-cross-account-data-lake-reader
      because none of its own policies allows it

      own policies               neither allows nor denies
      permissions boundary       allows
      service control policies   allows
      trust policy               neither allows nor denies

      assumed: aws:RequestedRegion=eu-west-1, aws:SecureTransport=true (say otherwise with --context)
    "#);
}

#[test]
fn what_would_turn_the_answer_is_told() {
    let secret = "arn:aws:secretsmanager:eu-west-1:ml-prod:secret:metaflow/db";
    let question = ["can", "ml-prod/metaflow-prod-batch-job-role", "secretsmanager:GetSecretValue", secret];
    insta::assert_snapshot!(asked(&question), @r#"
    denied: ml-prod/metaflow-prod-batch-job-role may not secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:<ml-prod>:secret:metaflow/db
      because none of its own policies allows it

      own policies               neither allows nor denies
      permissions boundary       allows
      service control policies   allows

      assumed: aws:RequestedRegion=eu-west-1, aws:SecureTransport=true (say otherwise with --context)

      would be allowed if aws:ResourceTag/team is ml
    "#);
    let tagged = asked(&[&question[..], &["--context", "aws:ResourceTag/team=ml"]].concat());
    assert!(tagged.starts_with("allowed: "), "{tagged}");
}

#[test]
fn a_pipeline_can_expect_an_answer() {
    let question = ["can", "data-prod/data-lake-reader", "s3:GetObject", "arn:aws:s3:::acme-data-lake/curated/x"];
    assert_eq!(ask(&[&question[..], &["--expect", "allow"]].concat()).code, 0);
    let ran = ask(&[&question[..], &["--expect", "deny"]].concat());
    assert_eq!(ran.code, 1, "{}", ran.both());
    assert!(ran.err.contains("expected deny, and the answer is allow"), "{}", ran.both());
    let json = ask(&[&question[..], &["--format", "json"]].concat()).json();
    assert_eq!(json["schema"], "landfall/access-can/1");
    assert_eq!((&json["allowed"], &json["because"]["sid"]), (&true.into(), &"S3Read".into()));
    assert_eq!(json["because"]["statement"]["Resource"], "arn:aws:s3:::acme-data-lake/curated/*");
}

#[test]
fn what_cannot_be_asked_is_told_with_what_was_meant() {
    let bucket = "arn:aws:s3:::b/x";
    let cases: [&[&str]; 6] = [
        &["can", "data-prod/data-lake-raeder", "s3:GetObject", bucket],
        &["can", "data-prod/data-lake-reader", "s3:GetObjekt", bucket],
        &["can", "data-prod/data-lake-reader", "s3:GetObject", "b/x"],
        &["can", "data-prod/data-lake-reader", "s3:GetObject", bucket, "--context", "aws:SourcIp=203.0.113.7"],
        &["who-can-assume", "log-collector"],
        &["what-can", "nobody-at-all"],
    ];
    let told: String = cases
        .iter()
        .map(|case| {
            let ran = ask(case);
            assert_eq!(ran.code, 64, "{}", ran.both());
            ran.err
        })
        .collect();
    insta::assert_snapshot!(told, @r#"
    error: account `data-prod` has no role `data-lake-raeder`
      next: did you mean data-prod/data-lake-reader?
    error: there is no action `s3:GetObjekt`
      next: did you mean `s3:GetObject`?
    error: `b/x` is no ARN
      next: an ARN has six parts, arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; it is on a resource of the form arn:*:s3:*:*:accesspoint/*/object/* or arn:*:s3:::*/*
    error: there is no condition key `aws:SourcIp`
      next: did you mean `aws:SourceIp`?
    error: `log-collector` stands in 4 accounts: say in which
      next: write one of app-prod/acme-cross-account-log-collector, data-dev/acme-cross-account-log-collector, data-prod/acme-cross-account-log-collector, ml-prod/acme-cross-account-log-collector
    error: no account has a role `nobody-at-all`
      next: `landfall access picture` shows the roles that can be assumed
    "#);
}

#[test]
fn what_a_role_can_do_is_told_with_what_is_taken() {
    insta::assert_snapshot!(asked(&["what-can", "data-prod/data-lake-reader"]), @r#"
    What can data-prod/acme-cross-account-data-lake-reader

      s3
        List         ListBucket
          on arn:aws:s3:::acme-data-lake
          if s3:prefix is like curated/*
          by `S3List` of `permissions` (landfall.yaml:63:9)
        Read         GetObject
          on arn:aws:s3:::acme-data-lake/curated/*
          by `S3Read` of `permissions` (landfall.yaml:63:9)

    Taken away under conditions
      by service control policy at unit workloads `acme-allowed-regions` (landfall.yaml:41:15)
        if aws:RequestedRegion is none of eu-west-1 or us-east-1
        s3:GetObject, s3:ListBucket
      by service control policy at unit workloads `acme-require-imdsv2` (landfall.yaml:40:15)
        if ec2:RoleDelivery is under 2.0
        s3:GetObject, s3:ListBucket
    "#);
    let analyst = asked(&["what-can", "data-prod/corporate-analyst"]);
    assert!(analyst.contains("Taken away\n  by permissions boundary `acme-boundary-workload`"), "{analyst}");
    let json = ask(&["what-can", "security/responder", "--format", "json"]).json();
    let rows = json["permissions"].as_array().unwrap();
    assert!(rows.len() > 1_000, "{}", rows.len());
    assert!(rows.iter().all(|row| row["by"]["policy"] == "AdministratorAccess"));
    let gone = json["taken_away"][0]["actions"].as_array().unwrap();
    assert!(gone.contains(&"organizations:LeaveOrganization".into()), "{gone:?}");
}

#[test]
fn a_picture_shows_who_may_become_whom() {
    let picture = asked(&["picture", "--format", "markdown"]);
    assert!(picture.starts_with("```mermaid\nflowchart LR\n") && picture.ends_with("```\n"), "{picture}");
    for part in ["identity providers", "users", "AWS services", "outside the organization", "data-prod"] {
        assert!(picture.contains(&format!("[\"{part}\"]")), "{part}: {picture}");
    }
    for label in ["MFA, fresh MFA", "from addresses, external id", "repo:acme/images:ref:refs/heads/main"] {
        assert!(picture.contains(&format!("|\"{label}\"|")), "{label}: {picture}");
    }
    let json = ask(&["picture", "--format", "json"]).json();
    let hub = json["edges"].as_array().unwrap().iter().filter(|edge| {
        edge["from"]["name"] == "acme-ci-deployer-terraform-hub" && edge["to"]["name"] == "acme-ci-deployer-terraform"
    });
    assert_eq!(hub.count(), 3);
}

/// What somebody changed by hand is seen in what is deployed, and not in the configuration.
#[test]
fn what_is_deployed_is_asked_as_it_stands() {
    let desk = Desk::new();
    let folder = acme();
    let run = |arguments: &[&str]| {
        let ran = desk.run(&[arguments, &[folder.as_str(), "--sandbox", "-q"]].concat());
        assert_eq!(ran.code, 0, "{}", ran.both());
        ran
    };
    run(&["apply", "--yes"]);
    let question = ["access", "who-can-assume", "data-prod/data-lake-reader"];
    let deployed = [&question[..], &["--deployed"]].concat();
    let before = shown(&run(&deployed));
    assert!(before.contains("role ml-prod/ml-training-job-role") && !before.contains("999900001111"), "{before}");
    let role = ["--account", "data-prod", "--role", "acme-cross-account-data-lake-reader"];
    run(&[&["sandbox", "tamper", "widen-trust", "--principal", "999900001111"], &role[..]].concat());
    insta::assert_snapshot!(shown(&run(&deployed)), @r#"
    Who can assume data-prod/acme-cross-account-data-lake-reader

      role ml-prod/ml-training-job-role
        trust policy: `Role` (landfall.yaml:61:23)
        other end: allows by `AssumeRole` of its own policy `permissions` (teams/ml.yaml:9:16)

      account 999900001111, outside the organization
        trust policy: statement 1
        other end: its own policies are not known here

    Over other roles
      AWS service ecs-tasks.amazonaws.com -> ml-prod/ml-training-job-role -> this role
    "#);
    assert!(!shown(&run(&question)).contains("999900001111"));

    let key = "arn:aws:s3:::somewhere/else";
    let can = ["access", "can", "data-prod/data-lake-reader", "s3:PutObject", key, "--deployed"];
    run(&[&can[..], &["--expect", "deny"]].concat());
    run(&[&["sandbox", "tamper", "add-inline"], &role[..]].concat());
    insta::assert_snapshot!(shown(&run(&[&can[..], &["--expect", "allow"]].concat())), @r#"
    allowed: data-prod/acme-cross-account-data-lake-reader may s3:PutObject on arn:aws:s3:::somewhere/else
      allowed by `ByHand` of `by-hand` (own policies)

      own policies               allows
      permissions boundary       allows
      service control policies   allows

      assumed: aws:RequestedRegion=eu-west-1, aws:SecureTransport=true (say otherwise with --context)

      would be denied if aws:RequestedRegion is none of eu-west-1 or us-east-1
    "#);
    let pass = [
        "access",
        "can",
        "data-prod/data-lake-reader",
        "glue:GetTables",
        "arn:aws:glue:eu-west-1:data-prod:table/a/b",
        "--deployed",
    ];
    run(&[&pass[..], &["--expect", "deny"]].concat());
    run(&[&["sandbox", "tamper", "remove-boundary"], &role[..]].concat());
    run(&[&pass[..], &["--expect", "allow"]].concat());
}
