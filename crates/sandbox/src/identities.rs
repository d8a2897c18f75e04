//! IAM in one account, as a caller sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use landfall_engine::port::{Answer, IdentityPort, Listing};
use landfall_model::{AccountId, PolicyName, RoleName};
use landfall_plan::StackStatus;
use landfall_stacks::{Identities, InstanceProfile, ManagedPolicy, Provider, Role};
use serde_json::Value;

use crate::faults::Call;
use crate::iam::{self, Place};
use crate::rows::{self, Made};
use crate::state::Inner;
use crate::world::World;
use crate::{Refusal, entities, provision};

/// IAM in one account.
pub(crate) struct AccountIdentities {
    pub(crate) inner: Arc<Inner>,
    pub(crate) account: AccountId,
}

fn profile(row: &rows::ProfileRow) -> InstanceProfile {
    InstanceProfile { name: row.name.clone(), path: row.path.clone(), roles: row.roles.clone() }
}

/// Everything that `GetAccountAuthorizationDetails` tells: instance profiles stand in the details of their roles.
fn everything(world: &World, account: &AccountId) -> Identities {
    let prefix = rows::prefix(account);
    let profiles = world.profiles.under(&prefix).map(|(_, row)| row).filter(|row| !row.roles.is_empty());
    Identities {
        roles: world.roles.under(&prefix).map(|(_, row)| (row.name.clone(), row.port())).collect(),
        policies: world.policies.under(&prefix).map(|(_, row)| (row.name.clone(), row.port())).collect(),
        profiles: profiles.map(|row| (row.name.clone(), profile(row))).collect(),
        providers: BTreeMap::new(),
    }
}

impl AccountIdentities {
    async fn read<T: Send>(&self, operation: &'static str, read: impl FnOnce(&World) -> T + Send) -> Answer<T> {
        self.inner.call(Call::new(operation).in_account(&self.account), |world, _| Ok(read(world))).await
    }

    async fn change(
        &self,
        operation: &'static str,
        role: &RoleName,
        change: impl FnOnce(&mut Role) -> Result<(), Refusal> + Send,
    ) -> Answer<()> {
        self.inner
            .call(Call::new(operation).in_account(&self.account), |world, moment| {
                let place = Place { account: &self.account, stack: None, now: moment.now };
                iam::change_role(world, place, role, change).map_err(|refusal| refusal.fault(operation))
            })
            .await
    }
}

impl AccountIdentities {
    async fn make(
        &self,
        operation: &'static str,
        make: impl FnOnce(&mut World, Place<'_>) -> Result<(), Refusal> + Send,
    ) -> Answer<()> {
        self.inner
            .call(Call::new(operation).in_account(&self.account), |world, moment| {
                let place = Place { account: &self.account, stack: None, now: moment.now };
                make(world, place).map_err(|refusal| refusal.fault(operation))
            })
            .await
    }
}

#[async_trait]
impl IdentityPort for AccountIdentities {
    async fn listing(&self) -> Answer<Listing> {
        let identities =
            self.read("iam:GetAccountAuthorizationDetails", |world| everything(world, &self.account)).await?;
        self.inner.count("iam:ListRoles");
        Ok(Listing { identities, ..Listing::default() })
    }

    async fn role(&self, name: &RoleName) -> Answer<Option<Role>> {
        let key = rows::key(&self.account, name.as_str());
        let role = self.read("iam:GetRole", |world| world.roles.get(&key).map(rows::RoleRow::port)).await?;
        if let Some(role) = &role {
            self.inner.count("iam:ListRolePolicies");
            self.inner.count("iam:ListAttachedRolePolicies");
            role.inline.keys().for_each(|_| self.inner.count("iam:GetRolePolicy"));
        }
        Ok(role)
    }

    async fn policy(&self, arn: &str) -> Answer<Option<ManagedPolicy>> {
        let read = |world: &World| {
            entities::policy_key(world, &self.account, arn)
                .and_then(|key| world.policies.get(&key))
                .map(rows::PolicyRow::port)
        };
        let policy = self.read("iam:GetPolicy", read).await?;
        if policy.is_some() {
            self.inner.count("iam:GetPolicyVersion");
        }
        Ok(policy)
    }

    async fn profile(&self, name: &str) -> Answer<Option<InstanceProfile>> {
        let key = rows::key(&self.account, name);
        self.read("iam:GetInstanceProfile", |world| world.profiles.get(&key).map(profile)).await
    }

    async fn provider(&self, arn: &str) -> Answer<Option<Provider>> {
        let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
        let operation =
            if resource.starts_with("saml-provider/") { "iam:GetSAMLProvider" } else { "iam:GetOpenIDConnectProvider" };
        let key = rows::key(&self.account, resource);
        let read =
            |world: &World| world.providers.get(&key).filter(|row| row.arn == arn).map(|row| row.provider.clone());
        self.read(operation, read).await
    }

    async fn put_boundary(&self, role: &RoleName, policy: &str) -> Answer<()> {
        self.change("iam:PutRolePermissionsBoundary", role, |live| {
            live.boundary = Some(policy.to_owned());
            Ok(())
        })
        .await
    }

    async fn put_trust(&self, role: &RoleName, document: &Value) -> Answer<()> {
        self.change("iam:UpdateAssumeRolePolicy", role, |live| {
            live.trust = document.into();
            Ok(())
        })
        .await
    }

    async fn put_inline(&self, role: &RoleName, name: &str, document: &Value) -> Answer<()> {
        self.change("iam:PutRolePolicy", role, |live| {
            let name = PolicyName::new(name).map_err(|error| Refusal::invalid(error.to_string()))?;
            live.inline.insert(name, document.into());
            Ok(())
        })
        .await
    }

    async fn delete_inline(&self, role: &RoleName, name: &str) -> Answer<()> {
        self.change("iam:DeleteRolePolicy", role, |live| match live.inline.remove(name) {
            Some(_) => Ok(()),
            None => Err(Refusal::missing(format!("The role policy with name {name} cannot be found."))),
        })
        .await
    }

    async fn attach(&self, role: &RoleName, policy: &str) -> Answer<()> {
        self.change("iam:AttachRolePolicy", role, |live| {
            live.attached.insert(policy.to_owned());
            Ok(())
        })
        .await
    }

    async fn detach(&self, role: &RoleName, policy: &str) -> Answer<()> {
        self.change("iam:DetachRolePolicy", role, |live| {
            if live.attached.remove(policy) {
                Ok(())
            } else {
                Err(Refusal::missing(format!("Policy {policy} was not found.")))
            }
        })
        .await
    }

    async fn update_role(&self, role: &RoleName, description: &str, max_session: u32) -> Answer<()> {
        self.change("iam:UpdateRole", role, |live| {
            description.clone_into(&mut live.description);
            live.max_session = max_session;
            Ok(())
        })
        .await
    }

    async fn tag_role(&self, role: &RoleName, tags: &BTreeMap<String, String>) -> Answer<()> {
        self.change("iam:TagRole", role, |live| {
            live.tags.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
            Ok(())
        })
        .await
    }

    async fn put_policy(&self, arn: &str, document: &Value) -> Answer<()> {
        let operation = "iam:CreatePolicyVersion";
        self.inner
            .call(Call::new(operation).in_account(&self.account), |world, _| {
                entities::put_policy(world, &self.account, arn, document).map_err(|refusal| refusal.fault(operation))
            })
            .await
    }

    async fn create_role(&self, role: &Role) -> Answer<()> {
        self.make("iam:CreateRole", |world, place| {
            let bare = Role { inline: BTreeMap::new(), attached: BTreeSet::new(), ..role.clone() };
            iam::create_role(world, place, &bare)?;
            claim(world, place, "AWS::IAM::Role", role.name.as_str());
            Ok(())
        })
        .await
    }

    async fn create_policy(&self, policy: &ManagedPolicy) -> Answer<()> {
        self.make("iam:CreatePolicy", |world, place| {
            entities::create_policy(world, place, policy)?;
            let arn = world.iam_arn(place.account, &["policy", &policy.path, policy.name.as_str()].concat());
            claim(world, place, "AWS::IAM::ManagedPolicy", &arn);
            Ok(())
        })
        .await
    }

    async fn create_profile(&self, profile: &InstanceProfile) -> Answer<()> {
        self.make("iam:CreateInstanceProfile", |world, place| {
            let bare = InstanceProfile { roles: BTreeSet::new(), ..profile.clone() };
            entities::create_profile(world, place, &bare)?;
            claim(world, place, "AWS::IAM::InstanceProfile", &profile.name);
            Ok(())
        })
        .await
    }

    async fn add_to_profile(&self, profile: &str, role: &RoleName) -> Answer<()> {
        self.make("iam:AddRoleToInstanceProfile", |world, place| {
            entities::change_profile(world, place.account, profile, |roles| {
                roles.insert(role.clone());
                Ok(())
            })
        })
        .await
    }

    async fn remove_from_profile(&self, profile: &str, role: &RoleName) -> Answer<()> {
        self.make("iam:RemoveRoleFromInstanceProfile", |world, place| {
            entities::change_profile(world, place.account, profile, |roles| {
                if roles.remove(role) { Ok(()) } else { Err(iam::no_role(role)) }
            })
        })
        .await
    }

    async fn create_provider(&self, provider: &Provider) -> Answer<()> {
        let (operation, type_name, resource) = match provider {
            Provider::Oidc { url, .. } => {
                ("iam:CreateOpenIDConnectProvider", "AWS::IAM::OIDCProvider", ["oidc-provider/", url].concat())
            }
            Provider::Saml { name, .. } => {
                ("iam:CreateSAMLProvider", "AWS::IAM::SAMLProvider", ["saml-provider/", name].concat())
            }
        };
        self.make(operation, |world, place| {
            let arn = entities::create_provider(world, place, &resource, provider)?;
            claim(world, place, type_name, &arn);
            Ok(())
        })
        .await
    }

    async fn add_audience(&self, provider: &str, audience: &str) -> Answer<()> {
        self.make("iam:AddClientIDToOpenIDConnectProvider", |world, place| {
            entities::change_audiences(world, place.account, provider, |audiences| {
                audiences.insert(audience.to_owned());
            })
        })
        .await
    }

    async fn remove_audience(&self, provider: &str, audience: &str) -> Answer<()> {
        self.make("iam:RemoveClientIDFromOpenIDConnectProvider", |world, place| {
            entities::change_audiences(world, place.account, provider, |audiences| {
                audiences.remove(audience);
            })
        })
        .await
    }

    async fn put_metadata(&self, provider: &str, metadata: &str) -> Answer<()> {
        self.make("iam:UpdateSAMLProvider", |world, place| {
            entities::put_metadata(world, place.account, provider, metadata)
        })
        .await
    }
}

/// CloudFormation knows a resource of IAM by its name or its ARN, which follows from its name: what is made anew under
/// it is the stack's again. Source: CloudFormation registry schemas, `primaryIdentifier`.
fn claim(world: &mut World, place: Place<'_>, type_name: &str, physical: &str) {
    let made = Made { type_name: type_name.to_owned(), physical: physical.to_owned() };
    let prefix = rows::prefix(place.account);
    let stacks = world.stacks.under(&prefix);
    let found = stacks.filter(|(_, stack)| stack.status != StackStatus::DeleteComplete);
    let found = found.map(|(_, stack)| stack).find(|stack| stack.resources.values().any(|one| *one == made));
    let Some((id, region)) = found.map(|stack| (stack.id.clone(), stack.region.clone())) else { return };
    if let Some(owner) = provision::owner(world, place.account, &region, &made) {
        *owner = Some(id);
    }
}
