//! The identity part of a Metaflow deployment, under the names of the required Terraform module.

use landfall_model::{Kind, Metaflow, RoleName, pascal};
use landfall_policies::{MetaflowRole, Text, metaflow_role};

use crate::Stack;
use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{InstanceProfileBody, LogicalId, OutputValue, Resource, RoleBody, Template};

/// An output under both of its names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetaflowOutput {
    /// As the Terraform module spells it, such as `batch_job_role_arn`.
    pub module: String,
    /// The key in the stack's outputs, which takes only letters and digits: `BatchJobRoleArn`.
    pub key: String,
}

impl MetaflowOutput {
    fn new(module: String) -> Self {
        let key = pascal(&module);
        Self { module, key }
    }
}

/// The outputs of a deployment, as far as it has the roles: those of the module, and those of the roles that Landfall
/// adds to it.
pub fn metaflow_outputs(metaflow: &Metaflow) -> Vec<MetaflowOutput> {
    let mut out = Vec::new();
    for role in MetaflowRole::of(metaflow) {
        out.extend(["arn", "name"].map(|what| output(role.suffix(), what)));
        if role == MetaflowRole::BatchInstance {
            out.extend(["arn", "name"].map(|what| output(INSTANCE_PROFILE, what)));
        }
    }
    out
}

const INSTANCE_PROFILE: &str = "batch-instance-profile";

fn output(suffix: &str, what: &str) -> MetaflowOutput {
    MetaflowOutput::new([&suffix.replace('-', "_"), "_", what].concat())
}

/// One stack a deployment in each of its accounts.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let mut out = Vec::new();
    for item in &context.foundation.metaflow {
        if let Some(blueprint) = blueprint(context, item) {
            out.extend(context.stand(&blueprint, &item.accounts));
        }
    }
    out
}

fn blueprint(context: &mut Context<'_>, item: &Metaflow) -> Option<Blueprint> {
    let organization = &context.foundation.organization.name;
    let prefix = item.name_prefix.as_str();
    let mut template = Template::new(format!("Landfall: Metaflow roles {prefix} of {organization}"));
    for kind in MetaflowRole::of(item) {
        let id = LogicalId::named(kind.suffix(), "");
        let name = context.name(RoleName::new([prefix, kind.suffix()].join("-")), item.place)?;
        let policies = metaflow_role(organization, item, kind);
        let role = RoleBody {
            name: name.clone(),
            description: format!("Metaflow {prefix}: {}", purpose(kind)),
            policies: context.policies(policies, item.place)?,
            boundary: context.boundary(&item.boundary, item.place)?,
            max_session: RoleBody::HOUR,
        };
        template.add(id.clone(), Resource::Role(Box::new(role)));
        outputs(&mut template, kind.suffix(), &id, &name);
        if kind == MetaflowRole::BatchInstance {
            let profile = context.name(RoleName::new([prefix, INSTANCE_PROFILE].join("-")), item.place)?;
            let profile_id = LogicalId::named(INSTANCE_PROFILE, "");
            let body = InstanceProfileBody { name: profile.clone(), role: id, role_name: name };
            template.add(profile_id.clone(), Resource::InstanceProfile(body));
            outputs(&mut template, INSTANCE_PROFILE, &profile_id, &profile);
        }
    }
    let stack = context.stack_name(Kind::Metaflow, &[prefix], item.place)?;
    let blueprint = Blueprint::new(Kind::Metaflow, Some(prefix), stack, item.place, template)
        .attaching(&item.additional_job_policy_arns);
    let tags = item.tags.iter().map(|(key, value)| (key.as_str().to_owned(), value.clone())).collect();
    Some(Blueprint { tags, ..blueprint })
}

fn outputs(template: &mut Template, suffix: &str, id: &LogicalId, name: &RoleName) {
    let (arn, plain) = (output(suffix, "arn"), output(suffix, "name"));
    template.output(arn.key, arn.module, OutputValue::Attribute(id.clone(), "Arn"));
    template.output(plain.key, plain.module, OutputValue::Text(Text::literal(name.as_str())));
}

fn purpose(kind: MetaflowRole) -> &'static str {
    match kind {
        MetaflowRole::BatchJob => "what a task's code uses",
        MetaflowRole::BatchService => "what AWS Batch uses",
        MetaflowRole::BatchInstance => "what the instances of a compute environment use",
        MetaflowRole::SpotFleet => "what tags the instances of a Spot Fleet",
        MetaflowRole::EcsExecution => "what starts tasks on Fargate",
        MetaflowRole::StepFunctions => "what a flow on Step Functions uses",
        MetaflowRole::MetadataService => "what the metadata service uses",
        MetaflowRole::DbMigration => "what migrates the database of the metadata service",
        MetaflowRole::EventBridge => "what starts a flow on a schedule or an event",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_have_the_names_of_the_module() {
        let named: Vec<String> = [MetaflowRole::BatchJob, MetaflowRole::SpotFleet]
            .iter()
            .map(|role| output(role.suffix(), "arn"))
            .map(|output| format!("{} {}", output.module, output.key))
            .collect();
        assert_eq!(named, ["batch_job_role_arn BatchJobRoleArn", "spot_fleet_role_arn SpotFleetRoleArn"]);
        assert_eq!(output(INSTANCE_PROFILE, "name").module, "batch_instance_profile_name");
    }
}
