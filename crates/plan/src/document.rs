//! Policy documents by what they mean. Source: IAM user guide, grammar of the JSON policy language.

use std::borrow::Cow;
use std::collections::BTreeMap;

use landfall_stacks::Digest;
use serde_json::Value;

/// Whether two policy documents say the same, however they are written.
pub fn same_document(a: &Value, b: &Value) -> bool {
    same(a, b)
}

/// Whether two documents say the same.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    a == b || canonical(a) == canonical(b)
}

/// The same for documents that say the same, however they are written.
pub(crate) fn digest(document: &Value) -> Digest {
    let (beside, statements) = canonical(document);
    let statements: Vec<BTreeMap<&String, Vec<&String>>> = statements
        .iter()
        .map(|one| one.meaning().map(|(element, values)| (element, values.collect())).collect())
        .collect();
    Digest::of(serde_json::json!([beside, statements]).to_string())
}

/// Whether a statement of a document denies something.
pub(crate) fn denies(document: &Value) -> bool {
    statements(document).iter().any(|statement| !statement.allows())
}

/// The statements of a document, each in the one form in which equal meanings are equal.
pub(crate) fn statements(document: &Value) -> Vec<Elements> {
    list(decoded(document).get("Statement")).iter().map(Elements::of).collect()
}

/// The document in the one form in which equal meanings are equal: what stands beside the statements, and these in an
/// order of their own.
fn canonical(document: &Value) -> (BTreeMap<String, Value>, Vec<Elements>) {
    let document = decoded(document);
    let Value::Object(fields) = document.as_ref() else {
        return (BTreeMap::from([(String::new(), document.into_owned())]), Vec::new());
    };
    // An id names the document and means nothing else.
    let beside = fields.iter().filter(|(key, _)| !matches!(key.as_str(), "Id" | "Statement"));
    let mut all: Vec<Elements> = list(fields.get("Statement")).iter().map(Elements::of).collect();
    all.sort();
    (beside.map(|(key, value)| (key.clone(), value.clone())).collect(), all)
}

/// Some answers carry a document as text.
pub(crate) fn decoded(document: &Value) -> Cow<'_, Value> {
    match document {
        Value::String(text) => serde_json::from_str(text).map_or(Cow::Borrowed(document), Cow::Owned),
        other => Cow::Borrowed(other),
    }
}

/// One value or many.
pub(crate) fn list(value: Option<&Value>) -> &[Value] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

/// A statement, taken apart: each element (`Effect`, `Action`, `Principal/AWS`, `Condition/bool/aws:securetransport`)
/// with its values, by what they mean and as they are written. Two are equal if they mean the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Elements(BTreeMap<String, BTreeMap<String, String>>);

impl Elements {
    /// Takes a statement apart.
    pub(crate) fn of(statement: &Value) -> Self {
        let mut out = Self::default();
        let Value::Object(fields) = statement else {
            out.add(String::new(), statement, str::to_owned);
            return out;
        };
        for (key, value) in fields {
            match key.as_str() {
                "Action" | "NotAction" => out.add(key.clone(), value, str::to_ascii_lowercase),
                "Principal" | "NotPrincipal" => out.principals(key, value),
                "Condition" => out.conditions(value),
                "Sid" if value.as_str() == Some("") => {}
                _ => out.add(key.clone(), value, str::to_owned),
            }
        }
        out
    }

    /// The values of an element, by what they mean.
    pub(crate) fn values(&self, element: &str) -> Option<impl Iterator<Item = &str>> {
        Some(self.0.get(element)?.keys().map(String::as_str))
    }

    /// The elements whose names begin so, with the rest of their names.
    pub(crate) fn under<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a BTreeMap<String, String>)> {
        let from = self.0.range::<str, _>((std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded));
        from.map_while(move |(name, values)| Some((name.strip_prefix(prefix)?, values)))
    }

    /// Every element.
    pub(crate) fn all(&self) -> &BTreeMap<String, BTreeMap<String, String>> {
        &self.0
    }

    /// Whether it allows; everything else denies.
    pub(crate) fn allows(&self) -> bool {
        self.values("Effect").is_some_and(|mut effect| effect.any(|effect| effect == "Allow"))
    }

    /// Its name, if it has one.
    pub(crate) fn sid(&self) -> Option<&str> {
        self.values("Sid")?.next()
    }

    /// One value or many, numbers and booleans as text.
    fn add(&mut self, element: String, value: &Value, normal: impl Fn(&str) -> String) {
        let values = self.0.entry(element).or_default();
        for item in list(Some(value)) {
            match item {
                Value::String(text) => values.insert(normal(text), text.clone()),
                other => values.insert(normal(&other.to_string()), other.to_string()),
            };
        }
    }

    fn principals(&mut self, element: &str, value: &Value) {
        match value {
            Value::Object(sorts) => {
                for (sort, names) in sorts {
                    let normal = |name: &str| match sort.as_str() {
                        "AWS" => account_of_root(name).into_owned(),
                        "Service" => service(name),
                        _ => name.to_owned(),
                    };
                    self.add([element, sort].join("/"), names, normal);
                }
            }
            // `"*"` and `{"AWS": "*"}` are the same in a resource policy.
            anybody => self.add([element, "AWS"].join("/"), anybody, str::to_owned),
        }
    }

    /// Operators and keys are compared without regard to case, and blocks that differ only in it are one.
    fn conditions(&mut self, value: &Value) {
        let Value::Object(operators) = value else {
            self.add("Condition".to_owned(), value, str::to_owned);
            return;
        };
        for (operator, keys) in operators {
            let operator = operator.to_ascii_lowercase();
            let truth = operator.trim_end_matches("ifexists").ends_with("bool") || operator == "null";
            for (key, values) in keys.as_object().into_iter().flatten() {
                let normal = |text: &str| if truth { text.to_ascii_lowercase() } else { text.to_owned() };
                self.add(["Condition", &operator, &key.to_ascii_lowercase()].join("/"), values, normal);
            }
        }
    }

    fn meaning(&self) -> impl Iterator<Item = (&String, impl Iterator<Item = &String>)> {
        self.0.iter().map(|(element, values)| (element, values.keys()))
    }
}

impl PartialEq for Elements {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Elements {}

impl PartialOrd for Elements {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Elements {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let (mut ours, mut theirs) = (self.meaning(), other.meaning());
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return std::cmp::Ordering::Equal,
                (None, Some(_)) => return std::cmp::Ordering::Less,
                (Some(_), None) => return std::cmp::Ordering::Greater,
                (Some((element, values)), Some((other, others))) => {
                    let order = element.cmp(other).then_with(|| values.cmp(others));
                    if order.is_ne() {
                        return order;
                    }
                }
            }
        }
    }
}

/// An account's root ARN and its bare id name the same principal; IAM answers with the ARN.
pub(crate) fn account_of_root(name: &str) -> Cow<'_, str> {
    let mut parts = name.split(':');
    let head = (parts.next(), parts.next(), parts.next(), parts.next());
    match (head, parts.next(), parts.next(), parts.next()) {
        ((Some("arn"), Some(_), Some("iam"), Some("")), Some(account), Some("root"), None) => Cow::Borrowed(account),
        _ => Cow::Borrowed(name),
    }
}

/// A service is the same in either spelling that the China Regions have for it. Source: IAM user guide, "AWS JSON
/// policy elements: Principal", service principals.
pub(crate) fn service(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.strip_suffix(".com.cn") {
        Some(start) => [start, ".com"].concat(),
        None => name,
    }
}
