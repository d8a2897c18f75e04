use landfall_model::{FileId, Partition, Place, PolicyText};
use serde_json::{Value, json};

use super::*;
use crate::specimen::{acme, covers, names};
use crate::{GuardrailText, guardrail_use};

fn place() -> Place {
    Place { file: FileId(0), start: 0, end: 1 }
}

fn of(content: GuardrailContent, kind: GuardrailKind) -> Guardrail {
    Guardrail { name: ItemName::new("one").unwrap(), kind, content, attach: Vec::new(), place: place() }
}

fn service(content: GuardrailContent) -> Document {
    let foundation = acme();
    guardrail(&foundation, &Estate::of(&foundation), &of(content, GuardrailKind::ServiceControl)).unwrap()
}

fn text(document: &Document) -> Value {
    serde_json::from_str(GuardrailText::new(document, Partition::Aws).as_str()).unwrap()
}

fn presets() -> Vec<GuardrailContent> {
    vec![
        GuardrailContent::ProtectFoundation,
        GuardrailContent::DenyLeaveOrganization,
        GuardrailContent::AllowedRegions(vec![Region::new("eu-west-1").unwrap()]),
        GuardrailContent::RequireImdsv2,
        GuardrailContent::DenyRootUser,
        GuardrailContent::ConfusedDeputy,
    ]
}

#[test]
fn every_guardrail_of_the_example_fits_and_is_what_organizations_takes() {
    let foundation = acme();
    let estate = Estate::of(&foundation);
    assert!(!foundation.guardrails.is_empty());
    for one in &foundation.guardrails {
        let document = guardrail(&foundation, &estate, one).unwrap();
        let text = GuardrailText::new(&document, Partition::Aws);
        assert!(guardrail_use(one.kind, &text).fits(), "{}: {}", one.name, text.size());
    }
    for preset in presets() {
        let kind = match preset {
            GuardrailContent::ConfusedDeputy => GuardrailKind::ResourceControl,
            _ => GuardrailKind::ServiceControl,
        };
        let document = guardrail(&foundation, &estate, &of(preset, kind)).unwrap();
        for statement in &document.statements {
            assert_eq!(check(kind, statement, "Statement"), Ok(()));
            assert_eq!(statement.effect, Effect::Deny);
        }
    }
}

#[test]
fn no_account_is_named_since_a_guardrail_stands_above_all_of_them() {
    let foundation = acme();
    let estate = Estate::of(&foundation);
    for preset in presets() {
        let kind = GuardrailKind::ServiceControl;
        let document = guardrail(&foundation, &estate, &of(preset, kind)).unwrap();
        let text = GuardrailText::new(&document, Partition::AwsUsGov);
        assert!(!text.as_str().bytes().collect::<Vec<_>>().windows(12).any(|w| w.iter().all(u8::is_ascii_digit)));
        assert!(!text.as_str().contains("arn:aws:"), "{}", text.as_str());
    }
}

#[test]
fn what_landfall_owns_is_kept_by_landfall_and_break_glass_only() {
    let document = service(GuardrailContent::ProtectFoundation);
    let [statement] = document.statements.as_slice() else { panic!("one statement is wanted") };
    let json = text(&document);
    assert_eq!(
        json["Statement"][0]["Condition"],
        json!({ "ArnNotLike": { "aws:PrincipalArn": [
            "arn:aws:iam::*:role/OrganizationAccountAccessRole",
            "arn:aws:iam::*:role/acme/acme-automation-executor",
            "arn:aws:iam::*:role/acme/acme-break-glass-*",
        ] } })
    );
    for (action, resource) in [
        ("iam:DeleteRole", "arn:aws:iam::111122223333:role/acme/acme-break-glass-responder"),
        ("iam:DeleteRolePermissionsBoundary", "arn:aws:iam::111122223333:role/acme/ml-training-job-role"),
        ("iam:UpdateAssumeRolePolicy", "arn:aws:iam::111122223333:role/OrganizationAccountAccessRole"),
        ("iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/acme/acme-boundary-workload"),
        ("iam:UpdateSAMLProvider", "arn:aws:iam::111122223333:saml-provider/corp-idp"),
        ("cloudformation:DeleteStack", "arn:aws:cloudformation:eu-west-1:111122223333:stack/acme-boundary/1"),
        ("events:DisableRule", "arn:aws:events:us-east-1:111122223333:rule/acme-alarm"),
    ] {
        assert!(names(statement, action) && covers(statement, resource), "{action} {resource}");
    }
    assert!(!covers(statement, "arn:aws:iam::111122223333:role/theirs"));
    assert!(!names(statement, "iam:PassRole") && !names(statement, "sts:AssumeRole"));
}

#[test]
fn the_home_region_is_always_open_and_global_services_are_exempt() {
    let document = service(GuardrailContent::AllowedRegions(vec![Region::new("us-east-1").unwrap()]));
    let json = text(&document);
    assert_eq!(
        json["Statement"][0]["Condition"]["StringNotEquals"]["aws:RequestedRegion"],
        json!(["eu-west-1", "us-east-1"])
    );
    assert!(json["Statement"][0]["Condition"]["ArnNotLike"].to_string().contains("acme-break-glass-*"));
    let [statement] = document.statements.as_slice() else { panic!("one statement is wanted") };
    for global in ["iam:CreateRole", "sts:AssumeRole", "organizations:ListRoots", "cloudfront:GetDistribution"] {
        assert!(!names(statement, global), "{global}");
    }
    for regional in ["ec2:RunInstances", "s3:CreateBucket", "lambda:CreateFunction", "cloudtrail:StopLogging"] {
        assert!(names(statement, regional), "{regional}");
    }
    let mut sorted = GLOBAL;
    sorted.sort_unstable();
    assert_eq!(sorted.windows(2).filter(|pair| pair[0] == pair[1]).count(), 0);
}

#[test]
fn instances_without_imdsv2_do_not_start_and_their_credentials_are_worth_nothing() {
    insta::assert_snapshot!(GuardrailText::new(&service(GuardrailContent::RequireImdsv2), Partition::Aws).as_str(), @r#"{"Version":"2012-10-17","Statement":[{"Sid":"LaunchWithImdsv2","Effect":"Deny","Action":"ec2:RunInstances","Resource":"arn:aws:ec2:*:*:instance/*","Condition":{"StringNotEquals":{"ec2:MetadataHttpTokens":"required"}}},{"Sid":"MetadataOptionsStay","Effect":"Deny","Action":"ec2:ModifyInstanceMetadataOptions","Resource":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/acme/acme-break-glass-*"}}},{"Sid":"CredentialsByImdsv2","Effect":"Deny","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"ec2:RoleDelivery":"2.0"}}}]}"#);
}

#[test]
fn root_does_nothing_unless_the_session_was_given_out_by_the_organization() {
    insta::assert_snapshot!(GuardrailText::new(&service(GuardrailContent::DenyRootUser), Partition::Aws).as_str(), @r#"{"Version":"2012-10-17","Statement":[{"Sid":"NoRootUser","Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"},"BoolIfExists":{"aws:AssumedRoot":"false"}}}]}"#);
}

#[test]
fn services_act_for_the_organization_only() {
    let foundation = acme();
    let preset = of(GuardrailContent::ConfusedDeputy, GuardrailKind::ResourceControl);
    let document = guardrail(&foundation, &Estate::of(&foundation), &preset).unwrap();
    insta::assert_snapshot!(GuardrailText::new(&document, Partition::Aws).as_str(), @r#"{"Version":"2012-10-17","Statement":[{"Sid":"ServicesActForUs","Effect":"Deny","Principal":"*","Action":["kms:*","s3:*","secretsmanager:*","sqs:*","sts:*"],"Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:SourceOrgID":"${Landfall:OrganizationId}"},"Null":{"aws:SourceAccount":"false"},"Bool":{"aws:PrincipalIsAWSService":"true"}}}]}"#);
}

#[test]
fn a_users_document_that_organizations_would_refuse_is_refused_here() {
    let foundation = acme();
    let estate = Estate::of(&foundation);
    let error = |kind, statement: Value| {
        let json = json!({ "Version": "2012-10-17", "Statement": [statement] });
        let content = GuardrailContent::Policy(PolicyText { json, place: place() });
        match guardrail(&foundation, &estate, &of(content, kind)) {
            Err(PolicyError::Text { error, .. }) => Some(error.to_string()),
            other => other.map(|_| None).unwrap(),
        }
    };
    let (scp, rcp) = (GuardrailKind::ServiceControl, GuardrailKind::ResourceControl);
    let deny = json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*" });
    let with = |key: &str, value: Value| {
        let mut statement = deny.clone();
        statement[key] = value;
        statement
    };
    assert_eq!(error(scp, deny.clone()), None);
    assert_eq!(error(rcp, with("Principal", json!("*"))), None);
    assert!(error(scp, with("Principal", json!("*"))).unwrap().contains("no principal"));
    assert!(error(rcp, deny.clone()).unwrap().contains("the principal \"*\""));
    let anyone = |key: &str, value: Value| {
        let mut statement = with("Principal", json!("*"));
        statement[key] = value;
        statement
    };
    assert!(error(rcp, anyone("Effect", json!("Allow"))).unwrap().contains("only denies"));
    assert!(error(rcp, anyone("Action", json!("*"))).unwrap().contains("names services"));
    assert!(error(scp, json!({ "Effect": "Deny", "Action": "s3:*" })).unwrap().contains("Resource"));
}
