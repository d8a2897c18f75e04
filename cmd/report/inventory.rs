//! What a configuration comes to, in numbers.

use std::collections::BTreeMap;

use landfall_model::Kind;
use landfall_stacks::Stack;

use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::report::{Terminal, count};

/// `acme is valid: 8 accounts, 5 units, 44 stacks, 61 roles (no errors)`, and the stacks by kind.
pub(crate) fn inventory(terminal: &Terminal, configuration: &Configuration, totals: &str) -> Result<(), CommandError> {
    let desired = &configuration.desired;
    let roles: usize = configuration.stacks().map(|stack| stack.roles).sum();
    let mut numbers = vec![
        count(desired.accounts.len(), "account"),
        count(desired.units.len(), "unit"),
        count(configuration.stack_count(), "stack"),
        count(roles, "role"),
    ];
    if !desired.guardrails.is_empty() {
        numbers.push(count(desired.guardrails.len(), "guardrail"));
    }
    let name = &desired.organization;
    let mut out = format!("{} is valid: {} ({totals})\n", terminal.out.bold(name), numbers.join(", "));
    for (kind, (stacks, roles)) in by_kind(configuration.stacks()) {
        out.push_str(&format!("  {kind:<18} {:>12}  {:>12}\n", count(stacks, "stack"), count(roles, "role")));
    }
    terminal.data(&out)
}

/// How many stacks and roles there are of each kind.
pub(crate) fn by_kind<'a>(stacks: impl IntoIterator<Item = &'a Stack>) -> BTreeMap<Kind, (usize, usize)> {
    let mut kinds: BTreeMap<Kind, (usize, usize)> = BTreeMap::new();
    for stack in stacks {
        let entry = kinds.entry(stack.kind).or_default();
        entry.0 += 1;
        entry.1 += stack.roles;
    }
    kinds
}
