//! Who may do what in the organization as it is deployed.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountId, AccountName, Attachment};
use landfall_policies::Document;
use landfall_stacks::access::{Frame, Guard, Member, World};

use crate::diff::{Presences, check_organization, targets_by_id};
use crate::{Desired, GuardrailTarget, Mode, Observed, PlanError};

/// What is deployed, as far as it could be read.
#[derive(Debug)]
pub struct Deployed {
    /// The roles and guardrails that stand.
    pub world: World,
    /// Accounts that are there and into which nobody could look: their roles are missing.
    pub unread: Vec<AccountName>,
}

/// The roles, boundaries and guardrails that were read. `configured` says which of them the configuration asks for, and
/// where.
///
/// # Errors
/// What was read is not the organization of the configuration.
pub fn deployed(desired: &Desired, configured: &World, observed: &Observed) -> Result<Deployed, PlanError> {
    let management = check_organization(desired, observed)?;
    let presences = Presences::of(desired, observed, &management, Mode::Apply)?;
    let ids = presences.ids((&desired.management, &management));
    let frame = Frame {
        organization: observed.organization.as_ref().map(|organization| organization.id.clone()),
        partition: desired.partition,
        home: desired.region.clone(),
        management: desired.management.clone(),
        accounts: members(observed, &ids),
    };
    let mut world = World::new(frame);
    for (account, identities) in &observed.identities {
        world.stand(configured, account, identities);
    }
    let targets = targets_by_id(observed, &presences);
    let types = observed.organization.as_ref().map(|organization| &organization.policy_types);
    for (key, live) in &observed.guardrails {
        if types.is_some_and(|types| !types.contains(&key.kind)) {
            continue;
        }
        let Ok(document) = Document::parse(&live.content) else { continue };
        let attach = live.targets.iter().filter_map(|id| match targets.get(id.as_str())? {
            GuardrailTarget::Root => Some(Attachment::Root),
            GuardrailTarget::Unit(path) => Some(Attachment::Unit(path.clone())),
            GuardrailTarget::Account(name) => Some(Attachment::Account(name.clone())),
            GuardrailTarget::Unknown(_) => None,
        });
        let place = desired.guardrails.get(key).map(|wanted| wanted.place);
        world.guard(Guard::new(key.name.as_str(), key.kind, document, attach.collect(), place));
    }
    let unread = desired.accounts.keys().filter(|name| presences.closed(name).is_some()).cloned().collect();
    Ok(Deployed { world, unread })
}

/// Every account by the name that the configuration has for it, or else by its own.
fn members(observed: &Observed, ids: &BTreeMap<AccountName, AccountId>) -> BTreeMap<AccountName, Member> {
    let unit = |id: &AccountId| observed.accounts.get(id).and_then(|account| account.unit.clone());
    let member = |id: &AccountId| Member { id: id.clone(), known: true, unit: unit(id) };
    let mut out: BTreeMap<AccountName, Member> = ids.iter().map(|(name, id)| (name.clone(), member(id))).collect();
    let taken: BTreeSet<&AccountId> = ids.values().collect();
    for (id, account) in observed.accounts.iter().filter(|(id, _)| !taken.contains(*id)) {
        let own = AccountName::new(account.name.to_lowercase().replace(' ', "-")).ok();
        let numbered = || AccountName::new(["account-", id.as_str()].concat()).ok();
        let name = own.filter(|name| !out.contains_key(name)).or_else(numbered);
        out.extend(name.map(|name| (name, member(id))));
    }
    out
}

#[cfg(test)]
mod tests {
    use landfall_stacks::access::{Question, Who};

    use super::*;
    use crate::Reach;
    use crate::tests::example::{acme, settled};
    use crate::tests::world::{World as Standing, made, name};

    fn both() -> (Standing, World) {
        let mut standing = settled();
        standing.observed.identities = made(&standing);
        let foundation = acme();
        let desired = &standing.desired;
        let configured = World::configured(&foundation, desired.stacks.values(), desired.guardrails.values());
        (standing, configured)
    }

    /// What stands as it was asked for answers as the configuration does.
    #[test]
    fn what_is_deployed_untouched_answers_alike() {
        let (standing, configured) = both();
        let live = deployed(&standing.desired, &configured, &standing.observed).unwrap();
        assert_eq!(live.unread, [] as [AccountName; 0]);
        assert_eq!(live.world.roles().count(), configured.roles().count());
        let mut allowed = 0;
        for role in configured.roles() {
            let here = configured.role_name(role);
            let (account, own) = here.split_once('/').unwrap();
            let there = live.world.role_in(&name(account), own).unwrap();
            let wanted: Vec<String> =
                configured.ways_in(role).iter().map(|way| told(&configured, &way.who, way.place)).collect();
            let found: Vec<String> =
                live.world.ways_in(there).iter().map(|way| told(&live.world, &way.who, way.place)).collect();
            assert_eq!(found, wanted, "{here}");
            for (action, resource) in [
                ("s3:GetObject", "arn:aws:s3:::acme-data-lake/curated/x"),
                ("ec2:DescribeInstances", "*"),
                ("iam:CreateUser", "arn:aws:iam::ACCOUNT:user/x"),
                ("organizations:LeaveOrganization", "*"),
            ] {
                let ask = |world: &World, role| {
                    let id = world.arn(role).split(':').nth(4).unwrap().to_owned();
                    world.ask(&Question::of(role, action, &resource.replace("ACCOUNT", &id))).unwrap()
                };
                let (wanted, found) = (ask(&configured, role), ask(&live.world, there));
                let because = |answer: &landfall_stacks::access::Answer| {
                    (answer.allowed, answer.because.as_ref().map(|one| (one.layer.clone(), one.index, one.place)))
                };
                assert_eq!(because(&found), because(&wanted), "{here}: {action}");
                allowed += usize::from(found.allowed);
            }
        }
        assert!(allowed > 20, "{allowed}");
    }

    fn told(world: &World, who: &Who, place: Option<landfall_model::Place>) -> String {
        match who {
            Who::Role(role) => format!("{} {place:?}", world.role_name(*role)),
            other => format!("{other:?} {place:?}"),
        }
    }

    #[test]
    fn an_account_that_nobody_could_look_into_is_told() {
        let (mut standing, configured) = both();
        let refused = Reach::Refused { reason: "AccessDenied".to_owned() };
        standing.observed.reach.insert(name("ml-prod"), refused);
        standing.observed.identities.remove(&name("ml-prod"));
        let live = deployed(&standing.desired, &configured, &standing.observed).unwrap();
        assert_eq!(live.unread, [name("ml-prod")]);
        assert!(live.world.role_in(&name("ml-prod"), "ml-training-job-role").is_none());
    }
}
