//! References to roles: first read as written, resolved once every role is known.

use std::collections::HashMap;

use crate::read::context::Context;
use crate::read::known::Known;
use crate::read::node::Node;
use crate::read::scalar::text;
use crate::read::suggest::{clip, closest, one_of};
use crate::role_index::{Resolution, RoleIndex};
use crate::{Diagnostic, Foundation, Grant, NameError, Place, RoleAccess, RoleName, Trusted, TrustedRole, codes};

/// Reads `ACCOUNT/NAME`. The role is what was written until [`resolve`] puts the real name there.
pub(crate) fn role_reference(cx: &mut Context<'_>, known: &Known, node: &Node) -> Option<TrustedRole> {
    let written = text(cx, node)?;
    let Some((account, role)) = written.split_once('/') else {
        cx.report(
            Diagnostic::error(codes::ROLE_REFERENCE, node.place, format!("`{}` names no account", clip(written)))
                .help("write ACCOUNT/NAME, such as `ml-prod/ml-training-job`"),
        );
        return None;
    };
    let account = known.account_named(cx, account, node.place).cloned();
    match RoleName::new(role) {
        Ok(role) => Some(TrustedRole { account: account?, role, place: node.place }),
        Err(NameError::TooLong { .. }) => {
            cx.report(too_long(role, node.place));
            None
        }
        Err(_) => {
            cx.report(
                Diagnostic::error(codes::ROLE_REFERENCE, node.place, format!("`{}` names no role", clip(written)))
                    .help("write ACCOUNT/NAME with the name of an entry or of its role"),
            );
            None
        }
    }
}

fn too_long(role: &str, place: Place) -> Diagnostic {
    let length = role.chars().count();
    let message = format!("`{}` has {length} characters, and a role name at most {}", clip(role), RoleName::LIMIT);
    Diagnostic::error(codes::NAME_TOO_LONG, place, message).help("no such role can exist: check the reference")
}

/// Puts the real names of roles where references stand; those that name nothing are reported and taken out.
pub(crate) fn resolve(cx: &mut Context<'_>, foundation: &mut Foundation, index: &RoleIndex) {
    let mut resolver = Resolver { cx, index };
    for role in &mut foundation.cross_account {
        role.trusted.retain_mut(|trusted| match trusted {
            Trusted::Role(role) => resolver.role(role),
            Trusted::Account { .. } | Trusted::External { .. } => true,
        });
        resolver.trusted_once(&role.trusted);
        resolver.access(&mut role.access);
    }
    for deployer in &mut foundation.ci_deployers {
        resolver.access(&mut deployer.access);
    }
    for service in &mut foundation.services {
        resolver.access(&mut service.access);
    }
    for role in &mut foundation.federation {
        resolver.access(&mut role.access);
    }
    for team in &mut foundation.teams {
        resolver.access(&mut team.access);
        for job in &mut team.jobs {
            resolver.access(&mut job.access);
        }
    }
}

struct Resolver<'r, 'a> {
    cx: &'r mut Context<'a>,
    index: &'r RoleIndex,
}

impl Resolver<'_, '_> {
    /// Whoever is trusted is listed once: a second entry would only look as if it added something.
    fn trusted_once(&mut self, list: &[Trusted]) {
        let mut seen: HashMap<(&str, &str), Place> = HashMap::new();
        for trusted in list {
            let (key, place) = match trusted {
                Trusted::Role(role) => ((role.account.as_str(), role.role.as_str()), role.place),
                Trusted::Account { account, place } => ((account.as_str(), ""), *place),
                Trusted::External { account, external_id, place } => ((account.as_str(), external_id.as_str()), *place),
            };
            match seen.get(&key) {
                None => drop(seen.insert(key, place)),
                Some(first) => self.cx.report(
                    Diagnostic::error(codes::REPEATED, place, "this is trusted already")
                        .label("again here")
                        .related(*first, "first here")
                        .help("take one out"),
                ),
            }
        }
    }

    fn access(&mut self, access: &mut RoleAccess) {
        access.grants.retain_mut(|grant| match &mut grant.value {
            Grant::Assume { role } => self.role(role),
            _ => true,
        });
    }

    fn role(&mut self, reference: &mut TrustedRole) -> bool {
        let written = reference.role.as_str();
        match self.index.resolve(&reference.account, written) {
            Resolution::Role(role) => {
                reference.role = role.clone();
                true
            }
            Resolution::Ambiguous(roles) => {
                let message = format!("`{written}` is more than one role of `{}`", reference.account);
                self.cx.report(
                    Diagnostic::error(codes::AMBIGUOUS_ROLE, reference.place, message).help(format!(
                        "write the role's full name: {}",
                        one_of(roles.iter().map(|role| role.as_str()))
                    )),
                );
                false
            }
            Resolution::Unknown => {
                // An entry that was dropped would have had the role.
                let dropped = self.cx.dropped.iter().any(|name| !name.is_empty() && written.contains(name.as_str()));
                if !dropped {
                    let diagnostic = self.dangling(reference);
                    self.cx.report(diagnostic);
                }
                false
            }
        }
    }

    fn dangling(&self, reference: &TrustedRole) -> Diagnostic {
        let written = reference.role.as_str();
        let account = &reference.account;
        let message = format!("no role `{}` stands in `{account}`", clip(written));
        let diagnostic = Diagnostic::error(codes::UNKNOWN_ROLE, reference.place, message);
        if let Some(other) = self.index.account_with(written) {
            return diagnostic
                .label(format!("it stands in `{other}`"))
                .help(format!("write `{other}/{written}`, or add `{account}` to its `accounts:`"));
        }
        match closest(written, self.index.names(account)) {
            Some(name) => diagnostic.help(format!("did you mean `{account}/{name}`?")),
            None => diagnostic.help("`role:` names a role that Landfall makes; others are trusted by `account:`"),
        }
    }
}
