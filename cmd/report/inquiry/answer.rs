//! Whether a role may do something.

use std::fmt::Write as _;

use landfall_policies::Verdict;
use landfall_stacks::access::{Answer, Question, World};
use serde_json::{Value, json};

use super::words::{because, because_json, in_brackets, lacking, layer, role_json};
use crate::error::CommandError;
use crate::global::Format;
use crate::report::{Files, Paint, Terminal};

/// Shows it.
pub(crate) fn answer(
    terminal: &Terminal,
    files: Files<'_>,
    world: &World,
    question: &Question,
    answer: &Answer,
) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Human => text(terminal.out, files, world, question, answer),
        Format::Markdown => format!("```text\n{}```\n", text(Paint::Plain, files, world, question, answer)),
        Format::Json | Format::Sarif => format!("{:#}\n", machine(files, world, question, answer)),
    })
}

fn text(paint: Paint, files: Files<'_>, world: &World, question: &Question, answer: &Answer) -> String {
    let role = world.role_name(question.role);
    let resource = world.shown(&question.resource);
    let (word, may) = match answer.allowed {
        true => (paint.good("allowed:"), "may"),
        false => (paint.bad("denied:"), "may not"),
    };
    let mut out = format!("{word} {role} {may} {} on {resource}\n", question.action);
    if let Some(one) = &answer.because {
        let verb = if answer.allowed { "allowed" } else { "denied" };
        let _ = writeln!(out, "  {verb} by {}{}", because(one), in_brackets(files, one.place));
    }
    if let Some(one) = &answer.other_side {
        let _ = writeln!(out, "  and by {}{}", because(one), in_brackets(files, one.place));
    }
    if let Some(layer) = &answer.lacking {
        let _ = writeln!(out, "  because {}", lacking(layer));
    }
    out.push('\n');
    for (name, verdict) in &answer.layers {
        let _ = writeln!(out, "  {:<26} {}", layer(name), verdict_word(*verdict));
    }
    if !answer.assumed.is_empty() {
        let assumed: Vec<String> = answer.assumed.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let _ = writeln!(out, "\n  assumed: {} (say otherwise with --context)", assumed.join(", "));
    }
    if !answer.if_instead.is_empty() {
        let (intro, join) = match answer.allowed {
            true => ("would be denied if", " or if "),
            false => ("would be allowed if", " and "),
        };
        let _ = writeln!(out, "\n  {} {}", paint.note(intro), answer.if_instead.join(join));
    }
    for note in &answer.notes {
        let _ = writeln!(out, "\n  {} {note}", paint.note("note:"));
    }
    out
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotAsked => "not asked",
        Verdict::Silent => "neither allows nor denies",
        Verdict::Allows => "allows",
        Verdict::Denies => "denies",
    }
}

fn machine(files: Files<'_>, world: &World, question: &Question, answer: &Answer) -> Value {
    let layers: Vec<Value> = answer
        .layers
        .iter()
        .map(|(name, verdict)| json!({ "layer": layer(name), "says": verdict_word(*verdict) }))
        .collect();
    let assumed: serde_json::Map<String, Value> =
        answer.assumed.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect();
    json!({
        "schema": "landfall/access-can/1",
        "role": role_json(world, question.role),
        "action": question.action,
        "resource": world.shown(&question.resource),
        "allowed": answer.allowed,
        "because": answer.because.as_ref().map(|one| because_json(files, world, one)),
        "other_side": answer.other_side.as_ref().map(|one| because_json(files, world, one)),
        "lacking": answer.lacking.as_ref().map(layer),
        "layers": layers,
        "assumed": assumed,
        (if answer.allowed { "denied_if_any" } else { "allowed_if_all" }): answer.if_instead,
        "notes": answer.notes,
    })
}
