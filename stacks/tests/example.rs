//! The example: which stacks there are, and what each waits for.

use super::golden;
use crate::{Need, ParameterSource, Protection, Stack, synthesize};

fn shown(stack: &Stack) -> String {
    let needs = stack.needs.iter().map(|need| match need {
        Need::Boundary(name) => format!("boundary {name}"),
        Need::SharedPolicy(policy) => format!("shared policy {}", policy.as_str()),
        Need::Provider(name) => format!("provider {name}"),
        Need::TrustedRole { account, role, .. } => format!("role {account}/{role}"),
        Need::Hub { account, role } => format!("hub {account}/{role}"),
        Need::OwnRole(name) => format!("own role {name}"),
        Need::Whole(name) => format!("whole {name}"),
        Need::AccountId(name) => format!("id of {name}"),
    });
    let organization = stack.parameters.values().any(|source| *source == ParameterSource::Organization);
    let protected = stack.protection == Protection::On;
    let mut out = format!("{} roles={}", stack.key, stack.roles);
    for (word, holds) in [(" organization-id", organization), (" protected", protected)] {
        out.push_str(if holds { word } else { "" });
    }
    for need in needs {
        out.push_str("\n    ");
        out.push_str(&need);
    }
    out
}

#[test]
fn stacks_and_what_they_wait_for() {
    let synthesis = synthesize(&golden::acme());
    let text: Vec<String> = synthesis.stacks.iter().map(shown).collect();
    insta::assert_snapshot!(text.join("\n"), @r#"
    management/eu-west-1/acme-boundary-workload roles=0 organization-id protected
    management/eu-west-1/acme-identity-provider roles=0 protected
    management/eu-west-1/acme-automation roles=2 organization-id protected
        provider oidc-provider/token.actions.githubusercontent.com
    management/eu-west-1/acme-cross-account-cost-vendor roles=1 protected
        boundary workload
    security/eu-west-1/acme-break-glass roles=2 protected
        id of security
    security/us-east-1/acme-alarm roles=0 protected
        role security/acme-break-glass-helpdesk
        role security/acme-break-glass-responder
    security/eu-west-1/acme-alarm roles=0 protected
        role security/acme-break-glass-helpdesk
        role security/acme-break-glass-responder
    security/eu-west-1/acme-automation roles=2 organization-id protected
        role management/acme-automation-apply
        role management/acme-automation-plan
    log-archive/eu-west-1/acme-break-glass roles=2 protected
        id of security
    log-archive/eu-west-1/acme-automation roles=2 organization-id protected
        role management/acme-automation-apply
        role management/acme-automation-plan
    ci/eu-west-1/acme-boundary-workload roles=0 organization-id protected
    ci/eu-west-1/acme-boundary-deployer roles=0 organization-id protected
    ci/eu-west-1/acme-break-glass roles=2 protected
        id of security
    ci/eu-west-1/acme-identity-provider roles=0 protected
    ci/eu-west-1/acme-automation roles=2 organization-id protected
        role management/acme-automation-apply
        role management/acme-automation-plan
    ci/eu-west-1/acme-ci-deployer-terraform-hub roles=1 organization-id protected
        boundary deployer
        provider oidc-provider/token.actions.githubusercontent.com
        id of app-prod
        id of data-prod
        id of ml-prod
    ci/eu-west-1/acme-ci-deployer-image-build roles=1 protected
        boundary workload
        provider oidc-provider/token.actions.githubusercontent.com
    data-prod/eu-west-1/acme-boundary-workload roles=0 organization-id protected
    data-prod/eu-west-1/acme-boundary-deployer roles=0 organization-id protected
    data-prod/eu-west-1/acme-break-glass roles=2 protected
        id of security
    data-prod/eu-west-1/acme-identity-provider roles=0 protected
    data-prod/eu-west-1/acme-automation roles=2 organization-id protected
        role management/acme-automation-apply
        role management/acme-automation-plan
    data-prod/eu-west-1/acme-cross-account-data-lake-reader roles=1 protected
        boundary workload
        role ml-prod/ml-training-job-role
        id of ml-prod
    data-prod/eu-west-1/acme-cross-account-log-collector roles=1 organization-id protected
        boundary workload
        id of log-archive
    data-prod/eu-west-1/acme-ci-deployer-terraform roles=1 protected
        boundary deployer
        hub ci/acme-ci-deployer-terraform-hub
        id of ci
    data-prod/eu-west-1/acme-batch-team-data-engineering roles=4 protected
        boundary workload
    data-prod/eu-west-1/acme-federation-corporate-analyst roles=1 protected
        boundary workload
        provider saml-provider/corp-idp
    ml-prod/eu-west-1/acme-boundary-workload roles=0 organization-id protected
    ml-prod/eu-west-1/acme-boundary-compute roles=0 organization-id protected
    ml-prod/eu-west-1/acme-boundary-deployer roles=0 organization-id protected
    ml-prod/eu-west-1/acme-shared-policy-sagemaker roles=0 protected
    ml-prod/eu-west-1/acme-shared-policy-step-functions-logs roles=0 protected
    ml-prod/eu-west-1/acme-shared-policy-step-functions-jobs roles=0 protected
    ml-prod/eu-west-1/acme-shared-policy-metaflow-task roles=0 protected
    ml-prod/eu-west-1/acme-shared-policy-metaflow-flow roles=0 protected
    ml-prod/eu-west-1/acme-break-glass roles=2 protected
        id of security
    ml-prod/eu-west-1/acme-automation roles=2 organization-id protected
        role management/acme-automation-apply
        role management/acme-automation-plan
    ml-prod/eu-west-1/acme-cross-account-log-collector roles=1 organization-id protected
        boundary workload
        id of log-archive
    ml-prod/eu-west-1/acme-ci-deployer-terraform roles=1 protected
        boundary deployer
        hub ci/acme-ci-deployer-terraform-hub
        id of ci
    ml-prod/eu-west-1/acme-metaflow-metaflow-prod roles=6 protected
        boundary compute
        shared policy step-functions-logs
        shared policy step-functions-jobs
        shared policy metaflow-task
        shared policy metaflow-flow
    ml-prod/eu-west-1/acme-batch-team-ml roles=4 protected
        boundary workload
        id of data-prod
    ml-prod/eu-west-1/acme-service-inference roles=1 protected
        boundary workload
        shared policy sagemaker
    app-prod/eu-west-1/acme-boundary-workload roles=0 organization-id protected
    app-prod/eu-west-1/acme-boundary-deployer roles=0 organization-id protected
    app-prod/eu-west-1/acme-shared-policy-lambda-vpc roles=0 protected
    app-prod/eu-west-1/acme-shared-policy-step-functions-logs roles=0 protected
    app-prod/eu-west-1/acme-break-glass roles=2 protected
        id of security
    app-prod/eu-west-1/acme-automation roles=2 organization-id protected
        role management/acme-automation-apply
        role management/acme-automation-plan
    app-prod/eu-west-1/acme-cross-account-log-collector roles=1 organization-id protected
        boundary workload
        id of log-archive
    app-prod/eu-west-1/acme-ci-deployer-terraform roles=1 protected
        boundary deployer
        hub ci/acme-ci-deployer-terraform-hub
        id of ci
    app-prod/eu-west-1/acme-service-photo-processor roles=1 protected
        boundary workload
        shared policy lambda-vpc
    app-prod/eu-west-1/acme-service-web roles=1 protected
        boundary workload
    app-prod/eu-west-1/acme-service-api roles=2 protected
        boundary workload
    app-prod/eu-west-1/acme-service-gateway-logs roles=1 protected
        boundary workload
    app-prod/eu-west-1/acme-service-gateway-logs-setting roles=0 protected
        own role acme-service-gateway-logs
    app-prod/eu-west-1/acme-service-adoption-flow roles=1 protected
        boundary workload
        shared policy step-functions-logs
    app-prod/eu-west-1/acme-service-nightly roles=1 protected
        boundary workload
    app-prod/eu-west-1/acme-federation-mobile-app roles=1 protected
        boundary workload
    data-dev/eu-west-1/acme-boundary-workload roles=0 organization-id protected
    data-dev/eu-west-1/acme-break-glass roles=2 protected
        id of security
    data-dev/eu-west-1/acme-automation roles=2 organization-id protected
        role management/acme-automation-apply
        role management/acme-automation-plan
    data-dev/eu-west-1/acme-cross-account-log-collector roles=1 organization-id protected
        boundary workload
        id of log-archive
    data-dev/eu-west-1/acme-batch-team-data-engineering roles=4 protected
        boundary workload
    "#);
}

#[test]
fn aws_managed_policies_are_known_before_anything_is_deployed() {
    let synthesis = synthesize(&golden::acme());
    let mut arns: Vec<&str> =
        synthesis.stacks.iter().flat_map(|stack| &stack.attaches).map(|arn| arn.as_str()).collect();
    arns.sort_unstable();
    arns.dedup();
    insta::assert_snapshot!(arns.join("\n"), @r#"
    arn:aws:iam::aws:policy/AdministratorAccess
    arn:aws:iam::aws:policy/AmazonSageMakerReadOnly
    arn:aws:iam::aws:policy/PowerUserAccess
    arn:aws:iam::aws:policy/SecurityAudit
    arn:aws:iam::aws:policy/job-function/ViewOnlyAccess
    arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole
    arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs
    arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role
    arn:aws:iam::aws:policy/service-role/AmazonEC2SpotFleetTaggingRole
    arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy
    "#);
}

#[test]
fn the_tags_of_an_item_go_beside_those_of_the_organization() {
    let synthesis = synthesize(&golden::acme());
    let stack = synthesis.stacks.iter().find(|stack| stack.kind == landfall_model::Kind::Metaflow).unwrap();
    let tags: Vec<String> = stack.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(tags, ["managed-by=landfall", "owner=platform", "project=metaflow"]);
}
