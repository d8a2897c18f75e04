//! `landfall remediate --accept`: what stands is written into the configuration, where that can be said there.

use std::collections::BTreeSet;
use std::path::Path;

use landfall_engine::Look;
use landfall_model::{Diagnostics, Edits, Severity};
use landfall_plan::{Class, Drift, Folder};

use super::Args;
use crate::configuration::Examined;
use crate::confirm::{Consent, confirm};
use crate::error::{CommandError, Exit};
use crate::files::{Replacement, replace_all};
use crate::global::Global;
use crate::plan::refused;
use crate::report::{self, Acceptance, FileEdit, Terminal};
use crate::session::Session;

/// Shows the edits, asks, and writes them.
pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let folder = args.folder.path.as_path();
    let mut examined = Examined::new(folder);
    let sources = std::mem::take(&mut examined.sources);
    let known = findings(&examined.diagnostics);
    let configuration = examined.accepted(folder)?;
    let session = Session::open(global, &configuration.desired)?;
    let observed = session.observe(&configuration.desired, Look::Behind, terminal)?;
    let found = landfall_plan::drift(&configuration.desired, &configuration.graph, &observed, &global.targets);
    let found = found.map_err(refused)?;
    let wanted = args.request(global).only;
    // What is dangerous is accepted only when that is said.
    let wanted = |class: Class| wanted.contains(&class) || (wanted.is_empty() && class != Class::Dangerous);
    let drifts: Vec<&Drift> = found.drifts.iter().filter(|drift| wanted(drift.class)).collect();
    let before = Folder { foundation: configuration.foundation, desired: configuration.desired, sources };
    let accepted = landfall_plan::accept(&before, &observed, &drifts, &|edits| reread(folder, edits));
    let accepted = accepted.map_err(refused)?;
    let edits: Vec<FileEdit> = accepted
        .files
        .iter()
        .filter_map(|(name, after)| {
            let source = before.sources.named(name)?;
            Some(FileEdit { name: name.clone(), before: source.text.clone(), after: after.clone() })
        })
        .collect();
    let news = news(folder, &edits, &known);
    report::acceptance(terminal, &Acceptance { edits: &edits, accepted: &accepted, findings: &news })?;
    for unread in &found.unread {
        let what = if unread.what.is_empty() { String::new() } else { [", ", &unread.what].concat() };
        terminal.talk(&format!(
            "{}{what} could not be read, and nothing of it is accepted: {}",
            unread.account, unread.reason
        ));
    }
    let whole = if found.unread.is_empty() { Exit::Done } else { Exit::Partly };
    let left = !accepted.refused.is_empty();
    if edits.is_empty() {
        return Ok(if left { Exit::Changes } else { whole });
    }
    let consent = if global.yes { Consent::Given } else { Consent::Asked };
    confirm(terminal, consent, "Write this into the configuration?", "yes", "--yes")?;
    let replacements: Vec<Replacement> = edits
        .into_iter()
        .map(|edit| Replacement { path: folder.join(&edit.name), before: edit.before, after: edit.after })
        .collect();
    replace_all(&replacements)?;
    terminal.talk("written; `landfall plan` shows what `landfall apply` would bring to the stacks with it");
    Ok(if left { Exit::Partly } else { whole })
}

/// The folder with edits, or what is wrong with it.
fn reread(folder: &Path, edits: &Edits) -> Result<Folder, String> {
    let Examined { sources, diagnostics, configuration } = Examined::edited(folder, edits);
    match configuration {
        Some(read) => Ok(Folder { foundation: read.foundation, desired: read.desired, sources }),
        None => {
            let error = diagnostics.iter().find(|one| one.severity == Severity::Error);
            Err(error.map_or_else(|| "it has mistakes".to_owned(), |one| format!("{}: {}", one.code.0, one.message)))
        }
    }
}

/// Warnings, by code and message.
fn findings(diagnostics: &Diagnostics) -> BTreeSet<String> {
    let warnings = diagnostics.iter().filter(|one| one.severity == Severity::Warning);
    warnings.map(|one| format!("{}: {}", one.code.0, one.message)).collect()
}

/// Warnings that come with the edits.
fn news(folder: &Path, edits: &[FileEdit], known: &BTreeSet<String>) -> Vec<String> {
    if edits.is_empty() {
        return Vec::new();
    }
    let all = edits.iter().fold(Edits::default(), |all, edit| all.write(edit.name.as_str(), edit.after.as_str()));
    findings(&Examined::edited(folder, &all).diagnostics).difference(known).cloned().collect()
}
