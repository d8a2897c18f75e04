//! The identity providers of an account: one stack owns them all, because an account takes an issuer only once.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountName, AccountSet, Kind, Place};
use landfall_policies::GITHUB_PROVIDER;

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{LogicalId, OidcProviderBody, OutputValue, Resource, Template};
use crate::{Need, Stack};

/// The audience that GitHub's tokens for AWS carry. Source: GitHub Docs, "Configuring OpenID Connect in Amazon Web
/// Services".
const GITHUB_AUDIENCE: &str = "sts.amazonaws.com";

/// One stack an account with every provider that a role of it trusts; accounts with the same ones share the template.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let mut wanted: BTreeMap<AccountName, (BTreeSet<String>, Place)> = BTreeMap::new();
    for stack in &context.made {
        for need in &stack.needs {
            if let Need::Provider(provider) = need {
                let entry = wanted.entry(stack.key.account.clone());
                entry.or_insert_with(|| (BTreeSet::new(), stack.place)).0.insert(provider.clone());
            }
        }
    }
    let mut groups: BTreeMap<BTreeSet<String>, (AccountSet, Place)> = BTreeMap::new();
    for (account, (providers, place)) in wanted {
        groups.entry(providers).or_insert_with(|| (AccountSet::new(), place)).0.insert(account);
    }
    let mut out = Vec::new();
    for (providers, (accounts, place)) in groups {
        if let Some(blueprint) = blueprint(context, &providers, place) {
            out.extend(context.stand(&blueprint, &accounts));
        }
    }
    out
}

fn blueprint(context: &mut Context<'_>, providers: &BTreeSet<String>, place: Place) -> Option<Blueprint> {
    let organization = &context.foundation.organization.name;
    let mut template = Template::new(format!("Landfall: identity providers of {organization}"));
    if providers.contains(GITHUB_PROVIDER) {
        let id = LogicalId::of("Github");
        let host = GITHUB_PROVIDER.trim_start_matches("oidc-provider/").to_owned();
        let audiences = vec![GITHUB_AUDIENCE.to_owned()];
        template.add(id.clone(), Resource::OidcProvider(OidcProviderBody { host, audiences }));
        template.output("GithubArn", "GitHub's provider", OutputValue::Attribute(id, "Arn"));
    }
    let stack = context.stack_name(Kind::IdentityProvider, &[], place)?;
    Some(Blueprint::new(Kind::IdentityProvider, None, stack, place, template))
}
