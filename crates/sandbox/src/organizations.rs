//! AWS Organizations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use landfall_engine::port::{
    AccountRecord, Answer, Creation, GuardrailContent, NewAccount, NewGuardrail, Organizations,
};
use landfall_engine::{Fault, FaultKind};
use landfall_model::{AccountId, Email, GuardrailKind, OrganizationId, UnitPath};
use landfall_plan::{AccountStatus, ObservedOrganization, PendingAccount};

use crate::creation::{begin_account, creation};
use crate::faults::Call;
use crate::organization::{account, fault, in_use, missing_target};
use crate::rows::{AccountRow, OrganizationRow, Progress, UnitRow};
use crate::state::Inner;
use crate::world::World;
use crate::{guardrails, quotas};

/// The organization of the caller.
pub(crate) struct OwnOrganization {
    pub(crate) inner: Arc<Inner>,
}

/// How deep a parent stands below the root: the root itself at 0.
fn depth(world: &World, parent: &str, operation: &str) -> Answer<usize> {
    let organization = in_use(world, operation)?;
    let mut depth = 0;
    let mut at = parent;
    while at != organization.root {
        let unit = world.units.get(at).ok_or_else(|| {
            fault(FaultKind::NotFound, operation, "ParentNotFoundException", "You specified parent that doesn't exist.")
        })?;
        depth += 1;
        at = &unit.parent;
    }
    Ok(depth)
}

fn observed(world: &World, row: &OrganizationRow) -> ObservedOrganization {
    ObservedOrganization {
        id: row.id.clone(),
        management: world.settings().management.clone(),
        root: row.root.clone(),
        all_features: true,
        policy_types: row.policy_types.clone(),
    }
}

fn begin(world: &mut World) -> Answer<ObservedOrganization> {
    let operation = "organizations:CreateOrganization";
    if world.organization.get().is_some() {
        return Err(fault(
            FaultKind::AlreadyExists,
            operation,
            "AlreadyInOrganizationException",
            "The AWS account is already a member of an organization.",
        ));
    }
    let other = |error: &dyn std::fmt::Display| Fault::new(FaultKind::Other, operation, error.to_string());
    let (first, second) = (world.draw("organization"), world.draw("root"));
    let id = ["o-", first.get(..10).unwrap_or_default()].concat();
    let root = ["r-", second.get(..4).unwrap_or_default()].concat();
    let row = OrganizationRow {
        id: OrganizationId::new(id).map_err(|error| other(&error))?,
        root: root.clone(),
        tags: BTreeMap::new(),
        policy_types: BTreeSet::new(),
        bare: BTreeSet::new(),
    };
    let settings = world.settings();
    let management = AccountRow {
        id: settings.management.clone(),
        name: settings.management_name.clone(),
        email: Email::new(settings.management_email.clone()).map_err(|error| other(&error))?,
        status: AccountStatus::Active,
        parent: root,
        tags: BTreeMap::new(),
        open_from: 0,
    };
    world.accounts.insert(management.id.as_str().to_owned(), management);
    let seen = observed(world, &row);
    *world.organization.get_mut() = Some(row);
    Ok(seen)
}

fn add_unit(world: &mut World, parent: &str, name: &str, tags: &BTreeMap<String, String>) -> Answer<String> {
    let operation = "organizations:CreateOrganizationalUnit";
    if depth(world, parent, operation)? >= UnitPath::DEPTH {
        return Err(fault(
            FaultKind::LimitExceeded,
            operation,
            "ConstraintViolationException",
            "You have exceeded the allowed depth of organizational units. (OU_DEPTH_LIMIT_EXCEEDED)",
        ));
    }
    if world.units.iter().any(|(_, unit)| unit.parent == parent && unit.name == name) {
        return Err(fault(
            FaultKind::AlreadyExists,
            operation,
            "DuplicateOrganizationalUnitException",
            "An organizational unit with this name already exists in the specified parent.",
        ));
    }
    if world.units.len() >= quotas::UNITS {
        return Err(fault(
            FaultKind::LimitExceeded,
            operation,
            "ConstraintViolationException",
            "You have exceeded the allowed number of organizational units. (OU_NUMBER_LIMIT_EXCEEDED)",
        ));
    }
    if name.is_empty() || name.chars().count() > 128 {
        return Err(fault(
            FaultKind::Invalid,
            operation,
            "InvalidInputException",
            "You specified an invalid value. (MAX_LENGTH_EXCEEDED)",
        ));
    }
    let root = in_use(world, operation)?.root.clone();
    let digits = world.draw("unit");
    let id = ["ou", root.trim_start_matches("r-"), digits.get(..8).unwrap_or_default()].join("-");
    let row = UnitRow { name: name.to_owned(), parent: parent.to_owned(), tags: tags.clone() };
    world.units.insert(id.clone(), row);
    Ok(id)
}

pub(crate) fn move_between(world: &mut World, id: &AccountId, from: &str, to: &str) -> Answer<()> {
    let operation = "organizations:MoveAccount";
    let row = account(world, id, operation)?;
    if row.parent != from {
        return Err(fault(
            FaultKind::NotFound,
            operation,
            "SourceParentNotFoundException",
            "You specified a source parent that does not exist or does not contain the specified account.",
        ));
    }
    depth(world, to, operation).map_err(|_| {
        fault(
            FaultKind::NotFound,
            operation,
            "DestinationParentNotFoundException",
            "We can't find the destination container (a root or OU) with the ParentId that you specified.",
        )
    })?;
    if from == to {
        return Err(fault(
            FaultKind::AlreadyExists,
            operation,
            "DuplicateAccountException",
            "That account is already present in the specified destination.",
        ));
    }
    if let Some(row) = world.accounts.get_mut(id.as_str()) {
        to.clone_into(&mut row.parent);
    }
    Ok(())
}

fn tag(world: &mut World, resource: &str, tags: &BTreeMap<String, String>) -> Answer<()> {
    let operation = "organizations:TagResource";
    let is_root = in_use(world, operation)?.root == resource;
    let old = if is_root {
        world.organization.get_mut().as_mut().map(|row| &mut row.tags)
    } else if world.units.get(resource).is_some() {
        world.units.get_mut(resource).map(|row| &mut row.tags)
    } else if world.guardrails.get(resource).is_some() {
        world.guardrails.get_mut(resource).map(|row| &mut row.tags)
    } else {
        world.accounts.get_mut(resource).map(|row| &mut row.tags)
    };
    let old = old.ok_or_else(|| missing_target(operation))?;
    old.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
    Ok(())
}

#[async_trait]
impl Organizations for OwnOrganization {
    async fn describe(&self) -> Answer<Option<ObservedOrganization>> {
        let seen = self
            .inner
            .call(Call::new("organizations:DescribeOrganization"), |world, _| {
                Ok(world.organization.get().as_ref().map(|row| observed(world, row)))
            })
            .await?;
        if seen.is_some() {
            self.inner.count("organizations:ListRoots");
        }
        Ok(seen)
    }

    async fn create(&self) -> Answer<ObservedOrganization> {
        let made = self.inner.call(Call::new("organizations:CreateOrganization"), |world, _| begin(world)).await?;
        self.inner.count("organizations:ListRoots");
        Ok(made)
    }

    async fn units(&self, parent: &str) -> Answer<Vec<(String, String)>> {
        let operation = "organizations:ListOrganizationalUnitsForParent";
        self.inner
            .call(Call::new(operation), |world, _| {
                depth(world, parent, operation)?;
                let units = world.units.iter().filter(|(_, unit)| unit.parent == parent);
                Ok(units.map(|(id, unit)| (id.clone(), unit.name.clone())).collect())
            })
            .await
    }

    async fn create_unit(&self, parent: &str, name: &str, tags: &BTreeMap<String, String>) -> Answer<String> {
        let call = Call::new("organizations:CreateOrganizationalUnit");
        self.inner.call(call, |world, _| add_unit(world, parent, name, tags)).await
    }

    async fn accounts(&self) -> Answer<Vec<AccountRecord>> {
        let operation = "organizations:ListAccounts";
        self.inner
            .call(Call::new(operation), |world, _| {
                in_use(world, operation)?;
                let record = |row: &AccountRow| AccountRecord {
                    id: row.id.clone(),
                    name: row.name.clone(),
                    email: row.email.clone(),
                    status: row.status,
                };
                Ok(world.accounts.iter().map(|(_, row)| record(row)).collect())
            })
            .await
    }

    async fn accounts_in(&self, parent: &str) -> Answer<Vec<AccountId>> {
        let operation = "organizations:ListAccountsForParent";
        self.inner
            .call(Call::new(operation), |world, _| {
                depth(world, parent, operation)?;
                let rows = world.accounts.iter().filter(|(_, row)| row.parent == parent);
                Ok(rows.map(|(_, row)| row.id.clone()).collect())
            })
            .await
    }

    async fn pending(&self) -> Answer<Vec<PendingAccount>> {
        let operation = "organizations:ListCreateAccountStatus";
        self.inner
            .call(Call::new(operation), |world, _| {
                in_use(world, operation)?;
                let rows = world.creations.iter().filter(|(_, row)| matches!(row.state, Progress::Until(_)));
                let pending = rows.map(|(request, row)| PendingAccount {
                    request: request.clone(),
                    name: row.name.clone(),
                    id: Some(row.account.clone()),
                });
                Ok(pending.collect())
            })
            .await
    }

    async fn create_account(&self, request: &NewAccount) -> Answer<Creation> {
        let call = Call::new("organizations:CreateAccount");
        self.inner.call(call, |world, moment| begin_account(world, request, moment.now)).await
    }

    async fn creation(&self, request: &str) -> Answer<Creation> {
        let operation = "organizations:DescribeCreateAccountStatus";
        self.inner
            .call(Call::new(operation), |world, _| {
                let row = world.creations.get(request).ok_or_else(|| {
                    fault(
                        FaultKind::NotFound,
                        operation,
                        "CreateAccountStatusNotFoundException",
                        "We can't find a create account request with the CreateAccountRequestId that you specified.",
                    )
                })?;
                Ok(creation(request, row))
            })
            .await
    }

    async fn move_account(&self, account: &AccountId, from: &str, to: &str) -> Answer<()> {
        let call = Call::new("organizations:MoveAccount").in_account(account);
        self.inner.call(call, |world, _| move_between(world, account, from, to)).await
    }

    async fn parent_of(&self, id: &AccountId) -> Answer<String> {
        let operation = "organizations:ListParents";
        self.inner
            .call(Call::new(operation).in_account(id), |world, _| Ok(account(world, id, operation)?.parent.clone()))
            .await
    }

    async fn tags(&self, resource: &str) -> Answer<BTreeMap<String, String>> {
        let operation = "organizations:ListTagsForResource";
        self.inner
            .call(Call::new(operation), |world, _| {
                let organization = in_use(world, operation)?;
                let tags = if organization.root == resource {
                    Some(&organization.tags)
                } else {
                    let unit = world.units.get(resource).map(|row| &row.tags);
                    let guardrail = world.guardrails.get(resource).map(|row| &row.tags);
                    unit.or(guardrail).or_else(|| world.accounts.get(resource).map(|row| &row.tags))
                };
                tags.cloned().ok_or_else(|| missing_target(operation))
            })
            .await
    }

    async fn tag(&self, resource: &str, tags: &BTreeMap<String, String>) -> Answer<()> {
        self.inner.call(Call::new("organizations:TagResource"), |world, _| tag(world, resource, tags)).await
    }

    async fn enable_policy_type(&self, root: &str, kind: GuardrailKind) -> Answer<()> {
        let call = Call::new("organizations:EnablePolicyType");
        self.inner.call(call, |world, _| guardrails::enable(world, root, kind)).await
    }

    async fn guardrails(&self, kind: GuardrailKind) -> Answer<Vec<(String, String)>> {
        self.inner.call(Call::new("organizations:ListPolicies"), |world, _| guardrails::list(world, kind)).await
    }

    async fn guardrail(&self, policy: &str) -> Answer<Option<GuardrailContent>> {
        self.inner.call(Call::new("organizations:DescribePolicy"), |world, _| guardrails::describe(world, policy)).await
    }

    async fn create_guardrail(&self, request: &NewGuardrail) -> Answer<String> {
        self.inner.call(Call::new("organizations:CreatePolicy"), |world, _| guardrails::create(world, request)).await
    }

    async fn update_guardrail(&self, policy: &str, content: &GuardrailContent) -> Answer<()> {
        let call = Call::new("organizations:UpdatePolicy");
        self.inner.call(call, |world, _| guardrails::update(world, policy, content)).await
    }

    async fn delete_guardrail(&self, policy: &str) -> Answer<()> {
        self.inner.call(Call::new("organizations:DeletePolicy"), |world, _| guardrails::delete(world, policy)).await
    }

    async fn guarded(&self, policy: &str) -> Answer<BTreeSet<String>> {
        let call = Call::new("organizations:ListTargetsForPolicy");
        self.inner.call(call, |world, _| guardrails::targets(world, policy)).await
    }

    async fn guardrails_on(&self, target: &str, kind: GuardrailKind) -> Answer<BTreeSet<String>> {
        let call = Call::new("organizations:ListPoliciesForTarget");
        self.inner.call(call, |world, _| guardrails::on(world, target, kind, call.operation)).await
    }

    async fn attach_guardrail(&self, policy: &str, target: &str) -> Answer<()> {
        let call = Call::new("organizations:AttachPolicy");
        self.inner.call(call, |world, _| guardrails::attach(world, policy, target)).await
    }

    async fn detach_guardrail(&self, policy: &str, target: &str) -> Answer<()> {
        let call = Call::new("organizations:DetachPolicy");
        self.inner.call(call, |world, _| guardrails::detach(world, policy, target)).await
    }
}
