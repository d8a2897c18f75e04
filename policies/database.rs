//! What AWS documents of its actions: `policies/data/actions.txt`, written by `policies/data/refresh.py`.
//!
//! The text is a part of the program. It is cut into services when it is first asked for, and a service is read when
//! it is first asked for, so that a command that lints nothing pays nothing.

use std::collections::BTreeMap;
use std::sync::OnceLock;

const TEXT: &str = include_str!("data/actions.txt");

/// What an action does, in AWS's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Sees what there is.
    List,
    /// Reads.
    Read,
    /// Makes, changes and deletes.
    Write,
    /// Changes tags.
    Tagging,
    /// Changes who may do what.
    Permissions,
}

/// The type of a condition key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is named as AWS spells it")]
pub enum ValueType {
    String,
    Arn,
    Bool,
    Numeric,
    Date,
    IpAddress,
    Binary,
}

/// Whether a request has one value of a key, or a list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arity {
    /// One.
    Single,
    /// A list.
    Many,
}

/// A condition key, or a pattern of such: `aws:RequestTag/*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFacts {
    /// Its name as AWS spells it, `*` for what is variable in it.
    pub name: &'static str,
    /// The type of its values.
    pub value: ValueType,
    /// How many a request has.
    pub arity: Arity,
}

/// A kind of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceType {
    /// Its name in the service's documentation.
    pub name: &'static str,
    /// Its ARNs, `*` for what is variable in them, with `,` between several forms; `-` where none is documented.
    pub arn: &'static str,
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionFacts {
    /// Its name without the service.
    pub name: &'static str,
    /// What it does.
    pub level: AccessLevel,
    /// The kinds of resource that it can be restricted to, as positions in [`Service::types`]; none where only `*` will do.
    pub types: Vec<usize>,
    /// The kinds of resource without which it does nothing.
    pub required: Vec<usize>,
    /// The condition keys of its own, as positions in [`Service::keys`].
    pub keys: Vec<usize>,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its prefix, such as `s3`.
    pub prefix: &'static str,
    /// Its condition keys.
    pub keys: Vec<KeyFacts>,
    /// Its kinds of resource.
    pub types: Vec<ResourceType>,
    /// Its actions by name.
    pub actions: Vec<ActionFacts>,
}

impl Service {
    /// An action by its name, without regard to case.
    pub fn action(&self, name: &str) -> Option<&ActionFacts> {
        self.actions.iter().find(|action| action.name.eq_ignore_ascii_case(name))
    }
}

#[derive(Debug)]
struct Section {
    text: &'static str,
    service: OnceLock<Service>,
}

/// All services.
#[derive(Debug)]
pub struct Database {
    sections: BTreeMap<&'static str, Section>,
}

/// The one database of the program.
pub fn database() -> &'static Database {
    static DATABASE: OnceLock<Database> = OnceLock::new();
    DATABASE.get_or_init(|| {
        let sections = TEXT.split("\n@").skip(1).map(|text| {
            let prefix = text.lines().next().unwrap_or_default();
            (prefix, Section { text, service: OnceLock::new() })
        });
        Database { sections: sections.collect() }
    })
}

impl Database {
    /// The day of the data, `2026-09-26`.
    pub fn date(&self) -> &'static str {
        TEXT.split(' ').nth(3).unwrap_or_default()
    }

    /// A service by its prefix, without regard to case.
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        let section = match self.sections.get(prefix) {
            Some(section) => section,
            None => self.sections.get(prefix.to_ascii_lowercase().as_str())?,
        };
        Some(section.service.get_or_init(|| read(section.text)))
    }

    /// The prefixes of all services.
    pub fn prefixes(&self) -> impl Iterator<Item = &'static str> {
        self.sections.keys().copied()
    }
}

fn read(text: &'static str) -> Service {
    let mut lines = text.lines();
    let mut service =
        Service { prefix: lines.next().unwrap_or_default(), keys: Vec::new(), types: Vec::new(), actions: Vec::new() };
    let mut type_sets: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    let mut key_sets: Vec<Vec<usize>> = Vec::new();
    for line in lines {
        if let Some(key) = line.strip_prefix('=') {
            let (name, kind) = key.rsplit_once(' ').unwrap_or((key, "String"));
            let (value, arity) = value_type(kind);
            service.keys.push(KeyFacts { name, value, arity });
        } else if let Some(kind) = line.strip_prefix('%') {
            let (name, arn) = kind.split_once(' ').unwrap_or((kind, "-"));
            service.types.push(ResourceType { name, arn });
        } else if let Some(types) = line.strip_prefix('+') {
            let number = |text: &str| text.trim_end_matches('!').parse().ok();
            let all = types.split(',').filter_map(number).collect();
            let required = types.split(',').filter(|text| text.ends_with('!')).filter_map(number).collect();
            type_sets.push((all, required));
        } else if let Some(keys) = line.strip_prefix('&') {
            key_sets.push(keys.split(',').flat_map(range).collect());
        } else if let Some((name, rest)) = line.split_once(':') {
            let mut fields = rest.split(' ');
            let level = access_level(fields.next().unwrap_or_default());
            let mut set = || fields.next().and_then(|number| number.parse::<usize>().ok());
            let (types, required) = set().and_then(|at| type_sets.get(at)).cloned().unwrap_or_default();
            let keys = set().and_then(|at| key_sets.get(at)).cloned().unwrap_or_default();
            service.actions.push(ActionFacts { name, level, types, required, keys });
        }
    }
    service
}

fn range(text: &str) -> std::ops::RangeInclusive<usize> {
    let number = |text: &str| text.parse().unwrap_or_default();
    match text.split_once('-') {
        Some((first, last)) => number(first)..=number(last),
        None => number(text)..=number(text),
    }
}

fn access_level(letter: &str) -> AccessLevel {
    match letter {
        "L" => AccessLevel::List,
        "R" => AccessLevel::Read,
        "T" => AccessLevel::Tagging,
        "P" => AccessLevel::Permissions,
        _ => AccessLevel::Write,
    }
}

fn value_type(text: &str) -> (ValueType, Arity) {
    let (text, arity) = match text.strip_prefix("ArrayOf") {
        Some(text) => (text, Arity::Many),
        None => (text, Arity::Single),
    };
    let value = match text {
        "ARN" => ValueType::Arn,
        "Bool" => ValueType::Bool,
        "Numeric" => ValueType::Numeric,
        "Date" => ValueType::Date,
        "IPAddress" => ValueType::IpAddress,
        "Binary" => ValueType::Binary,
        _ => ValueType::String,
    };
    (value, arity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_says_how_old_it_is() {
        let date = database().date();
        assert!(landfall_model::Day::new(date).is_some(), "{date}");
    }

    #[test]
    fn every_service_is_read_whole() {
        let mut actions = 0;
        for prefix in database().prefixes() {
            let service = database().service(prefix).unwrap();
            assert_eq!(service.prefix, prefix);
            assert!(!service.actions.is_empty(), "{prefix}");
            for action in &service.actions {
                assert!(action.types.iter().all(|at| *at < service.types.len()), "{prefix}:{}", action.name);
                assert!(action.keys.iter().all(|at| *at < service.keys.len()), "{prefix}:{}", action.name);
            }
            actions += service.actions.len();
        }
        assert!(actions > 20_000, "{actions}");
    }

    #[test]
    fn facts_are_those_that_aws_documents() {
        let s3 = database().service("S3").unwrap();
        let get = s3.action("getobject").unwrap();
        assert_eq!((get.name, get.level), ("GetObject", AccessLevel::Read));
        let types: Vec<&str> = get.types.iter().map(|at| s3.types[*at].arn).collect();
        assert!(types.contains(&"arn:*:s3:::*/*"), "{types:?}");
        assert!(get.keys.iter().any(|at| s3.keys[*at].name == "s3:ExistingObjectTag/*"));
        assert_eq!(s3.action("ListAllMyBuckets").unwrap().types, [] as [usize; 0]);
        let iam = database().service("iam").unwrap();
        let pass = iam.action("PassRole").unwrap();
        assert_eq!(pass.required.len(), 1);
        assert!(pass.keys.iter().any(|at| iam.keys[*at].name == "iam:PassedToService"));
        assert_eq!(iam.action("PutRolePolicy").unwrap().level, AccessLevel::Permissions);
        assert!(database().service("nothing").is_none());
    }
}
