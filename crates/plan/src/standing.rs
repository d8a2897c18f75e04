//! What a stack's status means for what is to be done.

use crate::StackStatus;

/// How a stack stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It stands as its tags say.
    Good,
    /// CloudFormation is at work; what comes of it is not known yet, and the stack can be updated afterwards.
    Busy,
    /// It can be updated, and must be: the last operation left it half done.
    Failed,
    /// It can only be deleted and made anew. Source: CloudFormation user guide, stack statuses.
    LeftOver,
    /// It is gone.
    Gone,
}

impl StackStatus {
    /// What the status means.
    pub fn standing(self) -> Standing {
        match self {
            // Cleaning up after a finished update needs nobody.
            Self::CreateComplete
            | Self::UpdateComplete
            | Self::UpdateCompleteCleanupInProgress
            | Self::UpdateRollbackComplete
            | Self::UpdateRollbackCompleteCleanupInProgress
            | Self::ImportComplete
            | Self::ImportRollbackComplete => Standing::Good,
            Self::CreateInProgress
            | Self::UpdateInProgress
            | Self::UpdateRollbackInProgress
            | Self::ImportInProgress
            | Self::ImportRollbackInProgress => Standing::Busy,
            Self::UpdateFailed | Self::UpdateRollbackFailed | Self::ImportRollbackFailed => Standing::Failed,
            Self::ReviewInProgress
            | Self::CreateFailed
            | Self::RollbackInProgress
            | Self::RollbackComplete
            | Self::RollbackFailed
            | Self::DeleteInProgress
            | Self::DeleteFailed => Standing::LeftOver,
            Self::DeleteComplete => Standing::Gone,
        }
    }
}
