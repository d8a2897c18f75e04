//! When a write comes, and which writes a part takes.

use landfall_model::RoleName;

use super::RepairCall;

/// When a call comes. Each stage is over before the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// A policy that is gone holds nobody and grants nobody anything until it is used.
    Recreate,
    /// A boundary where none is only ever narrows.
    MissingBoundary,
    /// Everything goes to what it is now and shall be.
    Narrow,
    /// A managed policy's document, a boundary for another: what has nothing in common with what it shall be changes at
    /// once, while everything else is narrow.
    Abrupt,
    /// Who may come in.
    Trust,
    /// A role that is gone comes back with nothing that it may do.
    Roles,
    /// A managed policy may hold a denial, so it is there before anything else grows.
    Attach,
    /// Everything goes to what it shall be.
    Grow,
    /// What grants nothing.
    Settings,
    /// A policy too many that denies goes only when everything else is right: until then it holds something shut.
    Release,
}

/// One thing that differs, with the writes that it takes.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// It grants nothing, or it only shrinks, or it only grows.
    Plain {
        /// When.
        stage: Stage,
        /// The write.
        call: RepairCall,
        /// What it bears on.
        access: Access,
    },
    /// It shrinks here and grows there.
    Both {
        /// Whose it is; `None` for what roles share.
        role: Option<RoleName>,
        /// To what it is now and shall be; `None` where the two have nothing in common.
        narrow: Option<RepairCall>,
        /// To what it shall be, in one write from wherever it is.
        whole: RepairCall,
        /// Its stage when it is written in one go.
        at_once: Stage,
        /// Its stage after it was narrowed.
        after: Stage,
    },
}

/// Whether a part bears on what anybody may do, and on which role's behalf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Access {
    /// It does not.
    No,
    /// On a role's.
    Of(RoleName),
    /// On that of every role that leans on it.
    Shared,
}

impl Part {
    /// What needs no other part to be looked at.
    pub(super) fn plain(stage: Stage, access: Access, call: RepairCall) -> Self {
        Self::Plain { stage, call, access }
    }

    /// Whether it bears on what anybody may do.
    pub(super) fn is_access(&self) -> bool {
        match self {
            Self::Plain { access, .. } => *access != Access::No,
            Self::Both { .. } => true,
        }
    }

    /// The one role that it bears on.
    pub(super) fn role(&self) -> Option<&RoleName> {
        match self {
            Self::Plain { access: Access::Of(role), .. } => Some(role),
            Self::Plain { .. } => None,
            Self::Both { role, .. } => role.as_ref(),
        }
    }

    /// Whether it changes at once while everything else is narrow, the trust policy aside.
    pub(super) fn is_abrupt(&self) -> bool {
        match self {
            Self::Plain { stage, .. } => *stage == Stage::Abrupt,
            Self::Both { narrow, at_once, .. } => narrow.is_none() && *at_once == Stage::Abrupt,
        }
    }

    /// The writes. `knotted`: other parts bear on the same access. `beside`: one of those changes at once.
    pub(super) fn writes(&self, knotted: bool, beside: bool) -> Vec<(Stage, RepairCall)> {
        match self {
            Self::Plain { stage, call, .. } => vec![(*stage, call.clone())],
            Self::Both { narrow: Some(narrow), whole, at_once, after, .. }
                if knotted && (*at_once != Stage::Trust || beside) =>
            {
                vec![(Stage::Narrow, narrow.clone()), (*after, whole.clone())]
            }
            Self::Both { whole, at_once, .. } => vec![(*at_once, whole.clone())],
        }
    }
}
