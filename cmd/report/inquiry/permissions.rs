//! What a role can do.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use landfall_policies::AccessLevel;
use landfall_stacks::access::{Loss, Permissions, RoleId, Row, World};
use serde_json::{Value, json};

use super::words::{in_brackets, layer, located, role_json};
use crate::error::CommandError;
use crate::global::Format;
use crate::report::{Files, Paint, Terminal, count};

/// A statement that gives all of so many services is told in one line.
const MANY: usize = 20;

/// How many actions, resources and services are listed to people.
const SHOWN: usize = 12;

/// Shows it.
pub(crate) fn permissions(
    terminal: &Terminal,
    files: Files<'_>,
    world: &World,
    role: RoleId,
    all: &Permissions,
) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Human => text(terminal.out, files, world, role, all),
        Format::Markdown => format!("```text\n{}```\n", text(Paint::Plain, files, world, role, all)),
        Format::Json | Format::Sarif => format!("{:#}\n", machine(files, world, role, all)),
    })
}

fn text(paint: Paint, files: Files<'_>, world: &World, role: RoleId, all: &Permissions) -> String {
    let mut out = format!("{} {}\n", paint.bold("What can"), paint.bold(world.role_name(role)));
    if all.rows.is_empty() {
        out.push_str("  nothing\n");
    }
    let broad = broad(&all.rows);
    let mut told: Vec<(&str, usize)> = Vec::new();
    let mut service = "";
    for row in &all.rows {
        let key = (row.policy.as_str(), row.statement);
        if let Some(services) = broad.get(&key) {
            if !told.contains(&key) {
                told.push(key);
                let _ = writeln!(out, "\n  {} of {}", paint.bold("everything"), listed(services, "service"));
                from(&mut out, files, row);
            }
            if services.contains(&row.service) {
                continue;
            }
        }
        if row.service != service {
            service = row.service;
            let _ = writeln!(out, "\n  {}", paint.bold(service));
        }
        let actions = match row.complete {
            true if row.actions.len() > 1 => format!("all {} of the level", row.actions.len()),
            _ => listed(&row.actions, "action"),
        };
        let _ = writeln!(out, "    {:<12} {actions}", level(row.level));
        from(&mut out, files, row);
    }
    let (always, under): (Vec<&Loss>, Vec<&Loss>) = all.losses.iter().partition(|loss| loss.conditions.is_empty());
    for (title, losses) in [("Taken away", always), ("Taken away under conditions", under)] {
        if !losses.is_empty() {
            let _ = writeln!(out, "\n{}", paint.bold(title));
        }
        for loss in losses {
            let place = in_brackets(files, loss.place);
            let _ = writeln!(out, "  by {} `{}`{place}", layer(&loss.layer), loss.policy);
            if !loss.conditions.is_empty() {
                let _ = writeln!(out, "    if {}", loss.conditions.join(" and "));
            }
            let actions: Vec<&str> = loss.actions.iter().map(String::as_str).collect();
            let _ = writeln!(out, "    {}", listed(&actions, "action"));
        }
    }
    if !all.unknown.is_empty() {
        let _ = writeln!(out, "\nnot counted, since its text is not known here: {}", all.unknown.join(", "));
    }
    out
}

/// On what, when, and by which statement.
fn from(out: &mut String, files: Files<'_>, row: &Row) {
    let resources: Vec<&str> = row.resources.iter().map(String::as_str).collect();
    let _ = writeln!(out, "      on {}", listed(&resources, "resource"));
    if !row.conditions.is_empty() {
        let _ = writeln!(out, "      if {}", row.conditions.join(" and "));
    }
    let sid = row.sid.as_ref().map_or_else(|| format!("statement {}", row.statement), |sid| format!("`{sid}`"));
    let _ = writeln!(out, "      by {sid} of `{}`{}", row.policy, in_brackets(files, row.place));
}

/// Statements that give many services whole, with those services.
fn broad(rows: &[Row]) -> BTreeMap<(&str, usize), Vec<&str>> {
    let mut whole: BTreeMap<(&str, usize), BTreeMap<&str, bool>> = BTreeMap::new();
    for row in rows {
        let services = whole.entry((row.policy.as_str(), row.statement)).or_default();
        *services.entry(row.service).or_insert(true) &= row.complete && row.resources == ["*"];
    }
    let services = whole.into_iter().map(|(key, services)| {
        let services: Vec<&str> = services.into_iter().filter(|(_, whole)| *whole).map(|(name, _)| name).collect();
        (key, services)
    });
    services.filter(|(_, services)| services.len() > MANY).collect()
}

/// The first ones, and how many there are: "a, b and 7 more actions".
fn listed(words: &[&str], noun: &str) -> String {
    match words.len() {
        0 => "nothing".to_owned(),
        all if all > SHOWN => format!("{} and {} more", words[..SHOWN].join(", "), count(all - SHOWN, noun)),
        _ => words.join(", "),
    }
}

fn level(level: AccessLevel) -> &'static str {
    match level {
        AccessLevel::List => "List",
        AccessLevel::Read => "Read",
        AccessLevel::Write => "Write",
        AccessLevel::Tagging => "Tagging",
        AccessLevel::Permissions => "Permissions",
    }
}

fn machine(files: Files<'_>, world: &World, role: RoleId, all: &Permissions) -> Value {
    let rows: Vec<Value> = all
        .rows
        .iter()
        .map(|row| {
            json!({
                "service": row.service,
                "level": level(row.level),
                "actions": row.actions,
                "all_of_level": row.complete,
                "resources": row.resources,
                "conditions": row.conditions,
                "by": { "policy": row.policy, "index": row.statement, "sid": row.sid,
                        "place": located(files, row.place) },
            })
        })
        .collect();
    let losses: Vec<Value> = all
        .losses
        .iter()
        .map(|loss| {
            json!({
                "layer": layer(&loss.layer),
                "policy": loss.policy,
                "place": located(files, loss.place),
                "conditions": loss.conditions,
                "actions": loss.actions,
            })
        })
        .collect();
    json!({
        "schema": "landfall/access-what/1",
        "role": role_json(world, role),
        "permissions": rows,
        "taken_away": losses,
        "not_known": all.unknown,
    })
}
