//! Accounts: made once, however often a run is killed.

use std::collections::BTreeMap;
use std::time::Duration;

use landfall_model::{AccountId, AccountName, Email};
use tokio::time::Instant;

use crate::failure::{Failure, Progress};
use crate::limit::Endpoint;
use crate::port::{Creation, CreationState, NewAccount};
use crate::retry::{Phase, READINESS};
use crate::run::Work;
use crate::{Fault, FaultKind, Outcome};

const ENDPOINT: Endpoint = Endpoint::Organizations;

/// How long AWS may refuse a further creation because too many are under way.
const QUEUE: Duration = Duration::from_secs(600);

impl Work {
    /// Makes an account, unless it is there or under way already.
    pub(crate) async fn create_account(
        &self,
        name: &AccountName,
        email: &Email,
        tags: &BTreeMap<String, String>,
    ) -> Progress<Outcome> {
        let (id, outcome) = match self.standing(email).await? {
            Some(id) => (id, Outcome::Unchanged),
            None => {
                let creation = match self.under_way(name).await? {
                    Some(request) => Creation { request, state: CreationState::InProgress },
                    None => self.begin_account(name, email, tags).await?,
                };
                (self.succeeded(email, creation).await?, Outcome::Done)
            }
        };
        self.settle_in(name, id).await?;
        Ok(outcome)
    }

    /// Waits for an account whose creation is under way.
    pub(crate) async fn await_account(&self, name: &AccountName, request: &str, email: &Email) -> Progress<Outcome> {
        let creation = Creation { request: request.to_owned(), state: CreationState::InProgress };
        let id = self.succeeded(email, creation).await?;
        self.settle_in(name, id).await?;
        Ok(Outcome::Done)
    }

    async fn standing(&self, email: &Email) -> Progress<Option<AccountId>> {
        let organizations = self.run.cloud.organizations();
        let accounts = self.call(&ENDPOINT, Phase::Read, || organizations.accounts()).await;
        let accounts = accounts.map_err(|fault| Failure::call("the accounts could not be listed", fault))?;
        Ok(accounts.into_iter().find(|account| account.email.key() == email.key()).map(|account| account.id))
    }

    async fn under_way(&self, name: &AccountName) -> Progress<Option<String>> {
        let organizations = self.run.cloud.organizations();
        let pending = self.call(&ENDPOINT, Phase::Read, || organizations.pending()).await;
        let pending = pending.map_err(|fault| Failure::call("the creations under way could not be listed", fault))?;
        Ok(pending.into_iter().find(|pending| pending.name == name.as_str()).map(|pending| pending.request))
    }

    async fn begin_account(
        &self,
        name: &AccountName,
        email: &Email,
        tags: &BTreeMap<String, String>,
    ) -> Progress<Creation> {
        let organizations = self.run.cloud.organizations();
        let access_role = self.run.plan.access_role.clone();
        let request = NewAccount { name: name.clone(), email: email.clone(), access_role, tags: tags.clone() };
        // CreateAccount has no token: only a look tells whether a lost call took effect.
        let look = || async {
            if let Some(request) = self.under_way(name).await? {
                return Ok(Some(Creation { request, state: CreationState::InProgress }));
            }
            let standing = self.standing(email).await?;
            Ok(standing.map(|id| Creation { request: String::new(), state: CreationState::Succeeded(id) }))
        };
        let began = Instant::now();
        let mut attempt = 0;
        loop {
            let fault = match self.once(|| organizations.create_account(&request), look).await? {
                Ok(effect) => return Ok(effect.standing()),
                Err(fault) => fault,
            };
            attempt += 1;
            let wait = Duration::from_secs(5 * u64::from(attempt.min(6)));
            if !busy(&fault) || began.elapsed() + wait > QUEUE {
                return Err(Failure::call("the account could not be made", fault));
            }
            self.retrying(&fault, attempt, wait);
            tokio::time::sleep(wait).await;
        }
    }

    async fn succeeded(&self, email: &Email, mut creation: Creation) -> Progress<AccountId> {
        let organizations = self.run.cloud.organizations();
        let began = Instant::now();
        let mut wait = Duration::from_millis(500);
        loop {
            match creation.state {
                CreationState::Succeeded(id) => return Ok(id),
                CreationState::Failed(reason) => return Err(refused(email, &reason)),
                CreationState::InProgress => {}
            }
            if began.elapsed() >= self.run.patience {
                return Err(Failure::new(format!("the creation {} is still under way", creation.request))
                    .hint("run again: it is waited for, not begun anew"));
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(10));
            let request = creation.request.clone();
            creation = self
                .call(&ENDPOINT, Phase::Read, || organizations.creation(&request))
                .await
                .map_err(|fault| Failure::call("the creation could not be looked at", fault))?;
        }
    }

    /// Publishes the id, and waits until the access role can be assumed.
    async fn settle_in(&self, name: &AccountName, id: AccountId) -> Progress<()> {
        self.run.learn_account(name, id);
        self.enter(name, Phase::NewAccount).await.map(drop).map_err(|failure| {
            let role = &self.run.plan.access_role;
            let seconds = READINESS.as_secs();
            failure.hint(format!(
                "the account stands, and role {role} in it could not be assumed for {seconds} seconds: check \
                 `access_role`, and run again"
            ))
        })
    }
}

/// Whether AWS only has too many creations in hand. Source: Organizations API, `CreateAccount`, reasons of
/// `ConstraintViolationException` and `TooManyRequestsException`.
fn busy(fault: &Fault) -> bool {
    let said =
        |text: &str| fault.message.contains(text) || fault.code.as_deref().is_some_and(|code| code.contains(text));
    matches!(fault.kind, FaultKind::LimitExceeded | FaultKind::Conflict)
        && (said("RATE_LIMIT")
            || said("ConcurrentModification")
            || said("TooManyRequests")
            || said("FinalizingOrganization"))
}

fn refused(email: &Email, reason: &str) -> Box<Failure> {
    let failure = Failure::new(format!("AWS refused to make the account: {reason}"));
    match reason {
        "EMAIL_ALREADY_EXISTS" => failure.hint(format!(
            "{email} belongs to an AWS account outside the organization: invite that account, or use another address"
        )),
        "ACCOUNT_LIMIT_EXCEEDED" => failure.hint("ask AWS for more accounts in the organization, then run again"),
        "INVALID_EMAIL" | "INVALID_ADDRESS" => failure.hint("correct the account's e-mail address"),
        _ => failure.hint("run again; if it stays, ask AWS support"),
    }
}
