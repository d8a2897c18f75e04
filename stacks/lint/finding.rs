//! A finding on its way to the user.

use landfall_model::{Diagnostic, Sources, TextPlaces};

/// What the configuration's reader knows of what was written.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// Where the parts of policies stand.
    pub texts: &'a TextPlaces,
}

/// A finding, and by which names it can be accepted.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// What is shown.
    pub(crate) diagnostic: Diagnostic,
    /// Roles, items, boundaries, guardrails.
    pub(crate) subjects: Vec<String>,
}

impl Finding {
    /// A finding about named things.
    pub(crate) fn new(diagnostic: Diagnostic, subjects: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { diagnostic, subjects: subjects.into_iter().map(Into::into).collect() }
    }
}

/// What a finding of a document comes to at a place.
pub(crate) fn diagnostic(
    finding: landfall_policies::lint::Finding,
    place: landfall_model::Place,
    message: impl Into<String>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(finding.code, place, message).help(finding.help);
    Diagnostic { severity: finding.severity, ..diagnostic }
}
