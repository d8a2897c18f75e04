//! Whole diagnostics: message, marked text, label, related places, help.

use insta::assert_snapshot;

use crate::read::tests::trial::{SOUND, files, replaced, told, with};

#[test]
fn the_sound_configuration_is_sound() {
    assert_eq!(told(&with("")), "");
}

#[test]
fn an_unknown_key_names_the_one_that_was_meant() {
    let loaded = with("services:\n  - { name: web, service: ec2, acounts: [app], boundary: workload, colour: blue }\n");
    assert_snapshot!(told(&loaded), @r"
    error[LF0301]: `acounts` is no key of a service role
      at landfall.yaml:19:32 `acounts` unknown
      help: did you mean `accounts`?
    error[LF0301]: `colour` is no key of a service role
      at landfall.yaml:19:68 `colour` unknown
      help: the keys here are `access`, `accounts`, `boundary`, `managed_policies`, `name`, `regions`, `service`, `statements` and `vpc`
    ");
}

#[test]
fn a_duplicate_key_shows_both_places() {
    assert_snapshot!(told(&replaced("  security: {", "  app: { email: aws+x@acme.example }\n  security: {")), @r"
    error[LF0205]: the key `app` stands twice
      at landfall.yaml:11:3 `app` again here
      at landfall.yaml:9:3 `app` first here
      help: a mapping has each key once: take one out, or join the two
    ");
}

#[test]
fn a_dangling_role_names_the_closest_or_where_it_stands() {
    let loaded = with(
        "cross_account:
  - name: reader
    accounts: [app]
    trusted: [{ role: security/respnder }, { role: security/writer }, { role: app/reader-of-nothing }]
    boundary: workload
  - { name: writer, accounts: [app], trusted: [{ account: security }], boundary: workload }
",
    );
    assert_snapshot!(told(&loaded), @r"
    error[LF0607]: no role `respnder` stands in `security`
      at landfall.yaml:21:23 `security/respnder`
      help: did you mean `security/responder`?
    error[LF0607]: no role `writer` stands in `security`
      at landfall.yaml:21:52 `security/writer` it stands in `app`
      help: write `app/writer`, or add `security` to its `accounts:`
    error[LF0607]: no role `reader-of-nothing` stands in `app`
      at landfall.yaml:21:79 `app/reader-of-nothing`
      help: `role:` names a role that Landfall makes; others are trusted by `account:`
    ");
}

#[test]
fn an_ambiguous_role_names_the_full_names() {
    let loaded = with(
        "cross_account:
  - { name: web, accounts: [app], trusted: [{ role: app/web }], boundary: workload }
services:
  - { name: web, service: ec2, accounts: [app], boundary: workload }
",
    );
    assert_snapshot!(told(&loaded), @r"
    error[LF0608]: `web` is more than one role of `app`
      at landfall.yaml:19:53 `app/web`
      help: write the role's full name: `acme-cross-account-web` or `acme-service-web`
    ");
}

#[test]
fn a_name_of_seventy_characters_says_how_much_must_go() {
    let name = "n".repeat(53);
    let loaded = with(&format!(
        "cross_account:\n  - {{ name: {}, accounts: [app], trusted: [{{ account: security }}], boundary: workload }}\n  - {{ name: {name}, accounts: [app], trusted: [{{ account: security }}], boundary: workload }}\n",
        "m".repeat(70)
    ));
    assert_snapshot!(told(&loaded), @r"
    error[LF0402]: `mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm` has 70 characters, and a name at most 64
      at landfall.yaml:19:13 `mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm` 6 characters too many
      help: shorten it: AWS would refuse it, and Landfall cuts no name
    error[LF0402]: the role name `acme-cross-account-nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn` has 72 characters, and IAM allows 64
      at landfall.yaml:20:13 `nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn` 8 characters too many
      help: shorten this name: Landfall cuts no name
    ");
}

#[test]
fn a_malformed_address_is_marked() {
    assert_snapshot!(told(&replaced("aws+app@acme.example", "aws+app.acme.example")), @r"
    error[LF0403]: `aws+app.acme.example` is no e-mail address
      at landfall.yaml:10:17 `aws+app.acme.example`
      help: an e-mail address has 6 to 64 characters of the form local@domain.tld
    ");
}

#[test]
fn an_account_stands_in_one_unit() {
    let loaded = replaced("unit: workloads/prod, tags", "unit: [workloads/prod, security], tags");
    assert_snapshot!(told(&loaded), @r"
    error[LF0505]: an account stands in exactly one unit
      at landfall.yaml:10:45 `[workloads/prod, security]` a list of 2
      help: write one path; to select accounts across units use tags
    ");
}

#[test]
fn an_account_stands_there_once() {
    let loaded = replaced("  security: {", "  again: { email: AWS+App@acme.example, unit: security }\n  security: {");
    assert_snapshot!(told(&loaded), @r"
    error[LF0503]: the accounts `again` and `app` have the same e-mail address `aws+app@acme.example`
      at landfall.yaml:11:17 `aws+app@acme.example` again here
      at landfall.yaml:9:19 `AWS+App@acme.example` first here
      help: an account is written once and stands in one unit
    ");
}

#[test]
fn an_id_without_quotes_says_to_quote_it() {
    assert_snapshot!(told(&replaced("\"111111111111\"", "012345678901")), @r#"
    error[LF0404]: an account id is written in quotes
      at landfall.yaml:8:21 `012345678901` a number loses its leading zeros
      help: put it in quotes: "012345678901"
    "#);
}

#[test]
fn two_entries_of_one_role_name_show_both() {
    let loaded = with(
        "services:
  - { name: api, service: ecs, accounts: [app], boundary: workload }
  - { name: api-task, service: ec2, accounts: [app, security], boundary: workload }
",
    );
    assert_snapshot!(told(&loaded), @r"
    error[LF0702]: the role `acme-service-api-task` would be made twice in `app`
      at landfall.yaml:20:13 `api-task` a service role
      at landfall.yaml:19:13 `api` a service role of the same name
      help: give one of them another name; IAM does not tell names apart by case
    ");
}

#[test]
fn a_missing_boundary_says_that_there_is_no_way_around_it() {
    assert_snapshot!(told(&with("services:\n  - { name: web, service: ec2, accounts: [app] }\n")), @r"
    error[LF0302]: a service role needs `boundary`
      at landfall.yaml:19:5 `{ name: web, service: ec2, accounts: [app] }` `boundary` is missing here
      help: no role stands without a permissions boundary: name one of `boundaries:`
    ");
}

#[test]
fn prefixes_are_exact() {
    let loaded = with("services:
  - name: web
    service: ec2
    accounts: [app]
    boundary: workload
    access: [{ s3: { bucket: acme-data, prefix: team/*, mode: read } }, { s3: { bucket: acme-data, prefix: /, mode: read } }]
");
    assert_snapshot!(told(&loaded), @r"
    error[LF0411]: a prefix has no wildcard
      at landfall.yaml:23:49 `team/*`
      help: write `team`: it means everything below `team/`
    error[LF0411]: a prefix neither begins nor ends with `/`
      at landfall.yaml:23:108 `/`
      help: leave `prefix` out for the whole bucket
    ");
}

#[test]
fn an_unquoted_exclamation_mark_is_explained() {
    assert_snapshot!(told(&replaced("[all, \"!management\"]", "[all, !management]")), @r#"
    error[LF0207]: `!management` is a YAML tag here, no text
      at landfall.yaml:16:19 `!management`
      help: put it in quotes: "!management"
    "#);
}

#[test]
fn a_selector_that_comes_to_nothing_is_an_error() {
    assert_snapshot!(told(&replaced("[all, \"!management\"]", "[\"tag:env=dev\"]")), @r#"
    error[LF0603]: no account is selected
      at landfall.yaml:16:13 `["tag:env=dev"]` comes to nothing
      help: name an account, or take the whole entry out
    "#);
}

#[test]
fn a_selector_begins_with_something() {
    assert_snapshot!(told(&replaced("[all, \"!management\"]", "[\"!management\"]")), @r#"
    error[LF0602]: there is nothing yet to take away from
      at landfall.yaml:16:14 `"!management"`
      help: begin with what to take it away from: [all, "!management"]
    "#);
}

#[test]
fn broken_json_is_shown_in_its_own_file() {
    let yaml = SOUND.replace("{ services: [s3, logs] }", "{ policy: b.json }");
    let loaded = files(&[("landfall.yaml", &yaml), ("b.json", "{\n  \"Statement\": [ }\n")]);
    assert_snapshot!(told(&loaded), @r"
    error[LF0108]: this is no JSON: expected value
      at b.json:2:18 `}`
      at landfall.yaml:12:23 `b.json` needed here
    ");
}

#[test]
fn one_broken_file_is_reported_once() {
    let yaml = SOUND.replace("{ services: [s3, logs] }", "{ policy: b.json }\n  other: { policy: b.json }");
    assert_snapshot!(told(&files(&[("landfall.yaml", &yaml)])), @r"
    error[LF0101]: `b.json` does not exist
      at landfall.yaml:12:23 `b.json`
      help: paths are relative to the configuration folder
    ");
}

#[test]
fn what_is_broken_causes_no_second_complaint() {
    let loaded = with(
        "cross_account:
  - { name: reader, accounts: [app], trusted: [{ role: app/web }], boundary: workload }
services:
  - { name: web, service: ec3, accounts: [app], boundary: workload }
",
    );
    assert_snapshot!(told(&loaded), @r"
    error[LF0304]: `ec3` is none of `lambda`, `ec2`, `ecs`, `apigateway`, `stepfunctions`, `eventbridge` and `sagemaker`
      at landfall.yaml:21:27 `ec3`
      help: did you mean `ec2`?
    ");
}

#[test]
fn access_of_a_shared_role_is_refused() {
    let team = "team: ml\naccounts: [app]\nboundary: workload\njobs:\n  - name: training\n    access: [{ lambda: { function: f } }]\n";
    assert_snapshot!(told(&files(&[("landfall.yaml", SOUND), ("teams/ml.yaml", team)])), @r"
    error[LF0308]: `access` of a job whose roles are shared would reach all jobs of the team
      at teams/ml.yaml:6:5 `access`
      help: set `own_roles: true` for a pair of its own, or move it up to the team
    ");
}

#[test]
fn a_second_way_to_say_it_is_one_too_many() {
    let loaded = with("automation:\n  github: { repository: acme/x, environment: prod, branch: main }\n");
    assert_snapshot!(told(&loaded), @r"
    error[LF0305]: `github` takes exactly one of `environment`, `branch` or `tag`
      at landfall.yaml:19:52 `branch` `branch` is one too many
      at landfall.yaml:19:33 `environment` beside this one
      help: take one of them out
    ");
}
