//! What to do next with one stack: one total function from what is wanted, what was done last and what is seen.
//!
//! Source of the states: CloudFormation user guide, "Stack status codes"; what may be done in which of them, API
//! reference of `CreateChangeSet`, `DeleteStack` and `ContinueUpdateRollback`.

use landfall_plan::StackStatus;

/// What the step wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Want {
    /// A stack where there was none, or only what a failed creation left.
    Create,
    /// A stack that stands brought up to date.
    Update,
    /// No stack.
    Delete,
}

/// What was done last in this step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Last {
    /// Nothing yet.
    Nothing,
    /// The stack was created.
    Create,
    /// A change set was carried out.
    ChangeSet,
    /// The stack was deleted.
    Delete,
    /// A failed rollback was continued.
    Continue,
}

/// What is seen of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seen {
    /// There is none.
    Absent,
    /// It has a status.
    Status(StackStatus),
}

/// How often things were done in this step: nothing goes round for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tries {
    /// Calls of `CreateStack`.
    pub creations: u8,
    /// Change sets carried out.
    pub change_sets: u8,
    /// Calls of `DeleteStack`.
    pub deletions: u8,
    /// Calls of `ContinueUpdateRollback`.
    pub continuations: u8,
}

impl Tries {
    /// Each thing is done at most this often between two failures that are worth a new beginning.
    pub const MOST: u8 = 2;
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Next {
    /// Create the stack.
    Create,
    /// Delete what is there.
    Delete,
    /// Make a change set and, if it changes something, carry it out.
    ChangeSet,
    /// Continue the failed rollback.
    Continue,
    /// Wait until CloudFormation is through with the stack.
    Wait,
    /// Compare what stands in IAM with what shall.
    ReadBack,
    /// Nothing: it is as wanted.
    Done,
    /// The operation failed: find the first cause.
    Diagnose,
    /// Give up.
    GiveUp(Why),
}

/// Why it is given up without a failed resource to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The stack is gone, and the plan thought that it stands.
    Gone,
    /// The same was tried again and again.
    TooOften,
}

/// What to do next. Total: every status in every situation has an answer.
pub fn next(want: Want, last: Last, seen: Seen, tries: Tries) -> Next {
    let next = match want {
        Want::Create | Want::Update => stand(want, last, seen),
        Want::Delete => fall(last, seen),
    };
    let spent = match next {
        Next::Create => tries.creations,
        Next::Delete => tries.deletions,
        Next::ChangeSet => tries.change_sets,
        Next::Continue => tries.continuations,
        Next::Wait | Next::ReadBack | Next::Done | Next::Diagnose | Next::GiveUp(_) => 0,
    };
    match (spent < Tries::MOST, seen) {
        (true, _) => next,
        (false, Seen::Status(StackStatus::DeleteFailed | StackStatus::UpdateRollbackFailed)) => Next::Diagnose,
        (false, _) => Next::GiveUp(Why::TooOften),
    }
}

fn stand(want: Want, last: Last, seen: Seen) -> Next {
    let status = match seen {
        Seen::Absent | Seen::Status(StackStatus::DeleteComplete) => {
            return match (want, last) {
                (Want::Update, Last::Nothing | Last::ChangeSet | Last::Continue) => Next::GiveUp(Why::Gone),
                _ => Next::Create,
            };
        }
        Seen::Status(status) => status,
    };
    match status {
        StackStatus::DeleteComplete => Next::Create,
        StackStatus::CreateInProgress
        | StackStatus::RollbackInProgress
        | StackStatus::DeleteInProgress
        | StackStatus::UpdateInProgress
        | StackStatus::UpdateCompleteCleanupInProgress
        | StackStatus::UpdateRollbackInProgress
        | StackStatus::UpdateRollbackCompleteCleanupInProgress
        | StackStatus::ImportInProgress
        | StackStatus::ImportRollbackInProgress => Next::Wait,
        // A shell that only ever was a change set.
        StackStatus::ReviewInProgress => Next::Delete,
        // A creation that failed: only deletion is possible. After an own creation the cause comes first, and the stack
        // stays for the user to look at; the next run deletes it.
        StackStatus::CreateFailed | StackStatus::RollbackComplete | StackStatus::RollbackFailed => match last {
            Last::Create => Next::Diagnose,
            Last::Nothing | Last::ChangeSet | Last::Delete | Last::Continue => Next::Delete,
        },
        StackStatus::DeleteFailed => Next::Delete,
        StackStatus::CreateComplete | StackStatus::UpdateComplete | StackStatus::ImportComplete => match last {
            Last::Create | Last::ChangeSet => Next::ReadBack,
            Last::Nothing | Last::Delete | Last::Continue => Next::ChangeSet,
        },
        StackStatus::UpdateRollbackComplete | StackStatus::UpdateFailed => match last {
            Last::ChangeSet => Next::Diagnose,
            Last::Nothing | Last::Create | Last::Delete | Last::Continue => Next::ChangeSet,
        },
        StackStatus::UpdateRollbackFailed => match last {
            Last::ChangeSet | Last::Continue => Next::Diagnose,
            Last::Nothing | Last::Create | Last::Delete => Next::Continue,
        },
        StackStatus::ImportRollbackComplete => Next::ChangeSet,
        // CloudFormation offers nothing but deletion here, and the stack's resources are somebody's imports.
        StackStatus::ImportRollbackFailed => Next::Diagnose,
    }
}

fn fall(last: Last, seen: Seen) -> Next {
    match seen {
        Seen::Absent | Seen::Status(StackStatus::DeleteComplete) => Next::Done,
        Seen::Status(status) if status.in_progress() => Next::Wait,
        Seen::Status(StackStatus::DeleteFailed) => Next::Delete,
        Seen::Status(_) => match last {
            Last::Delete => Next::GiveUp(Why::TooOften),
            Last::Nothing | Last::Create | Last::ChangeSet | Last::Continue => Next::Delete,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const LASTS: [Last; 5] = [Last::Nothing, Last::Create, Last::ChangeSet, Last::Delete, Last::Continue];

    fn every() -> impl Iterator<Item = Seen> {
        std::iter::once(Seen::Absent).chain(StackStatus::ALL.into_iter().map(Seen::Status))
    }

    fn table(want: Want, lasts: &[Last]) -> String {
        let mut out = String::new();
        for last in lasts {
            let mut rows: BTreeMap<Next, Vec<String>> = BTreeMap::new();
            for seen in every() {
                let name = match seen {
                    Seen::Absent => "absent".to_owned(),
                    Seen::Status(status) => status.to_string(),
                };
                rows.entry(next(want, *last, seen, Tries::default())).or_default().push(name);
            }
            out.push_str(&format!("after {last:?}\n"));
            for (next, statuses) in rows {
                out.push_str(&format!("  {next:?}: {}\n", statuses.join(" ")));
            }
        }
        out
    }

    #[test]
    fn table_of_create() {
        insta::assert_snapshot!(table(Want::Create, &LASTS), @r"
        after Nothing
          Create: absent DELETE_COMPLETE
          Delete: CREATE_FAILED ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED REVIEW_IN_PROGRESS
          ChangeSet: CREATE_COMPLETE UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_COMPLETE IMPORT_COMPLETE IMPORT_ROLLBACK_COMPLETE
          Continue: UPDATE_ROLLBACK_FAILED
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          Diagnose: IMPORT_ROLLBACK_FAILED
        after Create
          Create: absent DELETE_COMPLETE
          Delete: DELETE_FAILED REVIEW_IN_PROGRESS
          ChangeSet: UPDATE_FAILED UPDATE_ROLLBACK_COMPLETE IMPORT_ROLLBACK_COMPLETE
          Continue: UPDATE_ROLLBACK_FAILED
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          ReadBack: CREATE_COMPLETE UPDATE_COMPLETE IMPORT_COMPLETE
          Diagnose: CREATE_FAILED ROLLBACK_FAILED ROLLBACK_COMPLETE IMPORT_ROLLBACK_FAILED
        after ChangeSet
          Create: absent DELETE_COMPLETE
          Delete: CREATE_FAILED ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED REVIEW_IN_PROGRESS
          ChangeSet: IMPORT_ROLLBACK_COMPLETE
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          ReadBack: CREATE_COMPLETE UPDATE_COMPLETE IMPORT_COMPLETE
          Diagnose: UPDATE_FAILED UPDATE_ROLLBACK_FAILED UPDATE_ROLLBACK_COMPLETE IMPORT_ROLLBACK_FAILED
        after Delete
          Create: absent DELETE_COMPLETE
          Delete: CREATE_FAILED ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED REVIEW_IN_PROGRESS
          ChangeSet: CREATE_COMPLETE UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_COMPLETE IMPORT_COMPLETE IMPORT_ROLLBACK_COMPLETE
          Continue: UPDATE_ROLLBACK_FAILED
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          Diagnose: IMPORT_ROLLBACK_FAILED
        after Continue
          Create: absent DELETE_COMPLETE
          Delete: CREATE_FAILED ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED REVIEW_IN_PROGRESS
          ChangeSet: CREATE_COMPLETE UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_COMPLETE IMPORT_COMPLETE IMPORT_ROLLBACK_COMPLETE
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          Diagnose: UPDATE_ROLLBACK_FAILED IMPORT_ROLLBACK_FAILED
        ");
    }

    #[test]
    fn table_of_update() {
        insta::assert_snapshot!(table(Want::Update, &LASTS), @r"
        after Nothing
          Delete: CREATE_FAILED ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED REVIEW_IN_PROGRESS
          ChangeSet: CREATE_COMPLETE UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_COMPLETE IMPORT_COMPLETE IMPORT_ROLLBACK_COMPLETE
          Continue: UPDATE_ROLLBACK_FAILED
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          Diagnose: IMPORT_ROLLBACK_FAILED
          GiveUp(Gone): absent DELETE_COMPLETE
        after Create
          Create: absent DELETE_COMPLETE
          Delete: DELETE_FAILED REVIEW_IN_PROGRESS
          ChangeSet: UPDATE_FAILED UPDATE_ROLLBACK_COMPLETE IMPORT_ROLLBACK_COMPLETE
          Continue: UPDATE_ROLLBACK_FAILED
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          ReadBack: CREATE_COMPLETE UPDATE_COMPLETE IMPORT_COMPLETE
          Diagnose: CREATE_FAILED ROLLBACK_FAILED ROLLBACK_COMPLETE IMPORT_ROLLBACK_FAILED
        after ChangeSet
          Delete: CREATE_FAILED ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED REVIEW_IN_PROGRESS
          ChangeSet: IMPORT_ROLLBACK_COMPLETE
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          ReadBack: CREATE_COMPLETE UPDATE_COMPLETE IMPORT_COMPLETE
          Diagnose: UPDATE_FAILED UPDATE_ROLLBACK_FAILED UPDATE_ROLLBACK_COMPLETE IMPORT_ROLLBACK_FAILED
          GiveUp(Gone): absent DELETE_COMPLETE
        after Delete
          Create: absent DELETE_COMPLETE
          Delete: CREATE_FAILED ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED REVIEW_IN_PROGRESS
          ChangeSet: CREATE_COMPLETE UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_COMPLETE IMPORT_COMPLETE IMPORT_ROLLBACK_COMPLETE
          Continue: UPDATE_ROLLBACK_FAILED
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          Diagnose: IMPORT_ROLLBACK_FAILED
        after Continue
          Delete: CREATE_FAILED ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED REVIEW_IN_PROGRESS
          ChangeSet: CREATE_COMPLETE UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_COMPLETE IMPORT_COMPLETE IMPORT_ROLLBACK_COMPLETE
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          Diagnose: UPDATE_ROLLBACK_FAILED IMPORT_ROLLBACK_FAILED
          GiveUp(Gone): absent DELETE_COMPLETE
        ");
    }

    #[test]
    fn table_of_delete() {
        insta::assert_snapshot!(table(Want::Delete, &LASTS), @r"
        after Nothing
          Delete: CREATE_FAILED CREATE_COMPLETE ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_FAILED UPDATE_ROLLBACK_COMPLETE REVIEW_IN_PROGRESS IMPORT_COMPLETE IMPORT_ROLLBACK_FAILED IMPORT_ROLLBACK_COMPLETE
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          Done: absent DELETE_COMPLETE
        after Create
          Delete: CREATE_FAILED CREATE_COMPLETE ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_FAILED UPDATE_ROLLBACK_COMPLETE REVIEW_IN_PROGRESS IMPORT_COMPLETE IMPORT_ROLLBACK_FAILED IMPORT_ROLLBACK_COMPLETE
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          Done: absent DELETE_COMPLETE
        after ChangeSet
          Delete: CREATE_FAILED CREATE_COMPLETE ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_FAILED UPDATE_ROLLBACK_COMPLETE REVIEW_IN_PROGRESS IMPORT_COMPLETE IMPORT_ROLLBACK_FAILED IMPORT_ROLLBACK_COMPLETE
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          Done: absent DELETE_COMPLETE
        after Delete
          Delete: DELETE_FAILED
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          Done: absent DELETE_COMPLETE
          GiveUp(TooOften): CREATE_FAILED CREATE_COMPLETE ROLLBACK_FAILED ROLLBACK_COMPLETE UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_FAILED UPDATE_ROLLBACK_COMPLETE REVIEW_IN_PROGRESS IMPORT_COMPLETE IMPORT_ROLLBACK_FAILED IMPORT_ROLLBACK_COMPLETE
        after Continue
          Delete: CREATE_FAILED CREATE_COMPLETE ROLLBACK_FAILED ROLLBACK_COMPLETE DELETE_FAILED UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_FAILED UPDATE_ROLLBACK_COMPLETE REVIEW_IN_PROGRESS IMPORT_COMPLETE IMPORT_ROLLBACK_FAILED IMPORT_ROLLBACK_COMPLETE
          Wait: CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS
          Done: absent DELETE_COMPLETE
        ");
    }

    #[test]
    fn nothing_goes_round_for_ever() {
        // An adversary shows any status after any action; waiting ends by itself, all else is counted.
        for want in [Want::Create, Want::Update, Want::Delete] {
            let mut states = vec![(Last::Nothing, Tries::default(), 0)];
            let mut deepest = 0;
            while let Some((last, tries, depth)) = states.pop() {
                deepest = deepest.max(depth);
                assert!(depth <= 4 * Tries::MOST, "bounded");
                let mut followers = std::collections::BTreeSet::new();
                for seen in every() {
                    let mut after = tries;
                    let (counter, last) = match next(want, last, seen, tries) {
                        Next::Create => (&mut after.creations, Last::Create),
                        Next::Delete => (&mut after.deletions, Last::Delete),
                        Next::ChangeSet => (&mut after.change_sets, Last::ChangeSet),
                        Next::Continue => (&mut after.continuations, Last::Continue),
                        Next::Wait | Next::ReadBack | Next::Done | Next::Diagnose | Next::GiveUp(_) => continue,
                    };
                    *counter += 1;
                    if followers.insert(last) {
                        states.push((last, after, depth + 1));
                    }
                }
            }
            assert!(deepest >= Tries::MOST);
        }
    }
}
