//! Resources that stand come into a stack: by an import change set, and then the stack is brought to its template.

use std::time::Duration;

use landfall_plan::{Imported, ObservedStack, StackSpec, StackStatus};
use landfall_stacks::{Digest, StackKey, TAG_ORGANIZATION};
use tokio::time::Instant;

use crate::deploy::Goal;
use crate::failure::{Failure, Progress};
use crate::port::{ChangeSetStatus, StackRequest};
use crate::retry::Phase;
use crate::run::Work;
use crate::watch::Spot;
use crate::{FaultKind, Outcome};

/// Change set names that are tried: a killed run may have left one.
const NAMES: u32 = 5;
const NOTHING_CHANGED: &str = "nothing was changed: put the cause right, delete the empty stack and run again";

impl Work {
    /// Takes resources into a stack and brings it to its template. A run that was killed after the import finds the stack
    /// there and goes on with the rest.
    pub(crate) async fn adopt_stack(
        &self,
        key: &StackKey,
        spec: &StackSpec,
        import: &Digest,
        resources: &[Imported],
    ) -> Progress<Outcome> {
        let session = self.enter(&key.account, Phase::Read).await?;
        let stacks = session.stacks(&key.region);
        let account = self.run.account(&key.account)?;
        let spot = Spot { key, account: &account, stacks: &stacks };
        let id = match self.named(&spot).await? {
            Some(stack) if stack.status != StackStatus::ReviewInProgress => {
                let owner = stack.tags.get(TAG_ORGANIZATION).map(String::as_str);
                let ours = owner == Some(self.run.plan.organization.as_str());
                if !ours && !self.imported(&spot, &stack, import).await? {
                    return Err(Failure::new(format!("a stack of the name {} stands there by now", stack.name))
                        .hint("make a new plan"));
                }
                stack.id
            }
            _ => self.import(&spot, spec, import, resources).await?,
        };
        self.deploy(key, Goal::Stand(spec, Some(&id))).await
    }

    async fn named(&self, spot: &Spot<'_>) -> Progress<Option<ObservedStack>> {
        let found = self.look(spot, spot.key.name.as_str()).await;
        found.map_err(|fault| Failure::call("the stack could not be looked at", fault))
    }

    /// Whether a stack is what this import makes, and nothing was done to it since. It has no tags that would say so, but
    /// nobody else writes that template.
    async fn imported(&self, spot: &Spot<'_>, stack: &ObservedStack, import: &Digest) -> Progress<bool> {
        if stack.status != StackStatus::ImportComplete || !stack.tags.is_empty() {
            return Ok(false);
        }
        let read = self.call(&spot.endpoint(), Phase::Read, || spot.stacks.template(&stack.id)).await;
        let deployed = read.map_err(|fault| Failure::call("the stack's template could not be read", fault))?;
        let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        let wanted = self.run.plan.templates.get(import).and_then(|text| json(text));
        Ok(wanted.is_some() && deployed.and_then(|text| json(&text)) == wanted)
    }

    /// Imports; the stack's id comes back.
    async fn import(
        &self,
        spot: &Spot<'_>,
        spec: &StackSpec,
        import: &Digest,
        resources: &[Imported],
    ) -> Progress<String> {
        let request = self.import_request(spot.key, spec, import)?;
        let change_set = self.import_change_set(spot, &request, resources).await?;
        self.import_ready(spot, &change_set, resources).await?;
        let Some(stack) = self.named(spot).await? else {
            return Err(Failure::new("the stack that the import begins is not there").hint("run again"));
        };
        let execute = || spot.stacks.execute_change_set(&change_set, &request.token);
        let refused = match self.call(&spot.endpoint(), Phase::Idempotent, execute).await {
            Ok(()) => None,
            // A repeat after a lost answer finds the change set at work: how the stack stands tells.
            Err(fault) if matches!(fault.kind, FaultKind::Conflict | FaultKind::AlreadyExists) => Some(fault),
            Err(fault) => return Err(Failure::call("the import could not be carried out", fault)),
        };
        match (self.settled(spot, &stack.id, Some(StackStatus::ImportInProgress)).await?, refused) {
            (Some(stack), _) if stack.status == StackStatus::ImportComplete => Ok(stack.id),
            (Some(stack), Some(fault)) if stack.status == StackStatus::ReviewInProgress => {
                Err(Failure::call("the import could not be carried out", fault).hint_otherwise(NOTHING_CHANGED))
            }
            (Some(stack), _) => {
                let call = || spot.stacks.failures(&stack.id, &request.token);
                // Without the events there is still the stack's own reason.
                let failures = self.call(&spot.endpoint(), Phase::Read, call).await.unwrap_or_default();
                let why = failures.first().map(|first| format!("{}: {}", first.logical_id, first.reason));
                let why = why.or(stack.reason).unwrap_or_default();
                Err(Failure::new(format!("the import failed ({}): {why}", stack.status)).hint(NOTHING_CHANGED))
            }
            (None, _) => Err(Failure::new("the stack that the import begins is gone").hint("run again")),
        }
    }

    fn import_request(&self, key: &StackKey, spec: &StackSpec, import: &Digest) -> Progress<StackRequest> {
        let mut request = self.request(key, spec)?;
        let template = self.run.plan.templates.get(import).cloned();
        request.template = template
            .ok_or_else(|| Failure::new(format!("the plan has no template {import}")).hint("make a new plan"))?;
        // CloudFormation refuses an import that brings tags ("you cannot modify or add [Tags]"); the update brings them.
        request.tags.clear();
        let mark = Digest::of(format!("import {} {import} {:?}", self.id, request.parameters));
        request.token = format!("landfall-import-{}", mark.as_str().get(..32).unwrap_or_default());
        Ok(request)
    }

    async fn import_change_set(
        &self,
        spot: &Spot<'_>,
        request: &StackRequest,
        resources: &[Imported],
    ) -> Progress<String> {
        let mut name = request.token.clone();
        for number in 2..=NAMES + 1 {
            let call = || spot.stacks.create_import(request, &name, resources);
            match self.call(&spot.endpoint(), Phase::Idempotent, call).await {
                Ok(id) => return Ok(id),
                Err(fault) if fault.kind == FaultKind::AlreadyExists && number <= NAMES => {
                    name = format!("{}-{number}", request.token);
                }
                Err(fault) => return Err(Failure::call("the import could not be prepared", fault)),
            }
        }
        Err(Failure::new("too many imports were begun and not carried out")
            .hint("delete the stack's change sets and run again"))
    }

    /// Waits for the change set, and sees that it does nothing but import.
    async fn import_ready(&self, spot: &Spot<'_>, id: &str, resources: &[Imported]) -> Progress<()> {
        let began = Instant::now();
        let mut wait = Duration::from_millis(250);
        loop {
            let looked = self.call(&spot.endpoint(), Phase::Read, || spot.stacks.describe_change_set(id)).await;
            let found = looked.map_err(|fault| Failure::call("the import could not be looked at", fault))?;
            match found.status {
                ChangeSetStatus::Ready => {
                    let known = |logical: &str| resources.iter().any(|one| one.logical == logical);
                    let beyond =
                        found.changes.iter().find(|change| change.action != "Import" || !known(&change.logical_id));
                    return match beyond {
                        None => Ok(()),
                        Some(change) => Err(Failure::new(format!(
                            "the import would do more than the plan says: {} {} ({})",
                            change.action, change.logical_id, change.resource_type
                        ))
                        .hint("nothing was changed: make a new plan")),
                    };
                }
                ChangeSetStatus::Failed => {
                    let reason = found.reason.unwrap_or_default();
                    let failure = Failure::new(format!("the import cannot be done: {reason}"));
                    return Err(failure.hint_from(&reason).hint_otherwise(NOTHING_CHANGED));
                }
                ChangeSetStatus::Pending if began.elapsed() >= self.run.patience => {
                    return Err(Failure::new("the import is still being prepared").hint("run again"));
                }
                ChangeSetStatus::Pending => {}
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(5));
        }
    }
}
