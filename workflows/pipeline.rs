//! The pipelines, and the files that they are written to.

use crate::fill::{FillError, fill};
use crate::stamp::stamped;
use crate::values::Values;

/// A pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pipeline {
    /// The first run, by hand.
    Bootstrap,
    /// What a pull request would change.
    Plan,
    /// What was merged is applied.
    Apply,
    /// The watch every night.
    Drift,
    /// A form that becomes a pull request.
    Onboard,
}

impl Pipeline {
    /// All of them, in the order in which a user meets them.
    pub const ALL: [Self; 5] = [Self::Bootstrap, Self::Plan, Self::Apply, Self::Drift, Self::Onboard];

    /// The file's name. It says whose it is: it stands among the user's own.
    pub fn file(self) -> &'static str {
        match self {
            Self::Bootstrap => "landfall-bootstrap.yml",
            Self::Plan => "landfall-plan.yml",
            Self::Apply => "landfall-apply.yml",
            Self::Drift => "landfall-drift.yml",
            Self::Onboard => "landfall-onboard.yml",
        }
    }

    /// What it is for, as a fragment.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Bootstrap => "the first run, by hand and with approval",
            Self::Plan => "shows what a pull request would change",
            Self::Apply => "applies what was merged, after an approval of the plan",
            Self::Drift => "looks every night for what was changed behind Landfall's back",
            Self::Onboard => "turns a form into a pull request with a new team or account",
        }
    }

    /// The workflow as it stands, with its marks.
    pub(crate) fn source(self) -> &'static str {
        match self {
            Self::Bootstrap => include_str!("bootstrap.yml"),
            Self::Plan => include_str!("plan.yml"),
            Self::Apply => include_str!("apply.yml"),
            Self::Drift => include_str!("drift.yml"),
            Self::Onboard => include_str!("onboard.yml"),
        }
    }

    /// The workflow for an organization, with the head that later tells whether somebody changed it.
    ///
    /// # Errors
    /// A mark in the source that nobody knows: a mistake of ours.
    pub fn text(self, values: &Values) -> Result<String, FillError> {
        Ok(stamped(&fill(self.source(), values)?))
    }
}
