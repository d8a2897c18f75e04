//! Why a drift is not written into the configuration.

use landfall_model::EditError;

/// Why a drift cannot be said in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsayable {
    /// Nothing in the configuration says such a thing.
    #[error("the configuration has no way to say it: {0}")]
    NoWords(&'static str),
    /// What stands is close to what the configuration can say, and something else.
    #[error("the configuration cannot say just this: {0}")]
    Inexact(String),
    /// It takes something away that does not stand in the configuration.
    #[error("it takes away {0}")]
    Fixed(&'static str),
    /// Something is gone: to leave it out is a change of the configuration like any other.
    #[error(
        "what is gone is missed by its stack: take the entry out of the configuration and run `landfall apply`, or have it \
         back with `landfall remediate --apply`"
    )]
    Gone,
    /// Landfall itself left it so, on its way.
    #[error(
        "`landfall remediate --apply` was cut off while it put the role right: run it again first, without `--only`"
    )]
    CutOff,
    /// Both sides changed it.
    #[error("the configuration has changed it too since it was deployed: decide which holds, and write that")]
    Changed,
    /// Nobody can tell what the stack would make.
    #[error("nobody can tell what the stack shall make: {0}")]
    Unknown(String),
    /// It would change more than what drifted.
    #[error("saying it would change more than what drifted: {0}")]
    Others(String),
    /// The configuration would have mistakes.
    #[error("the configuration would be refused with it: {0}")]
    Refused(String),
    /// The file is written in a form that cannot be edited.
    #[error(transparent)]
    Edit(#[from] EditError),
}

impl Unsayable {
    /// What stands is close to what the configuration can say, and something else.
    pub(super) fn inexact(why: impl Into<String>) -> Self {
        Self::Inexact(why.into())
    }
}
