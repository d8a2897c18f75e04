//! The pipelines: which files are written, and what they still need.

use std::fmt::Write as _;

use landfall_plan::Plan;
use landfall_workflows::{Setting, Standing};
use serde_json::{Value, json};

use crate::error::CommandError;
use crate::global::Format;
use crate::report::change::{changes, site};
use crate::report::{Paint, Terminal, finding};
use crate::workflow::{Deployed, PipelineFile};

/// All that a check found.
#[derive(Debug)]
pub(crate) struct PipelineCheck<'a> {
    /// The files.
    pub(crate) files: &'a [PipelineFile],
    /// What stands of the roles.
    pub(crate) deployed: &'a Deployed,
    /// What GitHub must be told by hand.
    pub(crate) settings: Vec<Setting>,
}

/// Shows the files before they are written.
pub(crate) fn pipelines(terminal: &Terminal, files: &[PipelineFile]) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Human => lines(terminal.out, files),
        Format::Markdown => table(files),
        Format::Json | Format::Sarif => {
            format!("{:#}\n", json!({ "schema": "landfall/workflow/1", "files": files_json(files) }))
        }
    })
}

/// Shows what a check found.
pub(crate) fn pipeline_check(terminal: &Terminal, check: &PipelineCheck<'_>) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Human => human(terminal.out, check),
        Format::Markdown => markdown(check),
        Format::Json | Format::Sarif => format!("{:#}\n", to_json(check)),
    })
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Missing => "new",
        Standing::Same => "same",
        Standing::Outdated => "changed",
        Standing::Edited => "edited by hand",
        Standing::Foreign => "not Landfall's",
    }
}

fn painted(paint: Paint, standing: Standing) -> String {
    let text = format!("{:<15}", word(standing));
    match standing {
        Standing::Missing => paint.good(text),
        Standing::Same => paint.dim(text),
        Standing::Outdated => paint.warn(text),
        Standing::Edited | Standing::Foreign => paint.bad(text),
    }
}

fn lines(paint: Paint, files: &[PipelineFile]) -> String {
    let mut out = String::new();
    for file in files {
        let path = file.path.display().to_string();
        let _ = writeln!(out, "  {} {path:<44} {}", painted(paint, file.standing), file.pipeline.purpose());
    }
    out
}

fn table(files: &[PipelineFile]) -> String {
    let mut out = String::from("| file | | what it does |\n|---|---|---|\n");
    for file in files {
        let (path, standing) = (file.path.display(), word(file.standing));
        let _ = writeln!(out, "| `{path}` | {standing} | {} |", file.pipeline.purpose());
    }
    out
}

fn files_json(files: &[PipelineFile]) -> Vec<Value> {
    let one = |file: &PipelineFile| {
        json!({
            "path": file.path.display().to_string(),
            "standing": word(file.standing),
            "purpose": file.pipeline.purpose(),
        })
    };
    files.iter().map(one).collect()
}

/// What is missing of the roles, each as a line, and what to do.
fn missing(plan: &Plan) -> Vec<String> {
    let mut out: Vec<String> = changes(plan)
        .iter()
        .map(|(change, ids)| {
            let at: Vec<String> = ids.iter().map(|id| site(plan, id)).collect();
            let differences = match change.differences.as_slice() {
                [] => String::new(),
                some => format!(" ({})", some.join("; ")),
            };
            format!("{} {} in {}{differences}", change.verb.as_str(), change.subject, at.join(", "))
        })
        .collect();
    out.extend(plan.findings.iter().filter(|one| Deployed::is_in_the_way(one)).map(|one| finding(one).0));
    out
}

const REPAIR: &str = "`landfall apply --target kind:automation` makes and repairs them";
const LOOK: &str = "not looked at; `--deployed` asks AWS";

fn human(paint: Paint, check: &PipelineCheck<'_>) -> String {
    let mut out = format!("{}\n{}", paint.bold("Files"), lines(paint, check.files));
    if check.files.iter().any(|file| file.standing != Standing::Same) {
        let _ = writeln!(out, "  `landfall workflow` writes them");
    }
    let _ = writeln!(out, "\n{}", paint.bold("Roles"));
    match check.deployed {
        Deployed::NotLookedAt => {
            let _ = writeln!(out, "  {LOOK}");
        }
        Deployed::Seen(plan) => {
            let missing = missing(plan);
            for line in &missing {
                let _ = writeln!(out, "  {} {line}", paint.bad("missing:"));
            }
            let end = if missing.is_empty() { "they stand, and trust what the configuration says" } else { REPAIR };
            let _ = writeln!(out, "  {end}");
        }
    }
    let _ = writeln!(out, "\n{}", paint.bold("At GitHub, by hand (it cannot be seen from here)"));
    for setting in &check.settings {
        let _ = writeln!(out, "  - {}\n    {}", setting.what, setting.why);
        for line in setting.command.lines() {
            let _ = writeln!(out, "      {}", paint.dim(line));
        }
    }
    out
}

fn markdown(check: &PipelineCheck<'_>) -> String {
    let mut out = format!("## The pipelines\n\n{}\n### Roles\n\n", table(check.files));
    match check.deployed {
        Deployed::NotLookedAt => {
            let _ = writeln!(out, "{LOOK}");
        }
        Deployed::Seen(plan) => {
            let missing = missing(plan);
            for line in &missing {
                let _ = writeln!(out, "- {line}");
            }
            let end = if missing.is_empty() { "They stand, and trust what the configuration says." } else { REPAIR };
            let _ = writeln!(out, "\n{end}");
        }
    }
    let _ = writeln!(out, "\n### At GitHub, by hand");
    for setting in &check.settings {
        let _ = writeln!(out, "\n- [ ] {}. {}\n\n  ```sh", setting.what, setting.why);
        for line in setting.command.lines() {
            let _ = writeln!(out, "  {line}");
        }
        let _ = writeln!(out, "  ```");
    }
    out
}

fn to_json(check: &PipelineCheck<'_>) -> Value {
    let roles = match check.deployed {
        Deployed::NotLookedAt => Value::Null,
        Deployed::Seen(plan) => json!({ "missing": missing(plan) }),
    };
    let settings: Vec<Value> =
        check.settings.iter().map(|one| json!({ "what": one.what, "why": one.why, "command": one.command })).collect();
    json!({
        "schema": "landfall/workflow-check/1",
        "files": files_json(check.files),
        "roles": roles,
        "settings": settings,
    })
}
