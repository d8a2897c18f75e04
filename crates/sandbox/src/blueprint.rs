//! A template with everything filled in, in the order in which its resources are made.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountId, Region, StackName};
use serde_json::{Map, Value};

use crate::quotas;
use crate::rows::{Definition, StackRow};
use crate::world::World;
use landfall_stacks::{TemplateScope, evaluate, physical_id};

/// The types that the sandbox knows. Those of IAM are made for real; the others are kept as
/// the template has them.
const TYPES: [&str; 19] = [
    "AWS::ApiGateway::Account",
    "AWS::CloudFormation::WaitConditionHandle",
    "AWS::CloudWatch::Alarm",
    "AWS::Events::EventBus",
    "AWS::Events::Rule",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::Role",
    "AWS::IAM::SAMLProvider",
    "AWS::IAM::ServiceLinkedRole",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::Organizations::Policy",
    "AWS::S3::Bucket",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
];

/// What becomes of a resource that the stack gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deletion {
    Delete,
    Retain,
    RetainExceptOnCreate,
}

/// A resource as the template wants it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Planned {
    pub(crate) logical: String,
    pub(crate) type_name: String,
    pub(crate) properties: Value,
    pub(crate) physical: String,
    pub(crate) deletion: Deletion,
    /// Whether the template says what becomes of it, which an import wants.
    pub(crate) has_deletion_policy: bool,
    /// Logical ids of what must stand before.
    pub(crate) needs: BTreeSet<String>,
}

/// A template with everything filled in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blueprint {
    /// In dependency order, else in the template's.
    pub(crate) resources: Vec<Planned>,
    pub(crate) outputs: BTreeMap<String, String>,
    /// The outputs as they were evaluated, so that all of them can be compared.
    pub(crate) raw_outputs: Value,
}

/// Where a template is evaluated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'a> {
    pub(crate) account: &'a AccountId,
    pub(crate) region: &'a Region,
    pub(crate) name: &'a StackName,
}

impl Blueprint {
    /// Reads a template as `CreateStack` and `CreateChangeSet` do; the error is AWS's message.
    pub(crate) fn read(template: &str, parameters: &BTreeMap<String, String>, site: Site<'_>) -> Result<Self, String> {
        let template: Value = serde_json::from_str(template)
            .map_err(|error| format!("Template format error: JSON not well-formed. ({error})"))?;
        let empty = Map::new();
        let resources = template.get("Resources").and_then(Value::as_object).unwrap_or(&empty);
        if resources.is_empty() {
            return Err("Template format error: At least one Resources member must be defined.".to_owned());
        }
        if resources.len() > quotas::RESOURCES {
            return Err(format!(
                "Template format error: Number of resources, {}, is greater than maximum allowed, {}",
                resources.len(),
                quotas::RESOURCES
            ));
        }
        check_types(resources)?;
        let declared = template.get("Parameters").and_then(Value::as_object).unwrap_or(&empty);
        check_parameters(declared, parameters)?;
        let graph = graph(resources, declared)?;
        let order = order(resources, &graph)?;
        let scope = TemplateScope {
            partition: site.region.partition(),
            region: site.region.clone(),
            account: site.account.clone(),
            stack: site.name.clone(),
            parameters: parameters.clone(),
        };
        let evaluated = evaluate(&template, &scope).map_err(|error| format!("Template error: {error}"))?;
        let planned = order.into_iter().filter_map(|logical| {
            let resource = evaluated.get("Resources")?.get(&logical)?;
            let properties = resource.get("Properties").cloned().unwrap_or_else(|| Value::Object(Map::new()));
            let type_name = resource.get("Type")?.as_str()?.to_owned();
            let physical = physical_id(&type_name, &logical, &properties, &scope)
                .unwrap_or_else(|| [site.name.as_str(), &logical].join("-"));
            let has_deletion_policy = resource.get("DeletionPolicy").is_some();
            let deletion = match resource.get("DeletionPolicy").and_then(Value::as_str) {
                Some("Retain") => Deletion::Retain,
                Some("RetainExceptOnCreate") => Deletion::RetainExceptOnCreate,
                _ => Deletion::Delete,
            };
            let needs = graph.get(&logical).cloned().unwrap_or_default();
            Some(Planned { logical, type_name, properties, physical, deletion, has_deletion_policy, needs })
        });
        let resources = planned.collect();
        let raw_outputs = evaluated.get("Outputs").cloned().unwrap_or_default();
        let outputs = raw_outputs
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, output)| Some((name.clone(), output.get("Value")?.as_str()?.to_owned())))
            .collect();
        Ok(Self { resources, outputs, raw_outputs })
    }

    /// The blueprint of a definition that was read before.
    pub(crate) fn of(world: &World, stack: &StackRow, definition: &Definition) -> Self {
        let site = Site { account: &stack.account, region: &stack.region, name: &stack.name };
        world
            .templates
            .get(&definition.template)
            .and_then(|template| Self::read(template, &definition.parameters, site).ok())
            .unwrap_or_default()
    }

    pub(crate) fn get(&self, logical: &str) -> Option<&Planned> {
        self.resources.iter().find(|planned| planned.logical == logical)
    }
}

fn check_types(resources: &Map<String, Value>) -> Result<(), String> {
    let mut unknown = BTreeSet::new();
    for (logical, resource) in resources {
        match resource.get("Type").and_then(Value::as_str) {
            Some(known) if TYPES.contains(&known) => {}
            Some(other) => {
                unknown.insert(other);
            }
            None => {
                return Err(format!(
                    "Template format error: [/Resources/{logical}] Every Resources object must contain a Type member."
                ));
            }
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    let list: Vec<&str> = unknown.into_iter().collect();
    Err(format!("Template format error: Unrecognized resource types: [{}]", list.join(", ")))
}

fn check_parameters(declared: &Map<String, Value>, given: &BTreeMap<String, String>) -> Result<(), String> {
    let foreign: Vec<&str> = given.keys().filter(|name| !declared.contains_key(*name)).map(String::as_str).collect();
    if !foreign.is_empty() {
        return Err(format!("Parameters: [{}] do not exist in the template", foreign.join(", ")));
    }
    let missing: Vec<&str> = declared
        .iter()
        .filter(|(name, parameter)| parameter.get("Default").is_none() && !given.contains_key(*name))
        .map(|(name, _)| name.as_str())
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("Parameters: [{}] must have values", missing.join(", "))) }
}

type Graph = BTreeMap<String, BTreeSet<String>>;

/// What each resource refers to.
fn graph(resources: &Map<String, Value>, declared: &Map<String, Value>) -> Result<Graph, String> {
    let mut graph = Graph::new();
    let mut unresolved = BTreeSet::new();
    for (logical, resource) in resources {
        let mut found = BTreeSet::new();
        if let Some(properties) = resource.get("Properties") {
            references(properties, &mut found);
        }
        match resource.get("DependsOn") {
            Some(Value::String(one)) => {
                found.insert(one.clone());
            }
            Some(Value::Array(list)) => found.extend(list.iter().filter_map(Value::as_str).map(str::to_owned)),
            _ => {}
        }
        found.retain(|name| !name.starts_with("AWS::") && !declared.contains_key(name));
        unresolved.extend(found.iter().filter(|name| !resources.contains_key(*name)).cloned());
        graph.insert(logical.clone(), found);
    }
    if unresolved.is_empty() {
        return Ok(graph);
    }
    let list: Vec<String> = unresolved.into_iter().collect();
    Err(format!(
        "Template format error: Unresolved resource dependencies [{}] in the Resources block of the template",
        list.join(", ")
    ))
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        Value::Object(object) => {
            for (key, value) in object {
                match (key.as_str(), value) {
                    ("Ref", Value::String(name)) if object.len() == 1 => {
                        found.insert(name.clone());
                    }
                    ("Fn::GetAtt", Value::String(text)) => {
                        found.extend(text.split_once('.').map(|(name, _)| name.to_owned()));
                    }
                    ("Fn::GetAtt", Value::Array(list)) => {
                        found.extend(list.first().and_then(Value::as_str).map(str::to_owned));
                    }
                    ("Fn::Sub", Value::String(text)) => substitutions(text, &Map::new(), found),
                    ("Fn::Sub", Value::Array(list)) => {
                        if let [Value::String(text), Value::Object(variables)] = list.as_slice() {
                            substitutions(text, variables, found);
                            variables.values().for_each(|value| references(value, found));
                        }
                    }
                    _ => references(value, found),
                }
            }
        }
        _ => {}
    }
}

fn substitutions(text: &str, variables: &Map<String, Value>, found: &mut BTreeSet<String>) {
    let holes = text.split("${").skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    for name in holes.filter(|name| !name.starts_with('!') && !variables.contains_key(*name)) {
        found.insert(name.split_once('.').map_or(name, |(resource, _)| resource).to_owned());
    }
}

fn order(resources: &Map<String, Value>, graph: &Graph) -> Result<Vec<String>, String> {
    let mut order: Vec<String> = Vec::with_capacity(resources.len());
    let mut done = BTreeSet::new();
    while order.len() < resources.len() {
        let before = order.len();
        for logical in resources.keys() {
            if !done.contains(logical) && graph.get(logical).is_none_or(|needs| needs.is_subset(&done)) {
                done.insert(logical.clone());
                order.push(logical.clone());
            }
        }
        if order.len() == before {
            let left: Vec<&str> =
                resources.keys().filter(|logical| !done.contains(*logical)).map(String::as_str).collect();
            return Err(format!("ValidationError: Circular dependency between resources: [{}]", left.join(", ")));
        }
    }
    Ok(order)
}
