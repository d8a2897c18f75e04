//! `landfall remediate --accept`: what stands is written into the configuration, where that can be said there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use landfall_engine::Look;
use landfall_model::{Edits, FileId};
use landfall_plan::{Class, Concession, Drift};

use super::Args;
use crate::configuration::Examined;
use crate::confirm::{Consent, confirm};
use crate::error::{CommandError, Exit, FileError};
use crate::global::Global;
use crate::plan::refused;
use crate::report::{self, FileEdit, Refusal, Terminal};
use crate::session::Session;

/// Shows the edits, asks, and writes them.
pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let folder = args.folder.path.as_path();
    let mut examined = Examined::new(folder);
    let sources = std::mem::take(&mut examined.sources);
    let configuration = examined.accepted(folder)?;
    let session = Session::open(global, &configuration.desired)?;
    let observed = session.observe(&configuration.desired, Look::Behind, terminal)?;
    let found = landfall_plan::drift(&configuration.desired, &configuration.graph, &observed, &global.targets);
    let found = found.map_err(refused)?;
    let wanted = args.request(global).only;
    // What is dangerous is accepted only when that is said.
    let wanted = |class: Class| wanted.contains(&class) || (wanted.is_empty() && class != Class::Dangerous);
    let mut refusals: Vec<Refusal> = Vec::new();
    let mut taken: Vec<&Drift> = Vec::new();
    let mut texts: BTreeMap<FileId, String> = BTreeMap::new();
    // From the end of a file to its beginning, so that places before stay where they are.
    let mut conceded: Vec<(&Drift, Concession)> = Vec::new();
    for drift in &found.drifts {
        if !wanted(drift.class) {
            continue;
        }
        match landfall_plan::concession(&configuration.desired, drift) {
            Ok(concession) => conceded.push((drift, concession)),
            Err(why) => refusals.push(Refusal { drift, why: why.to_string() }),
        }
    }
    conceded.sort_by_key(|(_, concession)| std::cmp::Reverse(concession.place));
    for (drift, concession) in conceded {
        let file = concession.place.file;
        let Some(source) = sources.get(file) else { continue };
        let before = texts.get(&file).cloned().unwrap_or_else(|| source.text.clone());
        let after = edited(before, &concession);
        let alone = after.as_ref().ok().map(|text| edits_of(&source.name, text, &texts, &sources, file));
        let sound = match alone {
            Some(edits) => match Examined::edited(folder, &edits).configuration {
                Some(other) => {
                    let mut all = taken.clone();
                    all.push(drift);
                    landfall_plan::says_only(&configuration.desired, &other.desired, &observed, &all)
                        .map_err(refused)?
                }
                None => false,
            },
            None => false,
        };
        match (after, sound) {
            (Ok(text), true) => {
                texts.insert(file, text);
                taken.push(drift);
            }
            (Ok(_), false) => {
                refusals.push(Refusal { drift, why: landfall_plan::Unsayable::Others.to_string() });
            }
            (Err(why), _) => refusals.push(Refusal { drift, why: why.to_string() }),
        }
    }
    let edits: Vec<FileEdit> = texts
        .iter()
        .filter_map(|(file, text)| {
            let source = sources.get(*file)?;
            Some(FileEdit { name: source.name.clone(), before: source.text.clone(), after: text.clone() })
        })
        .collect();
    report::acceptance(terminal, &edits, &refusals)?;
    if edits.is_empty() {
        return Ok(if refusals.is_empty() { Exit::Done } else { Exit::Changes });
    }
    let consent = if global.yes { Consent::Given } else { Consent::Asked };
    confirm(terminal, consent, "Write this into the configuration?", "yes", "--yes")?;
    write(folder, &edits)?;
    terminal.talk("written; `landfall plan` shows what `landfall apply` would bring to the stacks with it");
    Ok(if refusals.is_empty() { Exit::Done } else { Exit::Partly })
}

fn edited(mut text: String, concession: &Concession) -> Result<String, landfall_model::EditError> {
    for edit in &concession.edits {
        text = landfall_model::edited(&text, concession.place.start as usize, edit)?;
    }
    Ok(text)
}

/// All edits so far, with one more.
fn edits_of(
    name: &str,
    text: &str,
    texts: &BTreeMap<FileId, String>,
    sources: &landfall_model::Sources,
    file: FileId,
) -> Edits {
    let others: BTreeSet<&FileId> = texts.keys().filter(|other| **other != file).collect();
    let mut edits = Edits::default().write(name, text);
    for other in others {
        if let (Some(source), Some(text)) = (sources.get(*other), texts.get(other)) {
            edits = edits.write(source.name.as_str(), text.as_str());
        }
    }
    edits
}

fn write(folder: &Path, edits: &[FileEdit]) -> Result<(), CommandError> {
    for edit in edits {
        let path = folder.join(&edit.name);
        fs::write(&path, &edit.after).map_err(|error| FileError::new("write", &path, error))?;
    }
    Ok(())
}
