//! Roles as a configuration wants them.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{Boundary, Foundation, Naming, Place, Trusted};
use landfall_policies::Document;

use super::policy::{Author, Policy};
use super::standing::Shape;
use crate::estate::{Estate, RoleShape};
use crate::item::{Origins, items};

/// What the configuration knows beside its stacks.
pub(crate) struct Source<'f> {
    foundation: &'f Foundation,
    origins: BTreeMap<Place, Origins>,
}

impl<'f> Source<'f> {
    /// Of a configuration.
    pub(crate) fn of(foundation: &'f Foundation) -> Self {
        Self { foundation, origins: items(foundation).into_iter().map(|item| (item.place, item.origins)).collect() }
    }

    /// A role with its documents and where they come from.
    pub(crate) fn shape(&self, estate: &Estate, linted: &RoleShape) -> Shape {
        let mut policies = Vec::new();
        for held in &linted.held {
            policies.extend(match held.author {
                Author::Aws | Author::Required => Policy::aws(&held.name, held.author),
                Author::Role | Author::Organization => {
                    let name = held.name.rsplit('/').next().unwrap_or_default();
                    Some(Policy::new(name, held.author, held.document.clone().into_owned(), None))
                }
            });
        }
        let known: Vec<&str> = linted.held.iter().map(|held| held.name.as_str()).collect();
        let unknown = linted.role.attached.iter().filter(|arn| !known.contains(&arn.as_str()));
        let boundary = linted.boundary.as_deref().and_then(|name| {
            let (document, place) = estate.policies.get(name)?;
            Some(Policy::new(name, Author::Organization, document.clone(), Some(self.boundary_place(name, *place))))
        });
        let trust = Document::parse(&linted.role.trust.json()).unwrap_or_default();
        let mut tags = linted.tags.clone();
        tags.extend(linted.role.tags.clone());
        Shape {
            name: linted.role.name.clone(),
            path: linted.role.path.clone(),
            kind: Some(linted.kind),
            place: Some(linted.place),
            tags,
            policies,
            boundary,
            trust: Policy::new("trust policy", Author::Role, trust, Some(linted.place)),
            unknown: unknown.cloned().collect(),
            origins: self.origins.get(&linted.place).cloned().unwrap_or_default(),
            trusted: self.trusted(linted.place),
            foreign: BTreeSet::new(),
        }
    }

    /// Where the user defines a boundary; Landfall's own stand where their stack does.
    fn boundary_place(&self, policy: &str, otherwise: Place) -> Place {
        let naming = Naming::new(&self.foundation.organization.name);
        let named = |boundary: &&Boundary| naming.boundary(&boundary.name).is_ok_and(|name| name.as_str() == policy);
        self.foundation.boundaries.values().find(named).map_or(otherwise, |boundary| boundary.place)
    }

    /// The trust of a cross-account role has a statement for each entry, in order.
    fn trusted(&self, place: Place) -> Vec<Option<Place>> {
        let item = self.foundation.cross_account.iter().find(|item| item.place == place);
        let trusted = item.map(|item| item.trusted.as_slice()).unwrap_or_default();
        trusted
            .iter()
            .map(|one| match one {
                Trusted::Role(role) => Some(role.place),
                Trusted::Account { place, .. } | Trusted::External { place, .. } => Some(*place),
            })
            .collect()
    }
}
