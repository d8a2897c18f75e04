//! What the sections may refer to: accounts, units, tags, boundaries.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::read::context::Context;
use crate::read::node::Node;
use crate::read::scalar::text;
use crate::read::suggest::{clip, closest};
use crate::{Account, AccountName, BoundaryName, Diagnostic, Place, UnitPath, codes};

/// Names to refer to, with those whose definition is broken: a reference to these is no mistake of its own.
#[derive(Default)]
pub(crate) struct Known {
    accounts: IndexMap<String, AccountName>,
    units: HashMap<String, Vec<AccountName>>,
    unit_order: Vec<String>,
    tags: HashMap<(String, String), Vec<AccountName>>,
    broken_accounts: HashSet<String>,
    boundaries: IndexMap<String, Option<BoundaryName>>,
    /// Whether selections may lack accounts that are only broken.
    pub(crate) incomplete: bool,
}

impl Known {
    pub(crate) fn new(
        accounts: &IndexMap<AccountName, Account>,
        units: &[UnitPath],
        broken: HashSet<String>,
        incomplete: bool,
    ) -> Self {
        let mut known = Self {
            unit_order: units.iter().map(|unit| unit.as_str().to_owned()).collect(),
            units: units.iter().map(|unit| (unit.as_str().to_owned(), Vec::new())).collect(),
            broken_accounts: broken,
            incomplete,
            ..Self::default()
        };
        for (name, account) in accounts {
            known.accounts.insert(name.as_str().to_owned(), name.clone());
            let mut unit = account.unit.clone();
            while let Some(path) = unit {
                known.units.entry(path.as_str().to_owned()).or_default().push(name.clone());
                unit = path.parent();
            }
            for (key, value) in &account.tags {
                known.tags.entry((key.as_str().to_owned(), value.clone())).or_default().push(name.clone());
            }
        }
        known
    }

    pub(crate) fn set_boundaries(&mut self, boundaries: IndexMap<String, Option<BoundaryName>>) {
        self.boundaries = boundaries;
    }

    /// Every account, in the order of the configuration.
    pub(crate) fn all(&self) -> impl Iterator<Item = &AccountName> {
        self.accounts.values()
    }

    /// The accounts of a unit and of everything under it.
    pub(crate) fn in_unit(&self, unit: &str) -> &[AccountName] {
        self.units.get(unit).map(Vec::as_slice).unwrap_or_default()
    }

    /// The accounts with a tag.
    pub(crate) fn with_tag(&self, key: &str, value: &str) -> &[AccountName] {
        self.tags.get(&(key.to_owned(), value.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }

    /// An account by its name in a text of its own.
    pub(crate) fn account(&self, cx: &mut Context<'_>, node: &Node) -> Option<AccountName> {
        let name = text(cx, node)?;
        self.account_named(cx, name, node.place).cloned()
    }

    /// An account by its name.
    pub(crate) fn account_named(&self, cx: &mut Context<'_>, name: &str, place: Place) -> Option<&AccountName> {
        if let Some(found) = self.accounts.get(name) {
            return Some(found);
        }
        let excused = self.broken_accounts.contains(name) || (self.accounts.is_empty() && self.incomplete);
        if !excused {
            let diagnostic =
                Diagnostic::error(codes::UNKNOWN_ACCOUNT, place, format!("there is no account `{}`", clip(name)));
            let names = self.accounts.keys().chain(&self.broken_accounts).map(String::as_str);
            cx.report(match closest(name, names) {
                Some(other) => diagnostic.help(format!("did you mean `{other}`?")),
                None => diagnostic.help("define it under `accounts:`"),
            });
        }
        None
    }

    /// A unit by its path.
    pub(crate) fn unit(&self, cx: &mut Context<'_>, path: &str, place: Place) -> Option<UnitPath> {
        if self.units.contains_key(path) {
            return UnitPath::new(path).ok();
        }
        cx.report(unknown_unit(path, place, self.unit_order.iter().map(String::as_str)));
        None
    }

    /// The boundary that a `boundary:` names.
    pub(crate) fn boundary(&self, cx: &mut Context<'_>, node: &Node) -> Option<BoundaryName> {
        let name = text(cx, node)?;
        match self.boundaries.get(name) {
            Some(found) => found.clone(),
            None => {
                let diagnostic = Diagnostic::error(
                    codes::UNKNOWN_BOUNDARY,
                    node.place,
                    format!("there is no boundary `{}`", clip(name)),
                );
                cx.report(match closest(name, self.boundaries.keys().map(String::as_str)) {
                    Some(other) => diagnostic.help(format!("did you mean `{other}`?")),
                    None => diagnostic.help("define it under `boundaries:`"),
                });
                None
            }
        }
    }
}

pub(crate) fn unknown_unit<'a>(path: &str, place: Place, units: impl Iterator<Item = &'a str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(codes::UNKNOWN_UNIT, place, format!("there is no unit `{}`", clip(path)));
    match closest(path, units) {
        Some(other) => diagnostic.help(format!("did you mean `{other}`?")),
        None => diagnostic.help("list it under `units:` of `organization:`"),
    }
}
