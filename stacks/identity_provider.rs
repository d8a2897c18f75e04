//! The identity providers of an account: one stack owns them all, because an account takes an issuer only once.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountName, AccountSet, Diagnostic, FederationTrust, Kind, Place};
use landfall_policies::{GITHUB_PROVIDER, Provider, provider};

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{LogicalId, OidcProviderBody, OutputValue, Resource, SamlProviderBody, Template};
use crate::{Need, Stack, codes};

/// The audience that GitHub's tokens for AWS carry. Source: GitHub Docs, "Configuring OpenID Connect in Amazon Web
/// Services".
const GITHUB_AUDIENCE: &str = "sts.amazonaws.com";

/// The most client ids of a provider. Source: IAM User Guide, "IAM and AWS STS quotas".
const AUDIENCES: usize = 100;

/// What a provider is made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Content<'a> {
    /// Client ids: those of all roles of the account.
    Oidc(BTreeSet<&'a str>),
    /// The metadata document.
    Saml(&'a str),
}

/// The providers of an account, by the resource parts of their ARNs.
type Providers<'a> = BTreeMap<String, Content<'a>>;

/// One stack an account with every provider that a role of it trusts; accounts with the same ones share the template.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let mut wanted: BTreeMap<&AccountName, (Providers<'_>, Place)> = BTreeMap::new();
    let foundation = context.foundation;
    let github = Need::Provider(GITHUB_PROVIDER.to_owned());
    for stack in &context.made {
        if stack.needs.contains(&github)
            && stack.kind != Kind::Federation
            && let Some((account, _)) = foundation.accounts.get_key_value(&stack.key.account)
        {
            let (providers, _) = wanted.entry(account).or_insert_with(|| (Providers::new(), stack.place));
            providers.insert(GITHUB_PROVIDER.to_owned(), Content::Oidc(BTreeSet::from([GITHUB_AUDIENCE])));
        }
    }
    let mut problems: BTreeMap<(Place, String), &str> = BTreeMap::new();
    for item in &foundation.federation {
        let Provider::Own(resource) = provider(&item.trust) else { continue };
        for account in &item.accounts {
            let (providers, _) = wanted.entry(account).or_insert_with(|| (Providers::new(), item.place));
            match (&item.trust, providers.get_mut(&resource)) {
                (FederationTrust::Saml { metadata, .. }, None) => {
                    providers.insert(resource.clone(), Content::Saml(metadata));
                }
                (FederationTrust::WebIdentity { audience, .. }, None) => {
                    providers.insert(resource.clone(), Content::Oidc(BTreeSet::from([audience.as_str()])));
                }
                (FederationTrust::WebIdentity { audience, .. }, Some(Content::Oidc(audiences))) => {
                    audiences.insert(audience);
                    if audiences.len() > AUDIENCES {
                        problems.insert((item.place, resource.clone()), "has more than 100 client ids");
                    }
                }
                (FederationTrust::Saml { metadata, .. }, Some(Content::Saml(known))) if known == metadata => {}
                (_, Some(_)) => {
                    problems.insert((item.place, resource.clone()), "has two metadata documents");
                }
            }
        }
    }
    for ((place, resource), problem) in problems {
        let message = format!("`{resource}` {problem}, and stands only once in an account");
        context.report(Diagnostic::error(codes::TAKEN, place, message).help("give one of the providers another name"));
    }
    let mut groups: BTreeMap<Providers<'_>, (AccountSet, Place)> = BTreeMap::new();
    for (account, (providers, place)) in wanted {
        groups.entry(providers).or_insert_with(|| (AccountSet::new(), place)).0.insert(account.clone());
    }
    let mut out = Vec::new();
    for (providers, (accounts, place)) in groups {
        if let Some(blueprint) = blueprint(context, &providers, place) {
            out.extend(context.stand(&blueprint, &accounts));
        }
    }
    out
}

fn blueprint(context: &mut Context<'_>, providers: &Providers<'_>, place: Place) -> Option<Blueprint> {
    let organization = &context.foundation.organization.name;
    let mut template = Template::new(format!("Landfall: identity providers of {organization}"));
    for (resource, content) in providers {
        let name = resource.split_once('/').map_or(resource.as_str(), |(_, name)| name);
        match content {
            Content::Oidc(audiences) => {
                let github = resource == GITHUB_PROVIDER;
                let id = if github { LogicalId::of("Github") } else { LogicalId::named(name, "Oidc") };
                let audiences = audiences.iter().map(|audience| (*audience).to_owned()).collect();
                let body = OidcProviderBody { host: name.to_owned(), audiences };
                template.add(id.clone(), Resource::OidcProvider(body));
                if github {
                    template.output("GithubArn", "GitHub's provider", OutputValue::Attribute(id, "Arn"));
                }
            }
            Content::Saml(metadata) => {
                let id = LogicalId::named(name, "Saml");
                let body = SamlProviderBody { name: name.to_owned(), metadata: (*metadata).to_owned() };
                template.add(id.clone(), Resource::SamlProvider(body));
                let key = format!("{id}Arn");
                template.output(key, format!("SAML provider {name}"), OutputValue::Attribute(id, "Arn"));
            }
        }
    }
    let stack = context.stack_name(Kind::IdentityProvider, &[], place)?;
    Some(Blueprint::new(Kind::IdentityProvider, None, stack, place, template))
}

#[cfg(test)]
mod tests {
    use landfall_model::{FederationTrust, ItemName};

    use crate::tests::golden;
    use crate::{Stack, codes, synthesize};

    fn providers(foundation: &landfall_model::Foundation, account: &str) -> serde_json::Value {
        let synthesis = synthesize(foundation);
        assert!(!synthesis.diagnostics.has_errors(), "{:?}", synthesis.diagnostics);
        let wanted = |stack: &&Stack| {
            stack.key.account.as_str() == account && stack.key.name.as_str() == "acme-identity-provider"
        };
        let stack = synthesis.stacks.iter().find(wanted).unwrap();
        serde_json::from_str::<serde_json::Value>(&stack.body.json).unwrap()["Resources"].clone()
    }

    #[test]
    fn an_issuer_takes_the_client_ids_of_all_roles_of_the_account() {
        let mut foundation = golden::acme();
        let mut app = foundation.federation.iter().find(|item| item.name.as_str() == "mobile-app").unwrap().clone();
        app.accounts = [landfall_model::AccountName::new("ci").unwrap()].into_iter().collect();
        for (name, issuer, audience) in [
            ("one", "https://token.actions.githubusercontent.com", "https://github.com/acme"),
            ("two", "https://login.acme.example", "web"),
            ("three", "https://login.acme.example/", "mobile"),
        ] {
            app.name = ItemName::new(name).unwrap();
            app.trust = FederationTrust::WebIdentity {
                issuer: issuer.to_owned(),
                audience: audience.to_owned(),
                subjects: vec!["repo:acme/x:environment:prod".to_owned()],
            };
            foundation.federation.push(app.clone());
        }
        let resources = providers(&foundation, "ci");
        let found: Vec<_> = resources
            .as_object()
            .unwrap()
            .values()
            .map(|one| format!("{} {}", one["Properties"]["Url"], one["Properties"]["ClientIdList"]))
            .collect();
        assert_eq!(
            found,
            [
                r#""https://login.acme.example" ["mobile","web"]"#,
                r#""https://token.actions.githubusercontent.com" ["https://github.com/acme","sts.amazonaws.com"]"#,
            ]
        );
    }

    #[test]
    fn a_saml_provider_is_made_of_its_metadata_and_has_only_one() {
        let mut foundation = golden::acme();
        let resources = providers(&foundation, "data-prod");
        assert_eq!(resources["CorpIdpSaml"]["Properties"]["Name"], "corp-idp");
        let metadata = resources["CorpIdpSaml"]["Properties"]["SamlMetadataDocument"].as_str().unwrap();
        assert!(metadata.contains("EntityDescriptor"), "{metadata}");
        let mut second = foundation.federation[0].clone();
        second.name = ItemName::new("second").unwrap();
        if let FederationTrust::Saml { metadata, .. } = &mut second.trust {
            metadata.push('\n');
        }
        foundation.federation.push(second);
        let codes: Vec<_> = synthesize(&foundation).diagnostics.iter().map(|found| found.code).collect();
        assert_eq!(codes, [codes::TAKEN]);
    }
}
