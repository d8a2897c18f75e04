//! Documents and statements.

use serde_json::{Map, Value};

use crate::{Action, ActionError, Condition, ConditionKey, Operator, Plain, Principal, Render, Text};

/// Whether a statement gives or takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

/// `Action` or `NotAction`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actions {
    /// `Action`
    Only(Vec<Action>),
    /// `NotAction`
    Except(Vec<Action>),
}

/// `Resource`, `NotResource`, or neither.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resources {
    /// A trust policy has none: it stands on its resource.
    Implied,
    /// `Resource`
    Only(Vec<Text>),
    /// `NotResource`
    Except(Vec<Text>),
}

/// `Principal`, `NotPrincipal`, or neither.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principals {
    /// An identity policy has none: it stands on its principal.
    Implied,
    /// `Principal: "*"`
    Anyone,
    /// `Principal`
    Only(Vec<Principal>),
    /// `NotPrincipal`
    Except(Vec<Principal>),
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Statement {
    /// `Sid`, letters and digits.
    pub sid: Option<String>,
    /// Gives or takes.
    pub effect: Effect,
    /// Whom.
    pub principals: Principals,
    /// What.
    pub actions: Actions,
    /// On what.
    pub resources: Resources,
    /// When.
    pub conditions: Vec<Condition>,
}

/// A policy document of version 2012-10-17.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Document {
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// Why JSON is no policy document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Something has another shape than IAM's grammar wants.
    #[error("{path}: {wanted}")]
    Shape {
        /// Where in the document, such as `Statement[1].Action`.
        path: String,
        /// What is wanted there.
        wanted: String,
    },
    /// An action is malformed.
    #[error("{path}: {error}")]
    Action {
        /// Where in the document.
        path: String,
        /// What is wrong with it.
        error: ActionError,
    },
}

impl Statement {
    fn new(effect: Effect, sid: &str, actions: impl IntoIterator<Item = &'static str>) -> Self {
        Self {
            sid: Some(sid.to_owned()),
            effect,
            principals: Principals::Implied,
            actions: Actions::Only(actions.into_iter().map(Action::of).collect()),
            resources: Resources::Implied,
            conditions: Vec::new(),
        }
    }

    /// Gives actions.
    pub fn allow(sid: &str, actions: impl IntoIterator<Item = &'static str>) -> Self {
        Self::new(Effect::Allow, sid, actions)
    }

    /// Takes actions.
    pub fn deny(sid: &str, actions: impl IntoIterator<Item = &'static str>) -> Self {
        Self::new(Effect::Deny, sid, actions)
    }

    /// On these resources.
    #[must_use]
    pub fn on(mut self, resources: impl IntoIterator<Item = impl Into<Text>>) -> Self {
        self.resources = Resources::Only(resources.into_iter().map(Into::into).collect());
        self
    }

    /// On every resource.
    #[must_use]
    pub fn on_all(self) -> Self {
        self.on(["*"])
    }

    /// For these principals.
    #[must_use]
    pub fn to(mut self, principals: impl IntoIterator<Item = Principal>) -> Self {
        self.principals = Principals::Only(principals.into_iter().collect());
        self
    }

    /// Under one more condition.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// Renders the statement.
    pub fn render(&self, render: &dyn Render) -> Value {
        let mut out = Map::new();
        if let Some(sid) = &self.sid {
            out.insert("Sid".into(), Value::String(sid.clone()));
        }
        let effect = match self.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        };
        out.insert("Effect".into(), effect.into());
        match &self.principals {
            Principals::Implied => {}
            Principals::Anyone => {
                out.insert("Principal".into(), "*".into());
            }
            Principals::Only(list) => {
                out.insert("Principal".into(), principals(list, render));
            }
            Principals::Except(list) => {
                out.insert("NotPrincipal".into(), principals(list, render));
            }
        }
        let (key, actions) = match &self.actions {
            Actions::Only(list) => ("Action", list),
            Actions::Except(list) => ("NotAction", list),
        };
        out.insert(key.into(), one_or_many(actions.iter().map(|action| action.as_str().into()).collect()));
        match &self.resources {
            Resources::Implied => {}
            Resources::Only(list) => {
                out.insert("Resource".into(), one_or_many(list.iter().map(|text| render.text(text)).collect()));
            }
            Resources::Except(list) => {
                out.insert("NotResource".into(), one_or_many(list.iter().map(|text| render.text(text)).collect()));
            }
        }
        if !self.conditions.is_empty() {
            out.insert("Condition".into(), conditions(&self.conditions, render));
        }
        Value::Object(out)
    }
}

fn one_or_many(mut values: Vec<Value>) -> Value {
    if values.len() == 1 { values.remove(0) } else { Value::Array(values) }
}

fn principals(list: &[Principal], render: &dyn Render) -> Value {
    let mut out: Map<String, Value> = Map::new();
    let mut groups: Vec<(&'static str, Vec<Value>)> =
        vec![("AWS", Vec::new()), ("Service", Vec::new()), ("Federated", Vec::new()), ("CanonicalUser", Vec::new())];
    for principal in list {
        let (index, value) = match principal {
            Principal::Aws(text) => (0, render.text(text)),
            Principal::Service(name) => (1, Value::String(name.clone())),
            Principal::Federated(text) => (2, render.text(text)),
            Principal::Canonical(id) => (3, Value::String(id.clone())),
        };
        if let Some((_, values)) = groups.get_mut(index) {
            values.push(value);
        }
    }
    for (key, values) in groups {
        if !values.is_empty() {
            out.insert(key.into(), one_or_many(values));
        }
    }
    Value::Object(out)
}

fn conditions(list: &[Condition], render: &dyn Render) -> Value {
    let mut out: Map<String, Value> = Map::new();
    for condition in list {
        let operator = out.entry(condition.operator.to_string()).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(keys) = operator {
            let values = condition.values.iter().map(|text| render.text(text)).collect();
            keys.insert(condition.key.0.clone(), one_or_many(values));
        }
    }
    Value::Object(out)
}

impl Document {
    /// A document of statements.
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self { statements: statements.into_iter().collect() }
    }

    /// Renders the document: `Version` first, then `Statement`.
    pub fn render(&self, render: &dyn Render) -> Value {
        let mut out = Map::new();
        out.insert("Version".into(), "2012-10-17".into());
        let statements = self.statements.iter().map(|statement| statement.render(render)).collect();
        out.insert("Statement".into(), Value::Array(statements));
        Value::Object(out)
    }

    /// How many characters IAM counts for it: the minified JSON with ids of real length. IAM does not count white
    /// space; minified JSON has none outside of strings, where it is counted here, which errs on the safe side.
    /// Source: IAM User Guide, "IAM and AWS STS quotas".
    pub fn size(&self) -> usize {
        self.render(&Plain).to_string().chars().count()
    }

    /// Parses a document as a user wrote it.
    ///
    /// # Errors
    /// Not IAM's grammar, or another version than 2012-10-17.
    pub fn parse(json: &Value) -> Result<Self, DocumentError> {
        let object =
            json.as_object().ok_or_else(|| shape("document", "an object with Version and Statement is wanted"))?;
        for key in object.keys() {
            if !["Version", "Statement", "Id"].contains(&key.as_str()) {
                return Err(shape(key, "a document has only Version, Id and Statement"));
            }
        }
        if object.get("Version").and_then(Value::as_str) != Some("2012-10-17") {
            return Err(shape("Version", "\"2012-10-17\" is wanted; without it policy variables are not replaced"));
        }
        let statements = match object.get("Statement") {
            Some(Value::Array(list)) => list
                .iter()
                .enumerate()
                .map(|(index, statement)| Statement::parse(statement, &at("Statement", index)))
                .collect::<Result<Vec<_>, _>>()?,
            Some(statement @ Value::Object(_)) => vec![Statement::parse(statement, "Statement")?],
            _ => return Err(shape("Statement", "a statement or a list of statements is wanted")),
        };
        if statements.is_empty() {
            return Err(shape("Statement", "at least one statement is wanted"));
        }
        Ok(Self { statements })
    }
}

fn shape(path: &str, wanted: &str) -> DocumentError {
    DocumentError::Shape { path: path.to_owned(), wanted: wanted.to_owned() }
}

fn at(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

fn strings(value: &Value, path: &str) -> Result<Vec<String>, DocumentError> {
    let list: Option<Vec<String>> = match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => list.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    list.filter(|list| !list.is_empty()).ok_or_else(|| shape(path, "a string or a list of strings is wanted"))
}

impl Statement {
    /// The elements of a statement, in the order of IAM's grammar. Source: IAM user guide, "Grammar of the IAM JSON policy
    /// language".
    pub const ELEMENTS: [&str; 9] =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

    /// Parses one statement as a user wrote it; `path` names it in errors.
    ///
    /// # Errors
    /// Not IAM's grammar.
    pub fn parse(json: &Value, path: &str) -> Result<Self, DocumentError> {
        let object = json.as_object().ok_or_else(|| shape(path, "a statement is an object"))?;
        let below = |key: &str| [path, key].join(".");
        if let Some(key) = object.keys().find(|key| !Self::ELEMENTS.contains(&key.as_str())) {
            return Err(shape(&below(key), "no element of a statement (elements are case-sensitive)"));
        }
        let sid = match object.get("Sid") {
            None => None,
            Some(Value::String(sid)) if sid.bytes().all(|b| b.is_ascii_alphanumeric()) => Some(sid.clone()),
            Some(_) => return Err(shape(&below("Sid"), "letters and digits are wanted")),
        };
        let effect = match object.get("Effect").and_then(Value::as_str) {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => return Err(shape(&below("Effect"), "\"Allow\" or \"Deny\" is wanted")),
        };
        let actions = |key: &str, value: &Value| -> Result<Vec<Action>, DocumentError> {
            let path = below(key);
            strings(value, &path)?
                .into_iter()
                .map(|text| Action::new(text).map_err(|error| DocumentError::Action { path: path.clone(), error }))
                .collect()
        };
        let actions = match (object.get("Action"), object.get("NotAction")) {
            (Some(value), None) => Actions::Only(actions("Action", value)?),
            (None, Some(value)) => Actions::Except(actions("NotAction", value)?),
            _ => return Err(shape(path, "exactly one of Action and NotAction is wanted")),
        };
        let texts = |key: &str, value: &Value| -> Result<Vec<Text>, DocumentError> {
            Ok(strings(value, &below(key))?.into_iter().map(Text::from).collect())
        };
        let resources = match (object.get("Resource"), object.get("NotResource")) {
            (Some(value), None) => Resources::Only(texts("Resource", value)?),
            (None, Some(value)) => Resources::Except(texts("NotResource", value)?),
            (None, None) => Resources::Implied,
            (Some(_), Some(_)) => return Err(shape(path, "Resource and NotResource exclude each other")),
        };
        let principals = match (object.get("Principal"), object.get("NotPrincipal")) {
            (None, None) => Principals::Implied,
            (Some(Value::String(any)), None) if any == "*" => Principals::Anyone,
            (Some(value), None) => Principals::Only(parse_principals(value, &below("Principal"))?),
            (None, Some(value)) => Principals::Except(parse_principals(value, &below("NotPrincipal"))?),
            (Some(_), Some(_)) => return Err(shape(path, "Principal and NotPrincipal exclude each other")),
        };
        let conditions = match object.get("Condition") {
            None => Vec::new(),
            Some(value) => parse_conditions(value, &below("Condition"))?,
        };
        Ok(Self { sid, effect, principals, actions, resources, conditions })
    }
}

fn parse_principals(value: &Value, path: &str) -> Result<Vec<Principal>, DocumentError> {
    let object = value.as_object().ok_or_else(|| shape(path, "\"*\" or an object is wanted"))?;
    let mut out = Vec::new();
    for (key, value) in object {
        let below = [path, key].join(".");
        for text in strings(value, &below)? {
            out.push(match key.as_str() {
                "AWS" => Principal::Aws(text.into()),
                "Service" => Principal::Service(text),
                "Federated" => Principal::Federated(text.into()),
                "CanonicalUser" => Principal::Canonical(text),
                _ => return Err(shape(&below, "AWS, Service, Federated or CanonicalUser is wanted")),
            });
        }
    }
    Ok(out)
}

fn parse_conditions(value: &Value, path: &str) -> Result<Vec<Condition>, DocumentError> {
    let operators = value.as_object().ok_or_else(|| shape(path, "an object of operators is wanted"))?;
    let mut out = Vec::new();
    for (name, keys) in operators {
        let below = [path, name].join(".");
        let operator = Operator::parse(name).ok_or_else(|| shape(&below, "no condition operator"))?;
        let keys = keys.as_object().ok_or_else(|| shape(&below, "an object of condition keys is wanted"))?;
        for (key, value) in keys {
            let below = [below.as_str(), key].join(".");
            let scalar = |value: &Value| match value {
                Value::String(text) => Some(text.clone()),
                Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
                _ => None,
            };
            let values: Option<Vec<String>> = match value {
                Value::Array(list) => list.iter().map(scalar).collect(),
                single => scalar(single).map(|text| vec![text]),
            };
            let values = values.ok_or_else(|| shape(&below, "a value or a list of values is wanted"))?;
            out.push(Condition {
                operator,
                key: ConditionKey(key.clone()),
                values: values.into_iter().map(Text::from).collect(),
            });
        }
    }
    Ok(out)
}
