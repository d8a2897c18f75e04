//! A team's jobs lose roles of their own only when the shared ones stand.

use std::collections::HashSet;

use landfall_model::{BatchRole, Kind, Naming, RoleName};
use landfall_stacks::{Provides, Stack};

use crate::{Desired, Observed};

/// The job roles that an update of a team's stack would take away while the shared role, which their job definitions are
/// to name, does not stand yet. One update makes the new roles and deletes the old ones, and leaves no time to move a
/// job definition: the way goes over `roles: both`.
pub(crate) fn lost_too_early(desired: &Desired, observed: &Observed, stack: &Stack) -> Vec<RoleName> {
    let (Kind::BatchTeam, Some(team)) = (stack.kind, &stack.item) else { return Vec::new() };
    let Some(live) = observed.identities.get(&stack.key.account) else { return Vec::new() };
    let Ok(shared) = Naming::batch_role(team, None, BatchRole::Job) else { return Vec::new() };
    if live.roles.contains_key(&shared) {
        return Vec::new();
    }
    let (start, end) = ([team, "-"].concat(), ["-", BatchRole::Job.suffix()].concat());
    let path = ["/", desired.organization.as_str(), "/"].concat();
    let mut roles: Vec<RoleName> = live
        .roles
        .values()
        .filter(|role| role.path == path)
        .filter(|role| role.name.as_str().starts_with(&start) && role.name.as_str().ends_with(&end))
        .map(|role| role.name.clone())
        .collect();
    if roles.is_empty() {
        return roles;
    }
    let wanted: HashSet<&RoleName> = desired
        .stacks
        .values()
        .filter(|other| other.kind == Kind::BatchTeam && other.key.account == stack.key.account)
        .flat_map(|other| &other.provides)
        .filter_map(|provides| match provides {
            Provides::Role(role) => Some(role),
            Provides::Boundary(_) | Provides::SharedPolicy(_) | Provides::Provider(_) => None,
        })
        .collect();
    if !wanted.contains(&shared) {
        return Vec::new();
    }
    roles.retain(|role| !wanted.contains(role));
    roles
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use landfall_model::{Kind, RoleName};
    use landfall_stacks::{Identities, Provides, Role, Stack};
    use serde_json::json;

    use crate::tests::world::{World, body, foundation, name, stack};
    use crate::{Action, Finding, Mode, Plan};

    fn team(roles: &[&str]) -> Stack {
        Stack {
            provides: roles.iter().map(|role| Provides::Role(RoleName::new(*role).unwrap())).collect(),
            body: body(&json!({ "Description": roles, "Resources": {} }).to_string()),
            ..stack("data", Kind::BatchTeam, Some("etl"))
        }
    }

    fn live(role: &str) -> (RoleName, Role) {
        let role = Role {
            name: RoleName::new(role).unwrap(),
            path: "/acme/".to_owned(),
            trust: json!({}).into(),
            inline: BTreeMap::new(),
            attached: BTreeSet::new(),
            boundary: None,
            max_session: 3600,
            description: String::new(),
            tags: BTreeMap::new(),
        };
        (role.name.clone(), role)
    }

    /// What is planned when a stack with these live roles shall have those.
    fn plan(before: &[&str], after: &[&str]) -> Plan {
        let foundation = foundation(&[("management", None), ("data", None)]);
        let mut world = World::new(&foundation, vec![team(before)]);
        world.settle();
        let roles = before.iter().map(|role| live(role)).collect();
        world.observed.identities.insert(name("data"), Identities { roles, ..Identities::default() });
        let wanted = World::new(&foundation, vec![team(after)]);
        World { observed: world.observed, ..wanted }.plan(Mode::Apply)
    }

    fn updates(plan: &Plan) -> usize {
        plan.steps.values().filter(|step| matches!(step.action, Action::UpdateStack { .. })).count()
    }

    #[test]
    fn own_roles_stay_until_the_shared_ones_stand() {
        let (a, b, shared) = ("etl-a-job-role", "etl-b-job-role", "etl-job-role");
        let refused = plan(&[a, b], &[shared]);
        assert_eq!(updates(&refused), 0);
        let [Finding::SharedRolesFirst { roles, .. }] = &refused.findings[..] else { panic!("{:?}", refused.findings) };
        assert_eq!(roles.iter().map(RoleName::as_str).collect::<Vec<_>>(), [a, b]);
        // The way over both is free at every step.
        for (before, after) in [
            (&[a, b][..], &[a, b, shared][..]),
            (&[a, b, shared], &[b, shared]),
            (&[a, b, shared], &[shared]),
            (&[shared], &[a, b]),
            (&[a, b], &[a]),
        ] {
            let plan = plan(before, after);
            assert_eq!((updates(&plan), plan.findings), (1, Vec::new()), "{before:?} {after:?}");
        }
    }
}
