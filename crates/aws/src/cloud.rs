//! AWS as the engine sees it.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use landfall_engine::Fault;
use landfall_engine::port::{Access, Answer, Caller, Cloud, Organizations, Session};

use crate::client::{Clients, Options};
use crate::organizations::OrganizationsAdapter;
use crate::session::Sessions;
use crate::sts::Sts;

/// An AWS organization, reached with the credentials of the environment: `AWS_PROFILE`, `AWS_REGION`,
/// `AWS_ENDPOINT_URL` and all the rest work as for the AWS CLI.
pub struct Aws {
    clients: Arc<Clients>,
    sts: Arc<Sts>,
    organizations: Arc<OrganizationsAdapter>,
    sessions: Sessions,
}

impl Aws {
    /// Reads the environment and the AWS configuration files. No call is made: wrong credentials show at the first one.
    ///
    /// # Errors
    /// None today; the signature leaves room for configurations that cannot be used at all.
    pub async fn connect(options: Options) -> Result<Self, Fault> {
        let clients = Arc::new(Clients::load(&options).await);
        let sts = Arc::new(Sts::new(&clients));
        let organizations = Arc::new(OrganizationsAdapter::new(clients.organizations(), clients.calls.clone()));
        let sessions = Sessions::new(Arc::clone(&clients), Arc::clone(&sts));
        Ok(Self { clients, sts, organizations, sessions })
    }
}

#[async_trait]
impl Cloud for Aws {
    async fn caller(&self) -> Answer<Caller> {
        self.sts.caller().await
    }

    fn organizations(&self) -> Arc<dyn Organizations> {
        Arc::clone(&self.organizations) as Arc<dyn Organizations>
    }

    async fn enter(&self, access: &Access) -> Answer<Arc<dyn Session>> {
        Ok(self.sessions.enter(access).await?)
    }

    fn calls(&self) -> BTreeMap<String, u64> {
        self.clients.calls.counted()
    }
}
