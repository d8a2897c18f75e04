//! Roles for other accounts.

use std::time::Duration;

use crate::{AccountId, AccountName, AccountSet, BoundaryName, Conditions, ItemName, Place, RoleAccess};

/// An entry of `cross_account:`.
#[derive(Debug, Clone)]
pub struct CrossAccount {
    /// Its name.
    pub name: ItemName,
    /// Where the role stands.
    pub accounts: AccountSet,
    /// Who may assume it.
    pub trusted: Vec<Trusted>,
    /// The most that it can do.
    pub boundary: BoundaryName,
    /// What it may do.
    pub access: RoleAccess,
    /// More conditions on the trust.
    pub conditions: Conditions,
    /// The longest session; AWS allows 1 h to 12 h. 1 h unless written.
    pub max_session: Duration,
    /// Where it is defined.
    pub place: Place,
}

/// One entry of `trusted:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trusted {
    /// `role:`, a role that Landfall makes.
    Role(TrustedRole),
    /// `account:`, every principal that another account of the organization lets through.
    Account {
        /// The account.
        account: AccountName,
        /// Where it is named.
        place: Place,
    },
    /// `external_account:`, an account outside the organization, with the id that keeps a vendor's other customers out.
    External {
        /// The account.
        account: AccountId,
        /// 2 to 1,224 characters, unique a customer.
        external_id: String,
        /// Where it is named.
        place: Place,
    },
}

/// A reference to a role that Landfall makes, resolved: `data-prod/data-lake-reader`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrustedRole {
    /// The account it stands in.
    pub account: AccountName,
    /// The role's real name in IAM, such as `acme-cross-account-data-lake-reader`.
    pub role: crate::RoleName,
    /// Where the reference stands.
    pub place: Place,
}
