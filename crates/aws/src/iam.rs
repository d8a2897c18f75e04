//! IAM in one account: the port, and the single calls.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_iam::Client;
use aws_sdk_iam::types::Tag;
use landfall_engine::port::{Answer, IdentityPort, Listing};
use landfall_engine::{Fault, FaultKind};
use landfall_model::RoleName;
use landfall_stacks::{InstanceProfile, ManagedPolicy, Provider, Role};
use serde_json::Value;

use crate::calls::Calls;

mod answers;
mod reading;

const PUT_BOUNDARY: &str = "iam:PutRolePermissionsBoundary";
const PUT_TRUST: &str = "iam:UpdateAssumeRolePolicy";
const PUT_INLINE: &str = "iam:PutRolePolicy";
const DELETE_INLINE: &str = "iam:DeleteRolePolicy";
const ATTACH: &str = "iam:AttachRolePolicy";
const DETACH: &str = "iam:DetachRolePolicy";
const UPDATE_ROLE: &str = "iam:UpdateRole";
const TAG_ROLE: &str = "iam:TagRole";
const VERSIONS: &str = "iam:ListPolicyVersions";
const CREATE_VERSION: &str = "iam:CreatePolicyVersion";
const CREATE_ROLE: &str = "iam:CreateRole";
const CREATE_POLICY: &str = "iam:CreatePolicy";
const CREATE_PROFILE: &str = "iam:CreateInstanceProfile";
const ADD_TO_PROFILE: &str = "iam:AddRoleToInstanceProfile";
const REMOVE_FROM_PROFILE: &str = "iam:RemoveRoleFromInstanceProfile";
const CREATE_OIDC: &str = "iam:CreateOpenIDConnectProvider";
const CREATE_SAML: &str = "iam:CreateSAMLProvider";
const ADD_AUDIENCE: &str = "iam:AddClientIDToOpenIDConnectProvider";
const REMOVE_AUDIENCE: &str = "iam:RemoveClientIDFromOpenIDConnectProvider";
const PUT_METADATA: &str = "iam:UpdateSAMLProvider";
const DELETE_VERSION: &str = "iam:DeletePolicyVersion";

/// Versions that a managed policy can have. Source: IAM quotas.
const VERSION_LIMIT: usize = 5;

/// IAM in one account.
pub(crate) struct Iam {
    client: Client,
    calls: Calls,
}

impl Iam {
    pub(crate) fn new(client: Client, calls: Calls) -> Self {
        Self { client, calls }
    }

    /// Deletes the oldest version that is not the default one if there is no room for another.
    async fn make_room(&self, arn: &str) -> Answer<()> {
        let answer = self.calls.make(VERSIONS, self.client.list_policy_versions().policy_arn(arn).send()).await?;
        let versions = answer.versions.unwrap_or_default();
        if versions.len() < VERSION_LIMIT {
            return Ok(());
        }
        let number = |id: &str| id.trim_start_matches('v').parse::<u64>().unwrap_or(u64::MAX);
        let replaceable = versions.into_iter().filter(|version| !version.is_default_version);
        let oldest = replaceable.filter_map(|version| version.version_id).min_by_key(|id| number(id));
        match oldest {
            Some(oldest) => {
                let call = self.client.delete_policy_version().policy_arn(arn).version_id(oldest).send();
                self.calls.make(DELETE_VERSION, call).await.map(drop)
            }
            None => Ok(()),
        }
    }
}

#[async_trait]
impl IdentityPort for Iam {
    async fn listing(&self) -> Answer<Listing> {
        self.read_all().await
    }

    async fn role(&self, name: &RoleName) -> Answer<Option<Role>> {
        found(self.read_role(name).await)
    }

    async fn policy(&self, arn: &str) -> Answer<Option<ManagedPolicy>> {
        found(self.read_policy(arn).await)
    }

    async fn profile(&self, name: &str) -> Answer<Option<InstanceProfile>> {
        found(self.read_profile(name).await)
    }

    async fn provider(&self, arn: &str) -> Answer<Option<Provider>> {
        found(self.read_provider(arn).await)
    }

    async fn put_boundary(&self, role: &RoleName, policy: &str) -> Answer<()> {
        let call =
            self.client.put_role_permissions_boundary().role_name(role.as_str()).permissions_boundary(policy).send();
        self.calls.make(PUT_BOUNDARY, call).await.map(drop)
    }

    async fn put_trust(&self, role: &RoleName, document: &Value) -> Answer<()> {
        let call =
            self.client.update_assume_role_policy().role_name(role.as_str()).policy_document(text(document)).send();
        self.calls.make(PUT_TRUST, call).await.map(drop)
    }

    async fn put_inline(&self, role: &RoleName, name: &str, document: &Value) -> Answer<()> {
        let call = self
            .client
            .put_role_policy()
            .role_name(role.as_str())
            .policy_name(name)
            .policy_document(text(document))
            .send();
        self.calls.make(PUT_INLINE, call).await.map(drop)
    }

    async fn delete_inline(&self, role: &RoleName, name: &str) -> Answer<()> {
        let call = self.client.delete_role_policy().role_name(role.as_str()).policy_name(name).send();
        self.calls.make(DELETE_INLINE, call).await.map(drop)
    }

    async fn attach(&self, role: &RoleName, policy: &str) -> Answer<()> {
        let call = self.client.attach_role_policy().role_name(role.as_str()).policy_arn(policy).send();
        self.calls.make(ATTACH, call).await.map(drop)
    }

    async fn detach(&self, role: &RoleName, policy: &str) -> Answer<()> {
        let call = self.client.detach_role_policy().role_name(role.as_str()).policy_arn(policy).send();
        self.calls.make(DETACH, call).await.map(drop)
    }

    async fn update_role(&self, role: &RoleName, description: &str, max_session: u32) -> Answer<()> {
        let seconds = seconds(UPDATE_ROLE, max_session)?;
        let call = self
            .client
            .update_role()
            .role_name(role.as_str())
            .description(description)
            .max_session_duration(seconds)
            .send();
        self.calls.make(UPDATE_ROLE, call).await.map(drop)
    }

    async fn tag_role(&self, role: &RoleName, tags: &BTreeMap<String, String>) -> Answer<()> {
        let tags = tag_list(TAG_ROLE, tags)?;
        let call = self.client.tag_role().role_name(role.as_str()).set_tags(Some(tags)).send();
        self.calls.make(TAG_ROLE, call).await.map(drop)
    }

    async fn put_policy(&self, arn: &str, document: &Value) -> Answer<()> {
        self.make_room(arn).await?;
        let call = self
            .client
            .create_policy_version()
            .policy_arn(arn)
            .policy_document(text(document))
            .set_as_default(true)
            .send();
        self.calls.make(CREATE_VERSION, call).await.map(drop)
    }

    async fn create_role(&self, role: &Role) -> Answer<()> {
        let description = Some(role.description.clone()).filter(|text| !text.is_empty());
        let call = self
            .client
            .create_role()
            .role_name(role.name.as_str())
            .path(&role.path)
            .assume_role_policy_document(text(&role.trust.json()))
            .set_permissions_boundary(role.boundary.clone())
            .set_description(description)
            .max_session_duration(seconds(CREATE_ROLE, role.max_session)?)
            .set_tags(Some(tag_list(CREATE_ROLE, &role.tags)?))
            .send();
        self.calls.make(CREATE_ROLE, call).await.map(drop)
    }

    async fn create_policy(&self, policy: &ManagedPolicy) -> Answer<()> {
        let call = self
            .client
            .create_policy()
            .policy_name(policy.name.as_str())
            .path(&policy.path)
            .policy_document(text(&policy.document.json()))
            .send();
        self.calls.make(CREATE_POLICY, call).await.map(drop)
    }

    async fn create_profile(&self, profile: &InstanceProfile) -> Answer<()> {
        let call =
            self.client.create_instance_profile().instance_profile_name(&profile.name).path(&profile.path).send();
        self.calls.make(CREATE_PROFILE, call).await.map(drop)
    }

    async fn add_to_profile(&self, profile: &str, role: &RoleName) -> Answer<()> {
        let call =
            self.client.add_role_to_instance_profile().instance_profile_name(profile).role_name(role.as_str()).send();
        self.calls.make(ADD_TO_PROFILE, call).await.map(drop)
    }

    async fn remove_from_profile(&self, profile: &str, role: &RoleName) -> Answer<()> {
        let call = self
            .client
            .remove_role_from_instance_profile()
            .instance_profile_name(profile)
            .role_name(role.as_str())
            .send();
        self.calls.make(REMOVE_FROM_PROFILE, call).await.map(drop)
    }

    async fn create_provider(&self, provider: &Provider) -> Answer<()> {
        match provider {
            Provider::Oidc { url, audiences } => {
                let url = ["https://", url].concat();
                let audiences = Some(audiences.iter().cloned().collect());
                let call = self.client.create_open_id_connect_provider().url(url).set_client_id_list(audiences).send();
                self.calls.make(CREATE_OIDC, call).await.map(drop)
            }
            Provider::Saml { name, metadata } => {
                let call = self.client.create_saml_provider().name(name).saml_metadata_document(metadata).send();
                self.calls.make(CREATE_SAML, call).await.map(drop)
            }
        }
    }

    async fn add_audience(&self, provider: &str, audience: &str) -> Answer<()> {
        let call = self
            .client
            .add_client_id_to_open_id_connect_provider()
            .open_id_connect_provider_arn(provider)
            .client_id(audience)
            .send();
        self.calls.make(ADD_AUDIENCE, call).await.map(drop)
    }

    async fn remove_audience(&self, provider: &str, audience: &str) -> Answer<()> {
        let call = self
            .client
            .remove_client_id_from_open_id_connect_provider()
            .open_id_connect_provider_arn(provider)
            .client_id(audience)
            .send();
        self.calls.make(REMOVE_AUDIENCE, call).await.map(drop)
    }

    async fn put_metadata(&self, provider: &str, metadata: &str) -> Answer<()> {
        let call =
            self.client.update_saml_provider().saml_provider_arn(provider).saml_metadata_document(metadata).send();
        self.calls.make(PUT_METADATA, call).await.map(drop)
    }
}

fn seconds(operation: &str, seconds: u32) -> Answer<i32> {
    i32::try_from(seconds).map_err(|error| Fault::new(FaultKind::Invalid, operation, error.to_string()))
}

fn tag_list(operation: &str, tags: &BTreeMap<String, String>) -> Answer<Vec<Tag>> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(|error| Fault::new(FaultKind::Invalid, operation, error.to_string()))
}

/// What is not there is no failure for a reader.
fn found<T>(answer: Answer<T>) -> Answer<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(fault) if fault.kind == FaultKind::NotFound => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// An opaque document goes out as it came in; serializing it would put it in quotes.
fn text(document: &Value) -> String {
    match document {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
