//! By which role a member account is entered.

use std::sync::Arc;
use std::time::Duration;

use landfall_model::{AccountId, AutomationRole, OrganizationName, RoleName};
use landfall_plan::Writer;

use crate::call::Calls;
use crate::limit::Endpoint;
use crate::port::{Access, Answer, Caller, Cloud, Session};
use crate::retry::Phase;
use crate::{Fault, FaultKind};

/// The roles by which a caller enters member accounts, in the order in which they are tried.
///
/// Landfall's own roles in the management account enter by Landfall's own roles in the members: the plan role by readers
/// alone, the apply role by executors and, where an account has none yet, by the access role. Whoever else calls enters by
/// the access role, as on the first day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    own: Option<RoleName>,
    path: String,
    access_role: Option<RoleName>,
    /// The role whose session the caller has.
    caller: Option<RoleName>,
}

impl Entry {
    /// The roles for a caller.
    pub fn of(caller: &Caller, organization: &OrganizationName, access_role: &RoleName) -> Self {
        let is = |role: AutomationRole| {
            role.name(organization).is_ok_and(|name| assumed(&caller.arn) == Some(name.as_str()))
        };
        let path = ["/", organization.as_str(), "/"].concat();
        let session = assumed(&caller.arn).and_then(|role| RoleName::new(role).ok());
        if is(AutomationRole::Plan) {
            Self { own: AutomationRole::Reader.name(organization).ok(), path, access_role: None, caller: session }
        } else if is(AutomationRole::Apply) {
            let own = AutomationRole::Executor.name(organization).ok();
            Self { own, path, access_role: Some(access_role.clone()), caller: session }
        } else {
            Self { own: None, path, access_role: Some(access_role.clone()), caller: session }
        }
    }

    /// The ways into a member account.
    pub fn ways(&self, account: &AccountId) -> Vec<Access> {
        let own = self.own.iter().map(|role| Access::AssumeOwned {
            account: account.clone(),
            path: self.path.clone(),
            role: role.clone(),
        });
        let access =
            self.access_role.iter().map(|role| Access::Assume { account: account.clone(), role: role.clone() });
        own.chain(access).collect()
    }

    /// Whether a run writes by Landfall's own roles, which may do less than others.
    pub fn writer(&self) -> Writer {
        if self.own.is_some() { Writer::Automation } else { Writer::Anybody }
    }

    /// The names of the roles that a run works as: those that lead into accounts, and the one that it began as.
    pub fn roles(&self) -> impl Iterator<Item = &RoleName> {
        self.own.iter().chain(&self.access_role).chain(&self.caller)
    }
}

/// The role of a session: `arn:…:sts::ACCOUNT:assumed-role/ROLE/SESSION`. Source: IAM User Guide, "IAM identifiers".
fn assumed(arn: &str) -> Option<&str> {
    arn.split_once(":assumed-role/")?.1.split('/').next()
}

/// The roles for whoever's credentials these are; one call.
///
/// # Errors
/// The caller cannot be read.
pub async fn entry(cloud: &dyn Cloud, organization: &OrganizationName, access_role: &RoleName) -> Answer<Entry> {
    let quietly = |_: &Fault, _: u32, _: Duration| {};
    let calls = Calls::new(0);
    let caller = calls.call(&Endpoint::Sts, Phase::Read, &quietly, || cloud.caller()).await?;
    Ok(Entry::of(&caller, organization, access_role))
}

/// Enters by the first way that is open. Only a refusal leads on to the next one, and the last refusal is told.
pub(crate) async fn enter(cloud: &dyn Cloud, ways: &[Access]) -> Answer<Arc<dyn Session>> {
    let mut refused = None;
    for way in ways {
        match cloud.enter(way).await {
            Err(fault) if fault.kind == FaultKind::AccessDenied => refused = Some(fault),
            answer => return answer,
        }
    }
    Err(refused.unwrap_or_else(|| Fault::new(FaultKind::AccessDenied, "sts:AssumeRole", "there is no way in")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry_of(arn: &str) -> Vec<String> {
        let caller = Caller { account: AccountId::new("111111111111").unwrap(), arn: arn.to_owned() };
        let access_role = RoleName::new("OrganizationAccountAccessRole").unwrap();
        let entry = Entry::of(&caller, &OrganizationName::new("acme").unwrap(), &access_role);
        let account = AccountId::new("222222222222").unwrap();
        let told = |way: Access| match way {
            Access::Own => "own".to_owned(),
            Access::Assume { role, .. } => role.to_string(),
            Access::AssumeOwned { path, role, .. } => [path.as_str(), role.as_str()].concat(),
        };
        entry.ways(&account).into_iter().map(told).collect()
    }

    #[test]
    fn landfalls_own_roles_enter_by_landfalls_own_roles() {
        let session = |role: &str| format!("arn:aws:sts::111111111111:assumed-role/{role}/GitHubActions");
        assert_eq!(entry_of(&session("acme-automation-plan")), ["/acme/acme-automation-reader"]);
        assert_eq!(
            entry_of(&session("acme-automation-apply")),
            ["/acme/acme-automation-executor", "OrganizationAccountAccessRole"]
        );
        let others = ["Administrator", "acme-automation-planner", "other-automation-plan"].map(session);
        for arn in others.iter().map(String::as_str).chain(["arn:aws:iam::111111111111:root", ""]) {
            assert_eq!(entry_of(arn), ["OrganizationAccountAccessRole"], "{arn}");
        }
    }

    #[test]
    fn a_run_works_as_the_role_that_it_began_as_too() {
        let arn = "arn:aws:sts::111111111111:assumed-role/acme-automation-apply/GitHubActions".to_owned();
        let caller = Caller { account: AccountId::new("111111111111").unwrap(), arn };
        let access_role = RoleName::new("OrganizationAccountAccessRole").unwrap();
        let entry = Entry::of(&caller, &OrganizationName::new("acme").unwrap(), &access_role);
        let roles: Vec<&str> = entry.roles().map(RoleName::as_str).collect();
        assert_eq!(roles, ["acme-automation-executor", "OrganizationAccountAccessRole", "acme-automation-apply"]);
    }
}
