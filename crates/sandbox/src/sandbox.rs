//! The sandbox as a cloud.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use landfall_engine::port::{Access, Answer, Caller, Cloud, IdentityPort, Organizations, Session, Stacks};
use landfall_engine::{Fault, FaultKind};
use landfall_model::{AccountId, Arn, Region, RoleName};

use crate::clock::Millis;
use crate::faults::Call;
use crate::file::{SandboxError, Store};
use crate::identities::AccountIdentities;
use crate::organizations::OwnOrganization;
use crate::regional::RegionStacks;
use crate::rows;
use crate::state::Inner;
use crate::world::World;
use crate::{Settings, trust};

/// An AWS organization on this machine. Clones share it.
#[derive(Clone)]
pub struct Sandbox {
    pub(crate) inner: Arc<Inner>,
}

impl Sandbox {
    /// Opens a state file, or begins one with `settings`. A file that is there keeps its own settings.
    ///
    /// # Errors
    /// Another process has it open, it belongs to another management account, or it cannot be read.
    pub fn open(path: impl AsRef<Path>, settings: Settings) -> Result<Self, SandboxError> {
        Self::from_file(path.as_ref(), Some(settings))
    }

    /// Opens a state file that is there.
    ///
    /// # Errors
    /// There is none; otherwise as [`Sandbox::open`].
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, SandboxError> {
        Self::from_file(path.as_ref(), None)
    }

    fn from_file(path: &Path, settings: Option<Settings>) -> Result<Self, SandboxError> {
        let opened = Store::open(path, settings)?;
        Ok(Self::of(opened.world, Some(opened.store), opened.now))
    }

    /// A sandbox that is gone when it is dropped.
    pub fn in_memory(settings: Settings) -> Self {
        Self::of(World::new(settings), None, 0)
    }

    fn of(world: World, store: Option<Store>, now: Millis) -> Self {
        Self { inner: Arc::new(Inner::new(world, store, now)) }
    }

    /// The settings.
    pub fn settings(&self) -> Settings {
        self.inner.settings()
    }

    /// Changes the settings, for this process and later ones.
    ///
    /// # Errors
    /// They cannot be saved.
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) -> Result<(), SandboxError> {
        self.inner.act(|world, _| change(world.settings.get_mut()))
    }

    /// Waits until all is on the disk. Every call is in the file when it returns, so that this is only needed where the
    /// machine itself may stop.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn save(&self) -> Result<(), SandboxError> {
        self.inner.act(|_, _| ())?;
        self.inner.sync()
    }
}

#[async_trait]
impl Cloud for Sandbox {
    async fn caller(&self) -> Answer<Caller> {
        self.inner
            .call(Call::new("sts:GetCallerIdentity"), |world, _| {
                let account = world.settings().management.clone();
                let arn = caller_arn(world, &account);
                Ok(Caller { account, arn })
            })
            .await
    }

    fn organizations(&self) -> Arc<dyn Organizations> {
        Arc::new(OwnOrganization { inner: self.inner.clone() })
    }

    async fn enter(&self, access: &Access) -> Answer<Arc<dyn Session>> {
        let open = |account: AccountId| -> Arc<dyn Session> {
            Arc::new(AccountSession { inner: self.inner.clone(), account })
        };
        let (account, role) = match access {
            Access::Own => return Ok(open(self.settings().management)),
            Access::Assume { account, role } | Access::AssumeOwned { account, role, .. } => (account, role),
        };
        if !self.inner.has_assumed(access) {
            let call = Call::new("sts:AssumeRole").in_account(account);
            self.inner.call(call, |world, moment| assume(world, account, role, moment.now)).await?;
            self.inner.assumed(access);
        }
        Ok(open(account.clone()))
    }

    fn calls(&self) -> BTreeMap<String, u64> {
        self.inner.calls()
    }
}

fn caller_arn(world: &World, account: &AccountId) -> String {
    let partition = world.settings().partition.as_str();
    ["arn", partition, "sts", "", account.as_str(), "assumed-role/Administrator/sandbox"].join(":")
}

/// What STS checks before it gives a session out. It says the same whatever is missing.
fn assume(world: &World, account: &AccountId, role: &RoleName, now: Millis) -> Answer<()> {
    let management = &world.settings().management;
    let row = world.accounts.get(account.as_str());
    let usable = row.is_some_and(|row| row.status == landfall_plan::AccountStatus::Active);
    let trusted = world
        .roles
        .get(&rows::key(account, role.as_str()))
        .is_some_and(|role| trust::lets_in(&rows::json(&role.trust), management));
    let early = row.is_some_and(|row| now < row.open_from);
    if usable && trusted && !early {
        return Ok(());
    }
    let resource = Arn::iam(world.settings().partition, account, &["role/", role.as_str()].concat());
    let message = format!(
        "User: {} is not authorized to perform: sts:AssumeRole on resource: {resource}",
        caller_arn(world, management)
    );
    Err(Fault::new(FaultKind::AccessDenied, "sts:AssumeRole", message).code("AccessDenied"))
}

/// A way into one account.
struct AccountSession {
    inner: Arc<Inner>,
    account: AccountId,
}

#[async_trait]
impl Session for AccountSession {
    fn stacks(&self, region: &Region) -> Arc<dyn Stacks> {
        Arc::new(RegionStacks { inner: self.inner.clone(), account: self.account.clone(), region: region.clone() })
    }

    fn identities(&self) -> Arc<dyn IdentityPort> {
        Arc::new(AccountIdentities { inner: self.inner.clone(), account: self.account.clone() })
    }
}
