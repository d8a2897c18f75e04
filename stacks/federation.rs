//! Roles for people and apps from an identity provider.

use landfall_model::{Diagnostic, Federation, FederationTrust, Kind, RoleName};
use landfall_policies::{ArnAccount, Provider, federation_role, iam_arn, needs_subjects, provider, role_arn};

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{LogicalId, OutputValue, Resource, RoleBody, Template};
use crate::{Need, Stack, codes};

/// One stack an item in each of its accounts.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let mut out = Vec::new();
    for item in &context.foundation.federation {
        if needs_subjects(&item.trust) {
            let message =
                format!("federated role `{}` would let in everybody who has a token of its issuer", item.name);
            context.report(
                Diagnostic::error(codes::POLICY, item.place, message)
                    .label("the issuer is shared by all of the world, and IAM refuses a trust without a subject")
                    .help("name the subjects: `subjects: [\"…\"]`"),
            );
        }
        if let Some(blueprint) = blueprint(context, item) {
            out.extend(context.stand(&blueprint, &item.accounts));
        }
    }
    out
}

fn blueprint(context: &mut Context<'_>, item: &Federation) -> Option<Blueprint> {
    let organization = &context.foundation.organization;
    let name = item.name.as_str();
    let role_name = context.role_name(Kind::Federation, &[name], item.place)?;
    let role = RoleBody {
        name: role_name.clone(),
        description: format!("Federated role {name}, {}", comes_from(&item.trust)),
        policies: {
            let policies = federation_role(&organization.name, organization.partition(), item);
            context.policies(policies, item.place)?
        },
        boundary: context.boundary(&item.boundary, item.place)?,
        max_session: item.max_session,
    };
    let stack = context.stack_name(Kind::Federation, &[name], item.place)?;
    let id = LogicalId::of("Role");
    let mut template = Template::new(format!("Landfall: federated role {name} of {}", organization.name));
    template.add(id.clone(), Resource::Role(Box::new(role)));
    template.output("RoleArn", "The role's ARN", OutputValue::Attribute(id, "Arn"));
    let need = match provider(&item.trust) {
        Provider::Own(resource) => {
            if matches!(item.trust, FederationTrust::Saml { .. }) {
                template.output("SamlRole", SAML_ROLE, saml_role(context, &role_name, &resource));
            }
            Some(Need::Provider(resource))
        }
        Provider::BuiltIn(_) => None,
    };
    Some(
        Blueprint::new(Kind::Federation, Some(name), stack, item.place, template)
            .attaching(&item.access.managed_policies)
            .needing(need),
    )
}

const SAML_ROLE: &str = "A value of the attribute https://aws.amazon.com/SAML/Attributes/Role";

/// Source: IAM User Guide, "Configure SAML assertions for the authentication response": role and provider, with a comma.
fn saml_role(context: &Context<'_>, role: &RoleName, provider: &str) -> OutputValue {
    let organization = &context.foundation.organization.name;
    let role = role_arn(organization, ArnAccount::Own, role);
    OutputValue::Text(role.then(",").append(&iam_arn(ArnAccount::Own, provider)))
}

fn comes_from(trust: &FederationTrust) -> String {
    match trust {
        FederationTrust::Saml { provider, .. } => format!("through SAML provider {provider}"),
        FederationTrust::WebIdentity { issuer, .. } => format!("with tokens of {issuer}"),
    }
}

#[cfg(test)]
mod tests {
    use landfall_model::{FederationTrust, Foundation};

    use crate::tests::golden;
    use crate::{Need, Synthesis, codes, synthesize};

    fn needs(synthesis: &Synthesis, stack: &str) -> Vec<String> {
        let found = synthesis.stacks.iter().find(|one| one.key.name.as_str() == stack).unwrap();
        let named = found.needs.iter().filter_map(|need| match need {
            Need::Provider(name) => Some(name.clone()),
            _ => None,
        });
        named.collect()
    }

    fn with_issuer(issuer: &str) -> Foundation {
        let mut foundation = golden::acme();
        for item in &mut foundation.federation {
            if let FederationTrust::WebIdentity { issuer: old, .. } = &mut item.trust {
                issuer.clone_into(old);
            }
        }
        foundation
    }

    #[test]
    fn a_role_waits_for_its_provider_unless_iam_knows_it_by_itself() {
        let synthesis = synthesize(&golden::acme());
        assert_eq!(needs(&synthesis, "acme-federation-corporate-analyst"), ["saml-provider/corp-idp"]);
        assert_eq!(needs(&synthesis, "acme-federation-mobile-app"), [] as [&str; 0]);
        let synthesis = synthesize(&with_issuer("https://login.acme.example/oauth/"));
        assert_eq!(needs(&synthesis, "acme-federation-mobile-app"), ["oidc-provider/login.acme.example/oauth"]);
    }

    #[test]
    fn an_issuer_that_all_of_the_world_shares_needs_subjects() {
        let found: Vec<_> =
            synthesize(&with_issuer("https://gitlab.com")).diagnostics.iter().map(|found| found.code).collect();
        assert_eq!(found, [codes::POLICY]);
    }
}
