//! The catalogue of every role that Landfall makes, by account and by every name that it may be called.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    AccountName, BatchRole, Diagnostic, Foundation, Kind, NameError, Naming, Place, RoleName, ServiceKind, codes,
};

/// One role of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedRole {
    /// Its name in IAM.
    pub name: RoleName,
    /// The kind of the stack that makes it.
    pub kind: Kind,
    /// Where the entry that it comes from is defined.
    pub place: Place,
}

/// What a name in an account stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution<'a> {
    /// Exactly one role.
    Role(&'a RoleName),
    /// A short name that several roles share.
    Ambiguous(Vec<&'a RoleName>),
    /// Nothing.
    Unknown,
}

/// The roles of one account. Roles are numbers into the index's list, so that a thousand accounts share them.
#[derive(Debug, Clone, Default)]
struct AccountRoles {
    /// By the name in IAM without regard to case, as IAM compares.
    full: BTreeMap<String, usize>,
    /// By what else the configuration may call them.
    short: BTreeMap<String, Vec<usize>>,
}

/// All roles.
#[derive(Debug, Clone, Default)]
pub struct RoleIndex {
    roles: Vec<IndexedRole>,
    accounts: BTreeMap<AccountName, AccountRoles>,
}

impl RoleIndex {
    /// The roles of a foundation.
    pub fn of(foundation: &Foundation) -> Self {
        Self::build(foundation).0
    }

    /// The roles of a foundation, and what is wrong with their names: too long, or the same in one account.
    pub(crate) fn build(foundation: &Foundation) -> (Self, Vec<Diagnostic>) {
        let mut builder = Builder {
            index: Self::default(),
            problems: Vec::new(),
            reported: HashSet::new(),
            longest: None,
            naming: Naming::new(&foundation.organization.name),
        };
        builder.foundation(foundation);
        (builder.index, builder.problems)
    }

    /// What a name stands for: a full name first, then a short one.
    pub fn resolve(&self, account: &AccountName, name: &str) -> Resolution<'_> {
        let Some(roles) = self.accounts.get(account) else { return Resolution::Unknown };
        if let Some(role) = roles.full.get(&name.to_ascii_lowercase()).and_then(|at| self.roles.get(*at)) {
            return Resolution::Role(&role.name);
        }
        let found: Vec<&RoleName> = roles
            .short
            .get(name)
            .into_iter()
            .flatten()
            .filter_map(|at| self.roles.get(*at).map(|role| &role.name))
            .collect();
        match found.as_slice() {
            [] => Resolution::Unknown,
            [role] => Resolution::Role(role),
            _ => Resolution::Ambiguous(found),
        }
    }

    /// Every role of an account, by name.
    pub fn roles(&self, account: &AccountName) -> impl Iterator<Item = &IndexedRole> {
        let roles = self.accounts.get(account);
        roles.into_iter().flat_map(|roles| roles.full.values()).filter_map(|at| self.roles.get(*at))
    }

    /// Every name, full or short, that stands for a role of an account.
    pub fn names(&self, account: &AccountName) -> impl Iterator<Item = &str> {
        let roles = self.accounts.get(account);
        let short = roles.into_iter().flat_map(|roles| roles.short.keys().map(String::as_str));
        let full = roles.into_iter().flat_map(|roles| roles.full.values());
        short.chain(full.filter_map(|at| self.roles.get(*at)).map(|role| role.name.as_str()))
    }

    /// The first account in which a name stands for something.
    pub fn account_with(&self, name: &str) -> Option<&AccountName> {
        self.accounts.keys().find(|account| self.resolve(account, name) != Resolution::Unknown)
    }

    /// How many different roles there are, a role in many accounts counted once.
    pub fn len(&self) -> usize {
        self.roles.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
    }

    /// How often each kind stands in the organization.
    pub fn count_by_kind(&self) -> HashMap<Kind, usize> {
        let mut counts = HashMap::new();
        for at in self.accounts.values().flat_map(|roles| roles.full.values()) {
            if let Some(role) = self.roles.get(*at) {
                *counts.entry(role.kind).or_default() += 1;
            }
        }
        counts
    }
}

struct Builder<'f> {
    index: RoleIndex,
    problems: Vec<Diagnostic>,
    /// Pairs of entries that were reported: two in a thousand accounts, with two roles each, are one mistake.
    reported: HashSet<(Place, Place)>,
    /// The longest name of the entry that was last found to have too long a one.
    longest: Option<(Place, usize)>,
    naming: Naming<'f>,
}

impl Builder<'_> {
    fn foundation(&mut self, foundation: &Foundation) {
        if let Some(break_glass) = &foundation.break_glass {
            for tier in &break_glass.tiers {
                let name = self.naming.role(Kind::BreakGlass, &[tier.name.as_str()]);
                self.add(name, Kind::BreakGlass, tier.place, &break_glass.accounts, &[tier.name.as_str()]);
            }
        }
        if let Some(automation) = &foundation.automation {
            let management = &foundation.organization.management_account;
            for role in ["plan", "apply"] {
                let name = self.naming.role(Kind::Automation, &[role]);
                self.add(name, Kind::Automation, automation.place, [management], &[]);
            }
            let members = foundation.accounts.keys().filter(|account| *account != management);
            let name = self.naming.role(Kind::Automation, &["executor"]);
            self.add(name, Kind::Automation, automation.place, members, &[]);
        }
        for role in &foundation.cross_account {
            let name = self.naming.role(Kind::CrossAccount, &[role.name.as_str()]);
            self.add(name, Kind::CrossAccount, role.place, &role.accounts, &[role.name.as_str()]);
        }
        for deployer in &foundation.ci_deployers {
            let short = deployer.name.as_str();
            let name = self.naming.role(Kind::CiDeployer, &[short]);
            self.add(name, Kind::CiDeployer, deployer.place, &deployer.accounts, &[short]);
            if let Some(hub) = &deployer.hub {
                let name = self.naming.role(Kind::CiDeployer, &[short, "hub"]);
                self.add(name, Kind::CiDeployer, deployer.place, [hub], &[&[short, "-hub"].concat()]);
            }
        }
        for service in &foundation.services {
            let short = service.name.as_str();
            // A task role is what the code uses, and so what is meant by the service's name alone.
            let parts: &[(&[&str], bool)] = match service.kind {
                ServiceKind::Ecs => &[(&["execution"], false), (&["task"], true)],
                _ => &[(&[], true)],
            };
            for (suffix, by_name) in parts {
                let name = self.naming.role(Kind::Service, &[&[short], *suffix].concat());
                let long = [&[short], *suffix].concat().join("-");
                let all = [long.as_str(), short];
                let aliases = if !by_name || suffix.is_empty() { &all[..1] } else { &all[..] };
                self.add(name, Kind::Service, service.place, &service.accounts, aliases);
            }
        }
        for role in &foundation.federation {
            let name = self.naming.role(Kind::Federation, &[role.name.as_str()]);
            self.add(name, Kind::Federation, role.place, &role.accounts, &[role.name.as_str()]);
        }
        self.metaflow(foundation);
        self.teams(foundation);
    }

    fn metaflow(&mut self, foundation: &Foundation) {
        for deployment in &foundation.metaflow {
            let roles = [
                ("batch-job-role", true),
                ("batch-service-role", true),
                ("batch-instance-role", true),
                ("spot-fleet-role", deployment.enable_spot_fleet_role),
                ("step-functions-role", deployment.step_functions),
                ("eventbridge-role", deployment.step_functions),
                ("ecs-execution-role", deployment.ecs_execution),
            ];
            for (suffix, _) in roles.into_iter().filter(|(_, made)| *made) {
                let name = RoleName::new([deployment.name_prefix.as_str(), suffix].join("-"));
                self.add(name, Kind::Metaflow, deployment.place, &deployment.accounts, &[]);
            }
        }
    }

    fn teams(&mut self, foundation: &Foundation) {
        for team in &foundation.teams {
            let name = team.name.as_str();
            let job_alias = |job: &str| [name, job].join("-");
            if team.has_shared_roles() {
                let shared = team.jobs.iter().filter(|job| !job.own_roles).map(|job| job_alias(job.name.as_str()));
                let aliases: Vec<String> = std::iter::once(name.to_owned()).chain(shared).collect();
                let aliases: Vec<&str> = aliases.iter().map(String::as_str).collect();
                self.pair(name, None, team.place, &team.accounts, &aliases);
            }
            for job in team.jobs_with_own_roles() {
                let alias = job_alias(job.name.as_str());
                self.pair(name, Some(job.name.as_str()), job.place, &team.accounts, &[&alias]);
            }
        }
    }

    fn pair(&mut self, team: &str, job: Option<&str>, place: Place, accounts: &crate::AccountSet, aliases: &[&str]) {
        let execution = Naming::batch_role(team, job, BatchRole::Execution);
        self.add(execution, Kind::BatchTeam, place, accounts, &[]);
        let role = Naming::batch_role(team, job, BatchRole::Job);
        self.add(role, Kind::BatchTeam, place, accounts, aliases);
    }

    /// Of several names of one entry that are too long only the longest is told: it says how much must go.
    fn unusable(&mut self, error: &NameError, place: Place) {
        let NameError::TooLong { text, length, limit, .. } = error else {
            self.problems.push(Diagnostic::error(codes::NAME, place, error.to_string()));
            return;
        };
        if let Some((last, longest)) = self.longest
            && last == place
        {
            if longest >= *length {
                return;
            }
            self.problems.pop();
        }
        self.longest = Some((place, *length));
        self.problems.push(
            Diagnostic::error(
                codes::NAME_TOO_LONG,
                place,
                format!("the role name `{text}` has {length} characters, and IAM allows {limit}"),
            )
            .label(format!("{} characters too many", length - limit))
            .help("shorten this name: Landfall cuts no name"),
        );
    }

    fn add<'a>(
        &mut self,
        name: Result<RoleName, NameError>,
        kind: Kind,
        place: Place,
        accounts: impl IntoIterator<Item = &'a AccountName>,
        aliases: &[&str],
    ) {
        let name = match name {
            Ok(name) => name,
            Err(error) => {
                self.unusable(&error, place);
                return;
            }
        };
        let at = self.index.roles.len();
        let key = name.as_str().to_ascii_lowercase();
        // `ml-training-job` is how people call `ml-training-job-role`.
        let spelled = name.as_str().to_owned();
        let without_suffix = spelled.strip_suffix("-role");
        self.index.roles.push(IndexedRole { name, kind, place });
        for account in accounts {
            let roles = match self.index.accounts.get_mut(account) {
                Some(roles) => roles,
                None => self.index.accounts.entry(account.clone()).or_default(),
            };
            if let Some(other) = roles.full.insert(key.clone(), at) {
                roles.full.insert(key.clone(), other);
                if let (Some(first), Some(second)) = (self.index.roles.get(other), self.index.roles.get(at))
                    && self.reported.insert((first.place, second.place))
                {
                    self.problems.push(same_name(first, second, account));
                }
                continue;
            }
            for alias in aliases.iter().copied().chain(without_suffix) {
                let known = roles.short.entry(alias.to_owned()).or_default();
                if !known.contains(&at) {
                    known.push(at);
                }
            }
        }
    }
}

fn same_name(first: &IndexedRole, second: &IndexedRole, account: &AccountName) -> Diagnostic {
    let message = format!("the role `{}` would be made twice in `{account}`", second.name);
    Diagnostic::error(codes::SAME_ROLE, second.place, message)
        .label(format!("a {} role", second.kind))
        .related(first.place, format!("a {} role of the same name", first.kind))
        .help("give one of them another name; IAM does not tell names apart by case")
}
