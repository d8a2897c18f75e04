//! Emergency access.

use std::time::Duration;

use crate::{AccountName, AccountSet, Email, ItemName, Place, Region, UserName};

/// The `break_glass:` section.
#[derive(Debug, Clone)]
pub struct BreakGlass {
    /// Where people arrive.
    pub home: AccountName,
    /// IAM users of the home account, with MFA. Landfall does not make them.
    pub trusted_users: Vec<UserName>,
    /// Where the roles stand.
    pub accounts: AccountSet,
    /// The longest session; AWS allows 1 h to 12 h. 1 h unless written.
    pub max_session: Duration,
    /// How old the MFA may be: 1 min to 12 h, 15 min unless written.
    pub mfa_max_age: Duration,
    /// The roles, weakest first as written.
    pub tiers: Vec<Tier>,
    /// Who is told of every use.
    pub alarm: Option<Alarm>,
    /// Where it is defined.
    pub place: Place,
}

/// One emergency role.
#[derive(Debug, Clone)]
pub struct Tier {
    /// Its name.
    pub name: ItemName,
    /// What it may do.
    pub access: TierAccess,
    /// Where it is defined.
    pub place: Place,
}

/// What an emergency role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TierAccess {
    /// Looks, without reading data.
    ReadOnly,
    /// Everything but Landfall's own protections and the audit trail.
    Administrator,
}

/// The alarm on break-glass use.
#[derive(Debug, Clone)]
pub struct Alarm {
    /// Who is told.
    pub email: Email,
    /// Every Region whose STS endpoint people may use: regional STS events stay regional.
    pub regions: Vec<Region>,
}
