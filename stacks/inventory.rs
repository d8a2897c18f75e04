//! What an account carries in all: names are unique in it, and roles are counted.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountName, Diagnostic, Diagnostics, Place};

use crate::{Provides, Stack, codes};

/// How many roles an account may have without asking for more, and with asking.
/// Source: IAM User Guide, "IAM and AWS STS quotas" (raised on request to 10,000).
pub const ROLES: (usize, usize) = (1_000, 10_000);

/// What the names of service-linked roles begin with. A service that finds its role's name taken cannot make it, and then
/// does not work in that account. Source: IAM User Guide, "Create a service-linked role".
const LINKED: &str = "awsservicerolefor";

/// Names that are given twice or belong to AWS, and accounts with too many roles.
pub(crate) fn check(stacks: &[Stack]) -> Diagnostics {
    let mut out = Diagnostics::default();
    let mut names: BTreeMap<(&AccountName, &str, String), Place> = BTreeMap::new();
    let mut roles: BTreeMap<&AccountName, (usize, Place)> = BTreeMap::new();
    let mut reported: BTreeSet<(Place, Place, String)> = BTreeSet::new();
    let mut linked: BTreeSet<Place> = BTreeSet::new();
    for stack in stacks {
        roles.entry(&stack.key.account).or_insert((0, stack.place)).0 += stack.roles;
        let in_region = [stack.key.region.as_str(), stack.key.name.as_str()].join("/");
        let made = stack.provides.iter().filter_map(|provided| match provided {
            // IAM compares names without regard to case.
            Provides::Role(name) => Some(("role", name.as_str().to_ascii_lowercase())),
            Provides::Boundary(_) | Provides::SharedPolicy(_) | Provides::Provider(_) => None,
        });
        for (what, name) in made.chain([("stack", in_region)]) {
            if what == "role" && name.starts_with(LINKED) && linked.insert(stack.place) {
                let message = format!("role `{name}` is named as a service-linked role is");
                let help = "rename it: AWS makes such roles by itself, and fails where the name is taken";
                out.push(Diagnostic::error(codes::LINKED_NAME, stack.place, message).help(help));
            }
            let Some(first) = names.insert((&stack.key.account, what, name.clone()), stack.place) else {
                continue;
            };
            // The same two items meet in every account that they share; once is enough.
            if !reported.insert((first, stack.place, name.clone())) {
                continue;
            }
            let message = format!("account `{}` would have two {what}s named `{name}`", stack.key.account);
            out.push(
                Diagnostic::error(codes::TAKEN, stack.place, message)
                    .related(first, "the other one comes from here")
                    .help("rename one of the two"),
            );
        }
    }
    let (free, most) = ROLES;
    for (account, (count, place)) in roles {
        let message = format!("account `{account}` would have {count} roles");
        if count > most {
            let help = format!("IAM takes at most {most}: share roles in teams, or use another account");
            out.push(Diagnostic::error(codes::ROLES, place, message).help(help));
        } else if count > free {
            let help = format!("IAM takes {free} until the quota is raised (up to {most}): ask before applying");
            out.push(Diagnostic::warning(codes::ROLES, place, message).help(help));
        }
    }
    out
}
