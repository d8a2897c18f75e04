//! AWS Organizations.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_organizations::Client;
use aws_sdk_organizations::operation::RequestId as _;
use aws_sdk_organizations::types::{
    Account, AccountState, AccountStatus as Status, CreateAccountState, CreateAccountStatus, Organization,
    OrganizationFeatureSet, PolicyType, PolicyTypeStatus, PolicyTypeSummary, Tag,
};
use landfall_engine::port::{
    AccountRecord, Answer, Creation, CreationState, GuardrailContent, NewAccount, NewGuardrail, Organizations,
};
use landfall_engine::{Fault, FaultKind};
use landfall_model::{AccountId, Email, GuardrailKind, NameError, OrganizationId};
use landfall_plan::{AccountStatus, ObservedOrganization, PendingAccount};

use crate::calls::Calls;

const DESCRIBE: &str = "organizations:DescribeOrganization";
const CREATE: &str = "organizations:CreateOrganization";
const ROOTS: &str = "organizations:ListRoots";
const UNITS: &str = "organizations:ListOrganizationalUnitsForParent";
const CREATE_UNIT: &str = "organizations:CreateOrganizationalUnit";
const ACCOUNTS: &str = "organizations:ListAccounts";
const ACCOUNTS_IN: &str = "organizations:ListAccountsForParent";
const PENDING: &str = "organizations:ListCreateAccountStatus";
const CREATE_ACCOUNT: &str = "organizations:CreateAccount";
const CREATION: &str = "organizations:DescribeCreateAccountStatus";
const MOVE: &str = "organizations:MoveAccount";
const PARENTS: &str = "organizations:ListParents";
const TAGS: &str = "organizations:ListTagsForResource";
const TAG: &str = "organizations:TagResource";
const ENABLE_TYPE: &str = "organizations:EnablePolicyType";
const POLICIES: &str = "organizations:ListPolicies";
const POLICY: &str = "organizations:DescribePolicy";
const CREATE_POLICY: &str = "organizations:CreatePolicy";
const UPDATE_POLICY: &str = "organizations:UpdatePolicy";
const DELETE_POLICY: &str = "organizations:DeletePolicy";
const TARGETS: &str = "organizations:ListTargetsForPolicy";
const POLICIES_ON: &str = "organizations:ListPoliciesForTarget";
const ATTACH: &str = "organizations:AttachPolicy";
const DETACH: &str = "organizations:DetachPolicy";

/// Organizations with the caller's own credentials.
pub(crate) struct OrganizationsAdapter {
    client: Client,
    calls: Calls,
}

impl OrganizationsAdapter {
    pub(crate) fn new(client: Client, calls: Calls) -> Self {
        Self { client, calls }
    }

    async fn with_root(&self, organization: Organization) -> Answer<ObservedOrganization> {
        let id = OrganizationId::new(organization.id.unwrap_or_default()).map_err(|error| odd(DESCRIBE, &error))?;
        let management = AccountId::new(organization.master_account_id.unwrap_or_default())
            .map_err(|error| odd(DESCRIBE, &error))?;
        let roots =
            self.calls.make(ROOTS, self.client.list_roots().send()).await.map_err(|fault| match fault.kind {
                FaultKind::AccessDenied => Fault {
                    message: format!(
                        "{}; organization {id} is managed by account {management}: use that account's credentials",
                        fault.message
                    ),
                    ..fault
                },
                _ => fault,
            })?;
        let first = roots.roots.unwrap_or_default().into_iter().next();
        let first = first.ok_or_else(|| missing(ROOTS, "root"))?;
        let policy_types = first.policy_types.unwrap_or_default().iter().filter_map(enabled).collect();
        let root = first.id.ok_or_else(|| missing(ROOTS, "root"))?;
        let all_features = organization.feature_set == Some(OrganizationFeatureSet::All);
        Ok(ObservedOrganization { id, management, root, all_features, policy_types })
    }
}

#[async_trait]
impl Organizations for OrganizationsAdapter {
    async fn describe(&self) -> Answer<Option<ObservedOrganization>> {
        match self.calls.make(DESCRIBE, self.client.describe_organization().send()).await {
            Ok(answer) => {
                let organization = answer.organization.ok_or_else(|| missing(DESCRIBE, "organization"))?;
                self.with_root(organization).await.map(Some)
            }
            Err(fault) if fault.code.as_deref() == Some("AWSOrganizationsNotInUseException") => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn create(&self) -> Answer<ObservedOrganization> {
        let call = self.client.create_organization().feature_set(OrganizationFeatureSet::All).send();
        let answer = self.calls.make(CREATE, call).await?;
        self.with_root(answer.organization.ok_or_else(|| missing(CREATE, "organization"))?).await
    }

    async fn units(&self, parent: &str) -> Answer<Vec<(String, String)>> {
        let mut units = Vec::new();
        let mut page = None;
        loop {
            let call = self.client.list_organizational_units_for_parent().parent_id(parent).set_next_token(page).send();
            let answer = self.calls.make(UNITS, call).await?;
            units.extend(answer.organizational_units.unwrap_or_default().into_iter().filter_map(|u| u.id.zip(u.name)));
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() {
                return Ok(units);
            }
        }
    }

    async fn create_unit(&self, parent: &str, name: &str, tags: &BTreeMap<String, String>) -> Answer<String> {
        let call = self
            .client
            .create_organizational_unit()
            .parent_id(parent)
            .name(name)
            .set_tags(Some(tag_list(CREATE_UNIT, tags)?))
            .send();
        let answer = self.calls.make(CREATE_UNIT, call).await?;
        answer.organizational_unit.and_then(|unit| unit.id).ok_or_else(|| missing(CREATE_UNIT, "unit id"))
    }

    async fn accounts(&self) -> Answer<Vec<AccountRecord>> {
        let mut records = Vec::new();
        let mut page = None;
        loop {
            let answer = self.calls.make(ACCOUNTS, self.client.list_accounts().set_next_token(page).send()).await?;
            for account in answer.accounts.unwrap_or_default() {
                records.push(record(account)?);
            }
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() {
                return Ok(records);
            }
        }
    }

    async fn accounts_in(&self, parent: &str) -> Answer<Vec<AccountId>> {
        let mut ids = Vec::new();
        let mut page = None;
        loop {
            let call = self.client.list_accounts_for_parent().parent_id(parent).set_next_token(page).send();
            let answer = self.calls.make(ACCOUNTS_IN, call).await?;
            for account in answer.accounts.unwrap_or_default() {
                ids.push(AccountId::new(account.id.unwrap_or_default()).map_err(|error| odd(ACCOUNTS_IN, &error))?);
            }
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() {
                return Ok(ids);
            }
        }
    }

    async fn pending(&self) -> Answer<Vec<PendingAccount>> {
        let mut pending = Vec::new();
        let mut page = None;
        loop {
            let call = self
                .client
                .list_create_account_status()
                .states(CreateAccountState::InProgress)
                .set_next_token(page)
                .send();
            let answer = match self.calls.make(PENDING, call).await {
                Ok(answer) => answer,
                // An endpoint without this operation (emulators) makes accounts at once: none can be under way.
                Err(fault) if fault.code.as_deref() == Some("InvalidAction") => return Ok(pending),
                Err(fault) => return Err(fault),
            };
            for status in answer.create_account_statuses.unwrap_or_default() {
                // Asked for again here: not everyone who speaks this protocol filters.
                if status.state == Some(CreateAccountState::InProgress) {
                    pending.push(PendingAccount {
                        request: status.id.ok_or_else(|| missing(PENDING, "request id"))?,
                        name: status.account_name.unwrap_or_default(),
                        id: status.account_id.and_then(|id| AccountId::new(id).ok()),
                    });
                }
            }
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() {
                return Ok(pending);
            }
        }
    }

    async fn create_account(&self, request: &NewAccount) -> Answer<Creation> {
        let call = self
            .client
            .create_account()
            .account_name(request.name.as_str())
            .email(request.email.as_str())
            .role_name(request.access_role.as_str())
            .set_tags(Some(tag_list(CREATE_ACCOUNT, &request.tags)?))
            .send();
        let answer = self.calls.make(CREATE_ACCOUNT, call).await?;
        // Sending the request again would make a second account, so the fault must not invite to it.
        let request_id = answer.request_id().map(ToOwned::to_owned);
        let unread = || Fault {
            request_id,
            ..Fault::new(FaultKind::Other, CREATE_ACCOUNT, "the answer does not say which request was begun")
        };
        creation(CREATE_ACCOUNT, answer.create_account_status.ok_or_else(unread)?)
    }

    async fn creation(&self, request: &str) -> Answer<Creation> {
        let call = self.client.describe_create_account_status().create_account_request_id(request).send();
        let answer = self.calls.make(CREATION, call).await?;
        creation(CREATION, answer.create_account_status.ok_or_else(|| missing(CREATION, "status"))?)
    }

    async fn move_account(&self, account: &AccountId, from: &str, to: &str) -> Answer<()> {
        let call = self
            .client
            .move_account()
            .account_id(account.as_str())
            .source_parent_id(from)
            .destination_parent_id(to)
            .send();
        self.calls.make(MOVE, call).await.map(drop)
    }

    async fn parent_of(&self, account: &AccountId) -> Answer<String> {
        let answer = self.calls.make(PARENTS, self.client.list_parents().child_id(account.as_str()).send()).await?;
        let first = answer.parents.unwrap_or_default().into_iter().next();
        first.and_then(|parent| parent.id).ok_or_else(|| missing(PARENTS, "parent"))
    }

    async fn tags(&self, resource: &str) -> Answer<BTreeMap<String, String>> {
        let mut tags = BTreeMap::new();
        let mut page = None;
        loop {
            let call = self.client.list_tags_for_resource().resource_id(resource).set_next_token(page).send();
            let answer = self.calls.make(TAGS, call).await?;
            tags.extend(answer.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)));
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() {
                return Ok(tags);
            }
        }
    }

    async fn tag(&self, resource: &str, tags: &BTreeMap<String, String>) -> Answer<()> {
        let call = self.client.tag_resource().resource_id(resource).set_tags(Some(tag_list(TAG, tags)?)).send();
        self.calls.make(TAG, call).await.map(drop)
    }

    async fn enable_policy_type(&self, root: &str, kind: GuardrailKind) -> Answer<()> {
        let call = self.client.enable_policy_type().root_id(root).policy_type(policy_type(kind)).send();
        self.calls.make(ENABLE_TYPE, call).await.map(drop)
    }

    async fn guardrails(&self, kind: GuardrailKind) -> Answer<Vec<(String, String)>> {
        let mut all = Vec::new();
        let mut page = None;
        loop {
            let call = self.client.list_policies().filter(policy_type(kind)).set_next_token(page).send();
            let answer = self.calls.make(POLICIES, call).await?;
            // Asked for again here: not everyone who speaks this protocol filters.
            let of_kind = answer.policies.unwrap_or_default().into_iter();
            let of_kind = of_kind.filter(|policy| policy.r#type.as_ref().is_none_or(|own| *own == policy_type(kind)));
            all.extend(of_kind.filter_map(|policy| policy.id.zip(policy.name)));
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() {
                return Ok(all);
            }
        }
    }

    async fn guardrail(&self, policy: &str) -> Answer<Option<GuardrailContent>> {
        match self.calls.make(POLICY, self.client.describe_policy().policy_id(policy).send()).await {
            Ok(answer) => {
                let found = answer.policy.ok_or_else(|| missing(POLICY, "policy"))?;
                let description = found.policy_summary.and_then(|summary| summary.description).unwrap_or_default();
                let content = found.content.ok_or_else(|| missing(POLICY, "content"))?;
                Ok(Some(GuardrailContent { description, content }))
            }
            Err(fault) if fault.kind == FaultKind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn create_guardrail(&self, request: &NewGuardrail) -> Answer<String> {
        let call = self
            .client
            .create_policy()
            .r#type(policy_type(request.kind))
            .name(request.name.as_str())
            .description(&request.content.description)
            .content(&request.content.content)
            .set_tags(Some(tag_list(CREATE_POLICY, &request.tags)?))
            .send();
        let answer = self.calls.make(CREATE_POLICY, call).await?;
        let summary = answer.policy.and_then(|policy| policy.policy_summary);
        summary.and_then(|summary| summary.id).ok_or_else(|| missing(CREATE_POLICY, "policy id"))
    }

    async fn update_guardrail(&self, policy: &str, content: &GuardrailContent) -> Answer<()> {
        let call = self
            .client
            .update_policy()
            .policy_id(policy)
            .description(&content.description)
            .content(&content.content)
            .send();
        self.calls.make(UPDATE_POLICY, call).await.map(drop)
    }

    async fn delete_guardrail(&self, policy: &str) -> Answer<()> {
        self.calls.make(DELETE_POLICY, self.client.delete_policy().policy_id(policy).send()).await.map(drop)
    }

    async fn guarded(&self, policy: &str) -> Answer<BTreeSet<String>> {
        let mut all = BTreeSet::new();
        let mut page = None;
        loop {
            let call = self.client.list_targets_for_policy().policy_id(policy).set_next_token(page).send();
            let answer = self.calls.make(TARGETS, call).await?;
            all.extend(answer.targets.unwrap_or_default().into_iter().filter_map(|target| target.target_id));
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() {
                return Ok(all);
            }
        }
    }

    async fn guardrails_on(&self, target: &str, kind: GuardrailKind) -> Answer<BTreeSet<String>> {
        let mut all = BTreeSet::new();
        let mut page = None;
        loop {
            let call = self
                .client
                .list_policies_for_target()
                .target_id(target)
                .filter(policy_type(kind))
                .set_next_token(page)
                .send();
            let answer = self.calls.make(POLICIES_ON, call).await?;
            let of_kind = answer.policies.unwrap_or_default().into_iter();
            let of_kind = of_kind.filter(|policy| policy.r#type.as_ref().is_none_or(|own| *own == policy_type(kind)));
            all.extend(of_kind.filter_map(|policy| policy.id));
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() {
                return Ok(all);
            }
        }
    }

    async fn attach_guardrail(&self, policy: &str, target: &str) -> Answer<()> {
        let call = self.client.attach_policy().policy_id(policy).target_id(target).send();
        self.calls.make(ATTACH, call).await.map(drop)
    }

    async fn detach_guardrail(&self, policy: &str, target: &str) -> Answer<()> {
        let call = self.client.detach_policy().policy_id(policy).target_id(target).send();
        self.calls.make(DETACH, call).await.map(drop)
    }
}

/// A type that is being disabled counts as one that is not enabled.
fn enabled(summary: &PolicyTypeSummary) -> Option<GuardrailKind> {
    let kind = match summary.r#type.as_ref()? {
        PolicyType::ServiceControlPolicy => GuardrailKind::ServiceControl,
        PolicyType::ResourceControlPolicy => GuardrailKind::ResourceControl,
        _ => return None,
    };
    (summary.status == Some(PolicyTypeStatus::Enabled)).then_some(kind)
}

fn policy_type(kind: GuardrailKind) -> PolicyType {
    match kind {
        GuardrailKind::ServiceControl => PolicyType::ServiceControlPolicy,
        GuardrailKind::ResourceControl => PolicyType::ResourceControlPolicy,
    }
}

fn tag_list(operation: &str, tags: &BTreeMap<String, String>) -> Answer<Vec<Tag>> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect::<Result<_, _>>()
        .map_err(|error| Fault::new(FaultKind::Invalid, operation, error.to_string()))
}

/// No account is left out: one that is not seen would be made again. An address that AWS accepted and Landfall does not
/// know how to read can be nobody's in a configuration, so one that cannot exist stands in for it (RFC 2606).
fn record(account: Account) -> Answer<AccountRecord> {
    let id = AccountId::new(account.id.unwrap_or_default()).map_err(|error| odd(ACCOUNTS, &error))?;
    let stand_in = || Email::new([id.as_str(), "unreadable.invalid"].join("@"));
    let email = Email::new(account.email.unwrap_or_default()).or_else(|_| stand_in());
    Ok(AccountRecord {
        email: email.map_err(|error| odd(ACCOUNTS, &error))?,
        name: account.name.unwrap_or_default(),
        status: status(account.state.as_ref(), account.status.as_ref()),
        id,
    })
}

/// `State` took the place of `Status` in 2025; where both stand, `State` holds. An account that is not active yet
/// cannot be used either.
fn status(state: Option<&AccountState>, status: Option<&Status>) -> AccountStatus {
    match (state, status) {
        (Some(AccountState::Active), _) => AccountStatus::Active,
        (Some(AccountState::PendingClosure), _) => AccountStatus::PendingClosure,
        (Some(_), _) => AccountStatus::Suspended,
        (None, Some(Status::PendingClosure)) => AccountStatus::PendingClosure,
        (None, Some(Status::Suspended)) => AccountStatus::Suspended,
        (None, _) => AccountStatus::Active,
    }
}

fn creation(operation: &str, status: CreateAccountStatus) -> Answer<Creation> {
    let state = match status.state {
        Some(CreateAccountState::Succeeded) => {
            let id = status.account_id.or(status.gov_cloud_account_id).unwrap_or_default();
            CreationState::Succeeded(AccountId::new(id).map_err(|error| odd(operation, &error))?)
        }
        Some(CreateAccountState::Failed) => {
            let reason = status.failure_reason.map(|reason| reason.as_str().to_owned());
            CreationState::Failed(reason.unwrap_or_else(|| "no reason was given".to_owned()))
        }
        _ => CreationState::InProgress,
    };
    Ok(Creation { request: status.id.ok_or_else(|| missing(operation, "request id"))?, state })
}

fn missing(operation: &str, what: &str) -> Fault {
    Fault::new(FaultKind::Transient, operation, format!("the answer carries no {what}"))
}

fn odd(operation: &str, error: &NameError) -> Fault {
    Fault::new(FaultKind::Other, operation, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_state_holds_over_the_old_status() {
        let both = |state, old| status(Some(&state), Some(&old));
        assert_eq!(both(AccountState::Active, Status::Suspended), AccountStatus::Active);
        assert_eq!(both(AccountState::Closed, Status::Active), AccountStatus::Suspended);
        assert_eq!(both(AccountState::PendingActivation, Status::Active), AccountStatus::Suspended);
        assert_eq!(status(None, Some(&Status::Suspended)), AccountStatus::Suspended);
        assert_eq!(status(None, None), AccountStatus::Active);
    }

    #[test]
    fn only_types_that_are_on_count() {
        let summary = |kind, status| PolicyTypeSummary::builder().r#type(kind).status(status).build();
        let on = PolicyTypeStatus::Enabled;
        assert_eq!(
            enabled(&summary(PolicyType::ServiceControlPolicy, on.clone())),
            Some(GuardrailKind::ServiceControl)
        );
        let being_made = summary(PolicyType::ResourceControlPolicy, PolicyTypeStatus::PendingEnable);
        assert_eq!(enabled(&being_made), None);
        assert_eq!(enabled(&summary(PolicyType::TagPolicy, on)), None);
    }

    #[test]
    fn an_account_with_an_odd_address_is_not_lost() {
        let account = Account::builder().id("123456789012").email("root@localhost").name("x").build();
        let record = record(account).unwrap();
        assert_eq!(record.email.as_str(), "123456789012@unreadable.invalid");
        assert_eq!(record.status, AccountStatus::Active);
    }

    #[test]
    fn an_id_shown_early_is_no_success() {
        let status = |state| CreateAccountStatus::builder().id("car-1").account_id("123456789012").state(state);
        let early = creation(CREATION, status(CreateAccountState::InProgress).build()).unwrap();
        assert_eq!(early.state, CreationState::InProgress);
        let done = creation(CREATION, status(CreateAccountState::Succeeded).build()).unwrap();
        assert_eq!(done.state, CreationState::Succeeded(AccountId::new("123456789012").unwrap()));
    }

    #[test]
    fn a_failed_creation_says_why() {
        let status = CreateAccountStatus::builder()
            .id("car-1")
            .state(CreateAccountState::Failed)
            .failure_reason("EMAIL_ALREADY_EXISTS".into())
            .build();
        let failed = creation(CREATION, status).unwrap();
        assert_eq!(failed.state, CreationState::Failed("EMAIL_ALREADY_EXISTS".to_owned()));
    }
}
