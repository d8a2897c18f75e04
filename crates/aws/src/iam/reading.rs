//! Reading IAM: everything at once, or one thing by single calls.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::EntityType;
use landfall_engine::port::{Answer, Listing};
use landfall_engine::{Fault, FaultKind};
use landfall_model::{PolicyName, RoleName};
use landfall_stacks::{InstanceProfile, ManagedPolicy, PolicyDocument, Provider, Role};

use super::answers::{self, Settings};
use super::{Iam, found};
use crate::document::document;

const DETAILS: &str = "iam:GetAccountAuthorizationDetails";
const ROLES: &str = "iam:ListRoles";
const ROLE: &str = "iam:GetRole";
const INLINE_NAMES: &str = "iam:ListRolePolicies";
const INLINE: &str = "iam:GetRolePolicy";
const ATTACHED: &str = "iam:ListAttachedRolePolicies";
const POLICY: &str = "iam:GetPolicy";
const POLICY_VERSION: &str = "iam:GetPolicyVersion";
const PROFILE: &str = "iam:GetInstanceProfile";
const OIDC: &str = "iam:GetOpenIDConnectProvider";
const SAML: &str = "iam:GetSAMLProvider";

/// The most that IAM gives in one page.
const PAGE: i32 = 1000;

impl Iam {
    /// Roles, policies and instance profiles of the account. `GetAccountAuthorizationDetails` leaves out a role's
    /// description and longest session, so `ListRoles` is asked beside it: two calls for a thousand roles.
    pub(super) async fn read_all(&self) -> Answer<Listing> {
        let ((mut listing, unbounded), settings) = tokio::try_join!(self.details(), self.role_settings())?;
        let roles = &mut listing.identities.roles;
        for (name, settings) in settings {
            if let Some(role) = roles.get_mut(&name) {
                settings.put_into(role);
            }
        }
        for name in &unbounded {
            let answer = self.calls.make(ROLE, self.client.get_role().role_name(name.as_str()).send()).await;
            let live = found(answer)?.and_then(|answer| answer.role);
            if let Some(role) = roles.get_mut(name) {
                role.boundary = live.and_then(|live| answers::boundary(live.permissions_boundary));
            }
        }
        Ok(listing)
    }

    /// Roles with their instance profiles, and policies; and which roles of Landfall's own are listed without a
    /// boundary. Such a role is a grave finding, and not everyone who speaks this protocol lists boundaries, so it is
    /// looked at by itself.
    async fn details(&self) -> Answer<(Listing, Vec<RoleName>)> {
        let mut listing = Listing::default();
        let mut unbounded = Vec::new();
        let mut marker = None;
        loop {
            let call = self
                .client
                .get_account_authorization_details()
                .filter(EntityType::Role)
                .filter(EntityType::LocalManagedPolicy)
                .max_items(PAGE)
                .set_marker(marker)
                .send();
            let answer = self.calls.make(DETAILS, call).await?;
            for detail in answer.role_detail_list.unwrap_or_default() {
                let ours = answers::made_by_landfall(&detail);
                let profiles = detail.instance_profile_list.iter().flatten().map(answers::profile);
                listing.identities.profiles.extend(profiles.map(|profile| (profile.name.clone(), profile)));
                let dates = answers::role_dates(&detail);
                let Some(role) = answers::role_of_details(detail) else { continue };
                if ours && role.boundary.is_none() {
                    unbounded.push(role.name.clone());
                }
                listing.roles.insert(role.name.clone(), dates);
                listing.identities.roles.insert(role.name.clone(), role);
            }
            for detail in answer.policies.unwrap_or_default() {
                let dates = answers::policy_dates(&detail);
                let Some(policy) = answers::policy_of_details(detail) else { continue };
                listing.policies.insert(policy.name.clone(), dates);
                listing.identities.policies.insert(policy.name.clone(), policy);
            }
            marker = answer.marker.filter(|marker| answer.is_truncated && !marker.is_empty());
            if marker.is_none() {
                return Ok((listing, unbounded));
            }
        }
    }

    async fn role_settings(&self) -> Answer<BTreeMap<RoleName, Settings>> {
        let mut settings = BTreeMap::new();
        let mut marker = None;
        loop {
            let call = self.client.list_roles().max_items(PAGE).set_marker(marker).send();
            let answer = self.calls.make(ROLES, call).await?;
            for role in answer.roles {
                if let Ok(name) = RoleName::new(role.role_name.as_str()) {
                    settings.insert(name, Settings::of(&role));
                }
            }
            marker = answer.marker.filter(|marker| answer.is_truncated && !marker.is_empty());
            if marker.is_none() {
                return Ok(settings);
            }
        }
    }

    pub(super) async fn read_role(&self, name: &RoleName) -> Answer<Role> {
        let answer = self.calls.make(ROLE, self.client.get_role().role_name(name.as_str()).send()).await?;
        let role = answer.role.ok_or_else(|| missing(ROLE, "role"))?;
        let (inline, attached) = tokio::try_join!(self.inline(name), self.attached(name))?;
        Ok(answers::role(name, role, inline, attached))
    }

    async fn inline(&self, role: &RoleName) -> Answer<BTreeMap<PolicyName, PolicyDocument>> {
        let mut inline = BTreeMap::new();
        let mut marker = None;
        loop {
            let call = self.client.list_role_policies().role_name(role.as_str()).set_marker(marker).send();
            let answer = self.calls.make(INLINE_NAMES, call).await?;
            for name in answer.policy_names {
                let call = self.client.get_role_policy().role_name(role.as_str()).policy_name(&name).send();
                let policy = match self.calls.make(INLINE, call).await {
                    Ok(policy) => policy,
                    // It went between the two calls; the role itself is still there.
                    Err(fault) if fault.kind == FaultKind::NotFound => continue,
                    Err(fault) => return Err(fault),
                };
                if let Ok(name) = PolicyName::new(name) {
                    inline.insert(name, document(&policy.policy_document));
                }
            }
            marker = answer.marker.filter(|marker| answer.is_truncated && !marker.is_empty());
            if marker.is_none() {
                return Ok(inline);
            }
        }
    }

    async fn attached(&self, role: &RoleName) -> Answer<BTreeSet<String>> {
        let mut attached = BTreeSet::new();
        let mut marker = None;
        loop {
            let call = self.client.list_attached_role_policies().role_name(role.as_str()).set_marker(marker).send();
            let answer = self.calls.make(ATTACHED, call).await?;
            let policies = answer.attached_policies.unwrap_or_default();
            attached.extend(policies.into_iter().filter_map(|policy| policy.policy_arn));
            marker = answer.marker.filter(|marker| answer.is_truncated && !marker.is_empty());
            if marker.is_none() {
                return Ok(attached);
            }
        }
    }

    pub(super) async fn read_policy(&self, arn: &str) -> Answer<ManagedPolicy> {
        let answer = self.calls.make(POLICY, self.client.get_policy().policy_arn(arn).send()).await?;
        let policy = answer.policy.ok_or_else(|| missing(POLICY, "policy"))?;
        let version = policy.default_version_id.ok_or_else(|| missing(POLICY, "default version"))?;
        let call = self.client.get_policy_version().policy_arn(arn).version_id(version).send();
        let version = self.calls.make(POLICY_VERSION, call).await?.policy_version;
        let text = version.and_then(|version| version.document).ok_or_else(|| missing(POLICY_VERSION, "document"))?;
        let name = PolicyName::new(policy.policy_name.unwrap_or_default())
            .map_err(|error| Fault::new(FaultKind::Other, POLICY, error.to_string()))?;
        Ok(ManagedPolicy { name, path: policy.path.unwrap_or_default(), document: document(&text) })
    }

    pub(super) async fn read_profile(&self, name: &str) -> Answer<InstanceProfile> {
        let call = self.client.get_instance_profile().instance_profile_name(name).send();
        let answer = self.calls.make(PROFILE, call).await?;
        answer.instance_profile.as_ref().map(answers::profile).ok_or_else(|| missing(PROFILE, "instance profile"))
    }

    pub(super) async fn read_provider(&self, arn: &str) -> Answer<Provider> {
        if let Some((_, name)) = arn.split_once(":saml-provider/") {
            let answer = self.calls.make(SAML, self.client.get_saml_provider().saml_provider_arn(arn).send()).await?;
            let metadata = answer.saml_metadata_document.unwrap_or_default();
            return Ok(Provider::Saml { name: name.to_owned(), metadata });
        }
        let call = self.client.get_open_id_connect_provider().open_id_connect_provider_arn(arn).send();
        let answer = self.calls.make(OIDC, call).await?;
        let url = answer.url.unwrap_or_default();
        let url = url.strip_prefix("https://").unwrap_or(&url).to_owned();
        Ok(Provider::Oidc { url, audiences: answer.client_id_list.unwrap_or_default().into_iter().collect() })
    }
}

fn missing(operation: &str, what: &str) -> Fault {
    Fault::new(FaultKind::Transient, operation, format!("the answer carries no {what}"))
}
