//! What the engine asks of the world. AWS and the sandbox answer. A port makes exactly one call (or one paginated
//! listing) and does not retry: retrying is the engine's business.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use landfall_model::{AccountId, AccountName, Email, GuardrailKind, PolicyName, Region, RoleName, StackName};
use landfall_plan::{
    AccountStatus, Dates, Imported, ObservedOrganization, ObservedStack, PendingAccount, ResourceState, StackStatus,
};
use landfall_stacks::{Identities, InstanceProfile, ManagedPolicy, Provider, Role};
use serde_json::Value;

use crate::Fault;

/// The result of a call.
pub type Answer<T> = Result<T, Fault>;

/// An AWS organization and all accounts in it.
#[async_trait]
pub trait Cloud: Send + Sync {
    /// Whose credentials these are (`sts:GetCallerIdentity`).
    async fn caller(&self) -> Answer<Caller>;
    /// The organization, with the caller's own credentials.
    fn organizations(&self) -> Arc<dyn Organizations>;
    /// A way into an account. For a member the access role is assumed; sessions are kept and refreshed by the port, so
    /// that asking again costs nothing.
    async fn enter(&self, access: &Access) -> Answer<Arc<dyn Session>>;
    /// How many calls were made so far, by operation (`cloudformation:CreateStack`).
    fn calls(&self) -> BTreeMap<String, u64>;
}

/// How to get into an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// With the caller's own credentials: the management account.
    Own,
    /// By assuming a role in a member account.
    Assume {
        /// The account.
        account: AccountId,
        /// The role.
        role: RoleName,
    },
    /// By assuming one of Landfall's own roles in a member account; these stand under a path.
    AssumeOwned {
        /// The account.
        account: AccountId,
        /// The path, with `/` at both ends.
        path: String,
        /// The role.
        role: RoleName,
    },
}

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// The principal's ARN.
    pub arn: String,
}

/// AWS Organizations.
#[async_trait]
pub trait Organizations: Send + Sync {
    /// The organization; `None` if the account is in none. The root is found by `ListRoots`.
    async fn describe(&self) -> Answer<Option<ObservedOrganization>>;
    /// Makes the organization with all features.
    async fn create(&self) -> Answer<ObservedOrganization>;
    /// The units right below a parent (a root's or unit's id): id and name.
    async fn units(&self, parent: &str) -> Answer<Vec<(String, String)>>;
    /// Makes a unit; its id comes back.
    async fn create_unit(&self, parent: &str, name: &str, tags: &BTreeMap<String, String>) -> Answer<String>;
    /// All accounts of the organization, wherever they stand.
    async fn accounts(&self) -> Answer<Vec<AccountRecord>>;
    /// The ids of the accounts right below a parent.
    async fn accounts_in(&self, parent: &str) -> Answer<Vec<AccountId>>;
    /// Creations under way.
    async fn pending(&self) -> Answer<Vec<PendingAccount>>;
    /// Begins to make an account; the access role is made with it.
    async fn create_account(&self, request: &NewAccount) -> Answer<Creation>;
    /// How far a creation is.
    async fn creation(&self, request: &str) -> Answer<Creation>;
    /// Moves an account between parents.
    async fn move_account(&self, account: &AccountId, from: &str, to: &str) -> Answer<()>;
    /// The parent of an account: a root's or unit's id.
    async fn parent_of(&self, account: &AccountId) -> Answer<String>;
    /// The tags of an account, unit or root.
    async fn tags(&self, resource: &str) -> Answer<BTreeMap<String, String>>;
    /// Sets tags; others stay. Policies have tags too.
    async fn tag(&self, resource: &str, tags: &BTreeMap<String, String>) -> Answer<()>;
    /// Enables a type of policy at the root.
    async fn enable_policy_type(&self, root: &str, kind: GuardrailKind) -> Answer<()>;
    /// Every policy of a type, AWS's own among them: id and name.
    async fn guardrails(&self, kind: GuardrailKind) -> Answer<Vec<(String, String)>>;
    /// What a policy says; `None` if there is none.
    async fn guardrail(&self, policy: &str) -> Answer<Option<GuardrailContent>>;
    /// Makes a policy, attached to nothing; its id comes back.
    async fn create_guardrail(&self, request: &NewGuardrail) -> Answer<String>;
    /// Changes what a policy says.
    async fn update_guardrail(&self, policy: &str, content: &GuardrailContent) -> Answer<()>;
    /// Deletes a policy that is attached to nothing.
    async fn delete_guardrail(&self, policy: &str) -> Answer<()>;
    /// The ids of all that a policy is attached to.
    async fn guarded(&self, policy: &str) -> Answer<BTreeSet<String>>;
    /// The ids of the policies of a type that are attached right to a root, unit or account.
    async fn guardrails_on(&self, target: &str, kind: GuardrailKind) -> Answer<BTreeSet<String>>;
    /// Attaches a policy to a root, unit or account.
    async fn attach_guardrail(&self, policy: &str, target: &str) -> Answer<()>;
    /// Takes a policy off a root, unit or account.
    async fn detach_guardrail(&self, policy: &str, target: &str) -> Answer<()>;
}

/// What a policy of an organization says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardrailContent {
    /// Its description.
    pub description: String,
    /// Its JSON.
    pub content: String,
}

/// What a policy of an organization is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGuardrail {
    /// Its type.
    pub kind: GuardrailKind,
    /// Its name.
    pub name: PolicyName,
    /// What it says.
    pub content: GuardrailContent,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// An account as Organizations lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRecord {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Its address.
    pub email: Email,
    /// Whether it can be used.
    pub status: AccountStatus,
}

/// What an account is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its name.
    pub name: AccountName,
    /// Its address.
    pub email: Email,
    /// The role that the management account can assume in it.
    pub access_role: RoleName,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// How far a creation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// The request's id.
    pub request: String,
    /// The state.
    pub state: CreationState,
}

/// The state of a creation. Source: Organizations API, `CreateAccountStatus.State`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreationState {
    /// Under way; AWS may show the id before it is done.
    InProgress,
    /// Done.
    Succeeded(AccountId),
    /// Failed, with AWS's `FailureReason` such as `EMAIL_ALREADY_EXISTS`.
    Failed(String),
}

/// A way into one account.
#[async_trait]
pub trait Session: Send + Sync {
    /// CloudFormation in a Region.
    fn stacks(&self, region: &Region) -> Arc<dyn Stacks>;
    /// IAM.
    fn identities(&self) -> Arc<dyn IdentityPort>;
}

/// CloudFormation in one account and Region.
#[async_trait]
pub trait Stacks: Send + Sync {
    /// Every stack that exists, deleted ones not among them.
    async fn list(&self) -> Answer<Vec<ObservedStack>>;
    /// One stack by its id (a deleted one is found too) or name; `None` if there is none.
    async fn describe(&self, stack: &str) -> Answer<Option<ObservedStack>>;
    /// The template of a stack, as it was deployed; `None` if there is no such stack.
    async fn template(&self, stack: &str) -> Answer<Option<String>>;
    /// How a resource of a stack stands against its template (`DetectStackResourceDrift`, which answers at once).
    async fn resource(&self, stack: &str, logical_id: &str) -> Answer<ResourceState>;
    /// Makes a stack in one call; its id comes back. `CAPABILITY_NAMED_IAM` is always given.
    async fn create(&self, request: &StackRequest) -> Answer<String>;
    /// Makes an update change set; its id comes back.
    async fn create_change_set(&self, request: &StackRequest, name: &str) -> Answer<String>;
    /// Makes a change set that brings what stands back to the template, whatever was changed past CloudFormation
    /// (`DeploymentMode: REVERT_DRIFT`); its id comes back.
    async fn create_revert(&self, request: &StackRequest, name: &str) -> Answer<String>;
    /// Makes a change set that takes resources that stand into a stack (`ChangeSetType: IMPORT`); its id comes back. A
    /// stack that is not there is begun with it. The template has nothing but what the stack has already and what is
    /// imported, each of that with a `DeletionPolicy`.
    async fn create_import(&self, request: &StackRequest, name: &str, resources: &[Imported]) -> Answer<String>;
    /// Looks at a change set.
    async fn describe_change_set(&self, change_set: &str) -> Answer<ChangeSet>;
    /// Carries a change set out.
    async fn execute_change_set(&self, change_set: &str, token: &str) -> Answer<()>;
    /// Throws a change set away.
    async fn delete_change_set(&self, change_set: &str) -> Answer<()>;
    /// Deletes a stack by its id.
    async fn delete(&self, stack: &str, token: &str) -> Answer<()>;
    /// Goes on with a rollback that failed.
    async fn continue_update_rollback(&self, stack: &str, token: &str) -> Answer<()>;
    /// Turns termination protection on or off.
    async fn protect(&self, stack: &str, on: landfall_stacks::Protection) -> Answer<()>;
    /// The failed resource events of the operation with a token, oldest first, at most one page.
    async fn failures(&self, stack: &str, token: &str) -> Answer<Vec<ResourceFailure>>;
}

/// What a stack is made or updated with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackRequest {
    /// The stack's name, or its id for an update.
    pub stack: StackName,
    /// The template.
    pub template: Arc<str>,
    /// Parameters.
    pub parameters: BTreeMap<String, String>,
    /// Stack tags.
    pub tags: BTreeMap<String, String>,
    /// Termination protection from the start (creation only).
    pub protection: landfall_stacks::Protection,
    /// Makes the call idempotent and labels its events: 1 to 128 characters of `[a-zA-Z0-9-]`.
    pub token: String,
}

/// A change set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSet {
    /// How far it is.
    pub status: ChangeSetStatus,
    /// AWS's words.
    pub reason: Option<String>,
    /// What it will change.
    pub changes: Vec<ResourceChange>,
}

/// How far a change set is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeSetStatus {
    /// Being made.
    Pending,
    /// Ready to be carried out.
    Ready,
    /// Failed; an empty one fails too, with a reason that says so.
    Failed,
}

/// A change to one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceChange {
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// `Add`, `Modify`, `Remove`, `Import`, `Dynamic`, `SyncWithActual`.
    pub action: String,
    /// Whether it is replaced.
    pub replacement: Replacement,
}

/// Whether a change makes a resource anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    /// In place.
    No,
    /// Anew.
    Yes,
    /// AWS cannot tell.
    Conditional,
}

/// A resource that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceFailure {
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// The resource's status, such as `CREATE_FAILED`.
    pub status: String,
    /// AWS's reason.
    pub reason: String,
}

/// What is read of a stack while it is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Its id.
    pub id: String,
    /// Its status.
    pub status: StackStatus,
    /// Why.
    pub reason: Option<String>,
}

/// What stands in an account's IAM, and when it came there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    /// What stands there.
    pub identities: Identities,
    /// When each role was made and last used.
    pub roles: BTreeMap<RoleName, Dates>,
    /// When each customer managed policy was made and last changed.
    pub policies: BTreeMap<PolicyName, Dates>,
}

/// IAM in one account.
#[async_trait]
pub trait IdentityPort: Send + Sync {
    /// Everything in one paginated listing (`GetAccountAuthorizationDetails`, roles, local policies and the instance
    /// profiles that have a role; providers not among it). Policy documents come decoded.
    async fn listing(&self) -> Answer<Listing>;
    /// The same without its dates.
    async fn all(&self) -> Answer<Identities> {
        Ok(self.listing().await?.identities)
    }
    /// One role by single reads: `GetRole`, its inline and its attached policies.
    async fn role(&self, name: &RoleName) -> Answer<Option<Role>>;
    /// One customer managed policy by ARN: its default version's document.
    async fn policy(&self, arn: &str) -> Answer<Option<ManagedPolicy>>;
    /// One instance profile.
    async fn profile(&self, name: &str) -> Answer<Option<InstanceProfile>>;
    /// One identity provider by ARN.
    async fn provider(&self, arn: &str) -> Answer<Option<Provider>>;
    /// Sets a role's boundary.
    async fn put_boundary(&self, role: &RoleName, policy: &str) -> Answer<()>;
    /// Sets a role's trust policy.
    async fn put_trust(&self, role: &RoleName, document: &Value) -> Answer<()>;
    /// Sets an inline policy.
    async fn put_inline(&self, role: &RoleName, name: &str, document: &Value) -> Answer<()>;
    /// Removes an inline policy.
    async fn delete_inline(&self, role: &RoleName, name: &str) -> Answer<()>;
    /// Attaches a managed policy.
    async fn attach(&self, role: &RoleName, policy: &str) -> Answer<()>;
    /// Detaches a managed policy.
    async fn detach(&self, role: &RoleName, policy: &str) -> Answer<()>;
    /// Sets a role's description and longest session (seconds).
    async fn update_role(&self, role: &RoleName, description: &str, max_session: u32) -> Answer<()>;
    /// Sets tags on a role; others stay.
    async fn tag_role(&self, role: &RoleName, tags: &BTreeMap<String, String>) -> Answer<()>;
    /// Makes a new default version of a managed policy, and deletes the oldest one if there are five.
    async fn put_policy(&self, arn: &str, document: &Value) -> Answer<()>;
    /// Makes a role with its trust policy, boundary, settings and tags, and without any policy.
    async fn create_role(&self, role: &Role) -> Answer<()>;
    /// Makes a customer managed policy.
    async fn create_policy(&self, policy: &ManagedPolicy) -> Answer<()>;
    /// Makes an instance profile without a role.
    async fn create_profile(&self, profile: &InstanceProfile) -> Answer<()>;
    /// Puts a role into an instance profile.
    async fn add_to_profile(&self, profile: &str, role: &RoleName) -> Answer<()>;
    /// Takes a role out of an instance profile.
    async fn remove_from_profile(&self, profile: &str, role: &RoleName) -> Answer<()>;
    /// Makes an identity provider.
    async fn create_provider(&self, provider: &Provider) -> Answer<()>;
    /// Adds a client id to an OpenID Connect provider.
    async fn add_audience(&self, provider: &str, audience: &str) -> Answer<()>;
    /// Takes a client id from an OpenID Connect provider.
    async fn remove_audience(&self, provider: &str, audience: &str) -> Answer<()>;
    /// Sets the metadata of a SAML provider.
    async fn put_metadata(&self, provider: &str, metadata: &str) -> Answer<()>;
}
