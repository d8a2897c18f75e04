//! Which words of the configuration a role comes from.

use landfall_model::{
    Arn, BatchRole, BreakGlass, CiDeployer, CrossAccount, Federation, Foundation, Grant, Kind, Metaflow, Naming, Place,
    PolicyText, Reads, RoleAccess, RoleName,
};
use landfall_policies::{MetaflowRole, ServiceRole};
use landfall_stacks::Stack;

/// The words of a role, each where it can be said at all.
#[derive(Default)]
pub(super) struct Words<'f> {
    /// The item, for `boundary:`.
    pub(super) item: Option<Place>,
    /// Its raw statements, in the order in which they end its inline policy.
    pub(super) statements: Vec<Statements<'f>>,
    /// Its grants, with the item that has them.
    pub(super) grants: Vec<(Place, &'f [Reads<Grant>])>,
    /// The managed policies that the user attaches.
    pub(super) managed: Vec<Managed<'f>>,
    /// The item that says how long a session lasts.
    pub(super) session: Option<Place>,
    /// The item that says which tags it has beside the organization's.
    pub(super) tags: Option<Place>,
    /// Who assumes it.
    pub(super) trust: Trust<'f>,
}

/// A list of raw statements.
pub(super) struct Statements<'f> {
    /// The item that has it.
    pub(super) item: Place,
    /// In which vocabulary it is written.
    pub(super) vocabulary: Vocabulary,
    /// The statements as IAM has them, with their names where the vocabulary gives them any.
    pub(super) texts: Vec<(Option<&'f str>, &'f PolicyText)>,
}

/// In which words statements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vocabulary {
    /// `statements:`, as IAM has them.
    Iam,
    /// `custom_job_policy_statements:`, as the Terraform module has them.
    Module,
}

/// A list of managed policies.
pub(super) struct Managed<'f> {
    pub(super) item: Place,
    pub(super) key: &'static str,
    pub(super) arns: Vec<&'f Arn>,
}

/// What says who assumes a role.
#[derive(Default)]
pub(super) enum Trust<'f> {
    /// Nothing: it follows from what the role is for.
    #[default]
    Follows,
    /// `automation:`, of which the pipelines are made as well.
    Automation,
    /// `trusted:` and `conditions:`
    CrossAccount(&'f CrossAccount),
    /// `github:`, and `conditions:` where GitHub comes in directly.
    Github(&'f CiDeployer),
    /// `conditions:` of a deployer behind a hub.
    Hub(&'f CiDeployer),
    /// `saml:` or `web_identity:`, and `conditions:`
    Federation(&'f Federation),
    /// `trusted_users:` and `mfa_max_age:`
    BreakGlass(&'f BreakGlass),
}

impl<'f> Words<'f> {
    /// The words of a role of a stack. A role that has none has an empty set.
    pub(super) fn of(foundation: &'f Foundation, stack: &Stack, role: &RoleName) -> Self {
        let item = stack.item.as_deref().unwrap_or_default();
        let naming = Naming::new(&foundation.organization.name);
        let is = |name: Result<RoleName, _>| name.is_ok_and(|name| name == *role);
        match stack.kind {
            Kind::BreakGlass => foundation.break_glass.as_ref().map(Self::break_glass),
            Kind::CrossAccount => {
                let found = foundation.cross_account.iter().find(|one| one.name.as_str() == item);
                found.map(|one| Self {
                    session: Some(one.place),
                    trust: Trust::CrossAccount(one),
                    ..Self::access(one.place, &[(one.place, &one.access)])
                })
            }
            Kind::Federation => {
                let found = foundation.federation.iter().find(|one| one.name.as_str() == item);
                found.map(|one| Self {
                    session: Some(one.place),
                    trust: Trust::Federation(one),
                    ..Self::access(one.place, &[(one.place, &one.access)])
                })
            }
            Kind::CiDeployer => foundation.ci_deployers.iter().find(|one| one.name.as_str() == item).map(|one| {
                if one.hub.is_some() && is(naming.role(Kind::CiDeployer, &[item, "hub"])) {
                    return Self { item: Some(one.place), trust: Trust::Github(one), ..Self::default() };
                }
                let trust = if one.hub.is_some() { Trust::Hub(one) } else { Trust::Github(one) };
                Self { trust, ..Self::access(one.place, &[(one.place, &one.access)]) }
            }),
            Kind::Service => foundation.services.iter().find(|one| one.name.as_str() == item).map(|one| {
                let suffix = ServiceRole::Execution.suffix().unwrap_or_default();
                let execution = ServiceRole::of(&one.kind).contains(&ServiceRole::Execution)
                    && is(naming.role(Kind::Service, &[item, suffix]));
                if execution {
                    // Of its grants only some reach it; they stand for the task role as well.
                    return Self { item: Some(one.place), ..Self::default() };
                }
                Self::access(one.place, &[(one.place, &one.access)])
            }),
            Kind::BatchTeam => foundation.teams.iter().find(|one| one.name.as_str() == item).map(|team| {
                let job_role = |job| Naming::batch_role(item, job, BatchRole::Job);
                if is(job_role(None)) {
                    return Self::access(team.place, &[(team.place, &team.access)]);
                }
                match team.jobs_with_own_roles().find(|job| is(job_role(Some(job.name.as_str())))) {
                    Some(job) => Self::access(team.place, &[(team.place, &team.access), (job.place, &job.access)]),
                    None => Self { item: Some(team.place), ..Self::default() },
                }
            }),
            Kind::Metaflow => foundation.metaflow.iter().find(|one| one.name_prefix == item).map(|one| {
                let job = [item, MetaflowRole::BatchJob.suffix()].join("-");
                if role.as_str() == job {
                    return Self::metaflow(one);
                }
                Self { item: Some(one.place), tags: Some(one.place), ..Self::default() }
            }),
            Kind::Automation => Some(Self { trust: Trust::Automation, ..Self::default() }),
            Kind::Boundary | Kind::SharedPolicy | Kind::Alarm | Kind::IdentityProvider => None,
        }
        .unwrap_or_default()
    }

    fn access(item: Place, accesses: &[(Place, &'f RoleAccess)]) -> Self {
        let statements = |(item, access): &(Place, &'f RoleAccess)| Statements {
            item: *item,
            vocabulary: Vocabulary::Iam,
            texts: access.statements.iter().map(|text| (None, text)).collect(),
        };
        let managed = |(item, access): &(Place, &'f RoleAccess)| Managed {
            item: *item,
            key: "managed_policies",
            arns: access.managed_policies.iter().map(|arn| &arn.value).collect(),
        };
        Self {
            item: Some(item),
            statements: accesses.iter().map(statements).collect(),
            grants: accesses.iter().map(|(item, access)| (*item, access.grants.as_slice())).collect(),
            managed: accesses.iter().map(managed).collect(),
            ..Self::default()
        }
    }

    fn metaflow(item: &'f Metaflow) -> Self {
        let texts = item.custom_job_policy_statements.iter().map(|(key, text)| (Some(key.as_str()), text));
        Self {
            item: Some(item.place),
            statements: vec![Statements { item: item.place, vocabulary: Vocabulary::Module, texts: texts.collect() }],
            managed: vec![Managed {
                item: item.place,
                key: "additional_job_policy_arns",
                arns: item.additional_job_policy_arns.iter().map(|arn| &arn.value).collect(),
            }],
            tags: Some(item.place),
            ..Self::default()
        }
    }

    fn break_glass(section: &'f BreakGlass) -> Self {
        Self { session: Some(section.place), trust: Trust::BreakGlass(section), ..Self::default() }
    }
}
