//! One IAM write.

use std::collections::BTreeMap;

use landfall_model::RoleName;
use landfall_stacks::{InstanceProfile, ManagedPolicy, Provider, Role};
use serde_json::Value;

/// One IAM write.
#[derive(Debug, Clone, PartialEq)]
pub enum RepairCall {
    /// `PutRolePermissionsBoundary`
    PutBoundary {
        /// The role.
        role: RoleName,
        /// The boundary's ARN.
        policy: String,
    },
    /// `UpdateAssumeRolePolicy`
    PutTrust {
        /// The role.
        role: RoleName,
        /// The document.
        document: Value,
    },
    /// `PutRolePolicy`
    PutInline {
        /// The role.
        role: RoleName,
        /// The inline policy.
        name: String,
        /// The document.
        document: Value,
    },
    /// `DeleteRolePolicy`
    DeleteInline {
        /// The role.
        role: RoleName,
        /// The inline policy.
        name: String,
    },
    /// `AttachRolePolicy`
    Attach {
        /// The role.
        role: RoleName,
        /// The managed policy's ARN.
        policy: String,
    },
    /// `DetachRolePolicy`
    Detach {
        /// The role.
        role: RoleName,
        /// The managed policy's ARN.
        policy: String,
    },
    /// `UpdateRole`. What is `None` did not differ and stays as it is read.
    UpdateRole {
        /// The role.
        role: RoleName,
        /// The description.
        description: Option<String>,
        /// The longest session in seconds.
        max_session: Option<u32>,
    },
    /// `TagRole`
    TagRole {
        /// The role.
        role: RoleName,
        /// What is set.
        tags: BTreeMap<String, String>,
    },
    /// `CreateRole`, with trust, boundary and settings; its policies come by calls of their own.
    CreateRole {
        /// The role.
        role: Box<Role>,
    },
    /// `CreatePolicyVersion` as the default one, of a customer managed policy under the organization's IAM path.
    PutPolicy {
        /// The policy's name.
        name: String,
        /// The document.
        document: Value,
    },
    /// `CreatePolicy`
    CreatePolicy {
        /// The policy.
        policy: ManagedPolicy,
    },
    /// `CreateInstanceProfile`, without a role.
    CreateProfile {
        /// The instance profile.
        profile: InstanceProfile,
    },
    /// `AddRoleToInstanceProfile`
    AddToProfile {
        /// The instance profile.
        profile: String,
        /// The role.
        role: RoleName,
    },
    /// `RemoveRoleFromInstanceProfile`
    RemoveFromProfile {
        /// The instance profile.
        profile: String,
        /// The role.
        role: RoleName,
    },
    /// `CreateOpenIDConnectProvider` or `CreateSAMLProvider`
    CreateProvider {
        /// The provider's ARN, which follows from its name.
        arn: String,
        /// The provider.
        provider: Provider,
    },
    /// `AddClientIDToOpenIDConnectProvider`
    AddAudience {
        /// The provider's ARN.
        provider: String,
        /// The client id.
        audience: String,
    },
    /// `RemoveClientIDFromOpenIDConnectProvider`
    RemoveAudience {
        /// The provider's ARN.
        provider: String,
        /// The client id.
        audience: String,
    },
    /// `UpdateSAMLProvider`
    PutMetadata {
        /// The provider's ARN.
        provider: String,
        /// The metadata document.
        metadata: String,
    },
}

/// The same calls, the settings of one role in one call and its tags in another.
pub(super) fn joined(calls: Vec<RepairCall>) -> Vec<RepairCall> {
    let mut out: Vec<RepairCall> = Vec::with_capacity(calls.len());
    for call in calls {
        let taken = match &call {
            RepairCall::UpdateRole { role, description, max_session } => out.iter_mut().any(|before| match before {
                RepairCall::UpdateRole { role: other, description: text, max_session: seconds } if other == role => {
                    *text = description.clone().or(text.take());
                    *seconds = max_session.or(*seconds);
                    true
                }
                _ => false,
            }),
            RepairCall::TagRole { role, tags } => out.iter_mut().any(|before| match before {
                RepairCall::TagRole { role: other, tags: all } if other == role => {
                    all.extend(tags.clone());
                    true
                }
                _ => false,
            }),
            _ => false,
        };
        if !taken {
            out.push(call);
        }
    }
    out
}
