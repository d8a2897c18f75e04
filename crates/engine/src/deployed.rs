//! Reads the templates that stacks were deployed with: what a plan is held against where its changes are shown.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use landfall_model::AccountId;
use landfall_stacks::StackKey;

use crate::call::Calls;
use crate::entry::enter;
use crate::limit::Endpoint;
use crate::port::{Access, Answer, Cloud};
use crate::retry::Phase;
use crate::{Fault, ObserveOptions};

/// A stack whose template is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedTemplate {
    /// Where it stands.
    pub key: StackKey,
    /// Its account's id.
    pub account: AccountId,
    /// How to get into the account: the ways in the order in which they are tried.
    pub ways: Vec<Access>,
    /// Its id.
    pub stack: String,
}

/// The template of each stack, one call each; why not, where there is none to be had.
pub async fn deployed_templates(
    cloud: &dyn Cloud,
    wanted: &[WantedTemplate],
    options: ObserveOptions,
) -> BTreeMap<StackKey, Result<String, String>> {
    let calls = &Calls::new(options.seed);
    let reads = wanted.iter().map(|one| async move {
        let template = match template(cloud, calls, one).await {
            Ok(Some(template)) => Ok(template),
            Ok(None) => Err("the stack is gone".to_owned()),
            Err(fault) => Err(fault.to_string()),
        };
        (one.key.clone(), template)
    });
    stream::iter(reads).buffer_unordered(options.parallel.max(1)).collect().await
}

async fn template(cloud: &dyn Cloud, calls: &Calls, wanted: &WantedTemplate) -> Answer<Option<String>> {
    let quietly = |_: &Fault, _: u32, _: Duration| {};
    let session = calls.call(&Endpoint::Sts, Phase::Read, &quietly, || enter(cloud, &wanted.ways)).await?;
    let port = session.stacks(&wanted.key.region);
    let endpoint = Endpoint::CloudFormation(wanted.account.clone(), wanted.key.region.clone());
    calls.call(&endpoint, Phase::Read, &quietly, || port.template(&wanted.stack)).await
}
