//! A document that is looked at, and how its parts are named.

use crate::{Actions, Condition, Document, Effect, Plain, Render, Resources, Statement, Text};

/// What a document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// A role's own policy.
    Identity,
    /// A permissions boundary.
    Boundary,
    /// A trust policy.
    Trust,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
}

/// A document with what it is for.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What it is for.
    pub kind: DocumentKind,
    /// What it says.
    pub document: &'a Document,
}

impl<'a> Subject<'a> {
    /// Its statements with their paths.
    pub(crate) fn statements(self) -> impl Iterator<Item = (String, &'a Statement)> {
        self.document.statements.iter().enumerate().map(|(at, statement)| (format!("Statement[{at}]"), statement))
    }
}

/// The actions of a statement with their paths.
pub(crate) fn actions<'a>(path: &str, statement: &'a Statement) -> Vec<(String, &'a str)> {
    let (key, list) = match &statement.actions {
        Actions::Only(list) => ("Action", list),
        Actions::Except(list) => ("NotAction", list),
    };
    list.iter().enumerate().map(|(at, action)| (format!("{path}.{key}[{at}]"), action.as_str())).collect()
}

/// The resources of a statement with their paths, as text.
pub(crate) fn resources(path: &str, statement: &Statement) -> Vec<(String, String)> {
    let (key, list) = match &statement.resources {
        Resources::Implied => return Vec::new(),
        Resources::Only(list) => ("Resource", list),
        Resources::Except(list) => ("NotResource", list),
    };
    list.iter().enumerate().map(|(at, text)| (format!("{path}.{key}[{at}]"), shown(text))).collect()
}

/// The path of a condition.
pub(crate) fn condition_path(path: &str, condition: &Condition) -> String {
    [path, "Condition", &condition.operator.to_string(), &condition.key.0].join(".")
}

/// Text with stand-ins in its holes.
pub(crate) fn shown(text: &Text) -> String {
    match text.as_literal() {
        Some(literal) => literal.to_owned(),
        None => Plain.text(text).as_str().unwrap_or_default().to_owned(),
    }
}

/// Whether a statement gives.
pub(crate) fn allows(statement: &Statement) -> bool {
    statement.effect == Effect::Allow
}

/// Alternatives as a sentence has them, at most a handful: "`a`, `b` and 3 more".
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 4;
    let words: Vec<String> = words.into_iter().map(|word| ["`", word, "`"].concat()).collect();
    let more = words.len().saturating_sub(SHOWN);
    let shown = words.get(..words.len() - more).unwrap_or_default();
    match (shown, more) {
        ([], _) => "nothing".to_owned(),
        (shown, 0) => match shown.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => [rest.join(", ").as_str(), " and ", last].concat(),
            None => String::new(),
        },
        (shown, more) => format!("{} and {more} more", shown.join(", ")),
    }
}
