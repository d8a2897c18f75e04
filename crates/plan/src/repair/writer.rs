//! What those may write who put things right.
//!
//! Landfall's own roles give a role policies only while it carries one of Landfall's boundaries (`policies/automation.rs`):
//! under a boundary of somebody else's they can take policies away and say who comes in, and no more.

use std::collections::BTreeSet;

use landfall_model::RoleName;

use super::RepairCall;
use super::narrow::denials;
use super::stage::Stage;
use crate::{Difference, IdentityKind};

/// Who makes the writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// Somebody with every permission, by the access role.
    Anybody,
    /// One of Landfall's own roles.
    Automation,
}

/// Changes the stages of writes so that none is refused: what a role keeps in between is taken away as a whole where it
/// denies nothing, and otherwise the role gets its own boundary first of all, when others are shut out.
pub(super) fn permitted(writes: &mut Vec<(Stage, RepairCall)>, differences: &[Difference], writer: Writer) {
    if writer == Writer::Anybody {
        return;
    }
    for role in under_others(differences) {
        let of_role = |call: &RepairCall| match call {
            RepairCall::PutBoundary { role: of, .. } => *of == role,
            _ => false,
        };
        let Some(at) = writes.iter().find(|(_, call)| of_role(call)).map(|(stage, _)| *stage) else { continue };
        let mut refused = false;
        let mut narrowed: Vec<RepairCall> = Vec::new();
        for (stage, call) in writes.iter_mut().filter(|(stage, _)| *stage < at) {
            match call {
                RepairCall::PutInline { role: of, name, document } if *of == role => {
                    if *stage == Stage::Narrow && denials(document).is_empty() {
                        let delete = RepairCall::DeleteInline { role: role.clone(), name: name.clone() };
                        narrowed.push(std::mem::replace(call, delete));
                    } else {
                        refused = true;
                    }
                }
                RepairCall::Attach { role: of, .. } if *of == role => refused = true,
                _ => {}
            }
        }
        // What was narrow already comes back, unless something else comes in its place.
        for narrow in narrowed {
            let comes = |call: &RepairCall| match (call, &narrow) {
                (RepairCall::PutInline { role, name, .. }, RepairCall::PutInline { role: of, name: other, .. }) => {
                    role == of && name == other
                }
                _ => false,
            };
            if !writes.iter().any(|(_, call)| comes(call)) {
                writes.push((Stage::Grow, narrow));
            }
        }
        if refused {
            for (stage, call) in writes.iter_mut() {
                match call {
                    RepairCall::PutBoundary { role: of, .. } if *of == role => *stage = Stage::MissingBoundary,
                    RepairCall::PutTrust { role: of, .. } if *of == role && *stage == Stage::Narrow => {
                        *stage = Stage::Shut;
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The roles whose boundary is to be exchanged for one of Landfall's, and is none now.
fn under_others(differences: &[Difference]) -> BTreeSet<RoleName> {
    let boundaries =
        differences.iter().filter(|one| one.kind == IdentityKind::Role && one.property == "PermissionsBoundary");
    let foreign = boundaries.filter(|one| {
        one.live.as_str().zip(one.desired.as_str()).is_some_and(|(live, desired)| !is_own(live, desired))
    });
    foreign.filter_map(|one| RoleName::new(one.name.as_str()).ok()).collect()
}

/// Whether a policy is named as boundaries of Landfall's are, of which the desired one is an example:
/// `policy/{organization}/{organization}-*boundary*`.
fn is_own(live: &str, desired: &str) -> bool {
    let (Some((home, _)), Some((path, name))) = (desired.rsplit_once('/'), live.rsplit_once('/')) else { return false };
    let organization = home.rsplit('/').next().unwrap_or_default();
    let rest = name.strip_prefix(organization).and_then(|rest| rest.strip_prefix('-'));
    home == path && rest.is_some_and(|rest| rest.contains("boundary"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn landfalls_boundaries_are_told_by_path_and_name() {
        let arn = |name: &str| ["arn:aws:iam::111122223333:policy/", name].concat();
        let ours = arn("acme/acme-boundary-web");
        for (live, own) in [
            ("acme/acme-boundary-batch", true),
            ("acme/acme-break-glass-boundary", true),
            ("acme/acme-shared-policy-x", false),
            ("acme/boundary", false),
            ("acme-boundary-web", false),
            ("other/acme-boundary-web", false),
        ] {
            assert_eq!(is_own(&arn(live), &ours), own, "{live}");
        }
        assert!(!is_own("arn:aws:iam::aws:policy/AdministratorAccess", &ours));
    }
}
