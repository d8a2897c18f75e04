//! Who can assume a role.

use std::fmt::Write as _;

use landfall_stacks::access::{Chain, Entry, OtherSide, Reach, RoleId, World};
use serde_json::{Value, json};

use super::words::{cell, in_brackets, located, role_json, who, who_json};
use crate::error::CommandError;
use crate::global::Format;
use crate::report::{Files, Paint, Terminal};

/// How many ways over other roles are told to people.
const SHOWN: usize = 40;

/// Shows it.
pub(crate) fn ways_in(
    terminal: &Terminal,
    files: Files<'_>,
    world: &World,
    role: RoleId,
    reach: &Reach<'_>,
) -> Result<(), CommandError> {
    let (ways, chains) = (reach.ways(role), reach.chains(role));
    terminal.data(&match terminal.format {
        Format::Human => human(terminal.out, files, world, role, ways, &chains),
        Format::Markdown => markdown(files, world, role, ways, &chains),
        Format::Json | Format::Sarif => format!("{:#}\n", machine(files, world, role, ways, &chains)),
    })
}

fn human(paint: Paint, files: Files<'_>, world: &World, role: RoleId, ways: &[Entry], chains: &[Chain]) -> String {
    let mut out = format!("{} {}\n", paint.bold("Who can assume"), paint.bold(world.role_name(role)));
    if ways.is_empty() {
        out.push_str("  nobody: no statement of its trust policy lets anybody in\n");
    }
    for way in ways {
        let name = who(world, &way.who);
        let name = if way.is_open() { name } else { paint.dim(format!("{name}: not in fact")) };
        let _ = writeln!(out, "\n  {name}");
        for condition in &way.conditions {
            let _ = writeln!(out, "    if {condition}");
        }
        let _ = writeln!(out, "    trust policy: {}{}", statement(way), in_brackets(files, way.place));
        match &way.other_side {
            OtherSide::None => {}
            OtherSide::Unknown => out.push_str("    other end: its own policies are not known here\n"),
            OtherSide::Allows { by, place } => {
                let _ = writeln!(out, "    other end: {} by {by}{}", paint.good("allows"), in_brackets(files, *place));
            }
            OtherSide::AllowsIf(clauses) => {
                let _ = writeln!(out, "    other end: {} {}", paint.warn("allows if"), clauses.join(" and "));
            }
            OtherSide::Refuses(why) => {
                let _ = writeln!(out, "    other end: {} {why}", paint.bad("refuses:"));
            }
        }
    }
    if !chains.is_empty() {
        let _ = writeln!(out, "\n{}", paint.bold("Over other roles"));
        for chain in chains.iter().take(SHOWN) {
            let _ = writeln!(out, "  {}", path(world, chain));
        }
        if chains.len() > SHOWN {
            let _ = writeln!(out, "  and {} more; --format json has all", chains.len() - SHOWN);
        }
    }
    out
}

fn statement(way: &Entry) -> String {
    match &way.sid {
        Some(sid) => format!("`{sid}`"),
        None => format!("statement {}", way.statement),
    }
}

fn path(world: &World, chain: &Chain) -> String {
    let steps = chain.via.iter().map(|role| world.role_name(*role));
    let mut all: Vec<String> = std::iter::once(who(world, &chain.who)).chain(steps).collect();
    // A chain that begins with a role has it as its first step already.
    if matches!(chain.who, landfall_stacks::access::Who::Role(first) if chain.via.first() == Some(&first)) {
        all.remove(0);
    }
    all.push("this role".to_owned());
    all.join(" -> ")
}

fn other_side(side: &OtherSide) -> String {
    match side {
        OtherSide::None => String::new(),
        OtherSide::Unknown => "not known here".to_owned(),
        OtherSide::Allows { by, .. } => format!("allows by {by}"),
        OtherSide::AllowsIf(clauses) => format!("allows if {}", clauses.join(" and ")),
        OtherSide::Refuses(why) => format!("refuses: {why}"),
    }
}

fn markdown(files: Files<'_>, world: &World, role: RoleId, ways: &[Entry], chains: &[Chain]) -> String {
    let mut out = format!("### Who can assume `{}`\n\n", world.role_name(role));
    if ways.is_empty() {
        out.push_str("Nobody.\n");
    } else {
        out.push_str("| who | if | by the trust policy's | other end |\n|---|---|---|---|\n");
    }
    for way in ways {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            cell(&who(world, &way.who)),
            cell(&way.conditions.join(" and ")),
            cell(&[statement(way), in_brackets(files, way.place)].concat()),
            cell(&other_side(&way.other_side)),
        );
    }
    if !chains.is_empty() {
        out.push_str("\n**Over other roles**\n\n");
        for chain in chains.iter().take(SHOWN) {
            let _ = writeln!(out, "- {}", cell(&path(world, chain)));
        }
        if chains.len() > SHOWN {
            let _ = writeln!(out, "- and {} more", chains.len() - SHOWN);
        }
    }
    out
}

fn machine(files: Files<'_>, world: &World, role: RoleId, ways: &[Entry], chains: &[Chain]) -> Value {
    let ways: Vec<Value> = ways
        .iter()
        .map(|way| {
            let (side, more) = match &way.other_side {
                OtherSide::None => ("none", Value::Null),
                OtherSide::Unknown => ("unknown", Value::Null),
                OtherSide::Allows { by, place } => ("allows", json!({ "by": by, "place": located(files, *place) })),
                OtherSide::AllowsIf(clauses) => ("allows-if", json!({ "conditions": clauses })),
                OtherSide::Refuses(why) => ("refuses", json!({ "because": why })),
            };
            json!({
                "who": who_json(world, &way.who),
                "open": way.is_open(),
                "conditions": way.conditions,
                "statement": { "index": way.statement, "sid": way.sid, "place": located(files, way.place) },
                "other_end": { "answer": side, "detail": more },
            })
        })
        .collect();
    let chains: Vec<Value> = chains
        .iter()
        .map(|chain| {
            let via: Vec<String> = chain.via.iter().map(|role| world.role_name(*role)).collect();
            json!({ "who": who_json(world, &chain.who), "via": via })
        })
        .collect();
    json!({ "schema": "landfall/access-who/1", "role": role_json(world, role), "ways": ways, "chains": chains })
}
