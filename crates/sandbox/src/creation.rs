//! Accounts that are made: asked for now, there some time later.

use std::collections::BTreeMap;

use landfall_engine::port::{Answer, Creation, CreationState, NewAccount};
use landfall_engine::{Fault, FaultKind};
use landfall_model::{AccountId, RoleName};
use landfall_plan::AccountStatus;
use landfall_stacks::Role;
use serde_json::json;

use crate::clock::{Millis, millis};
use crate::organization::{fault, in_use};
use crate::quotas;
use crate::rows::{AccountRow, CreationRow, Progress, RoleRow, key};
use crate::world::World;

/// A new account id that nobody has.
pub(crate) fn new_account_id(world: &mut World) -> Option<AccountId> {
    loop {
        let digits = world.draw("account");
        let number = u64::from_str_radix(digits.get(..12)?, 16).ok()? % 900_000_000_000 + 100_000_000_000;
        let id = AccountId::new(number.to_string()).ok()?;
        let taken = world.accounts.get(id.as_str()).is_some()
            || id == world.settings().management
            || world.creations.iter().any(|(_, creation)| creation.account == id);
        if !taken {
            return Some(id);
        }
    }
}

pub(crate) fn begin_account(world: &mut World, request: &NewAccount, now: Millis) -> Answer<Creation> {
    let operation = "organizations:CreateAccount";
    in_use(world, operation)?;
    let pending = world.creations.iter().filter(|(_, row)| matches!(row.state, Progress::Until(_))).count();
    if pending >= quotas::CREATIONS {
        return Err(fault(
            FaultKind::Conflict,
            operation,
            "ConcurrentModificationException",
            "The target of the operation is currently being modified by a different request. Try again later.",
        ));
    }
    let quota = world.settings().account_quota;
    if world.accounts.len() + pending >= quota {
        return Err(fault(
            FaultKind::LimitExceeded,
            operation,
            "ConstraintViolationException",
            "You have exceeded the allowed number of AWS accounts. (ACCOUNT_NUMBER_LIMIT_EXCEEDED)",
        ));
    }
    let none = || Fault::new(FaultKind::Other, operation, "no account id is left");
    let id = new_account_id(world).ok_or_else(none)?;
    let digits = world.draw("request");
    let car = ["car-", digits.get(..32).unwrap_or_default()].concat();
    let due = now.saturating_add(millis(world.settings().account_seconds));
    let row = CreationRow {
        name: request.name.as_str().to_owned(),
        email: request.email.clone(),
        access_role: request.access_role.clone(),
        tags: request.tags.clone(),
        account: id,
        state: Progress::Until(due),
    };
    world.creations.insert(car.clone(), row);
    world.schedule_creation(due, &car);
    Ok(Creation { request: car, state: CreationState::InProgress })
}

/// Ends a creation whose time has come.
pub(crate) fn finish(world: &mut World, request: &str, at: Millis) {
    let Some(root) = world.organization.get().as_ref().map(|row| row.root.clone()) else {
        return;
    };
    let Some(creation) = world.creations.get(request).cloned() else {
        return;
    };
    let email = creation.email.key();
    let taken = world.accounts.iter().any(|(_, row)| row.email.key() == email);
    let state = if taken { Progress::Failed("EMAIL_ALREADY_EXISTS".to_owned()) } else { Progress::Succeeded };
    if !taken {
        let account = AccountRow {
            id: creation.account.clone(),
            name: creation.name,
            email: creation.email,
            status: AccountStatus::Active,
            parent: root,
            tags: creation.tags,
            open_from: at.saturating_add(millis(world.settings().access_seconds)),
        };
        world.accounts.insert(account.id.as_str().to_owned(), account);
        give_access(world, &creation.account, &creation.access_role, at);
    }
    if let Some(row) = world.creations.get_mut(request) {
        row.state = state;
    }
}

/// Makes the role that AWS makes in every new account: administrator, trusting the management account.
/// Source: Organizations User Guide, "Accessing member accounts in an organization".
pub(crate) fn give_access(world: &mut World, account: &AccountId, name: &RoleName, now: Millis) {
    let partition = world.settings().partition.as_str();
    let root = world.iam_arn(&world.settings().management.clone(), "root");
    let role = Role {
        name: name.clone(),
        path: "/".to_owned(),
        trust: json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Principal": { "AWS": root }, "Action": "sts:AssumeRole" }]
        })
        .into(),
        inline: BTreeMap::new(),
        attached: [["arn", partition, "iam", "", "aws", "policy/AdministratorAccess"].join(":")].into(),
        boundary: None,
        max_session: 3_600,
        description: String::new(),
        tags: BTreeMap::new(),
    };
    world.roles.insert(key(account, name.as_str()), RoleRow::of(&role, now, None));
}

pub(crate) fn creation(request: &str, row: &CreationRow) -> Creation {
    let state = match &row.state {
        Progress::Until(_) => CreationState::InProgress,
        Progress::Succeeded => CreationState::Succeeded(row.account.clone()),
        Progress::Failed(reason) => CreationState::Failed(reason.clone()),
    };
    Creation { request: request.to_owned(), state }
}
