//! What drifts in a small world, and how grave it is.

use landfall_model::{Attachment, GuardrailKind, Kind};
use landfall_stacks::{Identities, Stack};
use serde_json::{Value, json};

use super::{Class, Dates, DeployedTemplate, ObservedResource, PropertyDifference, ResourceState, Rule, Survey};
use crate::tests::world::{World, body, foundation, guardrail, guardrail_key, made, name, stack, stack_id, unit};
use crate::{Drift, DriftReport, Mode, Reach, Remedy, StackStatus, StepId, drift};

/// A role stack, a boundary stack and an emergency stack in one account.
fn stacks() -> Vec<Stack> {
    let boundary = |name: &str| {
        json!({ "Type": "AWS::IAM::ManagedPolicy", "Properties": { "ManagedPolicyName": name, "Path": "/acme/",
            "PolicyDocument": { "Version": "2012-10-17", "Statement": [
                { "Sid": "All", "Effect": "Allow", "Action": ["s3:*", "logs:*"], "Resource": "*" },
                { "Sid": "No", "Effect": "Deny", "Action": "iam:*", "Resource": "*" },
            ] } } })
    };
    let role = |name: &str, boundary: &str| {
        json!({ "Type": "AWS::IAM::Role", "Properties": { "RoleName": name, "Path": "/acme/", "Description": "d",
            "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [
                { "Sid": "In", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root" } },
                  "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } } } ] },
            "PermissionsBoundary": { "Fn::Sub": format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/acme/{boundary}") },
            "Policies": [{ "PolicyName": "access", "PolicyDocument": { "Version": "2012-10-17", "Statement": [
                { "Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*" } ] } }],
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } })
    };
    let of = |kind: Kind, item: Option<&str>, resources: Value| Stack {
        body: body(&json!({ "Resources": resources }).to_string()),
        protection: landfall_stacks::Protection::On,
        ..stack("data", kind, item)
    };
    vec![
        of(Kind::Boundary, None, json!({ "B": boundary("acme-workload") })),
        of(
            Kind::BreakGlass,
            None,
            json!({ "B": boundary("acme-emergency"), "R": role("acme-break-glass", "acme-emergency") }),
        ),
        of(
            Kind::Service,
            Some("web"),
            json!({
            "R": role("acme-web", "acme-workload"),
            "P": { "Type": "AWS::IAM::InstanceProfile", "Properties": {
                "InstanceProfileName": "acme-web", "Path": "/acme/", "Roles": [{ "Ref": "R" }] } } }),
        ),
        of(
            Kind::IdentityProvider,
            None,
            json!({ "O": { "Type": "AWS::IAM::OIDCProvider", "Properties": {
            "Url": "https://a.example", "ClientIdList": ["sts.amazonaws.com"] } } }),
        ),
    ]
}

/// The world in which all of it stands.
pub(crate) fn settled() -> World {
    let foundation = foundation(&[("management", None), ("data", Some("workloads/prod"))]);
    let world = World::new(&foundation, stacks());
    let attach = [Attachment::Unit(unit("workloads"))];
    let mut world = world.guarded(vec![guardrail("region", "ec2:*", &attach)]);
    world.settle();
    world.observed.identities = made(&world);
    world
}

pub(super) fn look(world: &World) -> DriftReport {
    drift(&world.desired, &world.graph, &world.observed, &[]).unwrap()
}

fn after(change: impl FnOnce(&mut World)) -> Vec<Drift> {
    let mut world = settled();
    change(&mut world);
    look(&world).drifts
}

fn live(world: &mut World) -> &mut Identities {
    world.observed.identities.get_mut(&name("data")).unwrap()
}

pub(super) fn role<'a>(world: &'a mut World, role: &str) -> &'a mut landfall_stacks::Role {
    live(world).roles.values_mut().find(|live| live.name.as_str() == role).unwrap()
}

fn policy<'a>(world: &'a mut World, policy: &str) -> &'a mut landfall_stacks::ManagedPolicy {
    live(world).policies.values_mut().find(|live| live.name.as_str() == policy).unwrap()
}

/// One manipulation, and what must come of it.
type Case = (&'static str, fn(&mut World), &'static str, Rule, Remedy);

fn policy_name(text: &str) -> landfall_model::PolicyName {
    landfall_model::PolicyName::new(text).unwrap()
}

const CASES: &[Case] = &[
    ("description", |w| role(w, "acme-web").description = "x".into(), "Description", Rule::GrantsNothing, Remedy::Iam),
    (
        "tag gone",
        |w| drop(role(w, "acme-web").tags.remove("managed-by")),
        "Tags/managed-by",
        Rule::GrantsNothing,
        Remedy::Iam,
    ),
    ("longer sessions", |w| role(w, "acme-web").max_session = 43_200, "MaxSessionDuration", Rule::Wider, Remedy::Iam),
    ("boundary gone", |w| role(w, "acme-web").boundary = None, "PermissionsBoundary", Rule::BoundaryGone, Remedy::Iam),
    (
        "boundary of AWS's own",
        |w| role(w, "acme-web").boundary = Some("arn:aws:iam::aws:policy/AdministratorAccess".into()),
        "PermissionsBoundary",
        Rule::BoundaryWider,
        Remedy::Iam,
    ),
    (
        "one more comes in",
        |w| role(w, "acme-web").trust.change(|json| json["Statement"][0]["Principal"]["AWS"] = json!("*")),
        "AssumeRolePolicyDocument",
        Rule::TrustWider,
        Remedy::Iam,
    ),
    (
        "without MFA",
        |w| role(w, "acme-web").trust.change(|json| json["Statement"][0]["Condition"] = json!({})),
        "AssumeRolePolicyDocument",
        Rule::TrustWider,
        Remedy::Iam,
    ),
    (
        "nobody comes in",
        |w| role(w, "acme-web").trust.change(|json| json["Statement"] = json!([])),
        "AssumeRolePolicyDocument",
        Rule::Narrower,
        Remedy::Iam,
    ),
    (
        "another name for a statement",
        |w| role(w, "acme-web").trust.change(|json| json["Statement"][0]["Sid"] = json!("Other")),
        "AssumeRolePolicyDocument",
        Rule::GrantsNothing,
        Remedy::Iam,
    ),
    (
        "an action more",
        |w| {
            let access = role(w, "acme-web").inline.get_mut(&policy_name("access")).unwrap();
            access.change(|json| json["Statement"][0]["Action"] = json!("s3:*"));
        },
        "Policies/access",
        Rule::Wider,
        Remedy::Iam,
    ),
    (
        "an action less",
        |w| {
            let access = role(w, "acme-web").inline.get_mut(&policy_name("access")).unwrap();
            access.change(|json| json["Statement"][0]["Action"] = json!("s3:GetObject"));
        },
        "Policies/access",
        Rule::Narrower,
        Remedy::Iam,
    ),
    (
        "a policy gone",
        |w| drop(role(w, "acme-web").inline.remove(&policy_name("access"))),
        "Policies/access",
        Rule::Narrower,
        Remedy::Iam,
    ),
    (
        "a policy more",
        |w| {
            let all = json!({ "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } });
            role(w, "acme-web").inline.insert(policy_name("extra"), all.into());
        },
        "Policies/extra",
        Rule::Wider,
        Remedy::Iam,
    ),
    (
        "a quarantine",
        |w| {
            let none = json!({ "Statement": { "Effect": "Deny", "Action": "*", "Resource": "*" } });
            role(w, "acme-web").inline.insert(policy_name("quarantine"), none.into());
        },
        "Policies/quarantine",
        Rule::Narrower,
        Remedy::Iam,
    ),
    ("detached", |w| role(w, "acme-web").attached.clear(), "ManagedPolicyArns", Rule::Narrower, Remedy::Iam),
    (
        "attached",
        |w| role(w, "acme-web").attached.extend(["arn:aws:iam::aws:policy/AdministratorAccess".to_owned()]),
        "ManagedPolicyArns",
        Rule::Wider,
        Remedy::Iam,
    ),
    ("role gone", |w| live(w).roles.retain(|name, _| name.as_str() != "acme-web"), "", Rule::Missing, Remedy::Recreate),
    ("another path", |w| role(w, "acme-web").path = "/".into(), "Path", Rule::Elsewhere, Remedy::Person),
    (
        "emergency role",
        |w| role(w, "acme-break-glass").description.clear(),
        "Description",
        Rule::BreakGlass,
        Remedy::Iam,
    ),
    (
        "boundary without its deny",
        |w| policy(w, "acme-workload").document.change(|json| drop(json["Statement"].as_array_mut().unwrap().pop())),
        "PolicyDocument",
        Rule::BoundaryWider,
        Remedy::Iam,
    ),
    (
        "boundary with less",
        |w| policy(w, "acme-workload").document.change(|json| json["Statement"][0]["Action"] = json!("s3:*")),
        "PolicyDocument",
        Rule::Narrower,
        Remedy::Iam,
    ),
    ("provider gone", |w| live(w).providers.clear(), "", Rule::Missing, Remedy::Recreate),
    (
        "stack gone",
        |w| w.observed.stacks.get_mut(&name("data")).unwrap().retain(|live| live.name.as_str() != "acme-service-web"),
        "",
        Rule::Missing,
        Remedy::Stack,
    ),
    (
        "stack half done",
        |w| w.live("data", "acme-service-web").status = StackStatus::UpdateRollbackFailed,
        "Status",
        Rule::BadState,
        Remedy::Stack,
    ),
    (
        "stack unprotected",
        |w| w.live("data", "acme-service-web").protected = Some(false),
        "TerminationProtection",
        Rule::Unprotected,
        Remedy::Stack,
    ),
    (
        "emergency stack unprotected",
        |w| w.live("data", "acme-break-glass").protected = Some(false),
        "TerminationProtection",
        Rule::BreakGlass,
        Remedy::Stack,
    ),
    (
        "stack of somebody else",
        |w| drop(w.live("data", "acme-service-web").tags.remove("landfall:organization")),
        "Tags/landfall:organization",
        Rule::Disowned,
        Remedy::Person,
    ),
    (
        "guardrail says less",
        |w| w.observed.guardrails.get_mut(&guardrail_key("region")).unwrap().content = json!({ "Statement": [] }),
        "Content",
        Rule::GuardrailChanged,
        Remedy::Organization,
    ),
    (
        "guardrail gone",
        |w| drop(w.observed.guardrails.remove(&guardrail_key("region"))),
        "",
        Rule::GuardrailOff,
        Remedy::Organization,
    ),
    (
        "guardrail off",
        |w| w.observed.guardrails.get_mut(&guardrail_key("region")).unwrap().targets.clear(),
        "Attachment",
        Rule::GuardrailOff,
        Remedy::Organization,
    ),
    (
        "guardrail elsewhere too",
        |w| w.observed.guardrails.get_mut(&guardrail_key("region")).unwrap().targets.extend(["ou-x".to_owned()]),
        "Attachment",
        Rule::Elsewhere,
        Remedy::Organization,
    ),
    (
        "guardrail described otherwise",
        |w| w.observed.guardrails.get_mut(&guardrail_key("region")).unwrap().description.clear(),
        "Description",
        Rule::GrantsNothing,
        Remedy::Organization,
    ),
    (
        "policy type off",
        |w| w.observed.organization.as_mut().unwrap().policy_types.clear(),
        "Status",
        Rule::GuardrailOff,
        Remedy::Organization,
    ),
    (
        "account below the guardrail",
        |w| w.observed.accounts.values_mut().find(|live| live.name == "data").unwrap().unit = Some(unit("workloads")),
        "Unit",
        Rule::Elsewhere,
        Remedy::Organization,
    ),
    (
        "account out of the guardrail's reach",
        |w| w.observed.accounts.values_mut().find(|live| live.name == "data").unwrap().unit = None,
        "Unit",
        Rule::GuardrailOff,
        Remedy::Organization,
    ),
    (
        "account tag gone",
        |w| w.observed.accounts.values_mut().find(|live| live.name == "data").unwrap().tags = Some(Default::default()),
        "Tags/managed-by",
        Rule::GrantsNothing,
        Remedy::Organization,
    ),
];

#[test]
fn nothing_drifts_in_what_was_not_touched() {
    let report = look(&settled());
    assert_eq!(report, DriftReport::default());
}

#[test]
fn each_manipulation_is_exactly_one_drift_under_the_rule_written_down() {
    for (what, change, property, rule, remedy) in CASES {
        let found = after(change);
        let [one] = &found[..] else { panic!("{what}: {found:#?}") };
        assert_eq!((one.property.as_str(), one.rule, one.class), (*property, *rule, rule.class()), "{what}");
        assert_eq!(one.remedy, *remedy, "{what}");
        assert_ne!(one.desired, one.live, "{what}");
        let document = matches!(*property, "AssumeRolePolicyDocument" | "PolicyDocument" | "Content");
        assert!(!document || !one.changes.is_empty(), "{what}");
    }
}

#[test]
fn the_gravest_comes_first() {
    let found = after(|world| {
        role(world, "acme-web").description.clear();
        role(world, "acme-web").attached.clear();
        role(world, "acme-web").boundary = None;
    });
    let classes: Vec<Class> = found.iter().map(|drift| drift.class).collect();
    assert_eq!(classes, [Class::Dangerous, Class::Repairable, Class::Benign]);
}

#[test]
fn what_could_not_be_read_is_told() {
    let mut world = settled();
    let reason = "no entry".to_owned();
    world.observed.reach.insert(name("data"), Reach::Refused { reason: reason.clone() });
    world.observed.stacks.remove(&name("data"));
    world.observed.identities.remove(&name("data"));
    let report = look(&world);
    assert_eq!((report.drifts.len(), report.unread.len(), &report.unread[0].reason), (0, 1, &reason));
    assert!(!report.is_complete());
}

#[test]
fn what_the_configuration_changed_since_is_pending_and_no_drift() {
    let world = settled();
    let mut changed = stacks();
    changed[2].tags.insert("more".to_owned(), "tags".to_owned());
    let changed = world.with(changed);
    let report = look(&changed);
    assert_eq!((report.drifts, report.pending), (vec![], vec![stack_id("data", "acme-service-web")]));
}

#[test]
fn an_organization_that_is_not_made_is_pending() {
    let foundation = foundation(&[("management", None), ("data", Some("workloads/prod"))]);
    let report = look(&World::new(&foundation, stacks()));
    assert_eq!(report.drifts, []);
    assert!(report.pending.contains(&StepId::Organization) && report.pending.contains(&StepId::Account(name("data"))));
}

#[test]
fn a_target_restricts() {
    let mut world = settled();
    role(&mut world, "acme-web").boundary = None;
    role(&mut world, "acme-break-glass").boundary = None;
    let of = |target: &str| {
        let found = drift(&world.desired, &world.graph, &world.observed, &[target.parse().unwrap()]).unwrap();
        found.drifts.into_iter().map(|drift| drift.subject.name).collect::<Vec<_>>()
    };
    assert_eq!(of("kind:break-glass"), ["acme-break-glass"]);
    assert_eq!(of("stack:acme-service-web"), ["acme-web"]);
    assert_eq!(of("account:data").len(), 2);
}

#[test]
fn guardrails_of_a_type_that_the_folder_lacks_are_no_drift() {
    let mut world = settled();
    let other = GuardrailKind::ResourceControl;
    world.observed.organization.as_mut().unwrap().policy_types.insert(other);
    assert_eq!(look(&world).drifts, []);
    assert_eq!(settled().plan(Mode::Apply).steps.len(), 0);
}

/// A resource that IAM does not tell of, of the service stack.
fn resource(state: ResourceState) -> DriftReport {
    let mut world = settled();
    let key = crate::tests::world::key("data", "acme-service-web");
    let found = ObservedResource {
        region: key.region,
        stack: key.name,
        logical_id: "Setting".to_owned(),
        resource_type: "AWS::ApiGateway::Account".to_owned(),
        state,
    };
    world.observed.surveys.insert(name("data"), Survey { resources: vec![found], ..Survey::default() });
    look(&world)
}

#[test]
fn what_only_cloudformation_can_tell_is_told() {
    assert_eq!(resource(ResourceState::InSync), DriftReport::default());
    let path = "/CloudWatchRoleArn".to_owned();
    let modified =
        resource(ResourceState::Modified(vec![PropertyDifference { path, desired: json!("a"), live: json!("b") }]));
    let [one] = &modified.drifts[..] else { panic!("{modified:?}") };
    assert_eq!(
        (one.rule, one.remedy, one.property.as_str()),
        (Rule::Otherwise, Remedy::CloudFormation, "/CloudWatchRoleArn")
    );
    let gone = resource(ResourceState::Deleted);
    assert_eq!((gone.drifts.len(), gone.drifts[0].rule), (1, Rule::Missing));
    let blind = resource(ResourceState::NotChecked("UNKNOWN".to_owned()));
    assert_eq!((blind.drifts.len(), blind.unread.len()), (0, 1));
}

#[test]
fn a_stack_that_is_to_change_is_held_against_what_was_deployed() {
    let mut world = settled();
    let deployed = world.desired.stacks[&crate::tests::world::key("data", "acme-service-web")].clone();
    let mut changed = stacks();
    changed[2].body = body(&changed[2].body.json.replace("s3:ListBucket", "s3:PutObject"));
    world = world.with(changed);
    let template = DeployedTemplate {
        region: deployed.key.region.clone(),
        stack: deployed.key.name.clone(),
        template: deployed.body.json.clone(),
    };
    world.observed.surveys.insert(name("data"), Survey { deployed: vec![template], ..Survey::default() });
    let id = stack_id("data", "acme-service-web");
    let report = look(&world);
    assert_eq!((report.drifts, report.pending), (vec![], vec![id.clone()]), "the change itself is no drift");
    role(&mut world, "acme-web").boundary = None;
    let report = look(&world);
    assert_eq!((report.drifts.len(), report.pending), (1, vec![id]));
    assert_eq!(report.drifts[0].rule, Rule::BoundaryGone);
}

#[test]
fn dates_of_iam_stand_beside_what_drifted() {
    let mut world = settled();
    role(&mut world, "acme-web").boundary = None;
    let web = landfall_model::RoleName::new("acme-web").unwrap();
    let dates = Dates { last_used: Some("2026-01-01T00:00:00Z".to_owned()), ..Dates::default() };
    let roles = [(web, dates.clone())].into();
    world.observed.surveys.insert(name("data"), Survey { roles, ..Survey::default() });
    assert_eq!(look(&world).drifts[0].dates, Some(dates));
}

#[test]
fn every_rule_stands_in_the_documentation_with_its_class() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/drift.md");
    let text = std::fs::read_to_string(file).unwrap();
    // Other tables of the page begin with other things.
    let classes = ["| benign |", "| repairable |", "| dangerous |"];
    let of_a_rule = |line: &&str| line.starts_with("| `") && classes.iter().any(|class| line.contains(class));
    let documented: Vec<&str> = text.lines().filter(of_a_rule).collect();
    let wanted: Vec<String> =
        Rule::ALL.iter().map(|rule| format!("| `{rule}` | {} | {} |", rule.class(), rule.words())).collect();
    for line in &wanted {
        assert!(documented.iter().any(|found| found.starts_with(line.as_str())), "docs/drift.md lacks: {line}");
    }
    assert_eq!(documented.len(), wanted.len());
}
