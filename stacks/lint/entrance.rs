//! Who comes into a role under which `conditions:`, as the configuration says it.

use std::time::Duration;

use landfall_model::{Conditions, Federation, FederationTrust, Foundation, Kind, Naming, Place, Trusted};

/// How those who come in prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comes {
    /// With credentials of AWS, which sign the request: users, and sessions of roles.
    Signed,
    /// Only with the credentials of another role's session.
    FromRole,
    /// With an assertion or a token of an identity provider, which nothing of AWS signs.
    Federated,
}

/// The way into a role of the user's.
#[derive(Debug)]
pub(crate) struct Entrance<'a> {
    /// The item's name.
    pub(crate) item: &'a str,
    /// The role's name.
    pub(crate) role: String,
    /// Where the item is defined.
    pub(crate) place: Place,
    /// How they come.
    pub(crate) comes: Comes,
    /// Whether those are people, as far as the configuration shows it.
    pub(crate) people: bool,
    /// Under which conditions.
    pub(crate) conditions: &'a Conditions,
    /// The longest session.
    pub(crate) max_session: Duration,
}

impl Entrance<'_> {
    /// The names by which a finding about it can be accepted.
    pub(crate) fn subjects(&self) -> [String; 2] {
        [self.item.to_owned(), self.role.clone()]
    }
}

/// Every way in that takes conditions.
pub(crate) fn entrances(foundation: &Foundation) -> Vec<Entrance<'_>> {
    let naming = Naming::new(&foundation.organization.name);
    let role = |kind: Kind, name: &str| naming.role(kind, &[name]).map(|role| role.as_str().to_owned());
    let mut out = Vec::new();
    for one in &foundation.cross_account {
        let roles = one.trusted.iter().all(|trusted| matches!(trusted, Trusted::Role(_)));
        out.push(Entrance {
            item: one.name.as_str(),
            role: role(Kind::CrossAccount, one.name.as_str()).unwrap_or_default(),
            place: one.place,
            comes: if roles { Comes::FromRole } else { Comes::Signed },
            people: one.conditions.mfa,
            conditions: &one.conditions,
            max_session: one.max_session,
        });
    }
    for one in &foundation.ci_deployers {
        out.push(Entrance {
            item: one.name.as_str(),
            role: role(Kind::CiDeployer, one.name.as_str()).unwrap_or_default(),
            place: one.place,
            comes: if one.hub.is_some() { Comes::FromRole } else { Comes::Federated },
            people: false,
            conditions: &one.conditions,
            max_session: HOUR,
        });
    }
    for one in &foundation.federation {
        out.push(Entrance {
            item: one.name.as_str(),
            role: role(Kind::Federation, one.name.as_str()).unwrap_or_default(),
            place: one.place,
            comes: Comes::Federated,
            people: has_people(one),
            conditions: &one.conditions,
            max_session: one.max_session,
        });
    }
    out
}

/// What a session lasts where nobody asks for more.
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

/// SAML is how people sign in; who has a token of OpenID Connect may be a program.
fn has_people(federation: &Federation) -> bool {
    matches!(federation.trust, FederationTrust::Saml { .. })
}
