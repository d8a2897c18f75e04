//! What a template says once its stack's account, Region and parameters are known.

use std::cell::RefCell;
use std::fmt;

use serde_json::{Map, Value};

use crate::TemplateScope;
use crate::physical::{IDENTIFYING, attribute, physical_id};

/// Why a template cannot be evaluated. Paths are those of the template, such as
/// `Resources.Role.Properties.RoleName`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// A reference to nothing.
    #[error(
        "{path}: unresolved reference to `{name}`, which is no parameter with a value, no pseudo parameter and no resource"
    )]
    Unresolved {
        /// Where.
        path: String,
        /// What is referred to.
        name: String,
    },
    /// An attribute that the resource does not have, or that nobody can know before it stands.
    #[error("{path}: `{name}` has no attribute `{attribute}` that is known before it stands")]
    Attribute {
        /// Where.
        path: String,
        /// The resource.
        name: String,
        /// The attribute.
        attribute: String,
    },
    /// A resource that needs itself.
    #[error("{path}: `{name}` depends on itself")]
    Circular {
        /// Where.
        path: String,
        /// The resource.
        name: String,
    },
    /// An intrinsic function that is not evaluated here.
    #[error("{path}: `{function}` is not supported")]
    Unsupported {
        /// Where.
        path: String,
        /// The function.
        function: String,
    },
    /// Something has another shape than CloudFormation's grammar wants.
    #[error("{path}: {wanted}")]
    Shape {
        /// Where.
        path: String,
        /// What is wanted there.
        wanted: &'static str,
    },
}

/// Evaluates every property and output of a template. Everything else stays as it is.
///
/// Supported are `Ref`, `Fn::Sub` (both forms), `Fn::GetAtt`, `Fn::Join` and `Fn::Select`, over parameters, pseudo
/// parameters and resources. A resource's `Ref` is what CloudFormation returns: the name of a role, an instance
/// profile or a rule, the ARN of a managed policy, a provider or a topic.
///
/// # Errors
/// The first thing that does not resolve, with its path.
pub fn evaluate(template: &Value, scope: &TemplateScope) -> Result<Value, EvaluateError> {
    let object = template.as_object().ok_or_else(|| shape(Path::top("template"), "an object is wanted"))?;
    let nothing = Map::new();
    let top = Path::top("Resources");
    let resources = match object.get("Resources") {
        Some(Value::Object(resources)) if !resources.is_empty() => resources,
        _ => return Err(shape(top, "at least one resource is wanted")),
    };
    let parameters = object.get("Parameters").and_then(Value::as_object).unwrap_or(&nothing);
    let evaluator = Evaluator { scope, parameters, resources, visiting: RefCell::default() };
    let mut out = Map::new();
    for (name, value) in object {
        let value = match name.as_str() {
            "Resources" => Some(Value::Object(evaluator.all(top)?)),
            "Outputs" => evaluator.value(value, Path::top("Outputs"))?,
            _ => Some(value.clone()),
        };
        out.extend(value.map(|value| (name.clone(), value)));
    }
    Ok(Value::Object(out))
}

struct Evaluator<'a> {
    scope: &'a TemplateScope,
    parameters: &'a Map<String, Value>,
    resources: &'a Map<String, Value>,
    visiting: RefCell<Vec<String>>,
}

impl Evaluator<'_> {
    /// Every resource. A template is evaluated for each account that has it, so that nothing is copied twice.
    fn all(&self, path: Path<'_>) -> Result<Map<String, Value>, EvaluateError> {
        let mut out = Map::new();
        for (id, resource) in self.resources {
            let path = path.below(id);
            let resource = resource.as_object().ok_or_else(|| shape(path, "an object is wanted"))?;
            self.depends_on(resource, path)?;
            let mut done = Map::new();
            for (name, value) in resource {
                let value = match name.as_str() {
                    "Properties" => self.value(value, path.below(name))?.unwrap_or_else(|| Map::new().into()),
                    _ => value.clone(),
                };
                done.insert(name.clone(), value);
            }
            out.insert(id.clone(), Value::Object(done));
        }
        Ok(out)
    }

    /// Evaluates; `None` is `AWS::NoValue`.
    fn value(&self, value: &Value, path: Path<'_>) -> Result<Option<Value>, EvaluateError> {
        match value {
            Value::Object(object) => match single(object) {
                Some(("Ref", name)) => self.reference(name, path),
                Some((function, argument)) if function.starts_with("Fn::") => {
                    self.function(function, argument, path.below(function)).map(|text| Some(Value::String(text)))
                }
                _ => {
                    let mut out = Map::with_capacity(object.len());
                    for (key, value) in object {
                        if let Some(value) = self.value(value, path.below(key))? {
                            out.insert(key.clone(), value);
                        }
                    }
                    Ok(Some(Value::Object(out)))
                }
            },
            Value::Array(list) => {
                let mut out = Vec::with_capacity(list.len());
                for (index, value) in list.iter().enumerate() {
                    out.extend(self.value(value, path.at(index))?);
                }
                Ok(Some(Value::Array(out)))
            }
            scalar => Ok(Some(scalar.clone())),
        }
    }

    fn reference(&self, name: &Value, path: Path<'_>) -> Result<Option<Value>, EvaluateError> {
        let name = name.as_str().ok_or_else(|| shape(path, "Ref wants a name"))?;
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        self.named(name, path).map(|text| Some(Value::String(text)))
    }

    fn named(&self, name: &str, path: Path<'_>) -> Result<String, EvaluateError> {
        let unresolved = || EvaluateError::Unresolved { path: path.to_string(), name: name.to_owned() };
        if let Some(value) = self.scope.pseudo(name) {
            return Ok(value);
        }
        if let Some(parameter) = self.parameters.get(name) {
            let default = || match parameter.get("Default") {
                Some(Value::String(text)) => Some(text.clone()),
                Some(Value::Number(number)) => Some(number.to_string()),
                _ => None,
            };
            return self.scope.parameters.get(name).cloned().or_else(default).ok_or_else(unresolved);
        }
        let (_, _, physical) = self.resource(name, path)?;
        Ok(physical)
    }

    /// The type, the evaluated properties and the `Ref` of a resource.
    fn resource(&self, name: &str, path: Path<'_>) -> Result<(String, Value, String), EvaluateError> {
        let unresolved = || EvaluateError::Unresolved { path: path.to_string(), name: name.to_owned() };
        let resource = self.resources.get(name).ok_or_else(unresolved)?;
        if self.visiting.borrow().iter().any(|id| id == name) {
            return Err(EvaluateError::Circular { path: path.to_string(), name: name.to_owned() });
        }
        self.visiting.borrow_mut().push(name.to_owned());
        // Only what identifies a resource is evaluated: its policies may well refer back.
        let mut identifying = Map::new();
        for (key, value) in resource.get("Properties").and_then(Value::as_object).into_iter().flatten() {
            if IDENTIFYING.contains(&key.as_str()) {
                let (resources, properties) = (Path::top("Resources"), "Properties");
                if let Some(value) = self.value(value, resources.below(name).below(properties).below(key))? {
                    identifying.insert(key.clone(), value);
                }
            }
        }
        self.visiting.borrow_mut().pop();
        let type_name = resource.get("Type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let properties = Value::Object(identifying);
        let physical = physical_id(&type_name, name, &properties, self.scope).ok_or_else(unresolved)?;
        Ok((type_name, properties, physical))
    }

    fn get_att(&self, name: &str, wanted: &str, path: Path<'_>) -> Result<String, EvaluateError> {
        let (type_name, properties, physical) = self.resource(name, path)?;
        attribute(&type_name, wanted, &physical, &properties, self.scope).ok_or_else(|| EvaluateError::Attribute {
            path: path.to_string(),
            name: name.to_owned(),
            attribute: wanted.to_owned(),
        })
    }

    fn function(&self, function: &str, argument: &Value, path: Path<'_>) -> Result<String, EvaluateError> {
        match (function, argument) {
            ("Fn::Sub", Value::String(text)) => self.sub(text, &Map::new(), path),
            ("Fn::Sub", Value::Array(list)) => match list.as_slice() {
                [Value::String(text), Value::Object(variables)] => self.sub(text, variables, path),
                _ => Err(shape(path, "a text, or a text and an object of variables, is wanted")),
            },
            ("Fn::GetAtt", Value::String(text)) => match text.split_once('.') {
                Some((name, wanted)) => self.get_att(name, wanted, path),
                None => Err(shape(path, "a resource and an attribute are wanted")),
            },
            ("Fn::GetAtt", Value::Array(list)) => match list.as_slice() {
                [Value::String(name), Value::String(wanted)] => self.get_att(name, wanted, path),
                _ => Err(shape(path, "a resource and an attribute are wanted")),
            },
            ("Fn::Join", Value::Array(list)) => match list.as_slice() {
                [Value::String(delimiter), values] => Ok(self.texts(values, path)?.join(delimiter)),
                _ => Err(shape(path, "a delimiter and a list are wanted")),
            },
            ("Fn::Select", Value::Array(list)) => match list.as_slice() {
                [index, values] => {
                    let index = match index {
                        Value::Number(number) => number.as_u64(),
                        Value::String(text) => text.parse().ok(),
                        _ => None,
                    };
                    let index = index.and_then(|index| usize::try_from(index).ok());
                    let mut texts = self.texts(values, path)?.into_iter();
                    index
                        .and_then(|index| texts.nth(index))
                        .ok_or_else(|| shape(path, "an index of the list is wanted"))
                }
                _ => Err(shape(path, "an index and a list are wanted")),
            },
            ("Fn::Sub" | "Fn::GetAtt" | "Fn::Join" | "Fn::Select", _) => Err(shape(path, "another argument is wanted")),
            (function, _) => Err(EvaluateError::Unsupported { path: path.to_string(), function: function.to_owned() }),
        }
    }

    fn texts(&self, values: &Value, path: Path<'_>) -> Result<Vec<String>, EvaluateError> {
        let list = values.as_array().ok_or_else(|| shape(path, "a list is wanted"))?;
        let mut out = Vec::with_capacity(list.len());
        for value in list {
            out.extend(self.value(value, path)?.map(|value| self.scalar(&value, path)).transpose()?);
        }
        Ok(out)
    }

    fn scalar(&self, value: &Value, path: Path<'_>) -> Result<String, EvaluateError> {
        match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
            _ => Err(shape(path, "a text is wanted")),
        }
    }

    fn sub(&self, text: &str, variables: &Map<String, Value>, path: Path<'_>) -> Result<String, EvaluateError> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let (name, tail) = after.split_once('}').ok_or_else(|| shape(path, "`${` without `}`"))?;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str("${");
                out.push_str(literal);
                out.push('}');
            } else if let Some(variable) = variables.get(name) {
                let value = self.value(variable, path)?.ok_or_else(|| shape(path, "a text is wanted"))?;
                out.push_str(&self.scalar(&value, path)?);
            } else if let Some((resource, wanted)) = name.split_once('.') {
                out.push_str(&self.get_att(resource, wanted, path)?);
            } else {
                out.push_str(&self.named(name, path)?);
            }
            rest = tail;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn depends_on(&self, resource: &Map<String, Value>, path: Path<'_>) -> Result<(), EvaluateError> {
        let path = path.below("DependsOn");
        let names: Vec<&Value> = match resource.get("DependsOn") {
            None => return Ok(()),
            Some(Value::Array(list)) => list.iter().collect(),
            Some(one) => vec![one],
        };
        for name in names {
            let name = name.as_str().ok_or_else(|| shape(path, "a logical id is wanted"))?;
            if !self.resources.contains_key(name) {
                return Err(EvaluateError::Unresolved { path: path.to_string(), name: name.to_owned() });
            }
        }
        Ok(())
    }
}

fn single(object: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut entries = object.iter();
    match (entries.next(), entries.next()) {
        (Some((key, value)), None) => Some((key, value)),
        _ => None,
    }
}

/// Where something stands in the template. Only an error writes it out.
#[derive(Clone, Copy)]
struct Path<'a> {
    above: Option<&'a Path<'a>>,
    last: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    fn top(key: &'a str) -> Self {
        Self { above: None, last: Step::Key(key) }
    }

    fn below(&'a self, key: &'a str) -> Self {
        Self { above: Some(self), last: Step::Key(key) }
    }

    fn at(&'a self, index: usize) -> Self {
        Self { above: Some(self), last: Step::Index(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            above.fmt(f)?;
        }
        match self.last {
            Step::Key(key) if self.above.is_some() => write!(f, ".{key}"),
            Step::Key(key) => f.write_str(key),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

fn shape(path: Path<'_>, wanted: &'static str) -> EvaluateError {
    EvaluateError::Shape { path: path.to_string(), wanted }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use landfall_model::{AccountId, Partition, Region, StackName};
    use serde_json::json;

    use super::*;

    fn scope() -> TemplateScope {
        TemplateScope {
            partition: Partition::AwsCn,
            region: Region::new("cn-north-1").unwrap(),
            account: AccountId::new("111122223333").unwrap(),
            stack: StackName::new("acme-x").unwrap(),
            parameters: BTreeMap::from([("OrganizationId".to_owned(), "o-a1b2c3d4e5".to_owned())]),
        }
    }

    fn eval(value: Value) -> Result<Value, EvaluateError> {
        let template = json!({
            "Parameters": { "OrganizationId": { "Type": "String" }, "Missing": { "Type": "String" }, "Port": { "Type": "Number", "Default": 8080 } },
            "Resources": {
                "Role": { "Type": "AWS::IAM::Role", "Properties": { "RoleName": { "Fn::Sub": "r-${AWS::Region}" }, "Path": "/acme/" } },
                "Policy": { "Type": "AWS::IAM::ManagedPolicy", "Properties": { "ManagedPolicyName": "p", "Path": "/acme/" } },
                "Profile": { "Type": "AWS::IAM::InstanceProfile", "Properties": { "InstanceProfileName": "ip" } },
                "Oidc": { "Type": "AWS::IAM::OIDCProvider", "Properties": { "Url": "https://a.example/x" } },
                "Topic": { "Type": "AWS::SNS::Topic", "Properties": { "TopicName": "t" } },
                "Rule": { "Type": "AWS::Events::Rule", "Properties": { "Name": "e" } },
                "Self": { "Type": "AWS::IAM::Role", "Properties": { "RoleName": { "Ref": "Loop" } } },
                "Loop": { "Type": "AWS::IAM::Role", "Properties": { "RoleName": "l", "Path": "/" } },
                "Subject": { "Type": "AWS::Test", "Properties": { "P": value } },
            }
        });
        Ok(evaluate(&template, &scope())?["Resources"]["Subject"]["Properties"]["P"].clone())
    }

    #[test]
    fn references_resolve_as_cloudformation_does() {
        for (value, wanted) in [
            (json!({ "Ref": "Role" }), "r-cn-north-1"),
            (json!({ "Ref": "Policy" }), "arn:aws-cn:iam::111122223333:policy/acme/p"),
            (json!({ "Ref": "Profile" }), "ip"),
            (json!({ "Ref": "Oidc" }), "arn:aws-cn:iam::111122223333:oidc-provider/a.example/x"),
            (json!({ "Ref": "Topic" }), "arn:aws-cn:sns:cn-north-1:111122223333:t"),
            (json!({ "Ref": "Rule" }), "e"),
            (json!({ "Ref": "Port" }), "8080"),
            (json!({ "Ref": "AWS::URLSuffix" }), "amazonaws.com.cn"),
            (json!({ "Fn::GetAtt": ["Role", "Arn"] }), "arn:aws-cn:iam::111122223333:role/acme/r-cn-north-1"),
            (json!({ "Fn::GetAtt": "Rule.Arn" }), "arn:aws-cn:events:cn-north-1:111122223333:rule/e"),
            (json!({ "Fn::GetAtt": ["Topic", "TopicName"] }), "t"),
            (json!({ "Fn::GetAtt": ["Policy", "PolicyArn"] }), "arn:aws-cn:iam::111122223333:policy/acme/p"),
            (
                json!({ "Fn::Sub": "${!aws:username} ${OrganizationId} ${Profile.Arn}" }),
                "${aws:username} o-a1b2c3d4e5 arn:aws-cn:iam::111122223333:instance-profile/ip",
            ),
            (json!({ "Fn::Sub": ["${A}-${AWS::StackName}", { "A": { "Ref": "Rule" } }] }), "e-acme-x"),
            (json!({ "Fn::Join": ["/", ["a", { "Ref": "Profile" }, 1]] }), "a/ip/1"),
            (json!({ "Fn::Select": ["1", ["a", { "Ref": "Profile" }]] }), "ip"),
        ] {
            assert_eq!(eval(value.clone()), Ok(json!(wanted)), "{value}");
        }
        assert_eq!(eval(json!([{ "Ref": "AWS::NoValue" }, "x"])), Ok(json!(["x"])));
        assert_eq!(
            eval(json!({ "Condition": { "StringEquals": "${x}" } })),
            Ok(json!({ "Condition": { "StringEquals": "${x}" } }))
        );
    }

    #[test]
    fn what_does_not_resolve_is_named_with_its_path() {
        for (value, wanted) in [
            (
                json!([{ "Ref": "Nobody" }]),
                "Resources.Subject.Properties.P[0]: unresolved reference to `Nobody`, which is no parameter with a value, no pseudo parameter and no resource",
            ),
            (
                json!({ "Ref": "Missing" }),
                "Resources.Subject.Properties.P: unresolved reference to `Missing`, which is no parameter with a value, no pseudo parameter and no resource",
            ),
            (
                json!({ "Fn::Sub": "${Nobody.Arn}" }),
                "Resources.Subject.Properties.P.Fn::Sub: unresolved reference to `Nobody`, which is no parameter with a value, no pseudo parameter and no resource",
            ),
            (
                json!({ "Fn::GetAtt": ["Role", "RoleId"] }),
                "Resources.Subject.Properties.P.Fn::GetAtt: `Role` has no attribute `RoleId` that is known before it stands",
            ),
            (
                json!({ "Fn::ImportValue": "x" }),
                "Resources.Subject.Properties.P.Fn::ImportValue: `Fn::ImportValue` is not supported",
            ),
            (
                json!({ "Fn::Select": [9, ["a"]] }),
                "Resources.Subject.Properties.P.Fn::Select: an index of the list is wanted",
            ),
            (json!({ "Fn::Sub": "${open" }), "Resources.Subject.Properties.P.Fn::Sub: `${` without `}`"),
        ] {
            assert_eq!(eval(value.clone()).map_err(|error| error.to_string()), Err(wanted.to_owned()), "{value}");
        }
    }

    #[test]
    fn circles_and_missing_dependencies_are_refused() {
        let circle = json!({ "Resources": {
            "A": { "Type": "AWS::IAM::Role", "Properties": { "RoleName": { "Ref": "B" } } },
            "B": { "Type": "AWS::IAM::Role", "Properties": { "RoleName": { "Ref": "A" } } },
        } });
        assert!(matches!(evaluate(&circle, &scope()), Err(EvaluateError::Circular { .. })));
        let missing = json!({ "Resources": { "A": { "Type": "AWS::IAM::Role", "DependsOn": ["B"] } } });
        assert_eq!(
            evaluate(&missing, &scope()),
            Err(EvaluateError::Unresolved { path: "Resources.A.DependsOn".to_owned(), name: "B".to_owned() })
        );
        assert!(evaluate(&json!({ "Resources": {} }), &scope()).is_err());
    }
}
