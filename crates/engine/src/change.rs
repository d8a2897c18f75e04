//! An update by a change set: made, looked at, carried out or thrown away.

use std::time::Duration;

use landfall_plan::{ObservedStack, StackStatus};
use landfall_stacks::Protection;
use tokio::time::Instant;

use crate::FaultKind;
use crate::deploy::{Change, Deploy, Goal};
use crate::failure::{Failure, Progress};
use crate::port::{ChangeSet, ChangeSetStatus, Replacement, ResourceChange, StackRequest};
use crate::retry::Phase;
use crate::revert::OTHERWISE;

/// What to do with a change set.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    /// Look again later.
    Wait,
    /// Carry it out.
    Execute,
    /// It changes nothing.
    Empty,
    /// It would make a named resource anew.
    Replaces(ResourceChange),
    /// It would do more than revert what drifted.
    Beyond(ResourceChange),
    /// It failed for a reason of its own.
    Failed(String),
}

enum Made {
    Id(String),
    Empty,
    Busy,
}

/// IAM resources that Landfall always names: the new one could not have the old one's name.
const NAMED: [&str; 3] = ["AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::IAM::InstanceProfile"];

/// Change set names that are tried: a killed run may have left one, and it goes away with the next execution.
const NAMES: u32 = 5;

fn verdict(change_set: &ChangeSet) -> Verdict {
    match change_set.status {
        ChangeSetStatus::Pending => Verdict::Wait,
        ChangeSetStatus::Failed => {
            let reason = change_set.reason.clone().unwrap_or_default();
            if empty(&reason) { Verdict::Empty } else { Verdict::Failed(reason) }
        }
        ChangeSetStatus::Ready => change_set
            .changes
            .iter()
            .find(|change| change.replacement == Replacement::Yes && NAMED.contains(&change.resource_type.as_str()))
            .map_or(Verdict::Execute, |change| Verdict::Replaces(change.clone())),
    }
}

/// AWS has two sentences for a change set that changes nothing.
fn empty(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}

impl Deploy<'_> {
    /// Begins to bring a stack up to date.
    pub(crate) async fn change(&mut self, stack: Option<&ObservedStack>) -> Progress<Change> {
        let (Some(stack), Some(mut request)) = (stack, self.request.clone()) else {
            return Ok(Change::Empty);
        };
        self.id = Some(stack.id.clone());
        self.token = match self.goal {
            Goal::Revert(..) => self.moment("revert"),
            Goal::Stand(..) | Goal::Update(..) | Goal::Gone(..) => self.mark_from("update", stack),
        };
        request.token.clone_from(&self.token);
        let id = match self.make(&request).await? {
            Made::Id(id) => id,
            Made::Empty => return Ok(Change::Empty),
            Made::Busy => return Ok(Change::Busy),
        };
        match self.made(&id).await? {
            Verdict::Execute | Verdict::Wait => {}
            Verdict::Empty => {
                self.throw_away(&id).await;
                return Ok(Change::Empty);
            }
            Verdict::Replaces(change) => {
                self.throw_away(&id).await;
                let (id, kind) = (change.logical_id, change.resource_type);
                return Err(Failure::new(format!(
                    "the update would make {id} ({kind}) anew, and its name is taken by itself"
                ))
                .resource(format!("{id} ({kind})"))
                .hint("give it another name in the configuration, or remove it, apply, and add it again"));
            }
            Verdict::Beyond(change) => {
                self.throw_away(&id).await;
                let ResourceChange { logical_id: id, resource_type: kind, action, .. } = change;
                return Err(Failure::new(format!(
                    "the change set would do more than revert what the plan names: {action} {id} ({kind})"
                ))
                .resource(format!("{id} ({kind})"))
                .hint("make a new plan without --only, or let IAM put it right: leave --via out"));
            }
            Verdict::Failed(reason) => {
                self.throw_away(&id).await;
                return Err(Failure::new(format!("the change set failed: {reason}")).hint_from(&reason));
            }
        }
        // From here on what was read back no longer holds.
        if stack.protected == Some(true) {
            self.protect(&stack.id, Protection::Off).await?;
        }
        let execute = || self.spot.stacks.execute_change_set(&id, &self.token);
        match self.work.call(&self.spot.endpoint(), Phase::Idempotent, execute).await {
            Ok(()) => {}
            // A repeat after a lost answer finds the change set at work.
            Err(fault) if matches!(fault.kind, FaultKind::Conflict | FaultKind::AlreadyExists) => {}
            Err(fault) => return Err(Failure::call("the change set could not be carried out", fault)),
        }
        self.changed(StackStatus::UpdateInProgress);
        Ok(Change::Begun)
    }

    async fn make(&self, request: &StackRequest) -> Progress<Made> {
        let endpoint = self.spot.endpoint();
        let mut name = request.token.clone();
        for number in 2..=NAMES + 1 {
            let call = || async {
                match self.goal {
                    Goal::Revert(..) => self.spot.stacks.create_revert(request, &name).await,
                    Goal::Stand(..) | Goal::Update(..) | Goal::Gone(..) => {
                        self.spot.stacks.create_change_set(request, &name).await
                    }
                }
            };
            match self.work.call(&endpoint, Phase::Idempotent, call).await {
                Ok(id) => return Ok(Made::Id(id)),
                Err(fault) if fault.kind == FaultKind::NoChange => return Ok(Made::Empty),
                // Somebody else began something after the stack was looked at.
                Err(fault) if fault.kind == FaultKind::Conflict => return Ok(Made::Busy),
                Err(fault) if fault.kind == FaultKind::AlreadyExists && number <= NAMES => {
                    name = format!("{}-{number}", request.token);
                }
                Err(fault) => {
                    let failure = Failure::call("the change set could not be made", fault);
                    return Err(match self.goal {
                        Goal::Revert(..) => failure.hint_otherwise(OTHERWISE),
                        Goal::Stand(..) | Goal::Update(..) | Goal::Gone(..) => failure,
                    });
                }
            }
        }
        Ok(Made::Empty)
    }

    async fn made(&self, id: &str) -> Progress<Verdict> {
        let began = Instant::now();
        let mut wait = Duration::from_millis(250);
        loop {
            let call = || self.spot.stacks.describe_change_set(id);
            let change_set = self.work.call(&self.spot.endpoint(), Phase::Read, call).await;
            let change_set =
                change_set.map_err(|fault| Failure::call("the change set could not be looked at", fault))?;
            match verdict(&change_set) {
                Verdict::Wait => {}
                // Not everyone who speaks this protocol lets an empty change set fail.
                Verdict::Execute if matches!(self.goal, Goal::Revert(..)) && change_set.changes.is_empty() => {
                    return Ok(Verdict::Empty);
                }
                Verdict::Execute => return Ok(self.beyond(&change_set).map_or(Verdict::Execute, Verdict::Beyond)),
                verdict => return Ok(verdict),
            }
            if began.elapsed() >= self.work.run.patience {
                return Err(Failure::new("the change set is still being made").hint("run again"));
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(5));
        }
    }

    /// What a change set that shall only revert drift would do besides. Source of the actions: CloudFormation user guide,
    /// "Drift-aware change sets".
    fn beyond(&self, change_set: &ChangeSet) -> Option<ResourceChange> {
        let Goal::Revert(_, _, drifted) = &self.goal else { return None };
        let within = |change: &&ResourceChange| {
            drifted.contains(&change.logical_id)
                && matches!(change.action.as_str(), "Add" | "Modify" | "SyncWithActual")
                && change.replacement != Replacement::Yes
        };
        change_set.changes.iter().find(|change| !within(change)).cloned()
    }

    /// A change set that stays does no harm: the next execution deletes it.
    async fn throw_away(&self, id: &str) {
        let call = || self.spot.stacks.delete_change_set(id);
        let _ = self.work.call(&self.spot.endpoint(), Phase::Idempotent, call).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(resource_type: &str, replacement: Replacement) -> ResourceChange {
        let (logical_id, action) = ("Role".to_owned(), "Modify".to_owned());
        ResourceChange { logical_id, resource_type: resource_type.to_owned(), action, replacement }
    }

    #[test]
    fn verdicts() {
        let failed = |reason: &str| {
            let reason = Some(reason.to_owned());
            verdict(&ChangeSet { status: ChangeSetStatus::Failed, reason, changes: vec![] })
        };
        let words =
            "The submitted information didn't contain changes. Submit different information to create a change set.";
        assert_eq!(failed(words), Verdict::Empty);
        assert_eq!(failed("No updates are to be performed."), Verdict::Empty);
        assert_eq!(failed("Transform failed"), Verdict::Failed("Transform failed".to_owned()));
        let ready = |changes| verdict(&ChangeSet { status: ChangeSetStatus::Ready, reason: None, changes });
        assert_eq!(ready(vec![change("AWS::IAM::Role", Replacement::No)]), Verdict::Execute);
        assert_eq!(ready(vec![change("AWS::IAM::Role", Replacement::Conditional)]), Verdict::Execute);
        assert_eq!(ready(vec![change("AWS::SNS::TopicPolicy", Replacement::Yes)]), Verdict::Execute);
        let anew = change("AWS::IAM::ManagedPolicy", Replacement::Yes);
        assert_eq!(ready(vec![change("AWS::IAM::Role", Replacement::No), anew.clone()]), Verdict::Replaces(anew));
    }
}
