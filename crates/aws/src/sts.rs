//! STS: who is calling, and other accounts' roles.

use std::sync::Arc;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use landfall_engine::port::{Answer, Caller};
use landfall_engine::{Fault, FaultKind};
use landfall_model::{AccountId, Arn, Partition};

use crate::calls::Calls;
use crate::client::Clients;

/// What CloudTrail shows as the name of every session that Landfall opens.
const SESSION_NAME: &str = "landfall";

const CALLER: &str = "sts:GetCallerIdentity";
const ASSUME: &str = "sts:AssumeRole";

/// STS with the caller's own credentials.
pub(crate) struct Sts {
    client: aws_sdk_sts::Client,
    partition: Partition,
    calls: Calls,
}

impl Sts {
    pub(crate) fn new(clients: &Arc<Clients>) -> Self {
        Self { client: clients.sts(), partition: clients.partition(), calls: clients.calls.clone() }
    }

    /// Whose credentials these are.
    pub(crate) async fn caller(&self) -> Answer<Caller> {
        let answer = self.calls.make(CALLER, self.client.get_caller_identity().send()).await?;
        let account = AccountId::new(answer.account.unwrap_or_default())
            .map_err(|error| Fault::new(FaultKind::Other, CALLER, error.to_string()))?;
        Ok(Caller { account, arn: answer.arn.unwrap_or_default() })
    }

    /// Credentials of a role in an account, by the resource part of its ARN, for the role's default of one hour: a chained session gets no more anyway
    /// (STS API, `AssumeRole.DurationSeconds`).
    pub(crate) async fn assume(&self, account: &AccountId, resource: &str) -> Answer<Credentials> {
        let arn = Arn::iam(self.partition, account, resource);
        let call = self.client.assume_role().role_arn(arn.as_str()).role_session_name(SESSION_NAME).send();
        let answer = self.calls.make(ASSUME, call).await?;
        let given = answer.credentials.ok_or_else(|| {
            Fault::new(FaultKind::Transient, ASSUME, format!("the answer for {arn} carries no credentials"))
        })?;
        Ok(Credentials::new(
            given.access_key_id,
            given.secret_access_key,
            Some(given.session_token),
            SystemTime::try_from(given.expiration).ok(),
            "landfall",
        ))
    }
}
