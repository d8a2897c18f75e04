//! IAM writes that put right what differs, in the order that the plan's rules give.

use landfall_plan::{IdentityKind, RepairCall};

use crate::Event;
use crate::failure::{Failure, Progress};
use crate::port::{Answer, IdentityPort};
use crate::readback::{Account, label};
use crate::retry::Phase;
use crate::run::Work;

impl Work {
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
    let port: &dyn IdentityPort = account.port;
    match call {
        RepairCall::PutBoundary { role, policy } => port.put_boundary(role, policy).await,
        RepairCall::PutTrust { role, document } => port.put_trust(role, document).await,
        RepairCall::PutInline { role, name, document } => port.put_inline(role, name, document).await,
        RepairCall::DeleteInline { role, name } => port.delete_inline(role, name).await,
        RepairCall::Attach { role, policy } => port.attach(role, policy).await,
        RepairCall::Detach { role, policy } => port.detach(role, policy).await,
        RepairCall::UpdateRole { role, description, max_session } => {
            // What did not differ is as it is expected.
            let expected = account.expected.roles.get(role);
            let description = description.as_deref().or(expected.map(|role| role.description.as_str()));
            let seconds = max_session.or(expected.map(|role| role.max_session));
            port.update_role(role, description.unwrap_or_default(), seconds.unwrap_or(3_600)).await
        }
        RepairCall::TagRole { role, tags } => port.tag_role(role, tags).await,
        RepairCall::PutPolicy { name, document } => match account.policy(name) {
            Some(arn) => port.put_policy(&arn, document).await,
            None => Ok(()),
        },
    }
}

fn what(call: &RepairCall) -> String {
    let (kind, name, property) = match call {
        RepairCall::PutBoundary { role, .. } => (IdentityKind::Role, role.as_str(), "PermissionsBoundary".to_owned()),
        RepairCall::PutTrust { role, .. } => (IdentityKind::Role, role.as_str(), "AssumeRolePolicyDocument".to_owned()),
        RepairCall::PutInline { role, name, .. } | RepairCall::DeleteInline { role, name } => {
            (IdentityKind::Role, role.as_str(), ["Policies/", name].concat())
        }
        RepairCall::Attach { role, policy } | RepairCall::Detach { role, policy } => {
            (IdentityKind::Role, role.as_str(), ["ManagedPolicyArns/", policy].concat())
        }
        RepairCall::UpdateRole { role, description, max_session } => {
            let text = match (description, max_session) {
                (Some(_), Some(_)) => "Description, MaxSessionDuration",
                (Some(_), None) => "Description",
                (None, _) => "MaxSessionDuration",
            };
            (IdentityKind::Role, role.as_str(), text.to_owned())
        }
        RepairCall::TagRole { role, tags } => {
            let keys: Vec<&str> = tags.keys().map(String::as_str).collect();
            (IdentityKind::Role, role.as_str(), ["Tags/", &keys.join(", ")].concat())
        }
        RepairCall::PutPolicy { name, .. } => (IdentityKind::Policy, name.as_str(), "PolicyDocument".to_owned()),
    };
    label(kind, name, &property)
}
