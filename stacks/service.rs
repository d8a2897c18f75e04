//! Roles that AWS services assume.

use std::collections::BTreeMap;

use landfall_model::{AccountName, Diagnostic, Kind, Place, Region, RoleName, Service, ServiceKind};
use landfall_policies::{ArnAccount, Text};
use landfall_policies::{ServiceRole, role_arn, service_role};

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{ApiAccountBody, InstanceProfileBody, LogicalId, OutputValue, Resource, RoleBody, Template};
use crate::{Need, Stack, codes};

/// One stack an item in each of its accounts; for API Gateway also one a Region with the account setting.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let mut out = Vec::new();
    for item in &context.foundation.services {
        if let Some(blueprint) = blueprint(context, item) {
            out.extend(context.stand(&blueprint, &item.accounts));
        }
        if let ServiceKind::ApiGateway { regions } = &item.kind
            && let Some(setting) = setting(context, item)
        {
            for region in regions {
                out.extend(context.stand_in(region, &setting, &item.accounts));
            }
        }
    }
    one_setting(context);
    out
}

fn blueprint(context: &mut Context<'_>, item: &Service) -> Option<Blueprint> {
    let organization = &context.foundation.organization.name;
    let name = item.name.as_str();
    let mut template = Template::new(format!("Landfall: {} role {name} of {organization}", shown(&item.kind)));
    for which in ServiceRole::of(&item.kind) {
        let role_name = role_name(context, item, *which)?;
        let role = RoleBody {
            name: role_name.clone(),
            description: format!("{}: {} {name}", shown(&item.kind), purpose(&item.kind, *which)),
            policies: context.policies(service_role(organization, item, *which), item.place)?,
            boundary: context.boundary(&item.boundary, item.place)?,
            max_session: RoleBody::HOUR,
        };
        let prefix = match which {
            ServiceRole::Only => "",
            ServiceRole::Execution => "Execution",
            ServiceRole::Task => "Task",
        };
        let id = match which {
            ServiceRole::Only => LogicalId::of("Role"),
            ServiceRole::Execution => LogicalId::of("ExecutionRole"),
            ServiceRole::Task => LogicalId::of("TaskRole"),
        };
        template.add(id.clone(), Resource::Role(Box::new(role)));
        template.output(format!("{prefix}RoleArn"), "The role's ARN", OutputValue::Attribute(id.clone(), "Arn"));
        if item.kind == ServiceKind::Ec2 {
            let profile = context.role_name(Kind::Service, &[name, "profile"], item.place)?;
            let body = InstanceProfileBody { name: profile.clone(), role: id, role_name };
            let id = LogicalId::of("InstanceProfile");
            template.add(id.clone(), Resource::InstanceProfile(body));
            template.output(
                "InstanceProfileArn",
                "What an instance is started with",
                OutputValue::Attribute(id, "Arn"),
            );
            template.output(
                "InstanceProfileName",
                "What an instance is started with",
                OutputValue::Text(Text::literal(profile.as_str())),
            );
        }
    }
    let stack = context.stack_name(Kind::Service, &[name], item.place)?;
    let blueprint = Blueprint::new(Kind::Service, Some(name), stack, item.place, template);
    Some(blueprint.attaching(&item.access.managed_policies))
}

/// The account setting of a Region: API Gateway writes all of an account's logs with one role. It has a stack of its own
/// in every Region, which waits for the role's; deleting that stack leaves the setting where it is. Source:
/// CloudFormation Template Reference, "AWS::ApiGateway::Account".
fn setting(context: &mut Context<'_>, item: &Service) -> Option<Blueprint> {
    let organization = &context.foundation.organization.name;
    let name = item.name.as_str();
    let role = role_name(context, item, ServiceRole::Only)?;
    let mut template = Template::new(format!("Landfall: API Gateway writes its logs as {name} of {organization}"));
    template.add(
        LogicalId::of("Setting"),
        Resource::ApiAccount(ApiAccountBody { role: role_arn(organization, ArnAccount::Own, &role) }),
    );
    let stack = context.stack_name(Kind::Service, &[name, "setting"], item.place)?;
    let blueprint = Blueprint::new(Kind::Service, Some(name), stack, item.place, template);
    Some(blueprint.needing([Need::OwnRole(role)]))
}

/// An account has the setting once a Region: two items that both make it would take it from each other.
fn one_setting(context: &mut Context<'_>) {
    let mut made: BTreeMap<(&AccountName, &Region), Place> = BTreeMap::new();
    let mut clashes: BTreeMap<(Place, Place), String> = BTreeMap::new();
    for item in &context.foundation.services {
        let ServiceKind::ApiGateway { regions } = &item.kind else { continue };
        for (account, region) in item.accounts.iter().flat_map(|account| regions.iter().map(move |r| (account, r))) {
            if let Some(first) = made.insert((account, region), item.place) {
                clashes.entry((first, item.place)).or_insert_with(|| {
                    format!(
                        "account `{account}` has one logging role for API Gateway in {region}, and two items set it"
                    )
                });
            }
        }
    }
    for ((first, place), message) in clashes {
        context.report(
            Diagnostic::error(codes::TAKEN, place, message)
                .related(first, "the other one is set here")
                .help("keep one of the two: every API of the account and Region logs with the same role"),
        );
    }
}

fn role_name(context: &mut Context<'_>, item: &Service, which: ServiceRole) -> Option<RoleName> {
    let parts: Vec<&str> = [Some(item.name.as_str()), which.suffix()].into_iter().flatten().collect();
    context.role_name(Kind::Service, &parts, item.place)
}

fn shown(kind: &ServiceKind) -> &'static str {
    match kind {
        ServiceKind::Lambda { .. } => "Lambda",
        ServiceKind::Ec2 => "EC2",
        ServiceKind::Ecs => "ECS",
        ServiceKind::ApiGateway { .. } => "API Gateway",
        ServiceKind::StepFunctions => "Step Functions",
        ServiceKind::EventBridge => "EventBridge",
        ServiceKind::SageMaker => "SageMaker",
    }
}

fn purpose(kind: &ServiceKind, which: ServiceRole) -> &'static str {
    match (kind, which) {
        (_, ServiceRole::Execution) => "starts the containers of",
        (_, ServiceRole::Task) => "is what the code uses of",
        (ServiceKind::ApiGateway { .. }, _) => "writes the logs as",
        (ServiceKind::EventBridge, _) => "starts the targets of",
        _ => "runs",
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::golden;
    use crate::{Need, codes, synthesize};

    #[test]
    fn the_setting_stands_in_each_region_behind_the_role() {
        let mut foundation = golden::acme();
        for service in &mut foundation.services {
            if let landfall_model::ServiceKind::ApiGateway { regions } = &mut service.kind {
                regions.push(landfall_model::Region::new("us-east-1").unwrap());
            }
        }
        let synthesis = synthesize(&foundation);
        assert!(!synthesis.diagnostics.has_errors(), "{:?}", synthesis.diagnostics);
        let settings: Vec<_> = synthesis
            .stacks
            .iter()
            .filter(|stack| stack.key.name.as_str() == "acme-service-gateway-logs-setting")
            .collect();
        let keys: Vec<String> = settings.iter().map(|stack| stack.key.to_string()).collect();
        assert_eq!(
            keys,
            [
                "app-prod/eu-west-1/acme-service-gateway-logs-setting",
                "app-prod/us-east-1/acme-service-gateway-logs-setting"
            ]
        );
        for stack in settings {
            let role = landfall_model::RoleName::new("acme-service-gateway-logs").unwrap();
            assert_eq!(stack.needs, [Need::OwnRole(role)]);
            assert_eq!(stack.roles, 0);
        }
    }

    #[test]
    fn an_account_sets_the_logging_role_once_a_region() {
        let mut foundation = golden::acme();
        let mut second = foundation.services.iter().find(|item| item.name.as_str() == "gateway-logs").unwrap().clone();
        second.name = landfall_model::ItemName::new("other-logs").unwrap();
        foundation.services.push(second);
        let found: Vec<_> = synthesize(&foundation).diagnostics.iter().map(|found| found.code).collect();
        assert_eq!(found, [codes::TAKEN]);
    }
}
