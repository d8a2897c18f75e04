//! What every kind builds with.

use std::collections::BTreeMap;

use landfall_model::{
    AccountName, Arn, BoundaryName, Diagnostic, Diagnostics, Foundation, Kind, NameError, Naming, Place, PolicyName,
    Region, RoleName, StackName,
};
use landfall_policies::{Estate, Piece, PolicyError, Text, own_boundary};

use crate::blueprint::Blueprint;
use crate::intrinsic::Intrinsics;
use crate::render::{Rendered, render};
use crate::sharing::{Shared, share};
use crate::size::{Sizes, measure};
use crate::template::{BoundarySource, RoleBody, Template};
use crate::{Stack, codes, limit};

/// The configuration, the names, and a place for what is wrong.
pub(crate) struct Context<'a> {
    /// The configuration.
    pub(crate) foundation: &'a Foundation,
    /// What policies must know of everything that Landfall owns.
    pub(crate) estate: Estate,
    /// Gives names.
    pub(crate) naming: Naming<'a>,
    /// Everything that the kinds before this one made: what stands for others (boundaries, shared policies, providers) is
    /// built last.
    pub(crate) made: Vec<Stack>,
    diagnostics: Diagnostics,
    sizes: Sizes,
    shared: Shared,
    tags: BTreeMap<String, String>,
}

impl<'a> Context<'a> {
    /// The context of a configuration.
    pub(crate) fn new(foundation: &'a Foundation) -> Self {
        let tags = foundation.organization.tags.iter();
        Self {
            foundation,
            estate: Estate::of(foundation),
            naming: Naming::new(&foundation.organization.name),
            made: Vec::new(),
            diagnostics: Diagnostics::default(),
            sizes: Sizes::new(),
            shared: Shared::new(),
            tags: tags.map(|(key, value)| (key.as_str().to_owned(), value.clone())).collect(),
        }
    }

    /// All stacks, all that is wrong, what is used of the quotas, and what roles share.
    pub(crate) fn finish(self) -> (Vec<Stack>, Diagnostics, Sizes, Shared) {
        (self.made, self.diagnostics, self.sizes, self.shared)
    }

    /// The Region where stacks live.
    pub(crate) fn home_region(&self) -> &'a Region {
        &self.foundation.organization.home_region
    }

    /// Takes a mistake in.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A name, or a diagnostic at the item that it follows from.
    pub(crate) fn name<T>(&mut self, name: Result<T, NameError>, place: Place) -> Option<T> {
        name.map_err(|error| {
            self.report(
                Diagnostic::error(codes::NAME, place, error.to_string())
                    .label("this name is a part of it")
                    .help("shorten the name; Landfall never cuts one"),
            );
        })
        .ok()
    }

    /// A stack's name.
    pub(crate) fn stack_name(&mut self, kind: Kind, parts: &[&str], place: Place) -> Option<StackName> {
        self.name(self.naming.stack(kind, parts), place)
    }

    /// A role's name.
    pub(crate) fn role_name(&mut self, kind: Kind, parts: &[&str], place: Place) -> Option<RoleName> {
        self.name(self.naming.role(kind, parts), place)
    }

    /// The boundary that a stack of its own makes in the account.
    pub(crate) fn boundary(&mut self, name: &BoundaryName, place: Place) -> Option<BoundarySource> {
        let policy = self.name(self.naming.boundary(name), place)?;
        Some(BoundarySource::Account(name.clone(), policy))
    }

    /// The name of the boundary that a kind has for itself, such as `{organization}-break-glass-boundary`.
    pub(crate) fn own_boundary(&mut self, kind: Kind, place: Place) -> Option<PolicyName> {
        self.name(own_boundary(&self.foundation.organization.name, kind), place)
    }

    /// Policies, or a diagnostic where the user wrote what they cannot be made of.
    pub(crate) fn policies<T>(&mut self, result: Result<T, PolicyError>, place: Place) -> Option<T> {
        match result {
            Ok(policies) => Some(policies),
            Err(PolicyError::Name(error)) => self.name(Err(error), place),
            Err(PolicyError::Text { place, error }) => {
                self.report(Diagnostic::error(codes::POLICY, place, error.to_string()));
                None
            }
            Err(error @ PolicyError::Subject { .. }) => {
                self.report(Diagnostic::error(codes::POLICY, place, error.to_string()));
                None
            }
        }
    }

    /// Renders a template without putting it anywhere.
    pub(crate) fn render(&self, template: &Template) -> Rendered {
        render(template, &self.foundation.organization, Intrinsics::new(&self.foundation.accounts))
    }

    /// Puts a blueprint into accounts, in the home Region.
    pub(crate) fn stand<'n>(
        &mut self,
        blueprint: &Blueprint,
        accounts: impl IntoIterator<Item = &'n AccountName>,
    ) -> Vec<Stack> {
        self.stand_in(self.home_region(), blueprint, accounts)
    }

    /// Puts a blueprint into accounts, in any Region.
    pub(crate) fn stand_in<'n>(
        &mut self,
        region: &Region,
        blueprint: &Blueprint,
        accounts: impl IntoIterator<Item = &'n AccountName>,
    ) -> Vec<Stack> {
        let rendered = self.render(&blueprint.template);
        measure(&mut self.sizes, &blueprint.name, &blueprint.template);
        let accounts: Vec<&AccountName> = accounts.into_iter().collect();
        share(&mut self.shared, &self.foundation.organization.name, &blueprint.template, &accounts);
        let tags = blueprint.all_tags(&self.tags).len();
        let partition = self.foundation.organization.partition();
        self.diagnostics.extend(limit::check(blueprint, &rendered, partition, tags));
        for clash in &rendered.clashes {
            let message = format!(
                "accounts `{}` and `{}` both make the template parameter `{}`",
                clash.first, clash.second, clash.parameter
            );
            self.report(
                Diagnostic::error(codes::PARAMETER, blueprint.place, message).help("rename one of the two accounts"),
            );
        }
        let attaches = self.attaches(&blueprint.template);
        blueprint.stand(accounts, region, &rendered, &self.tags, &attaches)
    }

    fn attaches(&self, template: &Template) -> Vec<Arn> {
        let partition = self.foundation.organization.partition();
        let literal = |text: &Text| -> Option<String> {
            let piece = |piece: &Piece| match piece {
                Piece::Literal(text) => Some(text.clone()),
                Piece::Partition => Some(partition.as_str().to_owned()),
                _ => None,
            };
            text.pieces().iter().map(piece).collect()
        };
        let texts = template.roles().flat_map(|role: &RoleBody| &role.policies.attached);
        let mut arns: Vec<Arn> = texts.filter_map(|text| Arn::new(literal(text)?).ok()).collect();
        arns.retain(|arn| arn.account() == "aws");
        arns.sort();
        arns.dedup();
        arns
    }
}

#[cfg(test)]
mod tests {
    use landfall_model::{FileId, Place, PolicyText};
    use serde_json::json;

    use crate::tests::sample;
    use crate::{codes, synthesize};

    #[test]
    fn a_statement_that_is_none_is_told_where_it_stands() {
        let place = Place { file: FileId(7), start: 40, end: 60 };
        let mut foundation = sample::foundation(&["management", "app"], &[]);
        let mut item = sample::cross_account("reader", sample::accounts(["app"]), "management");
        item.access.statements.push(PolicyText { json: json!({ "Effect": "Maybe", "Action": "s3:*" }), place });
        foundation.cross_account.push(item);
        let synthesis = synthesize(&foundation);
        let found: Vec<_> = synthesis.diagnostics.iter().map(|found| (found.code, found.place)).collect();
        assert_eq!(found, [(codes::POLICY, Some(place))]);
        assert!(synthesis.stacks.is_empty());
    }
}
