//! Every call goes through here: it is counted, and its failure becomes a fault.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use landfall_engine::port::Answer;

use crate::fault::fault;

/// Counts calls by operation; clones share the count.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<BTreeMap<&'static str, u64>>>);

impl Calls {
    /// Makes one call. `operation` is what IAM calls it, such as `cloudformation:CreateStack`.
    pub(crate) async fn make<T, E>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Answer<T>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(operation).or_default() += 1;
        call.await.map_err(|error| fault(operation, &error))
    }

    /// What was counted so far.
    pub(crate) fn counted(&self) -> BTreeMap<String, u64> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(operation, count)| ((*operation).to_owned(), *count)).collect()
    }
}
