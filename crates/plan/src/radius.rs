//! What a change of the configuration touches, told from the configuration alone: one before, one after.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use landfall_model::{AccountName, Kind, UnitPath};
use landfall_stacks::{Digest, GuardrailKey, Identities, Stack, StackKey};

use crate::{Alteration, Desired, IdentityKind, identities_in_words, impacts};

/// A template that nobody can say the roles of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template of stack {stack} cannot be read: {reason}")]
pub struct RadiusError {
    /// Whose template.
    pub stack: StackKey,
    /// What is wrong with it.
    pub reason: String,
}

/// Where something is altered, by what becomes of it.
pub type Sites = BTreeMap<Alteration, BTreeSet<AccountName>>;

/// Everything that a change of the configuration touches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Radius {
    /// Units.
    pub units: BTreeMap<UnitPath, Alteration>,
    /// Accounts themselves: made, moved or tagged, not wanted any more.
    pub accounts: BTreeMap<AccountName, Alteration>,
    /// Stacks with their kinds.
    pub stacks: BTreeMap<StackKey, (Alteration, Kind)>,
    /// Roles by name.
    pub roles: BTreeMap<String, Sites>,
    /// Boundaries by name.
    pub boundaries: BTreeMap<String, Sites>,
    /// Policies that roles share, by name.
    pub shared_policies: BTreeMap<String, Sites>,
    /// Guardrails: what they say, or where they are attached.
    pub guardrails: BTreeMap<GuardrailKey, Alteration>,
}

impl Radius {
    /// What differs between two configurations.
    ///
    /// # Errors
    /// A template cannot be read.
    pub fn between(before: &Desired, after: &Desired) -> Result<Self, RadiusError> {
        let mut radius = Self {
            units: sets(before.units.iter(), after.units.iter()),
            accounts: altered(before.accounts.iter(), after.accounts.iter(), |old, new| {
                (&old.id, &old.email, &old.unit, &old.tags) == (&new.id, &new.email, &new.unit, &new.tags)
            }),
            guardrails: altered(before.guardrails.iter(), after.guardrails.iter(), |old, new| {
                old.text == new.text && old.attach == new.attach
            }),
            ..Self::default()
        };
        let stacks = altered(before.stacks.iter(), after.stacks.iter(), |old, new| old.digest() == new.digest());
        let mut read = Read { before, after, known: HashMap::new() };
        for (key, alteration) in stacks {
            let (old, new) = (before.stacks.get(&key), after.stacks.get(&key));
            let Some(kind) = new.or(old).map(|stack| stack.kind) else { continue };
            for (identity, name, alteration) in read.altered(&key, old, new)? {
                let of = match (identity, kind) {
                    (IdentityKind::Role, _) => &mut radius.roles,
                    (_, Kind::SharedPolicy) => &mut radius.shared_policies,
                    _ => &mut radius.boundaries,
                };
                let sites = of.entry(name).or_default();
                sites.entry(alteration).or_default().insert(key.account.clone());
            }
            radius.stacks.insert(key, (alteration, kind));
        }
        Ok(radius)
    }

    /// Whether nothing is touched.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The accounts in which something is touched, or that are touched themselves.
    pub fn touched(&self) -> BTreeSet<&AccountName> {
        self.accounts.keys().chain(self.stacks.keys().map(|key| &key.account)).collect()
    }

    /// Whether all that happens is that something is added.
    pub fn only_adds(&self) -> bool {
        let inside = [&self.roles, &self.boundaries, &self.shared_policies];
        let sites = inside.into_iter().flat_map(BTreeMap::values).flat_map(BTreeMap::keys);
        let stacks = self.stacks.values().map(|(alteration, _)| alteration);
        let others = self.units.values().chain(self.accounts.values()).chain(self.guardrails.values());
        sites.chain(stacks).chain(others).all(|alteration| *alteration == Alteration::Added)
    }
}

fn sets<'a, T: Ord + Clone + 'a>(
    before: impl Iterator<Item = &'a T>,
    after: impl Iterator<Item = &'a T>,
) -> BTreeMap<T, Alteration> {
    altered(before.map(|one| (one, &())), after.map(|one| (one, &())), |(), ()| true)
}

fn altered<'a, K: Ord + Clone + 'a, V: 'a>(
    before: impl Iterator<Item = (&'a K, &'a V)>,
    after: impl Iterator<Item = (&'a K, &'a V)>,
    same: impl Fn(&V, &V) -> bool,
) -> BTreeMap<K, Alteration> {
    let before: BTreeMap<&K, &V> = before.collect();
    let after: BTreeMap<&K, &V> = after.collect();
    let mut out = BTreeMap::new();
    for (key, old) in &before {
        match after.get(key) {
            None => out.insert((*key).clone(), Alteration::Removed),
            Some(new) if !same(old, new) => out.insert((*key).clone(), Alteration::Changed),
            Some(_) => None,
        };
    }
    let new = after.keys().filter(|key| !before.contains_key(*key));
    out.extend(new.map(|key| ((*key).clone(), Alteration::Added)));
    out
}

type Identity = (IdentityKind, String, Alteration);

/// Templates that stand in many accounts are compared once.
struct Read<'a> {
    before: &'a Desired,
    after: &'a Desired,
    known: HashMap<Pair, Vec<Identity>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Pair(Option<Digest>, Option<Digest>);

impl Read<'_> {
    fn altered(
        &mut self,
        key: &StackKey,
        before: Option<&Stack>,
        after: Option<&Stack>,
    ) -> Result<Vec<Identity>, RadiusError> {
        let digest = |stack: Option<&Stack>| stack.map(|stack| stack.body.digest.clone());
        let pair = Pair(digest(before), digest(after));
        if let Some(known) = self.known.get(&pair) {
            return Ok(known.clone());
        }
        let made = |stack: Option<&Stack>, desired: &Desired| match stack {
            None => Ok(Identities::default()),
            Some(stack) => identities_in_words(&stack.body.json, key, desired.partition, desired.accounts.keys())
                .map_err(|reason| RadiusError { stack: key.clone(), reason }),
        };
        let found: Vec<Identity> = impacts(&made(before, self.before)?, &made(after, self.after)?)
            .into_iter()
            .map(|impact| (impact.kind, impact.name, impact.alteration))
            .collect();
        self.known.insert(pair, found.clone());
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use landfall_model::Foundation;

    use super::*;
    use crate::tests::example::acme;

    fn desired(foundation: &Foundation) -> Desired {
        let synthesis = landfall_stacks::synthesize(foundation);
        Desired::new(foundation, synthesis.stacks).guarded(synthesis.guardrails)
    }

    #[test]
    fn nothing_changed_touches_nothing() {
        let desired = desired(&acme());
        let radius = Radius::between(&desired, &desired).unwrap();
        assert!(radius.is_empty() && radius.only_adds());
    }

    #[test]
    fn a_team_that_goes_takes_its_roles_and_touches_nothing_else() {
        let foundation = acme();
        let mut without = foundation.clone();
        without.teams.retain(|team| team.name.as_str() != "data-engineering");
        let radius = Radius::between(&desired(&foundation), &desired(&without)).unwrap();
        let stacks: Vec<String> = radius.stacks.iter().map(|(key, (what, _))| format!("{what:?} {key}")).collect();
        assert_eq!(
            stacks,
            [
                "Removed data-dev/eu-west-1/acme-batch-team-data-engineering",
                "Removed data-prod/eu-west-1/acme-batch-team-data-engineering"
            ]
        );
        assert_eq!(radius.roles.len(), 4);
        assert!(radius.roles.values().all(|sites| sites.get(&Alteration::Removed).is_some_and(|all| all.len() == 2)));
        assert!(radius.guardrails.is_empty() && radius.accounts.is_empty() && radius.boundaries.is_empty());
        assert!(!radius.only_adds());

        let back = Radius::between(&desired(&without), &desired(&foundation)).unwrap();
        assert!(back.only_adds());
        assert_eq!(back.touched().into_iter().map(AccountName::as_str).collect::<Vec<_>>(), ["data-dev", "data-prod"]);
    }

    #[test]
    fn a_changed_boundary_is_told_where_it_stands() {
        let foundation = acme();
        let mut other = foundation.clone();
        if let Some(boundary) = other.boundaries.values_mut().next()
            && let landfall_model::BoundaryContent::Services(services) = &mut boundary.content
        {
            services.pop();
        }
        let radius = Radius::between(&desired(&foundation), &desired(&other)).unwrap();
        assert!(radius.roles.is_empty(), "{:?}", radius.roles);
        let sites = &radius.boundaries["acme-boundary-workload"];
        assert_eq!(sites[&Alteration::Changed].len(), radius.stacks.len());
        assert!(radius.stacks.values().all(|(what, kind)| (*what, *kind) == (Alteration::Changed, Kind::Boundary)));
    }
}
