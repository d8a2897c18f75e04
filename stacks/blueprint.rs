//! A stack before it is known in which accounts it stands.

use std::collections::BTreeMap;

use landfall_model::{AccountName, Arn, Kind, Place, Reads, Region, StackName};

use crate::render::Rendered;
use crate::template::{BoundarySource, Resource, Template};
use crate::{Need, ParameterSource, Protection, Provides, Stack, StackKey, TAG_PART_OF};

/// A stack without an account: everything that is the same wherever it stands. It is rendered once.
#[derive(Debug, Clone)]
pub(crate) struct Blueprint {
    /// What kind.
    pub(crate) kind: Kind,
    /// The item of the configuration; `None` for kinds with one stack an account.
    pub(crate) item: Option<String>,
    /// The stack's name.
    pub(crate) name: StackName,
    /// Where the configuration asks for it.
    pub(crate) place: Place,
    /// The template.
    pub(crate) template: Template,
    /// Tags beside the organization's.
    pub(crate) tags: BTreeMap<String, String>,
    /// Termination protection.
    pub(crate) protection: Protection,
    /// Where the user wrote the ARNs of managed policies.
    pub(crate) written: BTreeMap<String, Place>,
    /// What it makes beside roles and providers, which the template tells.
    pub(crate) provides: Vec<Provides>,
    /// What it waits for beside boundaries, shared policies and accounts, which the template tells.
    pub(crate) needs: Vec<Need>,
}

impl Blueprint {
    /// A blueprint that waits for nothing but its boundaries.
    pub(crate) fn new(kind: Kind, item: Option<&str>, name: StackName, place: Place, template: Template) -> Self {
        Self {
            kind,
            item: item.map(str::to_owned),
            name,
            place,
            template,
            tags: BTreeMap::new(),
            written: BTreeMap::new(),
            protection: Protection::On,
            provides: Vec::new(),
            needs: Vec::new(),
        }
    }

    /// The blueprint that waits for more.
    pub(crate) fn needing(mut self, needs: impl IntoIterator<Item = Need>) -> Self {
        self.needs.extend(needs);
        self
    }

    /// The blueprint that knows where the user wrote these.
    pub(crate) fn attaching<'r>(mut self, arns: impl IntoIterator<Item = &'r Reads<Arn>>) -> Self {
        self.written.extend(arns.into_iter().map(|arn| (arn.value.as_str().to_owned(), arn.place)));
        self
    }

    /// The stack of every account, all with the same body.
    pub(crate) fn stand<'a>(
        &self,
        accounts: impl IntoIterator<Item = &'a AccountName>,
        region: &Region,
        rendered: &Rendered,
        tags: &BTreeMap<String, String>,
        attaches: &[Arn],
    ) -> Vec<Stack> {
        let tags = self.all_tags(tags);
        let roles = self.template.roles().count();
        let provides = self.all_provides();
        let needs = self.all_needs(rendered);
        let stack = |account: &AccountName| Stack {
            key: StackKey { account: account.clone(), region: region.clone(), name: self.name.clone() },
            kind: self.kind,
            item: self.item.clone(),
            place: self.place,
            body: rendered.body.clone(),
            parameters: rendered.parameters.clone(),
            tags: tags.clone(),
            protection: self.protection,
            provides: provides.clone(),
            needs: needs.clone(),
            roles,
            attaches: attaches.to_vec(),
        };
        accounts.into_iter().map(stack).collect()
    }

    /// The organization's tags with the item's own, which win, and with what a part was split from.
    pub(crate) fn all_tags(&self, organization: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut out = organization.clone();
        out.extend(self.tags.clone());
        out.extend(self.needs.iter().filter_map(|need| match need {
            Need::Whole(whole) => Some((TAG_PART_OF.to_owned(), whole.to_string())),
            _ => None,
        }));
        out
    }

    fn all_provides(&self) -> Vec<Provides> {
        let mut out = self.provides.clone();
        for resource in self.template.resources.values() {
            match resource {
                Resource::Role(role) => out.push(Provides::Role(role.name.clone())),
                Resource::OidcProvider(provider) => {
                    out.push(Provides::Provider(["oidc-provider/", &provider.host].concat()));
                }
                Resource::SamlProvider(provider) => {
                    out.push(Provides::Provider(["saml-provider/", &provider.name].concat()));
                }
                _ => {}
            }
        }
        out.sort();
        out.dedup();
        out
    }

    fn all_needs(&self, rendered: &Rendered) -> Vec<Need> {
        let mut out = self.needs.clone();
        out.extend(self.template.roles().filter_map(|role| match &role.boundary {
            BoundarySource::Account(name, _) => Some(Need::Boundary(name.clone())),
            BoundarySource::Stack(..) => None,
        }));
        out.extend(self.template.roles().flat_map(|role| &role.policies.shared).map(|one| Need::SharedPolicy(*one)));
        out.extend(rendered.parameters.values().filter_map(|source| match source {
            ParameterSource::Account(name) => Some(Need::AccountId(name.clone())),
            ParameterSource::Organization => None,
        }));
        out.sort();
        out.dedup();
        out
    }
}
