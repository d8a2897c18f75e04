//! Fewer statements that say the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Actions, Condition, Effect, Resources, Statement, Text};

/// Merges statements of one name and effect that differ only in their resources, then those that differ only in the
/// values of their one condition. Both unions are exact: within a statement, any of the resources and any of the values
/// of a key may match. The order becomes that of the names, so that the order of grants in a file does not matter.
/// Statements have no principals and name their resources.
pub(crate) fn merge(statements: impl IntoIterator<Item = Statement>) -> Vec<Statement> {
    type Key = (Option<String>, Effect, Actions);
    let mut by_conditions: BTreeMap<(Key, Vec<Condition>), BTreeSet<Text>> = BTreeMap::new();
    let mut rest = Vec::new();
    for statement in statements {
        match statement.resources {
            Resources::Only(resources) => by_conditions
                .entry(((statement.sid, statement.effect, statement.actions), statement.conditions))
                .or_default()
                .extend(resources),
            Resources::Implied | Resources::Except(_) => rest.push(statement),
        }
    }
    let mut merged: BTreeMap<(Key, BTreeSet<Text>), Vec<Vec<Condition>>> = BTreeMap::new();
    for ((key, conditions), resources) in by_conditions {
        let alternatives = merged.entry((key, resources)).or_default();
        let joined = match (alternatives.last_mut().map(Vec::as_mut_slice), conditions.as_slice()) {
            (Some([known]), [more]) if known.operator == more.operator && known.key == more.key => {
                let all: BTreeSet<Text> = known.values.iter().chain(&more.values).cloned().collect();
                known.values = all.into_iter().collect();
                true
            }
            _ => false,
        };
        if !joined {
            alternatives.push(conditions);
        }
    }
    let mut out: Vec<Statement> = Vec::new();
    for (((sid, effect, actions), resources), alternatives) in merged {
        for conditions in alternatives {
            out.push(Statement {
                sid: sid.clone(),
                effect,
                principals: crate::Principals::Implied,
                actions: actions.clone(),
                resources: Resources::Only(resources.iter().cloned().collect()),
                conditions,
            });
        }
    }
    out.extend(rest);
    out
}
