//! A stack that is not there, and what it would make is.

use std::collections::BTreeSet;
use std::sync::Arc;

use landfall_stacks::{Digest, Identities, Stack};

use super::comparison::Comparison;
use super::resources::{Resource, import_template};
use crate::{Action, Desired, Difference, IdentityKind};

/// The template of an import, under its digest.
pub(crate) type ImportBody = (Digest, Arc<str>);

/// What stands of a stack that is not there.
pub(crate) struct Taken {
    resources: Vec<Resource>,
    differences: Vec<Difference>,
}

impl Taken {
    /// What stands, if anything does.
    pub(crate) fn of(
        comparison: &mut Comparison<'_>,
        stack: &Stack,
        live: &Identities,
    ) -> Result<Option<Self>, String> {
        let mut resources = comparison.resources(stack)?;
        resources.retain(|resource| stands(resource, live));
        if resources.is_empty() {
            return Ok(None);
        }
        let mut differences = comparison.of(stack, live)?.differences;
        // What is not there is made by the stack.
        differences.retain(|one| !one.property.is_empty());
        Ok(Some(Self { resources, differences }))
    }

    /// The names of what stands.
    pub(crate) fn names(&self) -> Vec<String> {
        self.resources.iter().map(|resource| resource.name.clone()).collect()
    }

    /// The adoption, with the template that its import needs; `None` if nothing can be imported.
    pub(crate) fn adoption(
        self,
        comparison: &mut Comparison<'_>,
        desired: &Desired,
        stack: &Stack,
        begun: Option<String>,
    ) -> Result<Option<(Action, ImportBody)>, String> {
        let template = comparison.template(stack)?;
        let logical: BTreeSet<String> = self.resources.iter().map(|resource| resource.logical.clone()).collect();
        let (import, kept) = import_template(&template, &logical);
        let body: Arc<str> = import.to_string().into();
        let digest = Digest::of(body.as_bytes());
        let kept = self.resources.iter().filter(|resource| kept.contains(&resource.logical));
        let resources: Vec<_> = kept.map(Resource::imported).collect();
        if resources.is_empty() {
            return Ok(None);
        }
        let (spec, differences, import) = (desired.spec(stack), self.differences, digest.clone());
        let action = Action::AdoptStack { spec, import, resources, begun, differences };
        Ok(Some((action, (digest, body))))
    }
}

fn stands(resource: &Resource, live: &Identities) -> bool {
    let name = resource.name.as_str();
    match resource.kind {
        IdentityKind::Role => live.roles.contains_key(name),
        IdentityKind::Policy => live.policies.contains_key(name),
        IdentityKind::InstanceProfile => live.profiles.contains_key(name),
        IdentityKind::Provider => live.providers.contains_key(name),
    }
}
