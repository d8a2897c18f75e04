//! The graph to read in a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use landfall_model::AccountName;

use super::dag::Graph;
use super::dot::label;
use crate::StepId;

impl Graph {
    /// The nodes by account, in topological order inside each; what stands in no account comes first.
    pub(super) fn by_account(&self) -> BTreeMap<Option<&AccountName>, Vec<&StepId>> {
        let mut groups: BTreeMap<Option<&AccountName>, Vec<&StepId>> = BTreeMap::new();
        for id in self.order() {
            groups.entry(id.account()).or_default().push(id);
        }
        groups
    }

    /// A list by account: each node, and below it what it waits for and why.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for (account, nodes) in self.by_account() {
            let _ = match account {
                Some(account) => writeln!(out, "\naccount {account}"),
                None => writeln!(out, "organization and units"),
            };
            for id in nodes {
                let _ = writeln!(out, "  {}", label(id));
                for edge in self.needs(id) {
                    let on = match (&edge.on, edge.on.account() == account) {
                        (StepId::Stack(_), true) => label(&edge.on),
                        _ => edge.on.to_string(),
                    };
                    let _ = writeln!(out, "    ← {on}: {}", edge.reason);
                }
            }
        }
        out
    }
}
