//! Roles changed by hand.

use landfall_model::{Kind, PolicyName};
use landfall_stacks::{PolicyDocument, Role, TAG_ORGANIZATION};
use serde_json::{Value, json};

use super::TamperError;
use super::choice::{Done, Found, Scene};
use crate::{Refusal, iam};

/// Which roles are picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Any but those of emergency access.
    Ordinary,
    /// Those of emergency access.
    Emergency,
}

impl Which {
    fn has(self, found: &Found) -> bool {
        (found.kind == Some(Kind::BreakGlass)) == (self == Self::Emergency)
    }
}

fn any(scene: &Scene<'_>) -> Result<Found, TamperError> {
    // Whoever names a role may mean an emergency role too.
    let named = scene.wish.role.is_some();
    scene.role("a role", |found| named || Which::Ordinary.has(found))
}

fn with(scene: &Scene<'_>, wanted: &'static str, fits: impl Fn(&Role) -> bool) -> Result<Found, TamperError> {
    let named = scene.wish.role.is_some();
    scene.role(wanted, |found| (named || Which::Ordinary.has(found)) && fits(&found.role))
}

fn change(
    scene: &Scene<'_>,
    found: &Found,
    what: impl std::fmt::Display,
    change: impl FnOnce(&mut Role) -> Result<(), Refusal>,
) -> Done {
    let name = &found.role.name;
    scene.act((&found.account, &found.account_name), format!("role {name}: {what}"), |world, place| {
        iam::change_role(world, place, name, change)
    })
}

/// Everything, everywhere.
pub(super) fn everything(action: &str) -> Value {
    json!({ "Sid": "ByHand", "Effect": "Allow", "Action": action, "Resource": "*" })
}

fn document(statement: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

/// Changes the statements of a document.
fn statements(document: &mut PolicyDocument, change: impl FnOnce(&mut Vec<Value>)) {
    document.change(|json| {
        if let Some(statements) = json.get_mut("Statement").and_then(Value::as_array_mut) {
            change(statements);
        }
    });
}

pub(super) fn widen_trust(scene: &Scene<'_>) -> Done {
    let found = any(scene)?;
    let principal = scene.wish.principal.as_deref().unwrap_or("*");
    scene.by_hand(&found, format!("`{principal}` may assume it"), |hand| {
        hand.widen_trust(&found.account, &found.role.name, principal)
    })
}

pub(super) fn remove_condition(scene: &Scene<'_>, which: Which) -> Done {
    let conditional = |role: &Role| {
        let trust = role.trust.json();
        let statements = trust.get("Statement").and_then(Value::as_array).into_iter().flatten();
        // IAM itself refuses a trust policy for a provider that others use too without a condition on the subject.
        statements.clone().any(|statement| statement.get("Condition").is_some())
            && statements.into_iter().all(|one| one.pointer("/Principal/Federated").is_none())
    };
    let named = scene.wish.role.is_some();
    let found = scene.role("a role whose trust policy has conditions", |found| {
        (named || which.has(found)) && conditional(&found.role)
    })?;
    change(scene, &found, "its trust policy has no conditions any more", |role| {
        statements(&mut role.trust, |all| {
            for fields in all.iter_mut().filter_map(Value::as_object_mut) {
                fields.shift_remove("Condition");
            }
        });
        Ok(())
    })
}

pub(super) fn narrow_trust(scene: &Scene<'_>) -> Done {
    let found = any(scene)?;
    change(scene, &found, "its trust policy denies everybody", |role| {
        let denial = json!({ "Effect": "Deny", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole" });
        statements(&mut role.trust, |all| all.push(denial));
        Ok(())
    })
}

pub(super) fn remove_boundary(scene: &Scene<'_>) -> Done {
    let named = scene.wish.role.is_some();
    let found = scene.role("a role with a boundary", |found| {
        (named || Which::Ordinary.has(found)) && found.role.boundary.is_some()
    })?;
    scene.by_hand(&found, "its boundary is gone", |hand| hand.remove_boundary(&found.account, &found.role.name))
}

pub(super) fn change_boundary(scene: &Scene<'_>) -> Done {
    let found = with(scene, "a role with a boundary", |role| role.boundary.is_some())?;
    let partition = scene.read(|world| world.settings().partition)?;
    let other = scene
        .wish
        .policy
        .clone()
        .unwrap_or_else(|| ["arn", partition.as_str(), "iam", "", "aws", "policy/PowerUserAccess"].join(":"));
    change(scene, &found, format!("its boundary is {other}"), |role| {
        role.boundary = Some(other.clone());
        Ok(())
    })
}

pub(super) fn add_inline(scene: &Scene<'_>) -> Done {
    let found = any(scene)?;
    let name = match &scene.wish.inline {
        Some(name) => name.clone(),
        None => PolicyName::new("by-hand").map_err(|error| refused(&error))?,
    };
    scene.by_hand(&found, format!("inline policy {name} allows everything"), |hand| {
        hand.put_inline(&found.account, &found.role.name, &name, &document(&everything("*")))
    })
}

fn refused(error: &impl ToString) -> TamperError {
    TamperError::Hand(Refusal::invalid(error.to_string()).into())
}

/// The wished inline policy, or the first one.
fn inline<'f>(scene: &Scene<'_>, found: &'f Found) -> Result<&'f PolicyName, TamperError> {
    let wished = |name: &&PolicyName| scene.wish.inline.as_ref().is_none_or(|wish| wish == *name);
    found.role.inline.keys().find(wished).ok_or(TamperError::Nothing { wanted: "an inline policy" })
}

pub(super) fn change_inline(scene: &Scene<'_>) -> Done {
    let found = with(scene, "a role with an inline policy", |role| !role.inline.is_empty())?;
    let name = inline(scene, &found)?;
    change(scene, &found, format!("inline policy {name} allows everything in IAM besides"), |role| {
        if let Some(document) = role.inline.get_mut(name) {
            statements(document, |all| all.push(everything("iam:*")));
        }
        Ok(())
    })
}

pub(super) fn narrow_inline(scene: &Scene<'_>) -> Done {
    let several = |document: &PolicyDocument| {
        document.json().get("Statement").and_then(Value::as_array).is_some_and(|statements| statements.len() > 1)
    };
    let found = with(scene, "a role whose inline policy has two statements", |role| role.inline.values().any(several))?;
    let name = found.role.inline.iter().find(|(_, document)| several(document)).map(|(name, _)| name.clone());
    let name = name.ok_or(TamperError::Nothing { wanted: "an inline policy with two statements" })?;
    change(scene, &found, format!("inline policy {name} lost its last statement"), |role| {
        if let Some(document) = role.inline.get_mut(&name) {
            statements(document, |all| drop(all.pop()));
        }
        Ok(())
    })
}

pub(super) fn delete_inline(scene: &Scene<'_>) -> Done {
    let found = with(scene, "a role with an inline policy", |role| !role.inline.is_empty())?;
    let name = inline(scene, &found)?;
    change(scene, &found, format!("inline policy {name} is gone"), |role| {
        role.inline.remove(name);
        Ok(())
    })
}

pub(super) fn attach_policy(scene: &Scene<'_>) -> Done {
    let found = any(scene)?;
    let partition = scene.read(|world| world.settings().partition)?;
    let policy = scene
        .wish
        .policy
        .clone()
        .unwrap_or_else(|| ["arn", partition.as_str(), "iam", "", "aws", "policy/AdministratorAccess"].join(":"));
    scene
        .by_hand(&found, format!("{policy} is attached"), |hand| hand.attach(&found.account, &found.role.name, &policy))
}

pub(super) fn detach_policy(scene: &Scene<'_>) -> Done {
    let found = with(scene, "a role with a managed policy", |role| !role.attached.is_empty())?;
    let wished = scene.wish.policy.clone();
    let policy = wished.or_else(|| found.role.attached.first().cloned()).unwrap_or_default();
    scene
        .by_hand(&found, format!("{policy} is detached"), |hand| hand.detach(&found.account, &found.role.name, &policy))
}

pub(super) fn lengthen_session(scene: &Scene<'_>) -> Done {
    let found = with(scene, "a role with sessions below twelve hours", |role| role.max_session < 43_200)?;
    change(scene, &found, "its sessions may last twelve hours", |role| {
        role.max_session = 43_200;
        Ok(())
    })
}

pub(super) fn change_description(scene: &Scene<'_>) -> Done {
    let found = any(scene)?;
    change(scene, &found, "it is described as `changed by hand`", |role| {
        "changed by hand".clone_into(&mut role.description);
        Ok(())
    })
}

pub(super) fn disown(scene: &Scene<'_>) -> Done {
    let found = any(scene)?;
    change(scene, &found, format!("the tag {TAG_ORGANIZATION} is gone"), |role| {
        role.tags.remove(TAG_ORGANIZATION);
        Ok(())
    })
}

pub(super) fn change_tag(scene: &Scene<'_>) -> Done {
    let found = any(scene)?;
    change(scene, &found, format!("the tag {TAG_ORGANIZATION} is `by-hand`"), |role| {
        role.tags.insert(TAG_ORGANIZATION.to_owned(), "by-hand".to_owned());
        Ok(())
    })
}

pub(super) fn foreign_tag(scene: &Scene<'_>) -> Done {
    let found = any(scene)?;
    change(scene, &found, "it has the tag by-hand besides", |role| {
        role.tags.insert("by-hand".to_owned(), "somebody's own".to_owned());
        Ok(())
    })
}

pub(super) fn delete(scene: &Scene<'_>) -> Done {
    let found = any(scene)?;
    scene.by_hand(&found, "it is deleted", |hand| hand.delete_role(&found.account, &found.role.name))
}

pub(super) fn move_elsewhere(scene: &Scene<'_>) -> Done {
    // A role in an instance profile would take the profile along.
    let members =
        scene.read(|world| world.profiles.iter().flat_map(|(_, row)| row.roles.iter().cloned()).collect::<Vec<_>>())?;
    let found = with(scene, "a role in no instance profile", |role| !members.contains(&role.name))?;
    scene.by_hand(&found, "it is made anew under the path /moved/", |hand| {
        hand.delete_role(&found.account, &found.role.name)?;
        hand.create_role(&found.account, &Role { path: "/moved/".to_owned(), ..found.role.clone() })
    })
}
