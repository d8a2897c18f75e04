//! Roles as they were read.

use landfall_policies::Document;

use super::policy::{Author, Policy};
use super::standing::Shape;
use crate::{Identities, Role};

/// A role as it was read, beside what the configuration has of the same name.
pub(crate) fn deployed(role: &Role, live: &Identities, wanted: Option<&Shape>) -> Shape {
    let place = wanted.and_then(|shape| shape.place);
    let (mut policies, mut unknown) = (Vec::new(), Vec::new());
    for (name, document) in &role.inline {
        match Document::parse(&document.json()) {
            Ok(document) => policies.push(Policy::new(name.as_str(), Author::Role, document, None)),
            Err(_) => unknown.push(name.as_str().to_owned()),
        }
    }
    // A boundary of the name that the configuration has is told where the configuration has it.
    let bound = wanted.and_then(|shape| shape.boundary.as_ref());
    let own = |arn: &str| {
        let name = arn.rsplit('/').next()?;
        let place = bound.filter(|bound| bound.name() == name).and_then(Policy::place);
        let policy = live.policies.values().find(|policy| policy.name.as_str() == name)?;
        Some(Policy::new(name, Author::Organization, Document::parse(&policy.document.json()).ok()?, place))
    };
    for arn in &role.attached {
        match Policy::aws(arn, Author::Aws).or_else(|| own(arn)) {
            Some(policy) => policies.push(policy),
            None => unknown.push(arn.clone()),
        }
    }
    let boundary = role.boundary.as_deref().and_then(|arn| Policy::aws(arn, Author::Aws).or_else(|| own(arn)));
    if boundary.is_none() {
        unknown.extend(role.boundary.clone());
    }
    let trust = Document::parse(&role.trust.json()).unwrap_or_else(|_| {
        unknown.push("trust policy".to_owned());
        Document::default()
    });
    // Statements and policies that the configuration does not have were added by somebody else.
    let trusted = trust.statements.iter().map(|one| {
        let known =
            wanted?.trust.document().statements.iter().position(|known| known.sid == one.sid && one.sid.is_some());
        wanted?.trust_place(known?)
    });
    let trusted = trusted.collect();
    let ours = |name: &str| wanted.is_some_and(|shape| shape.policies.iter().any(|policy| policy.name() == name));
    let foreign = policies.iter().map(Policy::name).filter(|name| !ours(name)).map(str::to_owned).collect();
    let mut tags = wanted.map(|shape| shape.tags.clone()).unwrap_or_default();
    tags.extend(role.tags.clone());
    Shape {
        name: role.name.clone(),
        path: role.path.clone(),
        kind: wanted.and_then(|shape| shape.kind),
        place,
        tags,
        policies,
        boundary,
        trust: Policy::new("trust policy", Author::Role, trust, place),
        unknown,
        origins: wanted.map(|shape| shape.origins.clone()).unwrap_or_default(),
        trusted,
        foreign,
    }
}
