//! Ways into accounts: kept, shared, and refreshed before they expire.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use landfall_engine::port::{Access, Answer, IdentityPort, Session, Stacks};
use landfall_model::{AccountId, Region};
use tokio::sync::Mutex as Lock;

use crate::client::{Clients, Credentials};
use crate::cloudformation::StacksAdapter;
use crate::iam::Iam;
use crate::sts::Sts;

/// Credentials are renewed when they have less than this left, so that a call never starts with stale ones.
const RENEW_BEFORE: Duration = Duration::from_secs(300);

/// Every way in that was asked for. Only credentials are kept for good: the clients of an account go with the last who
/// holds them, so that a thousand accounts do not mean a thousand sets of clients.
pub(crate) struct Sessions {
    clients: Arc<Clients>,
    sts: Arc<Sts>,
    kept: Mutex<BTreeMap<Access, Kept>>,
}

struct Kept {
    assumed: Option<Arc<AssumedRole>>,
    session: Weak<AccountSession>,
}

impl Sessions {
    pub(crate) fn new(clients: Arc<Clients>, sts: Arc<Sts>) -> Self {
        Self { clients, sts, kept: Mutex::default() }
    }

    /// A way into an account. The role is assumed at once, so that a refusal shows here and not at the first call.
    pub(crate) async fn enter(&self, access: &Access) -> Answer<Arc<AccountSession>> {
        let (session, assumed) = self.kept(access);
        if let Some(assumed) = assumed {
            assumed.credentials().await?;
        }
        Ok(session)
    }

    fn role(&self, account: &AccountId, resource: String) -> Arc<AssumedRole> {
        Arc::new(AssumedRole {
            sts: Arc::clone(&self.sts),
            account: account.clone(),
            resource,
            current: Lock::default(),
        })
    }

    fn kept(&self, access: &Access) -> (Arc<AccountSession>, Option<Arc<AssumedRole>>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = kept.entry(access.clone()).or_insert_with(|| Kept {
            assumed: match access {
                Access::Own => None,
                Access::Assume { account, role } => Some(self.role(account, ["role/", role.as_str()].concat())),
                Access::AssumeOwned { account, path, role } => {
                    Some(self.role(account, ["role", path, role.as_str()].concat()))
                }
            },
            session: Weak::new(),
        });
        let session = entry.session.upgrade().unwrap_or_else(|| {
            let credentials = match &entry.assumed {
                None => Credentials::Own,
                Some(assumed) => Credentials::Of(SharedCredentialsProvider::new(Provider(Arc::clone(assumed)))),
            };
            let session = Arc::new(AccountSession::new(Arc::clone(&self.clients), credentials));
            entry.session = Arc::downgrade(&session);
            session
        });
        (session, entry.assumed.clone())
    }
}

/// A role in an account, and its current credentials. Whoever comes first asks STS; all others wait for the answer.
struct AssumedRole {
    sts: Arc<Sts>,
    account: AccountId,
    /// The resource part of its ARN.
    resource: String,
    current: Lock<Option<aws_credential_types::Credentials>>,
}

impl AssumedRole {
    async fn credentials(&self) -> Answer<aws_credential_types::Credentials> {
        let mut current = self.current.lock().await;
        let held = current.as_ref().map(|held| (held, Age::of(held.expiry(), SystemTime::now())));
        match held {
            Some((held, Age::Fresh)) => return Ok(held.clone()),
            Some((held, Age::Ageing)) => {
                // A refused renewal shows when the old ones are really over.
                let renewed = self.sts.assume(&self.account, &self.resource).await.unwrap_or_else(|_| held.clone());
                return Ok(current.insert(renewed).clone());
            }
            Some((_, Age::Over)) | None => {}
        }
        let credentials = self.sts.assume(&self.account, &self.resource).await?;
        Ok(current.insert(credentials).clone())
    }
}

/// How much longer credentials are good for.
#[derive(Debug, PartialEq, Eq)]
enum Age {
    /// Longer than [`RENEW_BEFORE`].
    Fresh,
    /// Not for long.
    Ageing,
    /// Not any more.
    Over,
}

impl Age {
    /// AWS always says when assumed credentials expire; ones without an end never do.
    fn of(expiry: Option<SystemTime>, now: SystemTime) -> Self {
        match expiry {
            Some(expiry) if expiry <= now => Self::Over,
            Some(expiry) if expiry <= now + RENEW_BEFORE => Self::Ageing,
            _ => Self::Fresh,
        }
    }
}

/// An assumed role as the SDK asks for it before each call.
struct Provider(Arc<AssumedRole>);

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.0.resource, self.0.account)
    }
}

impl ProvideCredentials for Provider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(
            async move { self.0.credentials().await.map_err(CredentialsError::provider_error) },
        )
    }
}

/// One account's clients, each made when it is first asked for.
pub(crate) struct AccountSession {
    clients: Arc<Clients>,
    credentials: Credentials,
    iam: OnceLock<Arc<Iam>>,
    stacks: Mutex<BTreeMap<Region, Arc<StacksAdapter>>>,
}

impl AccountSession {
    fn new(clients: Arc<Clients>, credentials: Credentials) -> Self {
        Self { clients, credentials, iam: OnceLock::new(), stacks: Mutex::default() }
    }
}

impl Session for AccountSession {
    fn stacks(&self, region: &Region) -> Arc<dyn Stacks> {
        let mut stacks = self.stacks.lock().unwrap_or_else(PoisonError::into_inner);
        let adapter = stacks.entry(region.clone()).or_insert_with(|| {
            let client = self.clients.cloudformation(region, &self.credentials);
            Arc::new(StacksAdapter::new(client, region.clone(), self.clients.calls.clone()))
        });
        Arc::clone(adapter) as Arc<dyn Stacks>
    }

    fn identities(&self) -> Arc<dyn IdentityPort> {
        let iam = self
            .iam
            .get_or_init(|| Arc::new(Iam::new(self.clients.iam(&self.credentials), self.clients.calls.clone())));
        Arc::clone(iam) as Arc<dyn IdentityPort>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_renewed_before_they_end() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        assert_eq!(Age::of(Some(now + RENEW_BEFORE + Duration::from_secs(1)), now), Age::Fresh);
        assert_eq!(Age::of(Some(now + RENEW_BEFORE), now), Age::Ageing);
        assert_eq!(Age::of(Some(now + Duration::from_secs(1)), now), Age::Ageing);
        assert_eq!(Age::of(Some(now), now), Age::Over);
        assert_eq!(Age::of(None, now), Age::Fresh);
    }
}
