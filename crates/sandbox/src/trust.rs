//! Whom a trust policy names, and whether it is there.

use landfall_model::{AccountId, Arn};
use landfall_policies::{Actions, Document, Effect, Piece, Principal, Principals, Text};
use serde_json::Value;

use crate::Refusal;
use crate::clock::{Millis, millis};
use crate::rows;
use crate::world::World;

/// Refuses principals that do not exist. An account outside of the organization is taken to be there, with all in it.
///
/// `own` is the stack that asks: what it made itself it has waited for.
pub(crate) fn check(world: &World, document: &Document, own: Option<&str>, now: Millis) -> Result<(), Refusal> {
    for statement in &document.statements {
        let Principals::Only(principals) = &statement.principals else {
            continue;
        };
        for principal in principals {
            if let Principal::Aws(text) = principal {
                let text = literal(text);
                if !stands(world, &text, own, now) {
                    return Err(Refusal::malformed(format!("Invalid principal in policy: \"AWS\":\"{text}\"")));
                }
            }
        }
    }
    Ok(())
}

fn literal(text: &Text) -> String {
    text.pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            _ => "",
        })
        .collect()
}

fn stands(world: &World, principal: &str, own: Option<&str>, now: Millis) -> bool {
    if principal == "*" {
        return true;
    }
    if AccountId::new(principal).is_ok() {
        return true;
    }
    // A principal's unique id, as IAM itself puts it in place of a deleted one.
    if !principal.starts_with("arn:") {
        return ["AROA", "AIDA"].iter().any(|prefix| principal.starts_with(prefix));
    }
    let Ok(arn) = Arn::new(principal) else {
        return false;
    };
    let Ok(account) = AccountId::new(arn.account()) else {
        return false;
    };
    if principal.contains('*') {
        return false;
    }
    let known = world.accounts.get(account.as_str()).is_some() || account == world.settings().management;
    !known || local(world, &account, &arn, own, now)
}

fn local(world: &World, account: &AccountId, arn: &Arn, own: Option<&str>, now: Millis) -> bool {
    let resource = arn.resource();
    let visible_from = |made: Millis| made.saturating_add(millis(world.settings().propagation));
    match (arn.service(), resource.split_once('/')) {
        ("iam", None) => resource == "root",
        ("iam", Some(("role", path_and_name))) => {
            let (path, name) = rows::split(path_and_name);
            world.roles.get(&rows::key(account, name)).is_some_and(|role| {
                let ours = own.is_some() && role.stack.as_deref() == own;
                role.path == path && role.name.as_str() == name && (ours || visible_from(role.made) <= now)
            })
        }
        ("iam", Some(("user", path_and_name))) => {
            let (path, name) = rows::split(path_and_name);
            world
                .users
                .get(&rows::key(account, name))
                .is_some_and(|user| user.path == path && user.name == name && visible_from(user.made) <= now)
        }
        ("sts", Some(("assumed-role", rest))) => {
            let role = rest.split('/').next().unwrap_or_default();
            world.roles.get(&rows::key(account, role)).is_some()
        }
        ("sts", Some(("federated-user", _))) => true,
        _ => false,
    }
}

/// Whether a role lets the management account in. Conditions are taken to hold.
pub(crate) fn lets_in(trust: &Value, management: &AccountId) -> bool {
    let Ok(document) = Document::parse(trust) else {
        return false;
    };
    document.statements.iter().any(|statement| {
        let action = match &statement.actions {
            Actions::Only(list) => {
                list.iter().any(|action| ["sts:AssumeRole", "sts:*", "*"].contains(&action.as_str()))
            }
            Actions::Except(_) => false,
        };
        let principal = match &statement.principals {
            Principals::Anyone => true,
            Principals::Only(list) => list.iter().any(|principal| match principal {
                Principal::Aws(text) => {
                    let text = literal(text);
                    text == "*"
                        || text == management.as_str()
                        || Arn::new(text)
                            .is_ok_and(|arn| arn.account() == management.as_str() && arn.resource() == "root")
                }
                _ => false,
            }),
            Principals::Implied | Principals::Except(_) => false,
        };
        statement.effect == Effect::Allow && action && principal
    })
}
