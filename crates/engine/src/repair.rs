//! IAM writes that put right what differs, in the order that the plan's rules give.

use landfall_model::Kind;
use landfall_plan::{Around, Difference, IdentityKind, Leaned, Repair, RepairCall, Spared, Texts};
use landfall_stacks::{Role, TAG_KIND};

use crate::entry::Entry;
use crate::failure::{Failure, Progress};
use crate::port::{Answer, IdentityPort};
use crate::readback::{Account, label};
use crate::retry::Phase;
use crate::run::Work;
use crate::{Event, FaultKind};

impl Account<'_> {
    /// The roles that a run works as, and emergency access, with the policies that they lean on.
    fn spared(&self, entry: &Entry) -> Spared {
        let own = self.expected.roles.values().filter(|role| entry.roles().any(|one| *one == role.name));
        let is_emergency = |role: &&Role| role.tags.get(TAG_KIND).is_some_and(|kind| kind == Kind::BreakGlass.as_str());
        let emergency = self.expected.roles.values().filter(is_emergency);
        Spared { own: leaned(own), emergency: leaned(emergency) }
    }
}

fn leaned<'a>(roles: impl Iterator<Item = &'a Role>) -> Leaned {
    let mut leaned = Leaned::default();
    for role in roles {
        let arns = role.attached.iter().chain(&role.boundary);
        leaned.policies.extend(arns.filter_map(|arn| arn.rsplit('/').next()).map(str::to_owned));
        leaned.roles.insert(role.name.clone());
    }
    leaned
}

impl Work {
    /// The calls that put differences right. Policies are read first, as far as the order hangs on what they say; one
    /// that nobody may read could say anything.
    pub(crate) async fn order(&self, account: &Account<'_>, differences: &[Difference]) -> Progress<Vec<RepairCall>> {
        let mut texts = Texts::default();
        for arn in Texts::wanted(differences, &account.expected) {
            match self.call(&account.endpoint(), Phase::Read, || account.port.policy(&arn)).await {
                Ok(Some(policy)) => texts.insert(arn, policy.document.json()),
                Ok(None) => {}
                Err(fault) if fault.kind == FaultKind::AccessDenied => {}
                Err(fault) => return Err(Failure::call("a policy that a role carries could not be read", fault)),
            }
        }
        let spared = account.spared(&self.run.entry);
        let around = Around {
            account: account.id,
            expected: &account.expected,
            texts: &texts,
            spared: &spared,
            writer: self.run.entry.writer(),
        };
        Ok(Repair::of(differences, &around).calls)
    }

    /// Makes the calls one after the other. The first one that fails ends it: a later one could widen access.
    pub(crate) async fn put_right(&self, account: &Account<'_>, calls: Vec<RepairCall>) -> Progress<()> {
        for call in calls {
            let what = what(&call);
            let doing = format!("{what} could not be put right");
            let made = self.call(&account.endpoint(), Phase::Idempotent, || write(account, &call)).await;
            made.map_err(|fault| Failure::call(&doing, fault))?;
            self.run.emit(Event::Repaired { step: self.id.clone(), what });
        }
        Ok(())
    }
}

async fn write(account: &Account<'_>, call: &RepairCall) -> Answer<()> {
    let port: &dyn IdentityPort = account.port.as_ref();
    match call {
        RepairCall::PutBoundary { role, policy } => port.put_boundary(role, policy).await,
        RepairCall::PutTrust { role, document } => port.put_trust(role, document).await,
        RepairCall::PutInline { role, name, document } => port.put_inline(role, name, document).await,
        RepairCall::DeleteInline { role, name } => gone(port.delete_inline(role, name).await),
        RepairCall::Attach { role, policy } => port.attach(role, policy).await,
        RepairCall::Detach { role, policy } => gone(port.detach(role, policy).await),
        RepairCall::UpdateRole { role, description, max_session } => {
            // What did not differ is as it is expected.
            let expected = account.expected.roles.get(role);
            let description = description.as_deref().or(expected.map(|role| role.description.as_str()));
            let seconds = max_session.or(expected.map(|role| role.max_session));
            port.update_role(role, description.unwrap_or_default(), seconds.unwrap_or(3_600)).await
        }
        RepairCall::TagRole { role, tags } => port.tag_role(role, tags).await,
        RepairCall::CreateRole { role } => there(port.create_role(role).await),
        RepairCall::PutPolicy { name, document } => match account.policy(name) {
            Some(arn) => port.put_policy(&arn, document).await,
            None => Ok(()),
        },
        RepairCall::CreatePolicy { policy } => there(port.create_policy(policy).await),
        RepairCall::CreateProfile { profile } => there(port.create_profile(profile).await),
        RepairCall::AddToProfile { profile, role } => port.add_to_profile(profile, role).await,
        RepairCall::RemoveFromProfile { profile, role } => gone(port.remove_from_profile(profile, role).await),
        RepairCall::CreateProvider { provider, .. } => there(port.create_provider(provider).await),
        RepairCall::AddAudience { provider, audience } => port.add_audience(provider, audience).await,
        RepairCall::RemoveAudience { provider, audience } => gone(port.remove_audience(provider, audience).await),
        RepairCall::PutMetadata { provider, metadata } => port.put_metadata(provider, metadata).await,
    }
}

/// Made already, by a call whose answer was lost: the reading back tells whether it is as it shall be.
fn there(answer: Answer<()>) -> Answer<()> {
    answer.or_else(|fault| if fault.kind == FaultKind::AlreadyExists { Ok(()) } else { Err(fault) })
}

/// Taken away already.
fn gone(answer: Answer<()>) -> Answer<()> {
    answer.or_else(|fault| if fault.kind == FaultKind::NotFound { Ok(()) } else { Err(fault) })
}

fn what(call: &RepairCall) -> String {
    use IdentityKind::{InstanceProfile, Policy, Provider, Role};
    match call {
        RepairCall::PutBoundary { role, .. } => label(Role, role.as_str(), "PermissionsBoundary"),
        RepairCall::PutTrust { role, .. } => label(Role, role.as_str(), "AssumeRolePolicyDocument"),
        RepairCall::PutInline { role, name, .. } | RepairCall::DeleteInline { role, name } => {
            label(Role, role.as_str(), &["Policies/", name].concat())
        }
        RepairCall::Attach { role, policy } | RepairCall::Detach { role, policy } => {
            label(Role, role.as_str(), &["ManagedPolicyArns/", policy].concat())
        }
        RepairCall::UpdateRole { role, description, max_session } => {
            let text = match (description, max_session) {
                (Some(_), Some(_)) => "Description, MaxSessionDuration",
                (Some(_), None) => "Description",
                (None, _) => "MaxSessionDuration",
            };
            label(Role, role.as_str(), text)
        }
        RepairCall::TagRole { role, tags } => {
            let keys: Vec<&str> = tags.keys().map(String::as_str).collect();
            label(Role, role.as_str(), &["Tags/", &keys.join(", ")].concat())
        }
        RepairCall::CreateRole { role } => label(Role, role.name.as_str(), ""),
        RepairCall::PutPolicy { name, .. } => label(Policy, name, "PolicyDocument"),
        RepairCall::CreatePolicy { policy } => label(Policy, policy.name.as_str(), ""),
        RepairCall::CreateProfile { profile } => label(InstanceProfile, &profile.name, ""),
        RepairCall::AddToProfile { profile, .. } | RepairCall::RemoveFromProfile { profile, .. } => {
            label(InstanceProfile, profile, "Roles")
        }
        RepairCall::CreateProvider { arn, .. } => label(Provider, arn, ""),
        RepairCall::AddAudience { provider, .. } | RepairCall::RemoveAudience { provider, .. } => {
            label(Provider, provider, "ClientIdList")
        }
        RepairCall::PutMetadata { provider, .. } => label(Provider, provider, "SamlMetadataDocument"),
    }
}
