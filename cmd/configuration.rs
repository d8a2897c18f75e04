//! The configuration that a command works on.

use std::path::Path;

use landfall_model::{Day, Diagnostics, Edits, Foundation, Loaded, Severity, Sources};
use landfall_plan::{Desired, Graph, StepId};
use landfall_stacks::{ENDING, Shared, Sizes, Stack, Written};

use crate::error::CommandError;
use crate::report::{self, Terminal};

/// A configuration without errors, and all that follows from it.
#[derive(Debug)]
pub(crate) struct Configuration {
    /// What was read.
    pub(crate) foundation: Foundation,
    /// What is used of IAM's quotas.
    pub(crate) sizes: Sizes,
    /// Which policies roles share.
    pub(crate) shared: Shared,
    /// What ends soon, or has ended.
    pub(crate) ending: Vec<Ending>,
    /// All that shall stand.
    pub(crate) desired: Desired,
    /// What waits for what.
    pub(crate) graph: Graph,
}

/// Something that ends with time, and where that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ending {
    /// The finding's code.
    pub(crate) code: &'static str,
    /// What ends, and when.
    pub(crate) message: String,
    /// The file in the folder.
    pub(crate) file: String,
    /// The line in it.
    pub(crate) line: usize,
}

impl Ending {
    /// Those among what is told of a configuration; what is accepted is a note, and none of them.
    fn among(diagnostics: &Diagnostics, sources: &Sources) -> Vec<Self> {
        let told = diagnostics.iter().filter(|one| one.severity != Severity::Note && ENDING.contains(&one.code));
        let ending = |one: &landfall_model::Diagnostic| {
            let place = one.place?;
            Some(Self {
                code: one.code.0,
                message: one.message.clone(),
                file: sources.get(place.file)?.name.clone(),
                line: sources.line_column(place)?.0,
            })
        };
        told.filter_map(ending).collect()
    }
}

impl Configuration {
    /// The stacks, in a topological order.
    pub(crate) fn stacks(&self) -> impl Iterator<Item = &Stack> {
        self.graph.order().filter_map(|id| match id {
            StepId::Stack(key) => self.desired.stacks.get(key),
            _ => None,
        })
    }

    /// How many stacks there are.
    pub(crate) fn stack_count(&self) -> usize {
        self.desired.stacks.len()
    }
}

/// The day in UTC, on which it depends whether a finding is still accepted.
fn today() -> Day {
    let text = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    Day::new(&text).unwrap_or_else(Day::last)
}

/// All that can be known of a folder without asking AWS.
#[derive(Debug)]
pub(crate) struct Examined {
    /// Its files.
    pub(crate) sources: Sources,
    /// Every mistake and every advice.
    pub(crate) diagnostics: Diagnostics,
    /// The configuration, as far as it could be read.
    pub(crate) configuration: Option<Configuration>,
}

impl Examined {
    /// Reads a folder and synthesizes its stacks.
    pub(crate) fn new(folder: &Path) -> Self {
        Self::edited(folder, &Edits::default())
    }

    /// Reads a folder as it would be with edits that nobody has made yet.
    pub(crate) fn edited(folder: &Path, edits: &Edits) -> Self {
        Self::of(landfall_model::load_edited(folder, edits))
    }

    /// Synthesizes the stacks of what was read.
    pub(crate) fn of(loaded: Loaded) -> Self {
        let mut diagnostics = loaded.diagnostics;
        // A configuration with mistakes has entries left out; what the templates say of it would be misleading.
        let whole = loaded.foundation.filter(|_| !diagnostics.has_errors());
        let configuration = whole.and_then(|foundation| {
            let synthesis = landfall_stacks::synthesize(&foundation);
            diagnostics.extend(synthesis.diagnostics.iter().cloned());
            let written = Written { sources: &loaded.sources, texts: &loaded.texts };
            diagnostics.extend(landfall_stacks::lint(&foundation, &synthesis.stacks, written, &today()));
            if diagnostics.has_errors() {
                return None;
            }
            let (sizes, shared) = (synthesis.sizes, synthesis.shared);
            let ending = Ending::among(&diagnostics, &loaded.sources);
            let desired = Desired::new(&foundation, synthesis.stacks).guarded(synthesis.guardrails);
            match Graph::of(&desired) {
                Ok(graph) => Some(Configuration { foundation, sizes, shared, ending, desired, graph }),
                Err(mistakes) => {
                    diagnostics.extend(mistakes);
                    None
                }
            }
        });
        Self { sources: loaded.sources, diagnostics, configuration }
    }

    /// The configuration, if nothing is wrong with it.
    ///
    /// # Errors
    /// It has errors.
    pub(crate) fn accepted(self, folder: &Path) -> Result<Configuration, CommandError> {
        let totals = report::totals(&self.diagnostics);
        self.configuration
            .ok_or_else(|| CommandError::usage(format!("the configuration in {} has {totals}", folder.display())))
    }
}

/// Reads a folder for a command that needs it without errors; what is wrong with it is said on stderr.
///
/// # Errors
/// It has errors.
pub(crate) fn read(folder: &Path, terminal: &Terminal) -> Result<Configuration, CommandError> {
    read_with_files(folder, terminal).map(|(configuration, _)| configuration)
}

/// The same with the files, for a command that shows where something stands.
///
/// # Errors
/// It has errors.
pub(crate) fn read_with_files(folder: &Path, terminal: &Terminal) -> Result<(Configuration, Sources), CommandError> {
    let examined = Examined::new(folder);
    report::objections(terminal, report::Files { folder, sources: &examined.sources }, &examined.diagnostics);
    let sources = examined.sources.clone();
    Ok((examined.accepted(folder)?, sources))
}
