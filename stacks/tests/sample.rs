//! Small configurations for tests.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use landfall_model::*;

/// A place that is not looked at.
pub(crate) const PLACE: Place = Place { file: FileId(0), start: 0, end: 0 };

/// An organization `acme` whose management account is the first of `known`, which have ids from 100000000000 on, and
/// with accounts that have none yet.
pub(crate) fn foundation(known: &[&str], new: &[&str]) -> Foundation {
    let mut accounts = IndexMap::new();
    for (index, name) in known.iter().chain(new).enumerate() {
        let id =
            (index < known.len()).then(|| AccountId::new((100_000_000_000_u64 + index as u64).to_string()).unwrap());
        let account = Account {
            name: AccountName::new(*name).unwrap(),
            id,
            email: Email::new(format!("aws+{name}@acme.example")).unwrap(),
            unit: None,
            tags: IndexMap::new(),
            place: PLACE,
        };
        accounts.insert(account.name.clone(), account);
    }
    let workload = Boundary {
        name: BoundaryName::new("workload").unwrap(),
        content: BoundaryContent::Services(vec!["s3".to_owned(), "logs".to_owned()]),
        place: PLACE,
    };
    Foundation {
        organization: Organization {
            name: OrganizationName::new("acme").unwrap(),
            home_region: Region::new("eu-west-1").unwrap(),
            management_account: AccountName::new(known.first().copied().unwrap_or("management")).unwrap(),
            access_role: RoleName::new("OrganizationAccountAccessRole").unwrap(),
            tags: IndexMap::from([(TagKey::new("managed-by").unwrap(), "landfall".to_owned())]),
            units: Vec::new(),
            place: PLACE,
        },
        accounts,
        boundaries: IndexMap::from([(workload.name.clone(), workload)]),
        guardrails: Vec::new(),
        break_glass: None,
        automation: None,
        cross_account: Vec::new(),
        ci_deployers: Vec::new(),
        metaflow: Vec::new(),
        services: Vec::new(),
        federation: Vec::new(),
        teams: Vec::new(),
        accept: Vec::new(),
    }
}

/// A set of accounts.
pub(crate) fn accounts<'a>(names: impl IntoIterator<Item = &'a str>) -> AccountSet {
    names.into_iter().map(|name| AccountName::new(name).unwrap()).collect::<BTreeSet<_>>()
}

/// A section with two tiers.
pub(crate) fn break_glass(home: &str, on: AccountSet) -> BreakGlass {
    let tier = |name: &str, access| Tier { name: ItemName::new(name).unwrap(), access, place: PLACE };
    BreakGlass {
        home: AccountName::new(home).unwrap(),
        trusted_users: vec![UserName::new("alice").unwrap(), UserName::new("bob").unwrap()],
        accounts: on,
        max_session: std::time::Duration::from_secs(3_600),
        mfa_max_age: std::time::Duration::from_secs(900),
        tiers: vec![tier("helpdesk", TierAccess::ReadOnly), tier("responder", TierAccess::Administrator)],
        alarm: Some(Alarm {
            email: Email::new("security@acme.example").unwrap(),
            regions: vec![Region::new("us-east-1").unwrap(), Region::new("eu-west-1").unwrap()],
        }),
        place: PLACE,
    }
}

/// A role that trusts an account.
pub(crate) fn cross_account(name: &str, on: AccountSet, trusted: &str) -> CrossAccount {
    CrossAccount {
        name: ItemName::new(name).unwrap(),
        accounts: on,
        trusted: vec![Trusted::Account { account: AccountName::new(trusted).unwrap(), place: PLACE }],
        boundary: BoundaryName::new("workload").unwrap(),
        access: RoleAccess::default(),
        conditions: Conditions::default(),
        max_session: std::time::Duration::from_secs(3_600),
        place: PLACE,
    }
}
