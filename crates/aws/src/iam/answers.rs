//! IAM's answers in the form in which desired and live state are compared.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::{self as sdk, AttachedPermissionsBoundary, ManagedPolicyDetail, RoleDetail, Tag};
use landfall_model::{PolicyName, RoleName};
use landfall_plan::Dates;
use landfall_stacks::{InstanceProfile, ManagedPolicy, PolicyDocument, Role, TAG_ORGANIZATION};

use crate::document::document;
use crate::moment::moment;

/// What a role has when nobody said otherwise. Source: IAM API, `CreateRole.MaxSessionDuration`.
const DEFAULT_SESSION: u32 = 3600;

/// What `GetAccountAuthorizationDetails` leaves out of a role.
#[derive(Clone)]
pub(super) struct Settings {
    description: String,
    max_session: u32,
}

impl Settings {
    pub(super) fn of(role: &sdk::Role) -> Self {
        let seconds = role.max_session_duration.and_then(|seconds| u32::try_from(seconds).ok());
        Self {
            description: role.description.clone().unwrap_or_default(),
            max_session: seconds.unwrap_or(DEFAULT_SESSION),
        }
    }

    pub(super) fn put_into(self, role: &mut Role) {
        role.description = self.description;
        role.max_session = self.max_session;
    }
}

/// A role by single reads.
pub(super) fn role(
    name: &RoleName,
    role: sdk::Role,
    inline: BTreeMap<PolicyName, PolicyDocument>,
    attached: BTreeSet<String>,
) -> Role {
    let settings = Settings::of(&role);
    Role {
        name: name.clone(),
        trust: document(role.assume_role_policy_document.as_deref().unwrap_or_default()),
        path: role.path,
        inline,
        attached,
        boundary: boundary(role.permissions_boundary),
        max_session: settings.max_session,
        description: settings.description,
        tags: tags(role.tags),
    }
}

/// A role of the account's listing, without [`Settings`]. A name that is no role name is none that Landfall gave.
pub(super) fn role_of_details(detail: RoleDetail) -> Option<Role> {
    let inline = detail.role_policy_list.unwrap_or_default().into_iter();
    let attached = detail.attached_managed_policies.unwrap_or_default().into_iter();
    Some(Role {
        name: RoleName::new(detail.role_name?).ok()?,
        path: detail.path.unwrap_or_default(),
        trust: document(&detail.assume_role_policy_document.unwrap_or_default()),
        inline: inline
            .filter_map(|policy| {
                let name = PolicyName::new(policy.policy_name?).ok()?;
                Some((name, document(&policy.policy_document.unwrap_or_default())))
            })
            .collect(),
        attached: attached.filter_map(|policy| policy.policy_arn).collect(),
        boundary: boundary(detail.permissions_boundary),
        max_session: DEFAULT_SESSION,
        description: String::new(),
        tags: tags(detail.tags),
    })
}

/// Whether one of Landfall's stacks made the role: CloudFormation hands stack tags on to roles.
pub(super) fn made_by_landfall(detail: &RoleDetail) -> bool {
    detail.tags.iter().flatten().any(|tag| tag.key == TAG_ORGANIZATION)
}

/// What IAM tells of when a role was made and used. Source: IAM API, `RoleDetail`.
pub(super) fn role_dates(detail: &RoleDetail) -> Dates {
    let used = detail.role_last_used.as_ref().and_then(|used| used.last_used_date.as_ref());
    Dates { created: detail.create_date.as_ref().and_then(moment), updated: None, last_used: used.and_then(moment) }
}

/// What IAM tells of when a policy was made and changed: the newest of the policy and its default version. Source: IAM
/// API, `ManagedPolicyDetail`.
pub(super) fn policy_dates(detail: &ManagedPolicyDetail) -> Dates {
    let default = detail.policy_version_list.iter().flatten().find(|version| version.is_default_version);
    let version = default.and_then(|version| version.create_date.as_ref());
    let updated = version.into_iter().chain(detail.update_date.as_ref()).max_by_key(|time| time.secs());
    Dates { created: detail.create_date.as_ref().and_then(moment), updated: updated.and_then(moment), last_used: None }
}

/// A customer managed policy of the account's listing: its default version.
pub(super) fn policy_of_details(detail: ManagedPolicyDetail) -> Option<ManagedPolicy> {
    let default = detail.default_version_id;
    let versions = detail.policy_version_list.unwrap_or_default();
    let version = versions
        .iter()
        .find(|version| version.is_default_version)
        .or_else(|| versions.iter().find(|version| version.version_id == default))?;
    Some(ManagedPolicy {
        name: PolicyName::new(detail.policy_name?).ok()?,
        path: detail.path.unwrap_or_default(),
        document: document(version.document.as_deref().unwrap_or_default()),
    })
}

/// An instance profile.
pub(super) fn profile(profile: &sdk::InstanceProfile) -> InstanceProfile {
    InstanceProfile {
        name: profile.instance_profile_name.clone(),
        path: profile.path.clone(),
        roles: profile.roles.iter().filter_map(|role| RoleName::new(role.role_name.as_str()).ok()).collect(),
    }
}

/// The ARN of a boundary, if there is one.
pub(super) fn boundary(attached: Option<AttachedPermissionsBoundary>) -> Option<String> {
    attached.and_then(|boundary| boundary.permissions_boundary_arn).filter(|arn| !arn.is_empty())
}

/// The tags without those that are CloudFormation's own.
fn tags(tags: Option<Vec<Tag>>) -> BTreeMap<String, String> {
    let tags = tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value));
    tags.filter(|(key, _)| !key.starts_with("aws:")).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_iam::types::{AttachedPolicy, PolicyDetail, PolicyVersion};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_role_of_the_listing_is_read_whole() {
        let tag = |key: &str| Tag::builder().key(key).value("v").build().unwrap();
        let boundary = AttachedPermissionsBoundary::builder().permissions_boundary_arn("arn:b").build();
        let detail = RoleDetail::builder()
            .role_name("acme-x")
            .path("/acme/")
            .assume_role_policy_document("%7B%22Statement%22%3A%5B%5D%7D")
            .role_policy_list(PolicyDetail::builder().policy_name("p").policy_document("{'repr': 1}").build())
            .attached_managed_policies(AttachedPolicy::builder().policy_arn("arn:p").build())
            .permissions_boundary(boundary)
            .tags(tag("team"))
            .tags(tag("aws:cloudformation:stack-id"))
            .tags(tag("landfall:digest"))
            .build();
        let role = role_of_details(detail).unwrap();
        assert_eq!(role.trust.json(), json!({ "Statement": [] }));
        assert_eq!(role.inline[&PolicyName::new("p").unwrap()].json(), json!("{'repr': 1}"));
        assert_eq!(role.attached, BTreeSet::from(["arn:p".to_owned()]));
        assert_eq!(role.boundary.as_deref(), Some("arn:b"));
        assert_eq!(role.tags.keys().collect::<Vec<_>>(), ["landfall:digest", "team"]);
    }

    #[test]
    fn the_default_version_is_the_one_that_counts() {
        let version = |id: &str, default: bool, body: &str| {
            PolicyVersion::builder().version_id(id).is_default_version(default).document(body).build()
        };
        let detail = ManagedPolicyDetail::builder()
            .policy_name("acme-workload")
            .default_version_id("v2")
            .policy_version_list(version("v3", false, r#"{"n":3}"#))
            .policy_version_list(version("v2", true, r#"{"n":2}"#))
            .build();
        assert_eq!(policy_of_details(detail).unwrap().document.json(), json!({ "n": 2 }));
        let unmarked = ManagedPolicyDetail::builder()
            .policy_name("acme-workload")
            .default_version_id("v2")
            .policy_version_list(version("v1", false, r#"{"n":1}"#))
            .policy_version_list(version("v2", false, r#"{"n":2}"#))
            .build();
        assert_eq!(policy_of_details(unmarked).unwrap().document.json(), json!({ "n": 2 }));
    }
}
