//! The composition root: which cloud, how much at once, and the runtime that everything asynchronous runs on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use landfall_aws::Aws;
use landfall_engine::port::{Access, Cloud};
use landfall_engine::schedule::Limits;
use landfall_engine::{FaultKind, Look, ObserveOptions, ObserveRequest, Options, Sink, WantedTemplate};
use landfall_model::{AccountId, GuardrailKind, OrganizationName, Region};
use landfall_plan::{Desired, Observed, Plan};
use landfall_sandbox::{Sandbox, Settings};
use landfall_stacks::StackKey;
use tokio::runtime::{Builder, Runtime};

use crate::error::CommandError;
use crate::global::Global;
use crate::interrupt::{self, Interrupted};
use crate::report::{Reading, Terminal};

/// AWS or the sandbox, and what is needed to talk to it.
pub(crate) struct Session {
    runtime: Runtime,
    cloud: Arc<dyn Cloud>,
    limits: Limits,
}

impl Session {
    /// Connects to AWS, or opens the sandbox where that is asked for. AWS is not called yet.
    ///
    /// # Errors
    /// The runtime or the sandbox cannot be had.
    pub(crate) fn open(global: &Global, desired: &Desired) -> Result<Self, CommandError> {
        Self::with(global, &desired.region, || open_sandbox(global, desired))
    }

    /// As [`Session::open`], where there is no configuration yet: a sandbox must be there.
    ///
    /// # Errors
    /// The runtime or the sandbox cannot be had.
    pub(crate) fn open_existing(
        global: &Global,
        organization: &OrganizationName,
        region: &Region,
    ) -> Result<Self, CommandError> {
        Self::with(global, region, || {
            Sandbox::open_existing(sandbox_path(global, organization)).map_err(CommandError::failed)
        })
    }

    fn with(
        global: &Global,
        region: &Region,
        sandbox: impl FnOnce() -> Result<Sandbox, CommandError>,
    ) -> Result<Self, CommandError> {
        let runtime = Builder::new_multi_thread().enable_all().build().map_err(CommandError::failed)?;
        let cloud: Arc<dyn Cloud> = if global.in_sandbox() {
            let _inside = runtime.enter();
            Arc::new(sandbox()?)
        } else {
            let options = landfall_aws::Options { home_region: region.clone() };
            Arc::new(runtime.block_on(Aws::connect(options)).map_err(CommandError::failed)?)
        };
        let limits = Limits { parallel: global.parallelism.get(), ..Limits::default() };
        Ok(Self { runtime, cloud, limits })
    }

    /// Reads what is really there.
    ///
    /// # Errors
    /// The organization itself cannot be read. An account that cannot be read is in the result.
    pub(crate) fn observe(&self, desired: &Desired, look: Look, terminal: &Terminal) -> Result<Observed, CommandError> {
        self.look(&ObserveRequest::of(desired, look), terminal)
    }

    /// Reads what a request asks for.
    ///
    /// # Errors
    /// The organization itself cannot be read. An account that cannot be read is in the result.
    pub(crate) fn look(&self, request: &ObserveRequest, terminal: &Terminal) -> Result<Observed, CommandError> {
        let reading = Reading::begin(terminal, request.accounts.len());
        let options = ObserveOptions { parallel: self.limits.parallel, ..ObserveOptions::default() };
        let observed = self.runtime.block_on(landfall_engine::observe(&*self.cloud, request, options, reading.sink()));
        reading.finish();
        observed.map_err(|refused| {
            let hint = match refused.fault().kind {
                FaultKind::Transient | FaultKind::Throttled => {
                    "check the network, the Region, and AWS_ENDPOINT_URL if it is set, and run it again"
                }
                _ => "check the credentials: `aws sts get-caller-identity` must name the management account",
            };
            CommandError::failed(refused).hint(hint)
        })
    }

    /// The organization's policies that are neither Landfall's by their names nor AWS's own.
    ///
    /// # Errors
    /// They cannot be listed.
    pub(crate) fn foreign_policies(
        &self,
        kinds: &BTreeSet<GuardrailKind>,
        observed: &Observed,
    ) -> Result<Vec<String>, CommandError> {
        let options = ObserveOptions::default();
        let all = self.runtime.block_on(landfall_engine::organization_policies(&*self.cloud, kinds, options));
        let known: BTreeSet<&str> = observed.guardrails.values().map(|one| one.id.as_str()).collect();
        let foreign = all.map_err(CommandError::failed)?.into_iter().filter(|(id, _)| {
            // AWS's own have names for ids: `p-FullAWSAccess`.
            !known.contains(id.as_str()) && !id.starts_with("p-Full") && !id.starts_with("p-RCPFull")
        });
        Ok(foreign.map(|(id, name)| format!("{name} ({id})")).collect())
    }

    /// The templates that stacks of a plan were deployed with; the reason where one cannot be read.
    pub(crate) fn deployed_templates(
        &self,
        plan: &Plan,
        stacks: &[(StackKey, String)],
    ) -> BTreeMap<StackKey, Result<String, String>> {
        let entry = self.runtime.block_on(landfall_engine::entry(&*self.cloud, &plan.organization, &plan.access_role));
        let entry = match entry {
            Ok(entry) => entry,
            Err(fault) => return stacks.iter().map(|(key, _)| (key.clone(), Err(fault.to_string()))).collect(),
        };
        let wanted: Vec<WantedTemplate> = stacks
            .iter()
            .filter_map(|(key, stack)| {
                let account = plan.account_ids.get(&key.account)?.clone();
                let ways = if key.account == plan.management { vec![Access::Own] } else { entry.ways(&account) };
                Some(WantedTemplate { key: key.clone(), account, ways, stack: stack.clone() })
            })
            .collect();
        let options = ObserveOptions { parallel: self.limits.parallel, ..ObserveOptions::default() };
        self.runtime.block_on(landfall_engine::deployed_templates(&*self.cloud, &wanted, options))
    }

    /// Runs a plan to its end, or until the user has asked twice to leave it.
    ///
    /// # Errors
    /// It did not begin; nothing was changed.
    pub(crate) fn execute(
        &self,
        plan: Arc<Plan>,
        terminal: &Terminal,
        sink: Sink,
    ) -> Result<(landfall_engine::Ended, Interrupted), CommandError> {
        let (handle, signal) = landfall_engine::stop();
        let options = Options { limits: self.limits, ..Options::new(signal) };
        self.runtime.block_on(async {
            let watch = interrupt::watch(handle, *terminal);
            let ended = landfall_engine::execute(plan, Arc::clone(&self.cloud), options, sink).await;
            Ok((ended.map_err(CommandError::failed)?, watch.state()))
        })
    }

    /// Ends. What still runs after the user asked twice is not waited for.
    pub(crate) fn close(self) {
        self.runtime.shutdown_background();
    }
}

fn open_sandbox(global: &Global, desired: &Desired) -> Result<Sandbox, CommandError> {
    let path = sandbox_path(global, &desired.organization);
    let management = desired.accounts.get(&desired.management);
    // A configuration without the management account's id gets the sandbox's: nobody else's credentials are there.
    let id = management.and_then(|account| account.id.clone()).map_or_else(|| AccountId::new("1".repeat(12)), Ok);
    let mut settings = Settings::of(id.map_err(CommandError::failed)?);
    settings.management_name = desired.management.to_string();
    settings.management_email = management.map_or_else(String::new, |account| account.email.to_string());
    settings.partition = desired.partition;
    Sandbox::open(&path, settings).map_err(CommandError::failed)
}

/// Where the sandbox of an organization is kept: in the current directory, since the configuration's folder may be one
/// that cannot be written.
pub(crate) fn sandbox_path(global: &Global, organization: &OrganizationName) -> PathBuf {
    global.sandbox_file.clone().unwrap_or_else(|| PathBuf::from(".landfall").join(format!("{organization}.json")))
}
