//! The order of what was done to IAM: in an account, nothing is given back before everything that is too much is gone.
//!
//! The judge knows the calls and how things stood before them, and nothing of Landfall's own rules.

use std::collections::BTreeMap;

use serde_json::Value;

use super::state::State;
use crate::emulator::proxy::Recorded;

/// What a call does to what may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Narrows,
    Grows,
}

/// Where something was given back too early, in words.
pub(super) fn widened(before: &State, calls: &[Recorded]) -> Vec<String> {
    let mut given: BTreeMap<&str, String> = BTreeMap::new();
    let mut out = Vec::new();
    for (account, call, what) in moves(before, calls) {
        match what {
            Move::Grows => {
                given.entry(account).or_insert_with(|| said(call));
            }
            Move::Narrows => {
                if let Some(first) = given.get(account) {
                    out.push(format!("account {account}: {first} came before {}", said(call)));
                }
            }
        }
    }
    out
}

/// In how many accounts something was taken away and something else given back: where the order says something.
pub(super) fn telling(before: &State, calls: &[Recorded]) -> usize {
    let mut seen: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for (account, _, what) in moves(before, calls) {
        let one = seen.entry(account).or_default();
        *one = (one.0 || what == Move::Narrows, one.1 || what == Move::Grows);
    }
    seen.values().filter(|seen| **seen == (true, true)).count()
}

fn moves<'a>(before: &State, calls: &'a [Recorded]) -> Vec<(&'a str, &'a Recorded, Move)> {
    let of = |call: &'a Recorded| {
        let account = call.member.as_deref()?;
        Some((account, call, judged(before.account(account), call)?))
    };
    calls.iter().filter_map(of).collect()
}

fn said(call: &Recorded) -> String {
    let names = ["RoleName", "PolicyName", "PolicyArn", "InstanceProfileName"];
    let named: Vec<&str> = names.iter().filter_map(|name| call.parameters.get(*name)).map(String::as_str).collect();
    format!("{} {}", call.operation, named.join(" "))
}

/// What a call does, by how things stood; nothing for reads, and for what stood nowhere and can do nothing yet.
fn judged(account: &Value, call: &Recorded) -> Option<Move> {
    let parameter = |name: &str| call.parameters.get(name).map(String::as_str);
    let document = || serde_json::from_str::<Value>(parameter("PolicyDocument").unwrap()).unwrap();
    let (_, operation) = call.operation.split_once(':')?;
    if operation == "CreatePolicyVersion" {
        let name = parameter("PolicyArn")?.rsplit('/').next()?;
        return Some(compared(&account["policies"][name]["document"], &document()));
    }
    let role = &account["roles"][parameter("RoleName")?];
    if role.is_null() {
        return None;
    }
    match operation {
        "PutRolePermissionsBoundary" => role["boundary"].is_null().then_some(Move::Narrows),
        "DeleteRolePolicy" | "DetachRolePolicy" | "RemoveRoleFromInstanceProfile" => Some(Move::Narrows),
        "AttachRolePolicy" | "AddRoleToInstanceProfile" => Some(Move::Grows),
        "PutRolePolicy" => Some(compared(&role["inline"][parameter("PolicyName")?], &document())),
        "UpdateAssumeRolePolicy" => Some(compared(&role["trust"], &document())),
        _ => None,
    }
}

/// By what was done here: a statement is added or taken out, a condition is taken off, or all is allowed.
fn compared(live: &Value, written: &Value) -> Move {
    let statements = |document: &Value| document["Statement"].as_array().cloned().unwrap_or_default();
    let (live, written) = (statements(live), statements(written));
    let too_much = |one: &Value| one["Effect"] == "Allow" && !written.contains(one);
    if live.iter().any(too_much) { Move::Narrows } else { Move::Grows }
}
