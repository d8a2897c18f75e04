//! What is there, to be shown.

use std::collections::BTreeMap;

use landfall_model::{AccountId, GuardrailKind, Region, StackName};
use landfall_plan::{AccountStatus, ObservedOrganization, StackStatus};
use serde::Serialize;

use crate::SandboxError;
use crate::rows::{self, Progress};
use crate::sandbox::Sandbox;
use crate::world::World;

/// Everything worth showing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct View {
    /// The organization, if there is one.
    pub organization: Option<ObservedOrganization>,
    /// Units, by path.
    pub units: Vec<UnitView>,
    /// Accounts, by id.
    pub accounts: Vec<AccountView>,
    /// The names of accounts that are being made.
    pub pending: Vec<String>,
    /// Guardrails, by name.
    pub guardrails: Vec<GuardrailView>,
}

/// A service or resource control policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardrailView {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: GuardrailKind,
    /// Its id.
    pub id: String,
    /// What it is attached to: `root`, paths of units, names of accounts.
    pub attached: Vec<String>,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitView {
    /// The names from the root down, joined by `/`.
    pub path: String,
    /// Its id.
    pub id: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Its address.
    pub email: String,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// Its unit's path; `None` for the root.
    pub unit: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its stacks, without deleted ones.
    pub stacks: Vec<StackView>,
    /// Its roles.
    pub roles: Vec<RoleView>,
    /// Its customer managed policies.
    pub policies: Vec<PolicyView>,
}

/// A stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StackView {
    /// Its Region.
    pub region: Region,
    /// Its name.
    pub name: StackName,
    /// Its status.
    pub status: StackStatus,
    /// Why.
    pub reason: Option<String>,
    /// The logical ids of its resources.
    pub resources: Vec<String>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleView {
    /// Its path and name.
    pub name: String,
    /// The ARN of its boundary.
    pub boundary: Option<String>,
    /// How many inline policies it has.
    pub inline: usize,
    /// The ARNs of its managed policies.
    pub attached: Vec<String>,
    /// The id of the stack that made it.
    pub stack: Option<String>,
}

/// A customer managed policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyView {
    /// Its path and name.
    pub name: String,
    /// The id of the stack that made it.
    pub stack: Option<String>,
}

impl Sandbox {
    /// What is there now.
    ///
    /// # Errors
    /// What time brought cannot be saved.
    pub fn view(&self) -> Result<View, SandboxError> {
        self.inner.act(|world, _| view(world))
    }
}

fn path(world: &World, id: &str) -> Option<String> {
    let unit = world.units.get(id)?;
    Some(match path(world, &unit.parent) {
        Some(above) => [above.as_str(), &unit.name].join("/"),
        None => unit.name.clone(),
    })
}

fn view(world: &World) -> View {
    let organization = world.organization.get().as_ref().map(|row| ObservedOrganization {
        id: row.id.clone(),
        management: world.settings().management.clone(),
        root: row.root.clone(),
        all_features: true,
        policy_types: row.policy_types.clone(),
    });
    let units = world.units.iter().filter_map(|(id, _)| Some(UnitView { path: path(world, id)?, id: id.clone() }));
    let mut units: Vec<UnitView> = units.collect();
    units.sort_by(|a, b| a.path.cmp(&b.path));
    let pending = world.creations.iter().filter(|(_, row)| matches!(row.state, Progress::Until(_)));
    View {
        organization,
        units,
        guardrails: guardrails(world),
        pending: pending.map(|(_, row)| row.name.clone()).collect(),
        accounts: world
            .accounts
            .iter()
            .map(|(_, row)| AccountView {
                id: row.id.clone(),
                name: row.name.clone(),
                email: row.email.as_str().to_owned(),
                status: row.status,
                unit: path(world, &row.parent),
                tags: row.tags.clone(),
                stacks: stacks(world, &row.id),
                roles: roles(world, &row.id),
                policies: policies(world, &row.id),
            })
            .collect(),
    }
}

fn guardrails(world: &World) -> Vec<GuardrailView> {
    let target = |id: &String| {
        let account = world.accounts.get(id).map(|row| row.name.clone());
        account.or_else(|| path(world, id)).unwrap_or_else(|| "root".to_owned())
    };
    let mut all: Vec<GuardrailView> = world
        .guardrails
        .iter()
        .map(|(id, row)| GuardrailView {
            name: row.name.clone(),
            kind: row.kind,
            id: id.clone(),
            attached: row.targets.iter().map(target).collect(),
        })
        .collect();
    all.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    all
}

fn stacks(world: &World, account: &AccountId) -> Vec<StackView> {
    let prefix = rows::prefix(account);
    let rows = world.stacks.under(&prefix).filter(|(_, row)| row.status != StackStatus::DeleteComplete);
    rows.map(|(_, row)| StackView {
        region: row.region.clone(),
        name: row.name.clone(),
        status: row.status,
        reason: row.reason.clone(),
        resources: row.resources.keys().cloned().collect(),
    })
    .collect()
}

fn roles(world: &World, account: &AccountId) -> Vec<RoleView> {
    let prefix = rows::prefix(account);
    let rows = world.roles.under(&prefix);
    rows.map(|(_, row)| RoleView {
        name: [row.path.as_str(), row.name.as_str()].concat(),
        boundary: row.boundary.clone(),
        inline: row.inline.len(),
        attached: row.attached.iter().cloned().collect(),
        stack: row.stack.clone(),
    })
    .collect()
}

fn policies(world: &World, account: &AccountId) -> Vec<PolicyView> {
    let prefix = rows::prefix(account);
    let rows = world.policies.under(&prefix);
    rows.map(|(_, row)| PolicyView { name: [row.path.as_str(), row.name.as_str()].concat(), stack: row.stack.clone() })
        .collect()
}
