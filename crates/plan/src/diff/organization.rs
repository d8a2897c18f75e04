//! The right organization: nothing is planned against another one.

use landfall_model::AccountId;

use crate::{Desired, Observed, PlanError};

/// The id of the management account, after everything that is known was compared.
pub(crate) fn check(desired: &Desired, observed: &Observed) -> Result<AccountId, PlanError> {
    let found = match &observed.organization {
        Some(organization) => &organization.management,
        None => &observed.caller,
    };
    let configured = desired.accounts.get(&desired.management);
    match configured.and_then(|account| account.id.as_ref()) {
        Some(id) if id != found => {
            return Err(PlanError::WrongOrganization {
                name: desired.management.clone(),
                configured: id.clone(),
                found: found.clone(),
            });
        }
        Some(_) => {}
        // Without an id the address is all that tells one organization from another.
        None => {
            let live = observed.accounts.get(found).map(|account| &account.email);
            if let (Some(account), Some(live)) = (configured, live)
                && account.email.key() != live.key()
            {
                return Err(PlanError::UnprovenOrganization {
                    name: desired.management.clone(),
                    configured: account.email.clone(),
                    found: found.clone(),
                    live: live.clone(),
                });
            }
        }
    }
    if observed.caller == *found {
        Ok(found.clone())
    } else {
        Err(PlanError::NotManagement { caller: observed.caller.clone(), management: found.clone() })
    }
}
