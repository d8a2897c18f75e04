//! Identity providers: SAML metadata in its file, and audiences by way of the roles that are made out to them.

use landfall_model::{Federation, FederationTrust, Part, Writing, value_at};
use landfall_policies::Provider;
use landfall_stacks::Stack;
use serde_json::{Value, json};

use super::ground::{Ground, texts};
use super::proposal::Proposal;
use super::refusal::Unsayable;
use crate::Drift;

/// How another provider would be said.
pub(super) fn provider(ground: &Ground<'_>, stack: &Stack, drift: &Drift) -> Result<Proposal, Unsayable> {
    let items = || {
        ground.foundation().federation.iter().filter(|item| {
            let own = landfall_policies::provider(&item.trust);
            item.accounts.contains(&stack.key.account)
                && matches!(own, Provider::Own(resource) if drift.subject.name.ends_with(&[":", &resource].concat()))
        })
    };
    match drift.property.as_str() {
        "SamlMetadataDocument" => metadata(ground, items(), &drift.live),
        "ClientIdList" => {
            let wanted = match ground.wanted(stack)?.providers.remove(&drift.subject.name) {
                Some(landfall_stacks::Provider::Oidc { audiences, .. }) => json!(audiences),
                _ => return Err(Unsayable::inexact("the configuration does not want the provider any more")),
            };
            if wanted == drift.live {
                return Ok(Proposal::Said);
            }
            if wanted != drift.desired {
                return Err(Unsayable::Changed);
            }
            audience(ground, &items().collect::<Vec<_>>(), drift)
        }
        "Url" => Err(Unsayable::NoWords("a provider with another issuer is another provider")),
        _ => Err(Unsayable::NoWords("a provider follows from the roles that trust it")),
    }
}

fn metadata<'f>(
    ground: &Ground<'_>,
    items: impl Iterator<Item = &'f Federation>,
    live: &Value,
) -> Result<Proposal, Unsayable> {
    let live = live.as_str().ok_or_else(|| Unsayable::inexact("the provider has no metadata"))?;
    let mut writings = Vec::new();
    let mut said = true;
    for item in items {
        let FederationTrust::Saml { metadata, .. } = &item.trust else { continue };
        said &= metadata.split_whitespace().eq(live.split_whitespace());
        let file = value_at(&ground.folder.sources, item.place, &["saml", "metadata"]);
        let file = file.as_ref().and_then(Value::as_str).ok_or_else(|| Unsayable::inexact("its file has no name"))?;
        let mut text = live.to_owned();
        if metadata.ends_with('\n') && !text.ends_with('\n') {
            text.push('\n');
        }
        let writing = Writing::Whole { file: file.to_owned(), text };
        if !writings.contains(&writing) {
            writings.push(writing);
        }
    }
    match writings.is_empty() {
        true => Err(Unsayable::inexact("no role of the configuration trusts the provider any more")),
        false if said => Ok(Proposal::Said),
        false => Ok(Proposal::Write(writings, Vec::new())),
    }
}

fn audience(ground: &Ground<'_>, items: &[&Federation], drift: &Drift) -> Result<Proposal, Unsayable> {
    let (desired, live) = (texts(&drift.desired), texts(&drift.live));
    let gone: Vec<&str> = desired.iter().copied().filter(|one| !live.contains(one)).collect();
    let new: Vec<&str> = live.iter().copied().filter(|one| !desired.contains(one)).collect();
    let audience_of = |item: &&&Federation| match &item.trust {
        FederationTrust::WebIdentity { audience, .. } => gone.contains(&audience.as_str()),
        FederationTrust::Saml { .. } => false,
    };
    let ([_], [new]) = (gone.as_slice(), new.as_slice()) else {
        return Err(Unsayable::NoWords(
            "a provider has the audiences of the roles that trust it: write a role of `federation:` with the new one, or \
             take out the role whose audience is gone",
        ));
    };
    let mut writings = Vec::new();
    for item in items.iter().filter(audience_of) {
        let mut section = match value_at(&ground.folder.sources, item.place, &["web_identity"]) {
            Some(Value::Object(section)) => section,
            _ => return Err(Unsayable::inexact("`web_identity:` is written in a way that cannot be edited")),
        };
        section.insert("audience".to_owned(), json!(new));
        let parts = vec![Part::set("web_identity", Value::Object(section))];
        writings.push(Writing::Item { item: item.place, parts });
    }
    if writings.is_empty() {
        return Err(Unsayable::NoWords("GitHub's tokens for AWS are made out to sts.amazonaws.com"));
    }
    Ok(Proposal::Write(writings, Vec::new()))
}
