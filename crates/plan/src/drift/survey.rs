//! What only a look for drift reads in an account, beside what every plan may read.

use std::collections::BTreeMap;
use std::sync::Arc;

use landfall_model::{PolicyName, Region, RoleName, StackName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Dates, ForeignRole};

/// What was read in one account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// What IAM tells of when, by role.
    pub roles: BTreeMap<RoleName, Dates>,
    /// What IAM tells of when, by customer managed policy.
    pub policies: BTreeMap<PolicyName, Dates>,
    /// Roles that no stack of the folder makes, cut down to what can matter.
    pub foreign: Vec<ForeignRole>,
    /// Resources that IAM does not tell of, as CloudFormation sees them.
    pub resources: Vec<ObservedResource>,
    /// What was deployed, of stacks that the configuration has changed since.
    pub deployed: Vec<DeployedTemplate>,
    /// What of the account could not be read.
    pub gaps: Vec<Gap>,
    /// Why roles of others could not be looked at; nothing that Landfall owns depends on it.
    pub blind: Option<String>,
}

/// Something in an account that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// What.
    pub what: String,
    /// AWS's own words.
    pub reason: String,
}

/// The template of a stack as CloudFormation has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployedTemplate {
    /// The stack's Region.
    pub region: Region,
    /// The stack's name.
    pub stack: StackName,
    /// The template.
    pub template: Arc<str>,
}

/// A resource as CloudFormation's drift detection sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservedResource {
    /// The stack's Region.
    pub region: Region,
    /// The stack's name.
    pub stack: StackName,
    /// The resource's logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// How it stands.
    pub state: ResourceState,
}

/// How a resource stands. Source: CloudFormation API, `StackResourceDrift.StackResourceDriftStatus`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceState {
    /// As its template says.
    InSync,
    /// Otherwise.
    Modified(Vec<PropertyDifference>),
    /// It is gone.
    Deleted,
    /// CloudFormation cannot tell, with its words.
    NotChecked(String),
}

/// A property that is not as its template says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PropertyDifference {
    /// Where, such as `/Targets/0/Arn`.
    pub path: String,
    /// What shall be; `Null` for what was added.
    pub desired: Value,
    /// What is; `Null` for what was taken away.
    pub live: Value,
}

/// The resources of a template that IAM does not tell of, with their types, by logical id. Handles of wait conditions
/// are nothing that stands.
pub fn beyond_iam(template: &Value) -> BTreeMap<String, String> {
    let resources = template.get("Resources").and_then(Value::as_object).into_iter().flatten();
    let kind = |resource: &Value| resource.get("Type").and_then(Value::as_str).map(str::to_owned);
    let all = resources.filter_map(|(id, resource)| Some((id.clone(), kind(resource)?)));
    all.filter(|(_, kind)| !kind.starts_with("AWS::IAM::") && kind != "AWS::CloudFormation::WaitConditionHandle")
        .collect()
}
