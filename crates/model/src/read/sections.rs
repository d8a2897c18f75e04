//! Lists of named entries.

use std::collections::HashMap;

use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::known::Known;
use crate::read::node::Node;
use crate::read::scalar::list;
use crate::read::values::name;
use crate::read::{access, selector};
use crate::{AccountSet, BoundaryName, Diagnostic, ItemName, Place, RoleAccess, codes, pascal};

/// What the names of a section become, which decides when two of them are the same.
#[derive(Debug, Clone, Copy)]
enum Become {
    Stacks,
    Resources,
}

/// The names that a section has given out.
pub(crate) struct Names {
    become_what: Become,
    taken: HashMap<String, (String, Place)>,
}

impl Names {
    /// Names of stacks: `_` and `.` become `-` there, and role names do not differ by case.
    pub(crate) fn of_stacks() -> Self {
        Self { become_what: Become::Stacks, taken: HashMap::new() }
    }

    /// Names of resources in one template: logical ids have letters and digits only.
    pub(crate) fn of_resources() -> Self {
        Self { become_what: Become::Resources, taken: HashMap::new() }
    }

    /// Whether a name is free. If it, or one that comes to the same, was given before, that is said.
    pub(crate) fn claim(&mut self, cx: &mut Context<'_>, name: &str, place: Place) -> bool {
        let (key, what) = match self.become_what {
            Become::Stacks => (name.replace(['_', '.'], "-").to_ascii_lowercase(), "stack name"),
            Become::Resources => (pascal(name), "name in the template"),
        };
        let Some((first, first_place)) = self.taken.get(&key) else {
            self.taken.insert(key, (name.to_owned(), place));
            return true;
        };
        let diagnostic = if first.eq_ignore_ascii_case(name) {
            Diagnostic::error(codes::DUPLICATE_NAME, place, format!("the name `{name}` is taken"))
                .help("give one of them another name, or join the two")
        } else {
            Diagnostic::error(codes::SAME_STACK, place, format!("`{name}` and `{first}` come to the same {what}"))
                .help("names must differ in more than punctuation and case")
        };
        cx.report(diagnostic.label("again here").related(*first_place, "first here"));
        false
    }
}

/// Every entry of a section that can be read. The names of the others are remembered.
pub(crate) fn items<T>(
    cx: &mut Context<'_>,
    node: Option<&Node>,
    name_key: &str,
    mut read: impl FnMut(&mut Context<'_>, &Node) -> Option<T>,
) -> Vec<T> {
    let Some(node) = node else { return Vec::new() };
    let entries = list(cx, node).unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| {
            let item = read(cx, entry);
            if item.is_none()
                && let Some(name) = entry.peek(name_key)
            {
                cx.dropped.push(name.to_owned());
            }
            item
        })
        .collect()
}

/// What every role section has: name, accounts, boundary and the three lists of access.
pub(crate) struct RoleParts {
    pub(crate) name: Option<ItemName>,
    pub(crate) accounts: Option<AccountSet>,
    pub(crate) boundary: Option<BoundaryName>,
    pub(crate) access: RoleAccess,
    /// The name's own place where there is one.
    pub(crate) place: Place,
}

/// Reads the parts that every role section has.
pub(crate) fn role_parts(
    cx: &mut Context<'_>,
    known: &Known,
    fields: &mut Fields<'_>,
    names: &mut Names,
    name_key: &'static str,
) -> RoleParts {
    let (name, place) = item_name(cx, fields, names, name_key);
    RoleParts {
        name,
        accounts: accounts(cx, known, fields),
        boundary: boundary(cx, known, fields),
        access: access::role_access(cx, known, fields),
        place,
    }
}

/// Reads and claims an entry's name. A name that is taken is none: the second entry is dropped.
pub(crate) fn item_name(
    cx: &mut Context<'_>,
    fields: &mut Fields<'_>,
    names: &mut Names,
    key: &'static str,
) -> (Option<ItemName>, Place) {
    let node = fields.required(key, "every entry has a name: its stack and its roles are called by it");
    let item: Option<ItemName> = node.and_then(|node| name(cx, node));
    let place = node.map_or(fields.place(), |node| node.place);
    (item.filter(|item| names.claim(cx, item.as_str(), place)), place)
}

pub(crate) fn accounts(cx: &mut Context<'_>, known: &Known, fields: &mut Fields<'_>) -> Option<AccountSet> {
    let help = "say where it stands: `accounts: [NAME]`, `[\"unit:PATH\"]`, `[\"tag:KEY=VALUE\"]` or `[all]`";
    let node = fields.required("accounts", help)?;
    selector::select(cx, known, node)
}

pub(crate) fn boundary(cx: &mut Context<'_>, known: &Known, fields: &mut Fields<'_>) -> Option<BoundaryName> {
    let help = "no role stands without a permissions boundary: name one of `boundaries:`";
    let node = fields.required("boundary", help)?;
    known.boundary(cx, node)
}
