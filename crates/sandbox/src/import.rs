//! Resources that stand come into a stack. Source: CloudFormation user guide, "Import AWS resources into a CloudFormation
//! stack"; API reference, `CreateChangeSet`, `ResourcesToImport`.

use std::collections::BTreeMap;

use landfall_engine::port::{Answer, StackRequest};
use landfall_plan::{Imported, StackStatus};

use crate::actual::{Actual, actual};
use crate::blueprint::{Blueprint, Planned};
use crate::quotas;
use crate::regional::{RegionStacks, updatable};
use crate::request::{refused, wrong_status};
use crate::rows::{Aim, StackRow};
use crate::state::Moment;
use crate::world::World;

const OPERATION: &str = "cloudformation:CreateChangeSet";

impl RegionStacks {
    /// Makes an import change set. A stack that is not there is begun, with nothing in it.
    pub(crate) fn make_import(
        &self,
        world: &mut World,
        request: &StackRequest,
        name: &str,
        resources: &[Imported],
        moment: &Moment,
    ) -> Answer<String> {
        let stack = match self.find(world, request.stack.as_str()).and_then(|key| world.stacks.get(&key).cloned()) {
            Some(stack) => stack,
            None => {
                let place = (&self.account, &self.region);
                StackRow::shell(&world.draw("stack"), place, &request.stack, StackStatus::ReviewInProgress)
            }
        };
        if resources.len() > quotas::IMPORTS {
            return Err(refused(OPERATION, format!("no more than {} resources can be imported", quotas::IMPORTS)));
        }
        if stack.status != StackStatus::ReviewInProgress && !updatable(stack.status) {
            return Err(wrong_status(OPERATION, &stack, "updated"));
        }
        let (target, new) = self.define(world, OPERATION, request)?;
        if target.tags != stack.definition.tags {
            return Err(refused(
                OPERATION,
                "As part of the import operation, you cannot modify or add [Tags]".to_owned(),
            ));
        }
        let old = Blueprint::of(world, &stack, &stack.definition);
        check(world, &stack, (&old, &new), resources).map_err(|message| refused(OPERATION, message))?;
        let aim = Aim::Import(resources.to_vec());
        self.keep_change_set(world, stack, request, name, (target, aim, None), moment)
    }
}

/// What CloudFormation wants of a template and of what is imported with it.
fn check(
    world: &World,
    stack: &StackRow,
    (old, new): (&Blueprint, &Blueprint),
    resources: &[Imported],
) -> Result<(), String> {
    if new.raw_outputs != old.raw_outputs {
        return Err("As part of the import operation, you cannot modify or add [Outputs]".to_owned());
    }
    for planned in &new.resources {
        let imported = resources.iter().any(|one| one.logical == planned.logical);
        match old.get(&planned.logical) {
            Some(before) if before == planned => {}
            Some(_) => return Err(format!("You have modified resources [{}] in your template", planned.logical)),
            None if imported => {}
            None => {
                return Err(format!("Resources [{}] is missing from ResourceToImport list", planned.logical));
            }
        }
    }
    for one in resources {
        let planned = new.get(&one.logical).filter(|planned| planned.type_name == one.type_name);
        let Some(planned) = planned else {
            return Err(format!("Resource [{}] is not in the template, or of another type", one.logical));
        };
        if !planned.has_deletion_policy {
            return Err(format!("Resources [{}] is missing DeletionPolicy attribute in the template", one.logical));
        }
        if identifier(planned) != one.identifier {
            return Err(format!("Resource identifier of [{}] does not match its template", one.logical));
        }
        if actual(world, stack, planned) == Actual::Deleted {
            return Err(format!("Resource [{}] that is to be imported does not exist", planned.physical));
        }
    }
    Ok(())
}

/// What CloudFormation knows a resource by. Source: CloudFormation registry schemas, `primaryIdentifier`.
fn identifier(planned: &Planned) -> BTreeMap<String, String> {
    let key = match planned.type_name.as_str() {
        "AWS::IAM::Role" => "RoleName",
        "AWS::IAM::ManagedPolicy" => "PolicyArn",
        "AWS::IAM::InstanceProfile" => "InstanceProfileName",
        "AWS::IAM::OIDCProvider" | "AWS::IAM::SAMLProvider" | "AWS::Events::Rule" => "Arn",
        "AWS::SNS::Topic" => "TopicArn",
        _ => "Id",
    };
    BTreeMap::from([(key.to_owned(), planned.physical.clone())])
}
