//! A trust policy taken apart into single principals, each with the conditions under which it is trusted.

use std::collections::BTreeSet;

use serde_json::Value;

use super::allowed::conditions;
use crate::document::{Elements, statements};

/// Who may assume a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrustedBy {
    /// The principal as it is written; a bare account is all of it.
    pub principal: String,
    /// Under which conditions: `KEY OPERATOR VALUE, VALUE`, in order.
    pub conditions: Vec<String>,
}

/// Everybody whom a trust policy lets in.
pub fn trusted_by(document: &Value) -> BTreeSet<TrustedBy> {
    let mut out = BTreeSet::new();
    for statement in statements(document).iter().filter(|statement| statement.allows()) {
        let conditions = conditions(statement);
        for principal in principals(statement) {
            out.insert(TrustedBy { principal, conditions: conditions.clone() });
        }
    }
    out
}

fn principals(statement: &Elements) -> Vec<String> {
    let named = statement.under("Principal/").flat_map(|(_, names)| names.keys()).map(|name| match name.as_str() {
        "*" => "everybody".to_owned(),
        name => name.to_owned(),
    });
    let mut out: Vec<String> = named.collect();
    let but: Vec<&str> =
        statement.under("NotPrincipal/").flat_map(|(_, names)| names.keys().map(String::as_str)).collect();
    if !but.is_empty() {
        out.push(["everybody but ", &but.join(", ")].concat());
    }
    out
}
