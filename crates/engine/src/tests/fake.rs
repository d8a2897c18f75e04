//! A tiny organization that does what a test says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::port::*;
use crate::{Fault, FaultKind};
use async_trait::async_trait;
use landfall_model::{AccountId, GuardrailKind, OrganizationId, Region, RoleName, StackName};
use landfall_plan::{
    AccountStatus, Imported, ObservedOrganization, ObservedStack, PendingAccount, ResourceState, StackStatus,
};
use landfall_stacks::{Identities, InstanceProfile, ManagedPolicy, Protection, Provider, Role};
use serde_json::Value;
use tokio::time::Instant;

pub(crate) type Spot = (AccountId, Region);

/// When a scripted fault strikes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Strike {
    /// The call has no effect.
    Before,
    /// The call has its effect, and the answer is lost.
    After,
}

#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) operation: &'static str,
    pub(crate) fault: Fault,
    pub(crate) strike: Strike,
    pub(crate) times: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct FakeStack {
    pub(crate) id: String,
    pub(crate) status: StackStatus,
    /// What it becomes, and when.
    pub(crate) next: Option<(Instant, StackStatus)>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) protected: bool,
    pub(crate) request: Option<StackRequest>,
    /// When it was last updated.
    pub(crate) updated: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct FakeChangeSet {
    pub(crate) spot: Spot,
    pub(crate) stack: String,
    pub(crate) request: StackRequest,
    pub(crate) answer: ChangeSet,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) caller: AccountId,
    pub(crate) organization: Option<ObservedOrganization>,
    /// parent id → (id, name)
    pub(crate) units: BTreeMap<String, Vec<(String, String)>>,
    pub(crate) accounts: Vec<AccountRecord>,
    pub(crate) parents: BTreeMap<AccountId, String>,
    pub(crate) tags: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) creations: BTreeMap<String, (NewAccount, Instant)>,
    pub(crate) stacks: BTreeMap<Spot, BTreeMap<StackName, Vec<FakeStack>>>,
    pub(crate) change_sets: BTreeMap<String, FakeChangeSet>,
    pub(crate) identities: BTreeMap<AccountId, Identities>,
    pub(crate) scripts: Vec<Script>,
    pub(crate) calls: BTreeMap<String, u64>,
    pub(crate) log: Vec<String>,
    pub(crate) flying: usize,
    pub(crate) most_flying: usize,
    /// Stacks whose creation or update fails so many times, with a reason.
    pub(crate) doomed: BTreeMap<StackName, (usize, String)>,
    /// What a change set answers, by stack name; ready and without changes listed otherwise.
    pub(crate) change_answers: BTreeMap<StackName, ChangeSet>,
    pub(crate) latency: Duration,
    pub(crate) stack_time: Duration,
    pub(crate) account_time: Duration,
    /// What a template makes, by its body.
    pub(crate) makes: BTreeMap<String, Identities>,
    pub(crate) next: u32,
    /// Addresses of accounts outside the organization.
    pub(crate) taken: BTreeSet<String>,
    /// The listing of IAM leaves the boundaries out.
    pub(crate) listing_without_boundaries: bool,
    /// What a stack that no request made was last deployed with.
    pub(crate) deployed: Option<String>,
    /// How resources stand, by logical id; all others are as they shall be.
    pub(crate) drifted: BTreeMap<String, ResourceState>,
    /// How long IAM hides what a stack made.
    pub(crate) identities_late: Duration,
    pub(crate) visible: Option<Instant>,
    /// Writes to IAM have no effect.
    pub(crate) stubborn: bool,
    /// Policies of the organization, by id, with what they are attached to.
    pub(crate) guardrails: BTreeMap<String, (NewGuardrail, BTreeSet<String>)>,
}

#[derive(Clone)]
pub(crate) struct Fake(pub(crate) Arc<Mutex<World>>);

pub(crate) fn id(number: u32) -> AccountId {
    AccountId::new(format!("{number:012}")).unwrap()
}

pub(crate) fn region() -> Region {
    Region::new("eu-west-1").unwrap()
}

impl Fake {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(World {
            caller: id(1),
            organization: Some(organization()),
            units: BTreeMap::new(),
            accounts: vec![],
            parents: BTreeMap::new(),
            tags: BTreeMap::new(),
            creations: BTreeMap::new(),
            stacks: BTreeMap::new(),
            change_sets: BTreeMap::new(),
            identities: BTreeMap::new(),
            scripts: vec![],
            calls: BTreeMap::new(),
            log: vec![],
            flying: 0,
            most_flying: 0,
            doomed: BTreeMap::new(),
            change_answers: BTreeMap::new(),
            latency: Duration::from_millis(10),
            stack_time: Duration::from_secs(5),
            account_time: Duration::from_secs(8),
            makes: BTreeMap::new(),
            next: 0,
            taken: BTreeSet::new(),
            listing_without_boundaries: false,
            deployed: None,
            drifted: BTreeMap::new(),
            identities_late: Duration::ZERO,
            visible: None,
            stubborn: false,
            guardrails: BTreeMap::new(),
        })))
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn script(&self, operation: &'static str, kind: FaultKind, words: &str, strike: Strike, times: usize) {
        let fault = Fault::new(kind, operation, words);
        self.world().scripts.push(Script { operation, fault, strike, times });
    }

    pub(crate) fn count(&self, operation: &str) -> u64 {
        self.world().calls.get(operation).copied().unwrap_or(0)
    }

    /// When an operation was called first.
    pub(crate) fn position(&self, operation: &str) -> usize {
        self.world().log.iter().position(|line| line.split(' ').next() == Some(operation)).unwrap()
    }

    pub(crate) fn cloud(&self) -> Arc<dyn Cloud> {
        Arc::new(self.clone())
    }

    async fn call<T>(&self, operation: &str, what: &str, act: impl FnOnce(&mut World) -> Answer<T>) -> Answer<T> {
        let latency = {
            let mut world = self.world();
            *world.calls.entry(operation.to_owned()).or_default() += 1;
            world.log.push(format!("{operation} {what}"));
            world.flying += 1;
            world.most_flying = world.most_flying.max(world.flying);
            world.latency
        };
        tokio::time::sleep(latency).await;
        let mut world = self.world();
        world.flying -= 1;
        let script = world.scripts.iter_mut().find(|script| script.operation == operation && script.times > 0);
        let struck = script.map(|script| {
            script.times -= 1;
            (script.fault.clone(), script.strike)
        });
        match struck {
            Some((fault, Strike::Before)) => Err(fault),
            Some((fault, Strike::After)) => act(&mut world).and(Err(fault)),
            None => act(&mut world),
        }
    }
}

pub(crate) fn organization() -> ObservedOrganization {
    ObservedOrganization {
        id: OrganizationId::new("o-a1b2c3d4e5").unwrap(),
        management: id(1),
        root: "r-1".to_owned(),
        all_features: true,
        policy_types: BTreeSet::new(),
    }
}

impl World {
    pub(crate) fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn tick(&mut self, spot: &Spot) {
        let now = Instant::now();
        let mut made = Vec::new();
        for (name, stacks) in self.stacks.entry(spot.clone()).or_default() {
            for stack in stacks {
                if let Some((at, status)) = stack.next
                    && at <= now
                {
                    stack.status = status;
                    stack.next = None;
                    if matches!(status, StackStatus::CreateComplete | StackStatus::UpdateComplete) {
                        made.push(stack.request.as_ref().unwrap().template.to_string());
                    }
                    if status == StackStatus::RollbackInProgress {
                        stack.next = Some((now, StackStatus::RollbackComplete));
                    }
                    let _ = name;
                }
            }
        }
        for template in made {
            if let Some(new) = self.makes.get(&template).cloned() {
                self.visible = Some(now + self.identities_late);
                let all = self.identities.entry(spot.0.clone()).or_default();
                all.roles.extend(new.roles);
                all.policies.extend(new.policies);
                all.profiles.extend(new.profiles);
                all.providers.extend(new.providers);
            }
        }
    }

    pub(crate) fn put_stack(&mut self, account: u32, name: &str, status: StackStatus, tags: &[(&str, &str)]) -> String {
        let id_text = format!("arn:{name}/{}", self.fresh());
        let tags = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let spot = (id(account), region());
        let (id, updated) = (id_text.clone(), None);
        let stack = FakeStack { id, status, next: None, tags, protected: false, request: None, updated };
        self.stacks.entry(spot).or_default().entry(StackName::new(name).unwrap()).or_default().push(stack);
        id_text
    }

    fn find(&mut self, spot: &Spot, stack: &str) -> Option<(StackName, &mut FakeStack)> {
        let stacks = self.stacks.entry(spot.clone()).or_default();
        stacks.iter_mut().find_map(|(name, all)| {
            let live = name.as_str() == stack;
            all.iter_mut()
                .find(|one| one.id == stack || (live && one.status != StackStatus::DeleteComplete))
                .map(|one| (name.clone(), one))
        })
    }

    fn work(&mut self, spot: &Spot, stack: &str, good: StackStatus, bad: StackStatus) {
        let time = self.stack_time;
        let (name, _) = self.find(spot, stack).unwrap();
        let doomed = match self.doomed.get_mut(&name) {
            Some((times, _)) if *times > 0 => {
                *times -= 1;
                true
            }
            _ => false,
        };
        let (_, found) = self.find(spot, stack).unwrap();
        found.next = Some((Instant::now() + time, if doomed { bad } else { good }));
    }
}

fn observed(name: &StackName, stack: &FakeStack) -> ObservedStack {
    ObservedStack {
        region: region(),
        name: name.clone(),
        id: stack.id.clone(),
        status: stack.status,
        reason: None,
        tags: stack.tags.clone(),
        protected: Some(stack.protected),
        outputs: BTreeMap::new(),
        dates: landfall_plan::Dates { updated: stack.updated.clone(), ..Default::default() },
    }
}

#[async_trait]
impl Cloud for Fake {
    async fn caller(&self) -> Answer<Caller> {
        self.call("sts:GetCallerIdentity", "", |w| Ok(Caller { account: w.caller.clone(), arn: String::new() })).await
    }
    fn organizations(&self) -> Arc<dyn Organizations> {
        Arc::new(self.clone())
    }
    async fn enter(&self, access: &Access) -> Answer<Arc<dyn Session>> {
        let account = match access {
            Access::Own => self.world().caller.clone(),
            Access::Assume { account, .. } | Access::AssumeOwned { account, .. } => {
                let entered = self.world().tags.contains_key(&format!("session {account}"));
                if !entered {
                    self.call("sts:AssumeRole", account.as_str(), |_| Ok(())).await?;
                    self.world().tags.insert(format!("session {account}"), BTreeMap::new());
                }
                account.clone()
            }
        };
        Ok(Arc::new(Inside { fake: self.clone(), account }))
    }
    fn calls(&self) -> BTreeMap<String, u64> {
        self.world().calls.clone()
    }
}

#[async_trait]
impl Organizations for Fake {
    async fn describe(&self) -> Answer<Option<ObservedOrganization>> {
        self.call("organizations:DescribeOrganization", "", |w| Ok(w.organization.clone())).await
    }
    async fn create(&self) -> Answer<ObservedOrganization> {
        self.call("organizations:CreateOrganization", "", |w| {
            w.organization = Some(organization());
            Ok(organization())
        })
        .await
    }
    async fn units(&self, parent: &str) -> Answer<Vec<(String, String)>> {
        self.call("organizations:ListOrganizationalUnitsForParent", parent, |w| {
            Ok(w.units.get(parent).cloned().unwrap_or_default())
        })
        .await
    }
    async fn create_unit(&self, parent: &str, name: &str, _: &BTreeMap<String, String>) -> Answer<String> {
        self.call("organizations:CreateOrganizationalUnit", name, |w| {
            let id = format!("ou-{}", w.fresh());
            w.units.entry(parent.to_owned()).or_default().push((id.clone(), name.to_owned()));
            Ok(id)
        })
        .await
    }
    async fn accounts(&self) -> Answer<Vec<AccountRecord>> {
        self.call("organizations:ListAccounts", "", |w| Ok(w.accounts.clone())).await
    }
    async fn accounts_in(&self, parent: &str) -> Answer<Vec<AccountId>> {
        self.call("organizations:ListAccountsForParent", parent, |w| {
            Ok(w.parents.iter().filter(|(_, at)| *at == parent).map(|(id, _)| id.clone()).collect())
        })
        .await
    }
    async fn pending(&self) -> Answer<Vec<PendingAccount>> {
        self.call("organizations:ListCreateAccountStatus", "", |w| {
            let now = Instant::now();
            let pending = w.creations.iter().filter(|(_, (_, at))| *at > now);
            Ok(pending
                .map(|(request, (new, _))| PendingAccount {
                    request: request.clone(),
                    name: new.name.to_string(),
                    id: None,
                })
                .collect())
        })
        .await
    }
    async fn create_account(&self, request: &NewAccount) -> Answer<Creation> {
        self.call("organizations:CreateAccount", request.name.as_str(), |w| {
            let car = format!("car-{}", w.fresh());
            let at = Instant::now() + w.account_time;
            let known = w.accounts.iter().any(|account| account.email.key() == request.email.key());
            if known || w.taken.contains(request.email.as_str()) {
                let state = CreationState::Failed("EMAIL_ALREADY_EXISTS".to_owned());
                return Ok(Creation { request: car, state });
            }
            w.creations.insert(car.clone(), (request.clone(), at));
            Ok(Creation { request: car, state: CreationState::InProgress })
        })
        .await
    }
    async fn creation(&self, request: &str) -> Answer<Creation> {
        self.call("organizations:DescribeCreateAccountStatus", request, |w| {
            let (new, at) = w.creations[request].clone();
            let state = if at > Instant::now() {
                CreationState::InProgress
            } else {
                let known = w.accounts.iter().find(|account| account.email == new.email).map(|a| a.id.clone());
                let id = known.unwrap_or_else(|| {
                    let id = id(1_000 + w.fresh());
                    let (name, email) = (new.name.to_string(), new.email.clone());
                    w.accounts.push(AccountRecord { id: id.clone(), name, email, status: AccountStatus::Active });
                    w.parents.insert(id.clone(), "r-1".to_owned());
                    id
                });
                CreationState::Succeeded(id)
            };
            Ok(Creation { request: request.to_owned(), state })
        })
        .await
    }
    async fn move_account(&self, account: &AccountId, from: &str, to: &str) -> Answer<()> {
        self.call("organizations:MoveAccount", account.as_str(), |w| {
            assert_eq!(w.parents.insert(account.clone(), to.to_owned()).as_deref(), Some(from));
            Ok(())
        })
        .await
    }
    async fn parent_of(&self, account: &AccountId) -> Answer<String> {
        self.call("organizations:ListParents", account.as_str(), |w| Ok(w.parents[account].clone())).await
    }
    async fn tags(&self, resource: &str) -> Answer<BTreeMap<String, String>> {
        self.call("organizations:ListTagsForResource", resource, |w| {
            Ok(w.tags.get(resource).cloned().unwrap_or_default())
        })
        .await
    }
    async fn tag(&self, resource: &str, tags: &BTreeMap<String, String>) -> Answer<()> {
        self.call("organizations:TagResource", resource, |w| {
            w.tags.entry(resource.to_owned()).or_default().extend(tags.clone());
            Ok(())
        })
        .await
    }
    async fn enable_policy_type(&self, root: &str, kind: GuardrailKind) -> Answer<()> {
        self.call("organizations:EnablePolicyType", root, |w| {
            let on = w.organization.as_mut().unwrap().policy_types.insert(kind);
            if on { Ok(()) } else { Err(Fault::new(FaultKind::AlreadyExists, "organizations:EnablePolicyType", "on")) }
        })
        .await
    }
    async fn guardrails(&self, kind: GuardrailKind) -> Answer<Vec<(String, String)>> {
        self.call("organizations:ListPolicies", kind.as_str(), |w| {
            let all = w.guardrails.iter().filter(|(_, (new, _))| new.kind == kind);
            Ok(all.map(|(id, (new, _))| (id.clone(), new.name.to_string())).collect())
        })
        .await
    }
    async fn guardrail(&self, policy: &str) -> Answer<Option<GuardrailContent>> {
        self.call("organizations:DescribePolicy", policy, |w| {
            Ok(w.guardrails.get(policy).map(|(new, _)| new.content.clone()))
        })
        .await
    }
    async fn create_guardrail(&self, request: &NewGuardrail) -> Answer<String> {
        self.call("organizations:CreatePolicy", request.name.as_str(), |w| {
            if w.guardrails.values().any(|(new, _)| new.name == request.name) {
                return Err(Fault::new(FaultKind::AlreadyExists, "organizations:CreatePolicy", "same name"));
            }
            let id = format!("p-{}", w.fresh());
            w.tags.insert(id.clone(), request.tags.clone());
            w.guardrails.insert(id.clone(), (request.clone(), BTreeSet::new()));
            Ok(id)
        })
        .await
    }
    async fn update_guardrail(&self, policy: &str, content: &GuardrailContent) -> Answer<()> {
        self.call("organizations:UpdatePolicy", policy, |w| {
            if !w.stubborn {
                w.guardrails.get_mut(policy).unwrap().0.content = content.clone();
            }
            Ok(())
        })
        .await
    }
    async fn delete_guardrail(&self, policy: &str) -> Answer<()> {
        self.call("organizations:DeletePolicy", policy, |w| {
            let gone = w.guardrails.remove(policy).map(drop);
            gone.ok_or_else(|| Fault::new(FaultKind::NotFound, "organizations:DeletePolicy", "none"))
        })
        .await
    }
    async fn guarded(&self, policy: &str) -> Answer<BTreeSet<String>> {
        self.call("organizations:ListTargetsForPolicy", policy, |w| Ok(w.guardrails[policy].1.clone())).await
    }
    async fn guardrails_on(&self, target: &str, _: GuardrailKind) -> Answer<BTreeSet<String>> {
        self.call("organizations:ListPoliciesForTarget", target, |w| {
            let on = w.guardrails.iter().filter(|(_, (_, targets))| targets.contains(target));
            Ok(on.map(|(id, _)| id.clone()).collect())
        })
        .await
    }
    async fn attach_guardrail(&self, policy: &str, target: &str) -> Answer<()> {
        self.call("organizations:AttachPolicy", &format!("{policy} {target}"), |w| {
            let new = w.guardrails.get_mut(policy).unwrap().1.insert(target.to_owned());
            if new { Ok(()) } else { Err(Fault::new(FaultKind::AlreadyExists, "organizations:AttachPolicy", "on")) }
        })
        .await
    }
    async fn detach_guardrail(&self, policy: &str, target: &str) -> Answer<()> {
        self.call("organizations:DetachPolicy", &format!("{policy} {target}"), |w| {
            let gone = w.guardrails.get_mut(policy).is_some_and(|(_, targets)| targets.remove(target));
            if gone { Ok(()) } else { Err(Fault::new(FaultKind::NotFound, "organizations:DetachPolicy", "off")) }
        })
        .await
    }
}

struct Inside {
    fake: Fake,
    account: AccountId,
}

impl Session for Inside {
    fn stacks(&self, region: &Region) -> Arc<dyn Stacks> {
        Arc::new(Formation { fake: self.fake.clone(), spot: (self.account.clone(), region.clone()) })
    }
    fn identities(&self) -> Arc<dyn IdentityPort> {
        Arc::new(Inside { fake: self.fake.clone(), account: self.account.clone() })
    }
}

struct Formation {
    fake: Fake,
    spot: Spot,
}

impl Formation {
    async fn call<T>(&self, operation: &str, what: &str, act: impl FnOnce(&mut World) -> Answer<T>) -> Answer<T> {
        let operation = format!("cloudformation:{operation}");
        self.fake
            .call(&operation, what, |world| {
                world.tick(&self.spot);
                act(world)
            })
            .await
    }
}

#[async_trait]
impl Stacks for Formation {
    async fn list(&self) -> Answer<Vec<ObservedStack>> {
        self.call("DescribeStacks", "all", |w| {
            let stacks = w.stacks.entry(self.spot.clone()).or_default().iter();
            Ok(stacks
                .flat_map(|(name, all)| all.iter().map(move |one| observed(name, one)))
                .filter(|stack| stack.status != StackStatus::DeleteComplete)
                .collect())
        })
        .await
    }
    async fn describe(&self, stack: &str) -> Answer<Option<ObservedStack>> {
        self.call("DescribeStacks", stack, |w| Ok(w.find(&self.spot, stack).map(|(name, one)| observed(&name, one))))
            .await
    }
    async fn template(&self, stack: &str) -> Answer<Option<String>> {
        self.call("GetTemplate", stack, |w| {
            let otherwise = w.deployed.clone();
            let found = w.find(&self.spot, stack);
            let text = |one: &mut FakeStack| one.request.as_ref().map(|request| request.template.to_string());
            Ok(found.and_then(|(_, one)| text(one).or(otherwise)))
        })
        .await
    }
    async fn create(&self, request: &StackRequest) -> Answer<String> {
        self.call("CreateStack", &format!("{} {:?}", request.stack, request.parameters), |w| {
            if let Some((_, found)) = w.find(&self.spot, request.stack.as_str()) {
                if found.request.as_ref().is_some_and(|other| other.token == request.token) {
                    return Ok(found.id.clone());
                }
                return Err(Fault::new(FaultKind::AlreadyExists, "cloudformation:CreateStack", "it exists"));
            }
            let id = format!("arn:{}/{}", request.stack, w.fresh());
            let stack = FakeStack {
                id: id.clone(),
                status: StackStatus::CreateInProgress,
                next: None,
                tags: request.tags.clone(),
                protected: request.protection == Protection::On,
                request: Some(request.clone()),
                updated: None,
            };
            let all = w.stacks.entry(self.spot.clone()).or_default();
            all.entry(request.stack.clone()).or_default().push(stack);
            w.work(&self.spot, &id, StackStatus::CreateComplete, StackStatus::RollbackInProgress);
            Ok(id)
        })
        .await
    }
    async fn create_change_set(&self, request: &StackRequest, name: &str) -> Answer<String> {
        self.call("CreateChangeSet", request.stack.as_str(), |w| {
            let Some((_, found)) = w.find(&self.spot, request.stack.as_str()) else {
                return Err(Fault::new(FaultKind::NotFound, "cloudformation:CreateChangeSet", "no stack"));
            };
            let stack = found.id.clone();
            let ready = ChangeSet { status: ChangeSetStatus::Ready, reason: None, changes: vec![] };
            let answer = w.change_answers.get(&request.stack).cloned().unwrap_or(ready);
            let id = format!("{stack}:{name}");
            if w.change_sets.contains_key(&id) {
                return Err(Fault::new(FaultKind::AlreadyExists, "cloudformation:CreateChangeSet", "it exists"));
            }
            let (spot, request) = (self.spot.clone(), request.clone());
            w.change_sets.insert(id.clone(), FakeChangeSet { spot, stack, request, answer });
            Ok(id)
        })
        .await
    }
    async fn create_revert(&self, request: &StackRequest, name: &str) -> Answer<String> {
        self.create_change_set(request, name).await
    }
    async fn create_import(&self, request: &StackRequest, name: &str, resources: &[Imported]) -> Answer<String> {
        self.call("CreateChangeSet", &format!("{} {resources:?}", request.stack), |w| {
            let stack = format!("arn:{}/{}", request.stack, w.fresh());
            let begun = FakeStack {
                id: stack.clone(),
                status: StackStatus::ReviewInProgress,
                next: None,
                tags: request.tags.clone(),
                protected: false,
                request: None,
                updated: None,
            };
            w.stacks.entry(self.spot.clone()).or_default().entry(request.stack.clone()).or_default().push(begun);
            let answer = ChangeSet { status: ChangeSetStatus::Ready, reason: None, changes: vec![] };
            let id = format!("{stack}:{name}");
            let (spot, request) = (self.spot.clone(), request.clone());
            w.change_sets.insert(id.clone(), FakeChangeSet { spot, stack, request, answer });
            Ok(id)
        })
        .await
    }
    async fn describe_change_set(&self, change_set: &str) -> Answer<ChangeSet> {
        self.call("DescribeChangeSet", change_set, |w| Ok(w.change_sets[change_set].answer.clone())).await
    }
    async fn execute_change_set(&self, change_set: &str, token: &str) -> Answer<()> {
        self.call("ExecuteChangeSet", token, |w| {
            let change_set = w.change_sets.remove(change_set).unwrap();
            assert_eq!(change_set.spot, self.spot);
            w.change_sets.retain(|_, other| other.stack != change_set.stack);
            let now = w.log.len().to_string();
            let (_, stack) = w.find(&self.spot, &change_set.stack).unwrap();
            stack.updated = Some(now);
            stack.status = StackStatus::UpdateInProgress;
            stack.tags = change_set.request.tags.clone();
            stack.request = Some(change_set.request);
            w.work(&self.spot, &change_set.stack, StackStatus::UpdateComplete, StackStatus::UpdateRollbackComplete);
            Ok(())
        })
        .await
    }
    async fn delete_change_set(&self, change_set: &str) -> Answer<()> {
        self.call("DeleteChangeSet", change_set, |w| {
            w.change_sets.remove(change_set);
            Ok(())
        })
        .await
    }
    async fn delete(&self, stack: &str, _: &str) -> Answer<()> {
        self.call("DeleteStack", stack, |w| {
            let Some((_, found)) = w.find(&self.spot, stack) else { return Ok(()) };
            if found.protected {
                return Err(Fault::new(FaultKind::Invalid, "cloudformation:DeleteStack", "it is protected"));
            }
            found.status = StackStatus::DeleteInProgress;
            let time = w.stack_time;
            let Some((_, found)) = w.find(&self.spot, stack) else { return Ok(()) };
            found.next = Some((Instant::now() + time, StackStatus::DeleteComplete));
            Ok(())
        })
        .await
    }
    async fn continue_update_rollback(&self, stack: &str, _: &str) -> Answer<()> {
        self.call("ContinueUpdateRollback", stack, |w| {
            let (_, found) = w.find(&self.spot, stack).unwrap();
            found.status = StackStatus::UpdateRollbackInProgress;
            w.work(&self.spot, stack, StackStatus::UpdateRollbackComplete, StackStatus::UpdateRollbackFailed);
            Ok(())
        })
        .await
    }
    async fn protect(&self, stack: &str, on: Protection) -> Answer<()> {
        self.call("UpdateTerminationProtection", stack, |w| {
            w.find(&self.spot, stack).unwrap().1.protected = on == Protection::On;
            Ok(())
        })
        .await
    }
    async fn resource(&self, stack: &str, logical_id: &str) -> Answer<ResourceState> {
        self.call("DetectStackResourceDrift", stack, |w| {
            Ok(w.drifted.get(logical_id).cloned().unwrap_or(ResourceState::InSync))
        })
        .await
    }
    async fn failures(&self, stack: &str, token: &str) -> Answer<Vec<ResourceFailure>> {
        assert!(!token.is_empty());
        self.call("DescribeStackEvents", stack, |w| {
            let (name, _) = w.find(&self.spot, stack).unwrap();
            let reason = w.doomed.get(&name).map(|(_, reason)| reason.clone()).unwrap_or_default();
            let failure = |logical_id: &str, reason: &str| ResourceFailure {
                logical_id: logical_id.to_owned(),
                resource_type: "AWS::IAM::Role".to_owned(),
                status: "CREATE_FAILED".to_owned(),
                reason: reason.to_owned(),
            };
            Ok(vec![failure("Other", "Resource creation cancelled"), failure("Role", &reason)])
        })
        .await
    }
}

impl Inside {
    async fn iam<T>(&self, operation: &str, what: &str, act: impl FnOnce(&mut Identities) -> Answer<T>) -> Answer<T> {
        let operation = format!("iam:{operation}");
        self.fake
            .call(&operation, what, |w| {
                if w.visible.is_some_and(|at| at > Instant::now()) {
                    return act(&mut Identities::default());
                }
                let mut all = w.identities.get(&self.account).cloned().unwrap_or_default();
                let answer = act(&mut all);
                if !w.stubborn {
                    w.identities.insert(self.account.clone(), all);
                }
                answer
            })
            .await
    }

    async fn change(&self, operation: &str, role: &RoleName, act: impl FnOnce(&mut Role)) -> Answer<()> {
        self.iam(operation, role.as_str(), |all| {
            act(all.roles.get_mut(role).unwrap());
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl IdentityPort for Inside {
    async fn listing(&self) -> Answer<Listing> {
        let mut all = self.iam("GetAccountAuthorizationDetails", self.account.as_str(), |all| Ok(all.clone())).await?;
        if self.fake.world().listing_without_boundaries {
            all.roles.values_mut().for_each(|role| role.boundary = None);
        }
        Ok(Listing { identities: all, ..Listing::default() })
    }
    async fn role(&self, name: &RoleName) -> Answer<Option<Role>> {
        self.iam("GetRole", name.as_str(), |all| Ok(all.roles.get(name).cloned())).await
    }
    async fn policy(&self, arn: &str) -> Answer<Option<ManagedPolicy>> {
        self.iam("GetPolicy", arn, |all| {
            Ok(all.policies.values().find(|policy| arn.ends_with(&format!("/{}", policy.name))).cloned())
        })
        .await
    }
    async fn profile(&self, name: &str) -> Answer<Option<InstanceProfile>> {
        self.iam("GetInstanceProfile", name, |all| Ok(all.profiles.get(name).cloned())).await
    }
    async fn provider(&self, arn: &str) -> Answer<Option<Provider>> {
        self.iam("GetOpenIDConnectProvider", arn, |all| Ok(all.providers.get(arn).cloned())).await
    }
    async fn put_boundary(&self, role: &RoleName, policy: &str) -> Answer<()> {
        self.change("PutRolePermissionsBoundary", role, |role| role.boundary = Some(policy.to_owned())).await
    }
    async fn put_trust(&self, role: &RoleName, document: &Value) -> Answer<()> {
        self.change("UpdateAssumeRolePolicy", role, |role| role.trust = document.into()).await
    }
    async fn put_inline(&self, role: &RoleName, name: &str, document: &Value) -> Answer<()> {
        let name = landfall_model::PolicyName::new(name).unwrap();
        self.change("PutRolePolicy", role, |role| drop(role.inline.insert(name, document.into()))).await
    }
    async fn delete_inline(&self, role: &RoleName, name: &str) -> Answer<()> {
        self.change("DeleteRolePolicy", role, |role| drop(role.inline.remove(name))).await
    }
    async fn attach(&self, role: &RoleName, policy: &str) -> Answer<()> {
        self.change("AttachRolePolicy", role, |role| {
            role.attached.insert(policy.to_owned());
        })
        .await
    }
    async fn detach(&self, role: &RoleName, policy: &str) -> Answer<()> {
        self.change("DetachRolePolicy", role, |role| {
            role.attached.remove(policy);
        })
        .await
    }
    async fn update_role(&self, role: &RoleName, description: &str, max_session: u32) -> Answer<()> {
        self.change("UpdateRole", role, |role| {
            role.description = description.to_owned();
            role.max_session = max_session;
        })
        .await
    }
    async fn tag_role(&self, role: &RoleName, tags: &BTreeMap<String, String>) -> Answer<()> {
        self.change("TagRole", role, |role| role.tags.extend(tags.clone())).await
    }
    async fn put_policy(&self, arn: &str, document: &Value) -> Answer<()> {
        self.iam("CreatePolicyVersion", arn, |all| {
            let policy = all.policies.values_mut().find(|policy| arn.ends_with(&format!("/{}", policy.name)));
            policy.unwrap().document = document.into();
            Ok(())
        })
        .await
    }
    async fn create_role(&self, role: &Role) -> Answer<()> {
        self.iam("CreateRole", role.name.as_str(), |all| {
            let bare = Role { inline: BTreeMap::new(), attached: Default::default(), ..role.clone() };
            all.roles.insert(role.name.clone(), bare);
            Ok(())
        })
        .await
    }
    async fn create_policy(&self, policy: &ManagedPolicy) -> Answer<()> {
        self.iam("CreatePolicy", policy.name.as_str(), |all| {
            all.policies.insert(policy.name.clone(), policy.clone());
            Ok(())
        })
        .await
    }
    async fn create_profile(&self, profile: &InstanceProfile) -> Answer<()> {
        self.iam("CreateInstanceProfile", &profile.name, |all| {
            let bare = InstanceProfile { roles: Default::default(), ..profile.clone() };
            all.profiles.insert(profile.name.clone(), bare);
            Ok(())
        })
        .await
    }
    async fn add_to_profile(&self, profile: &str, role: &RoleName) -> Answer<()> {
        self.iam("AddRoleToInstanceProfile", profile, |all| {
            all.profiles.get_mut(profile).unwrap().roles.insert(role.clone());
            Ok(())
        })
        .await
    }
    async fn remove_from_profile(&self, profile: &str, role: &RoleName) -> Answer<()> {
        self.iam("RemoveRoleFromInstanceProfile", profile, |all| {
            all.profiles.get_mut(profile).unwrap().roles.remove(role);
            Ok(())
        })
        .await
    }
    async fn create_provider(&self, provider: &Provider) -> Answer<()> {
        self.iam("CreateProvider", &format!("{provider:?}"), |all| {
            all.providers.insert(format!("{provider:?}"), provider.clone());
            Ok(())
        })
        .await
    }
    async fn add_audience(&self, provider: &str, audience: &str) -> Answer<()> {
        self.iam("AddClientIDToOpenIDConnectProvider", provider, |all| {
            if let Some(Provider::Oidc { audiences, .. }) = all.providers.get_mut(provider) {
                audiences.insert(audience.to_owned());
            }
            Ok(())
        })
        .await
    }
    async fn remove_audience(&self, provider: &str, audience: &str) -> Answer<()> {
        self.iam("RemoveClientIDFromOpenIDConnectProvider", provider, |all| {
            if let Some(Provider::Oidc { audiences, .. }) = all.providers.get_mut(provider) {
                audiences.remove(audience);
            }
            Ok(())
        })
        .await
    }
    async fn put_metadata(&self, provider: &str, text: &str) -> Answer<()> {
        self.iam("UpdateSAMLProvider", provider, |all| {
            if let Some(Provider::Saml { metadata, .. }) = all.providers.get_mut(provider) {
                *metadata = text.to_owned();
            }
            Ok(())
        })
        .await
    }
}
