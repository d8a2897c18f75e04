//! When a write comes, and what a thing that differs takes.

use landfall_model::RoleName;
use serde_json::Value;

use super::RepairCall;

/// When a call comes. Each stage is over before the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// A policy that is gone holds nobody and grants nobody anything until it is used.
    Recreate,
    /// Others are shut out of a role that cannot be narrowed before its boundary is the right one.
    Shut,
    /// A boundary where none is, or a tighter one, only ever narrows.
    MissingBoundary,
    /// What holds a role for a while is there before anything is let go.
    Hold,
    /// Everything goes to what it is now and shall be.
    Narrow,
    /// A managed policy that only denies is attached when others have made room for it.
    Guard,
    /// What has nothing in between changes at once, while everything else is narrow.
    Switch,
    /// A trust policy may be refused while the provider that it names is not there.
    Provider,
    /// Who may come in, where that is the one thing that changes at once.
    Trust,
    /// A role that is gone comes back with nothing that it may do.
    Roles,
    /// A managed policy is attached.
    Attach,
    /// Everything goes to what it shall be.
    Grow,
    /// A role that came back lets people in.
    Open,
    /// What grants nothing.
    Settings,
    /// What denies and shall not be there goes only when everything else is right: until then it holds something shut.
    Release,
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

/// What two forms of a document have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Through {
    /// Something that both allow.
    Common,
    /// Nothing: what is in between takes all of it away.
    Nothing,
}

/// What changes at once, whatever is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Switched {
    /// A boundary for another one.
    Boundary,
    /// A managed policy whose text nobody knows.
    Policy,
    /// Tags that policies speak of.
    Tags,
    /// The metadata of a SAML provider.
    Metadata,
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
        /// To what it is now and shall be.
        narrow: RepairCall,
        /// How much that is.
        through: Through,
        /// To what it shall be, in one write from wherever it is.
        whole: RepairCall,
        /// Its stage when it is written in one go.
        at_once: Stage,
        /// Its stage after it was narrowed.
        after: Stage,
    },
    /// There is nothing in between.
    Switch {
        /// Whose it is; `None` for what roles share.
        role: Option<RoleName>,
        /// What it is.
        what: Switched,
        /// The write.
        call: RepairCall,
    },
    /// A managed policy that allows and denies, and comes or goes: what it denies has to hold the longest.
    Held {
        /// The role.
        role: RoleName,
        /// What it denies.
        denials: Vec<Value>,
        /// When it comes or goes, while something else denies the same.
        stage: Stage,
        /// The write.
        call: RepairCall,
    },
}

impl Part {
    /// What needs no other part to be looked at.
    pub(super) fn plain(stage: Stage, access: Access, call: RepairCall) -> Self {
        Self::Plain { stage, call, access }
    }

    /// Whether it bears on what anybody may do.
    pub(super) fn is_access(&self) -> bool {
        !matches!(self, Self::Plain { access: Access::No, .. })
    }

    /// The one role that it bears on.
    pub(super) fn role(&self) -> Option<&RoleName> {
        match self {
            Self::Plain { access: Access::Of(role), .. } | Self::Held { role, .. } => Some(role),
            Self::Plain { .. } => None,
            Self::Both { role, .. } | Self::Switch { role, .. } => role.as_ref(),
        }
    }

    /// Whether it is who may come in.
    pub(super) fn is_trust(&self) -> bool {
        matches!(self, Self::Both { at_once: Stage::Trust, .. })
    }

    /// Whether it changes at once, and is of this sort.
    pub(super) fn switches(&self, sort: &Switched) -> bool {
        matches!(self, Self::Switch { what, .. } if what == sort)
    }

    /// What it denies that something else has to deny while it comes or goes.
    pub(super) fn denials(&self) -> &[Value] {
        match self {
            Self::Held { denials, .. } => denials,
            _ => &[],
        }
    }

    /// The one write that puts it right from wherever it is.
    pub(super) fn at_once(&self) -> (Stage, RepairCall) {
        match self {
            Self::Plain { stage, call, .. } => (*stage, call.clone()),
            Self::Both { whole, at_once, .. } => (*at_once, whole.clone()),
            Self::Switch { call, .. } | Self::Held { call, .. } => (Stage::Switch, call.clone()),
        }
    }

    /// Whether it may allow anything that is not allowed as it stands.
    pub(super) fn grows(&self) -> bool {
        match self {
            Self::Plain { stage, access, .. } => {
                *access != Access::No && !matches!(stage, Stage::MissingBoundary | Stage::Narrow | Stage::Guard)
            }
            Self::Both { .. } | Self::Switch { .. } | Self::Held { .. } => true,
        }
    }
}
