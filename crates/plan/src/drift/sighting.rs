//! What Landfall does not own and should be seen: roles of others that lead to its own, or out of the organization.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountId, AccountName, Arn, Kind, RoleName};
use landfall_policies::{
    Caller, Compiled, Context, Document, Layers, Request, Statement, aws_policy_document, evaluate,
};
use landfall_stacks::{PolicyDocument, Role};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::foreign::{ASSUME, PASS};
use super::{Dates, ForeignRole};
use crate::document::{Elements, account_of_root, decoded, service, statements};
use crate::{Desired, Observed};

/// A role of somebody else that should be seen. Nothing is done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The account that the role stands in.
    pub account: AccountName,
    /// The role.
    pub role: RoleName,
    /// Why it should be seen.
    pub kind: SightingKind,
    /// The owned roles that it leads to, as `account/role`, or the principals that it lets in; sorted.
    pub about: BTreeSet<String>,
    /// When it was made and last used.
    #[serde(default, skip_serializing_if = "Dates::is_empty")]
    pub dates: Dates,
}

/// Why a role of somebody else should be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SightingKind {
    /// It can assume roles that Landfall owns.
    CanAssume,
    /// It can lend roles that Landfall owns to a service.
    CanPass,
    /// It lets in somebody from outside of the organization.
    TrustsOutside,
    /// It has no boundary, in an account whose roles shall have one.
    Unbounded,
}

impl SightingKind {
    /// In words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::CanAssume => "can assume roles that Landfall owns",
            Self::CanPass => "can pass roles that Landfall owns to a service",
            Self::TrustsOutside => "lets in somebody from outside of the organization",
            Self::Unbounded => "has no boundary",
        }
    }
}

/// A role that Landfall owns, as it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnedRole<'a> {
    pub(crate) account: &'a AccountName,
    pub(crate) role: &'a Role,
}

/// What is known of a trust policy of owned roles.
struct Trust {
    /// The services that it lets in.
    services: BTreeSet<String>,
    /// What it says, once somebody asks: a policy that lets everybody in is asked about for many roles.
    compiled: OnceCell<Compiled>,
}

impl Trust {
    fn compiled(&self, document: &PolicyDocument) -> &Compiled {
        self.compiled.get_or_init(|| compiled("trust", list(&document.json())))
    }
}

/// Looks at the roles of others.
pub(crate) struct Watch<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    ids: &'a BTreeMap<AccountName, AccountId>,
    owned: &'a [OwnedRole<'a>],
    /// Owned roles by the principals that they name.
    doors: BTreeMap<String, Vec<usize>>,
    /// Every trust policy of owned roles.
    trusts: BTreeMap<&'a PolicyDocument, Trust>,
    /// Owned roles by account.
    inside: BTreeMap<&'a AccountName, Vec<usize>>,
    /// The accounts whose roles shall have a boundary.
    bounded: BTreeSet<&'a AccountName>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(
        desired: &'a Desired,
        observed: &'a Observed,
        ids: &'a BTreeMap<AccountName, AccountId>,
        owned: &'a [OwnedRole<'a>],
    ) -> Self {
        let mut named: BTreeMap<&PolicyDocument, Vec<usize>> = BTreeMap::new();
        let mut inside: BTreeMap<&AccountName, Vec<usize>> = BTreeMap::new();
        for (index, one) in owned.iter().enumerate() {
            inside.entry(one.account).or_default().push(index);
            named.entry(&one.role.trust).or_default().push(index);
        }
        // Most roles share their trust policy with others, so that few have to be taken apart.
        let mut doors: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut trusts = BTreeMap::new();
        for (trust, roles) in named {
            let json = trust.json();
            let json = decoded(&json);
            for principal in principals(&json, "AWS") {
                doors.entry(account_of_root(principal).into_owned()).or_default().extend(&roles);
            }
            let services = principals(&json, "Service").map(service).collect();
            trusts.insert(trust, Trust { services, compiled: OnceCell::new() });
        }
        let bounds = desired.stacks.values().filter(|stack| stack.kind == Kind::Boundary);
        let bounded = bounds.map(|stack| &stack.key.account).collect();
        Self { desired, observed, ids, owned, doors, trusts, inside, bounded }
    }

    /// What should be seen of the roles of others in an account.
    pub(crate) fn account(&self, account: &AccountName, foreign: &[ForeignRole]) -> Vec<Sighting> {
        let bounded = self.bounded.contains(account);
        let theirs = foreign.iter().filter(|role| !role.is_of_aws() && role.name != self.desired.access_role);
        theirs.flat_map(|role| self.role(account, role, bounded)).collect()
    }

    fn role(&self, account: &AccountName, role: &ForeignRole, bounded: bool) -> Vec<Sighting> {
        let mut out = Vec::new();
        let mut see = |kind, about: BTreeSet<String>| {
            out.push(Sighting {
                account: account.clone(),
                role: role.name.clone(),
                kind,
                about,
                dates: role.dates.clone(),
            });
        };
        if let Some(id) = self.ids.get(account)
            && let Some(who) = Who::of(self, (account, id), role)
        {
            let assumes = if role.speaks(ASSUME) { who.assumes() } else { BTreeSet::new() };
            let passes = if role.speaks(PASS) { who.passes(account) } else { BTreeSet::new() };
            for (kind, about) in [(SightingKind::CanAssume, assumes), (SightingKind::CanPass, passes)] {
                if !about.is_empty() {
                    see(kind, about);
                }
            }
        }
        let outside = self.outside(&role.trust.json());
        if !outside.is_empty() {
            see(SightingKind::TrustsOutside, outside);
        }
        if bounded && role.boundary.is_none() {
            see(SightingKind::Unbounded, BTreeSet::new());
        }
        out
    }

    /// The principals of a trust policy that are in no account of the organization.
    fn outside(&self, trust: &Value) -> BTreeSet<String> {
        if self.observed.organization.is_none() {
            return BTreeSet::new();
        }
        let known = |id: &str| AccountId::new(id).is_ok_and(|id| self.observed.accounts.contains_key(&id));
        let all = statements(trust);
        let open = all.iter().filter(|statement| statement.allows() && !narrowed(statement));
        let names = open.flat_map(named);
        names
            .filter(|name| match account_of(name) {
                Some(id) => !known(id),
                None => name == "*",
            })
            .collect()
    }
}

/// Whether a statement is narrowed to an organization or to accounts, whatever its principal says.
fn narrowed(statement: &Elements) -> bool {
    const KEYS: [&str; 6] = [
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:sourceaccount",
        "aws:sourceorgid",
    ];
    statement.under("Condition/").any(|(test, _)| {
        let (operator, key) = test.split_once('/').unwrap_or_default();
        KEYS.contains(&key) && !operator.contains("not") && !operator.ends_with("ifexists") && operator != "null"
    })
}

fn named(statement: &Elements) -> impl Iterator<Item = String> {
    statement.values("Principal/AWS").into_iter().flatten().map(str::to_owned)
}

/// Whom of a sort the Allow statements of a trust policy name. There may be many, so statements are not taken apart.
fn principals<'v>(trust: &'v Value, sort: &'v str) -> impl Iterator<Item = &'v str> {
    let allows = |one: &&Value| one.get("Effect").and_then(Value::as_str) == Some("Allow");
    let names = list(trust).iter().filter(allows).filter_map(move |one| match one.get("Principal") {
        Some(Value::Object(sorts)) => sorts.get(sort),
        anybody => anybody.filter(|_| sort == "AWS"),
    });
    let each = names.flat_map(|names| match names {
        Value::Array(names) => names.as_slice(),
        one => std::slice::from_ref(one),
    });
    each.filter_map(Value::as_str)
}

/// The account of a principal.
fn account_of(principal: &str) -> Option<&str> {
    let id = if principal.starts_with("arn:") { principal.split(':').nth(4)? } else { principal };
    (id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

/// A role of somebody else that may speak of assuming or passing roles.
struct Who<'w> {
    watch: &'w Watch<'w>,
    account: &'w AccountId,
    arn: String,
    caller: Caller,
    identity: Vec<Compiled>,
    boundary: Option<Compiled>,
}

impl<'w> Who<'w> {
    /// Nothing for a role without such a policy.
    fn of(watch: &'w Watch<'w>, (name, account): (&AccountName, &'w AccountId), role: &ForeignRole) -> Option<Self> {
        let arn = arn(watch.desired, account, &role.path, &role.name);
        let caller = Caller::parse(&arn).ok()?;
        let mut identity = Vec::new();
        if !role.statements.is_empty() {
            identity.push(compiled("policies", &role.statements));
        }
        let by_aws = role.attached.iter().filter_map(|arn| Some((arn, aws_policy_document(arn)?)));
        identity.extend(by_aws.map(|(arn, document)| Compiled::plain(arn, document)));
        if identity.is_empty() {
            return None;
        }
        // A boundary that is not known holds as if it were none: what may be is shown.
        let boundary = role.boundary.as_deref().and_then(|arn| {
            let by_aws = aws_policy_document(arn).map(|document| Compiled::plain(arn, document));
            by_aws.or_else(|| {
                let known = watch.observed.identities.get(name)?;
                let policy = known.policies.get(arn.rsplit('/').next()?)?;
                Some(compiled(arn, list(&policy.document.json())))
            })
        });
        Some(Self { watch, account, arn, caller, identity, boundary })
    }

    fn may(&self, action: &str, resource: &str, context: Context, trust: Option<&Compiled>) -> bool {
        let organization = self.watch.observed.organization.as_ref();
        let context = match organization {
            Some(organization) => context.with("aws:PrincipalOrgID", organization.id.as_str()),
            None => context,
        };
        let request = Request::new(self.caller.clone(), action, resource, context);
        let layers = Layers {
            identity: self.identity.iter().collect(),
            boundary: self.boundary.as_ref(),
            resource: trust,
            management: organization.map(|organization| organization.management.as_str()),
            ..Layers::default()
        };
        evaluate(&request, &layers).is_allowed()
    }

    fn assumes(&self) -> BTreeSet<String> {
        let doors = [self.account.as_str(), self.arn.as_str(), "*"];
        let candidates: BTreeSet<usize> =
            doors.iter().filter_map(|door| self.watch.doors.get(*door)).flatten().copied().collect();
        let mut out = BTreeSet::new();
        for owned in candidates.into_iter().filter_map(|index| self.watch.owned.get(index)) {
            let Some(arn) = self.watch.arn(owned) else { continue };
            let trust = self.watch.trusts.get(&owned.role.trust).map(|trust| trust.compiled(&owned.role.trust));
            if self.may("sts:AssumeRole", &arn, Context::default(), trust) {
                out.insert(shown(owned));
            }
        }
        out
    }

    /// Passing a role is of use only where a service may take it.
    fn passes(&self, account: &AccountName) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        let inside = self.watch.inside.get(account).into_iter().flatten();
        for owned in inside.filter_map(|index| self.watch.owned.get(*index)) {
            let Some(arn) = self.watch.arn(owned) else { continue };
            let trust = self.watch.trusts.get(&owned.role.trust);
            let mut services = trust.into_iter().flat_map(|trust| &trust.services);
            let to = |service: &str| Context::default().with("iam:PassedToService", service);
            if services.any(|service| self.may("iam:PassRole", &arn, to(service), None)) {
                out.insert(shown(owned));
            }
        }
        out
    }
}

impl Watch<'_> {
    fn arn(&self, owned: &OwnedRole<'_>) -> Option<String> {
        Some(arn(self.desired, self.ids.get(owned.account)?, &owned.role.path, &owned.role.name))
    }
}

fn arn(desired: &Desired, account: &AccountId, path: &str, role: &RoleName) -> String {
    Arn::iam(desired.partition, account, &["role", path, role.as_str()].concat()).to_string()
}

fn shown(owned: &OwnedRole<'_>) -> String {
    [owned.account.as_str(), owned.role.name.as_str()].join("/")
}

fn list(document: &Value) -> &[Value] {
    match document.get("Statement") {
        Some(Value::Array(list)) => list,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// What can be read of some statements; one that IAM itself would not take says nothing.
fn compiled(name: &str, statements: &[Value]) -> Compiled {
    let read = statements.iter().filter_map(|statement| Statement::parse(statement, "").ok()).collect();
    Compiled::plain(name, &Document { statements: read })
}
