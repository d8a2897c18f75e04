//! Service-linked roles: AWS makes them, Landfall names them and looks whether they are there.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountName, Foundation, ServiceKind};

/// A role that a service makes for itself the first time that it is used. Landfall never makes one: a template that does
/// fails in every account in which the service was quicker, and would take the role from the service when it is deleted.
/// Source: IAM User Guide, "Create a service-linked role"; each service's guide, "Using service-linked roles".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceLinkedRole {
    /// API Gateway, for VPC links and custom domains.
    ApiGateway,
    /// EC2 Auto Scaling, which holds the instances of a batch compute environment.
    AutoScaling,
    /// AWS Batch.
    Batch,
    /// EC2 Spot.
    Ec2Spot,
    /// EC2 Spot Fleet.
    Ec2SpotFleet,
    /// Amazon ECS.
    Ecs,
}

impl ServiceLinkedRole {
    /// Its name in every account.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiGateway => "AWSServiceRoleForAPIGateway",
            Self::AutoScaling => "AWSServiceRoleForAutoScaling",
            Self::Batch => "AWSServiceRoleForBatch",
            Self::Ec2Spot => "AWSServiceRoleForEC2Spot",
            Self::Ec2SpotFleet => "AWSServiceRoleForEC2SpotFleet",
            Self::Ecs => "AWSServiceRoleForECS",
        }
    }

    /// The service that makes it, as `iam:CreateServiceLinkedRole` names it (`iam:AWSServiceName`).
    pub fn service(self) -> &'static str {
        match self {
            Self::ApiGateway => "ops.apigateway.amazonaws.com",
            Self::AutoScaling => "autoscaling.amazonaws.com",
            Self::Batch => "batch.amazonaws.com",
            Self::Ec2Spot => "spot.amazonaws.com",
            Self::Ec2SpotFleet => "spotfleet.amazonaws.com",
            Self::Ecs => "ecs.amazonaws.com",
        }
    }
}

/// The service-linked roles that the services of a configuration rely on, by account.
pub fn service_linked_roles(foundation: &Foundation) -> BTreeMap<AccountName, BTreeSet<ServiceLinkedRole>> {
    use ServiceLinkedRole::{ApiGateway, AutoScaling, Batch, Ec2Spot, Ec2SpotFleet, Ecs};
    let mut out: BTreeMap<AccountName, BTreeSet<ServiceLinkedRole>> = BTreeMap::new();
    let mut rely = |accounts: &landfall_model::AccountSet, roles: &[ServiceLinkedRole]| {
        for account in accounts {
            out.entry(account.clone()).or_default().extend(roles);
        }
    };
    for service in &foundation.services {
        match service.kind {
            ServiceKind::Ecs => rely(&service.accounts, &[Ecs]),
            ServiceKind::ApiGateway { .. } => rely(&service.accounts, &[ApiGateway]),
            ServiceKind::Lambda { .. }
            | ServiceKind::Ec2
            | ServiceKind::StepFunctions
            | ServiceKind::EventBridge
            | ServiceKind::SageMaker => {}
        }
    }
    for metaflow in &foundation.metaflow {
        rely(&metaflow.accounts, &[AutoScaling, Batch, Ecs]);
        if metaflow.enable_spot_fleet_role {
            rely(&metaflow.accounts, &[Ec2Spot, Ec2SpotFleet]);
        }
    }
    for team in &foundation.teams {
        rely(&team.accounts, &[Batch, Ecs]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::acme;

    #[test]
    fn each_account_relies_on_those_of_its_services() {
        let all = service_linked_roles(&acme());
        let of = |account: &str| {
            let roles = all.get(&AccountName::new(account).unwrap());
            roles
                .into_iter()
                .flatten()
                .map(|role| role.name().trim_start_matches("AWSServiceRoleFor"))
                .collect::<Vec<_>>()
        };
        assert_eq!(of("app-prod"), ["APIGateway", "ECS"]);
        assert_eq!(of("ml-prod"), ["AutoScaling", "Batch", "EC2Spot", "EC2SpotFleet", "ECS"]);
        assert_eq!(of("security"), [] as [&str; 0]);
        assert!(all.values().flatten().all(|role| role.service().ends_with(".amazonaws.com")));
    }
}
