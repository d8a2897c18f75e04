//! The catalogue of every role that Landfall makes, by account and by every name that it may be called.

use std::collections::{BTreeMap, HashSet};

use indexmap::IndexSet;

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

/// Which accounts a role stands in: a bit for each, because a thousand accounts may share hundreds of roles.
#[derive(Debug, Clone, Default)]
struct Members(Vec<u64>);

impl Members {
    fn insert(&mut self, account: usize) {
        let word = account / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (account % 64);
        }
    }

    fn contains(&self, account: usize) -> bool {
        self.0.get(account / 64).is_some_and(|word| word & (1 << (account % 64)) != 0)
    }

    /// The first account that is in both.
    fn meets(&self, other: &Self) -> Option<usize> {
        let both = self.0.iter().zip(&other.0).map(|(a, b)| a & b).enumerate();
        both.filter(|(_, bits)| *bits != 0).map(|(word, bits)| word * 64 + bits.trailing_zeros() as usize).next()
    }

    fn first(&self) -> Option<usize> {
        self.meets(self)
    }
}

/// All roles.
#[derive(Debug, Clone, Default)]
pub struct RoleIndex {
    accounts: IndexSet<AccountName>,
    roles: Vec<(IndexedRole, Members)>,
    /// By the name in IAM without regard to case, as IAM compares.
    full: BTreeMap<String, Vec<usize>>,
    /// By what else the configuration may call them.
    short: BTreeMap<String, Vec<usize>>,
}

impl RoleIndex {
    /// The roles of a foundation.
    pub fn of(foundation: &Foundation) -> Self {
        Self::build(foundation).0
    }

    /// The roles of a foundation, and what is wrong with their names: too long, or the same in one account.
    pub(crate) fn build(foundation: &Foundation) -> (Self, Vec<Diagnostic>) {
        let mut builder = Builder {
            index: Self { accounts: foundation.accounts.keys().cloned().collect(), ..Self::default() },
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
        let Some(account) = self.accounts.get_index_of(account) else { return Resolution::Unknown };
        if let Some(role) = self.standing(self.full.get(&name.to_ascii_lowercase()), account).next() {
            return Resolution::Role(&role.name);
        }
        let found: Vec<&RoleName> = self.standing(self.short.get(name), account).map(|role| &role.name).collect();
        match found.as_slice() {
            [] => Resolution::Unknown,
            [role] => Resolution::Role(role),
            _ => Resolution::Ambiguous(found),
        }
    }

    /// Those of some roles that stand in an account.
    fn standing<'a>(
        &'a self,
        roles: Option<&'a Vec<usize>>,
        account: usize,
    ) -> impl Iterator<Item = &'a IndexedRole> + 'a {
        let roles = roles.into_iter().flatten().filter_map(|at| self.roles.get(*at));
        roles.filter(move |(_, members)| members.contains(account)).map(|(role, _)| role)
    }

    /// Every role of an account, by name.
    pub fn roles(&self, account: &AccountName) -> impl Iterator<Item = &IndexedRole> {
        let account = self.accounts.get_index_of(account);
        account
            .into_iter()
            .flat_map(move |account| self.full.values().flat_map(move |roles| self.standing(Some(roles), account)))
    }

    /// Every name, full or short, that stands for a role of an account.
    pub fn names(&self, account: &AccountName) -> impl Iterator<Item = &str> {
        let short = self.accounts.get_index_of(account).into_iter().flat_map(move |account| {
            let stands = move |roles| self.standing(Some(roles), account).next().is_some();
            self.short.iter().filter(move |(_, roles)| stands(roles)).map(|(name, _)| name.as_str())
        });
        short.chain(self.roles(account).map(|role| role.name.as_str()))
    }

    /// An account in which a name stands for something.
    pub fn account_with(&self, name: &str) -> Option<&AccountName> {
        let roles = self.full.get(&name.to_ascii_lowercase()).or_else(|| self.short.get(name))?;
        let account = roles.iter().find_map(|at| self.roles.get(*at)?.1.first())?;
        self.accounts.get_index(account)
    }

    /// How many different roles there are, a role in many accounts counted once.
    pub fn len(&self) -> usize {
        self.roles.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
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
            for role in ["reader", "executor"] {
                let members = foundation.accounts.keys().filter(|account| *account != management);
                let name = self.naming.role(Kind::Automation, &[role]);
                self.add(name, Kind::Automation, automation.place, members, &[]);
            }
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
                ("metadata-service-role", deployment.metadata_service),
                ("db-migration-role", deployment.metadata_service),
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
                let shared = team.jobs_without_own_roles().map(|job| job_alias(job.name.as_str()));
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
        let index = &mut self.index;
        let mut members = Members::default();
        for account in accounts {
            if let Some(account) = index.accounts.get_index_of(account) {
                members.insert(account);
            }
        }
        let at = index.roles.len();
        let same = index.full.entry(name.as_str().to_ascii_lowercase()).or_default();
        for (other, others) in same.iter().filter_map(|at| index.roles.get(*at)) {
            let met = others.meets(&members).and_then(|account| index.accounts.get_index(account));
            if let Some(account) = met
                && self.reported.insert((other.place, place))
            {
                self.problems.push(same_name(other, kind, &name, place, account));
            }
        }
        same.push(at);
        // `ml-training-job` is how people call `ml-training-job-role`.
        let without_suffix = name.as_str().strip_suffix("-role");
        for alias in aliases.iter().copied().chain(without_suffix) {
            let known = index.short.entry(alias.to_owned()).or_default();
            if !known.contains(&at) {
                known.push(at);
            }
        }
        index.roles.push((IndexedRole { name, kind, place }, members));
    }
}

fn same_name(first: &IndexedRole, kind: Kind, name: &RoleName, place: Place, account: &AccountName) -> Diagnostic {
    let message = format!("the role `{name}` would be made twice in `{account}`");
    Diagnostic::error(codes::SAME_ROLE, place, message)
        .label(format!("a {kind} role"))
        .related(first.place, format!("a {} role of the same name", first.kind))
        .help("give one of them another name; IAM does not tell names apart by case")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::tests::trial::with;

    fn index() -> RoleIndex {
        let loaded = with(
            "automation: { github: { repository: acme/x, environment: prod } }
ci_deployers:
  - { name: tf, github: { repository: acme/x, branch: main }, hub: security, accounts: [app], boundary: workload }
services:
  - { name: api, service: ecs, accounts: [app, security], boundary: workload }
",
        );
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        RoleIndex::of(&loaded.foundation.unwrap())
    }

    fn account(name: &str) -> AccountName {
        AccountName::new(name).unwrap()
    }

    #[test]
    fn every_account_has_its_own_roles() {
        let index = index();
        let names = |name: &str| index.roles(&account(name)).map(|role| role.name.to_string()).collect::<Vec<_>>();
        assert_eq!(names("management"), ["acme-automation-apply", "acme-automation-plan"]);
        assert_eq!(
            names("security"),
            [
                "acme-automation-executor",
                "acme-automation-reader",
                "acme-break-glass-responder",
                "acme-ci-deployer-tf-hub",
                "acme-service-api-execution",
                "acme-service-api-task"
            ]
        );
        assert!(names("app").contains(&"acme-ci-deployer-tf".to_owned()));
        assert_eq!(names("nowhere"), [] as [&str; 0]);
        assert_eq!(index.len(), 9);
        assert!(!index.is_empty());
    }

    #[test]
    fn a_name_stands_for_what_is_in_the_account() {
        let index = index();
        assert!(
            matches!(index.resolve(&account("app"), "tf"), Resolution::Role(role) if role.as_str() == "acme-ci-deployer-tf")
        );
        assert_eq!(index.resolve(&account("security"), "tf"), Resolution::Unknown);
        assert_eq!(index.account_with("tf"), Some(&account("app")));
        assert_eq!(index.account_with("nothing"), None);
        assert!(index.names(&account("security")).any(|name| name == "tf-hub"));
        assert!(!index.names(&account("security")).any(|name| name == "tf"));
    }

    #[test]
    fn members_meet_where_both_have_a_bit() {
        let mut some = Members::default();
        let mut others = Members::default();
        some.insert(3);
        some.insert(200);
        others.insert(70);
        assert_eq!(some.meets(&others), None);
        others.insert(200);
        assert_eq!(some.meets(&others), Some(200));
        assert!(some.contains(3) && !some.contains(4) && !some.contains(5000));
        assert_eq!(others.first(), Some(70));
    }
}
