//! Federated roles: audience, subjects and conditions.

use landfall_model::{Federation, FederationTrust, Part, value_at};
use landfall_policies::{Provider, provider};
use serde_json::{Value, json};

use super::conditions::conditions_part;
use super::entrance::{Entrance, entrances, only};
use super::refusal::Unsayable;
use super::role_ground::RoleGround;

pub(super) fn federation(
    here: &RoleGround<'_>,
    item: &Federation,
    live: Vec<Entrance>,
) -> Result<Vec<Part>, Unsayable> {
    let (mut live, mut wanted) = (only(live)?, only(entrances(&here.trust)?)?);
    if (&live.sort, &live.principals, &live.actions) != (&wanted.sort, &wanted.principals, &wanted.actions) {
        return Err(Unsayable::inexact("another provider lets people in, or by another call"));
    }
    let mut parts = Vec::new();
    match &item.trust {
        FederationTrust::Saml { .. } => {
            if live.tests.take(&["stringequals"], "SAML:aud") != wanted.tests.take(&["stringequals"], "SAML:aud") {
                return Err(Unsayable::NoWords("a SAML response is made out to AWS's own sign-in, `SAML:aud`"));
            }
        }
        FederationTrust::WebIdentity { .. } => {
            let (prefix, audience, subject) = claims(&item.trust);
            let key = |claim: &str| [prefix.as_str(), ":", claim].concat();
            // Of a Cognito identity pool only those who signed in.
            let signed_in = |tests: &mut super::entrance::Tests| tests.take(&["foranyvalue:stringequals"], &key("amr"));
            if signed_in(&mut live.tests) != signed_in(&mut wanted.tests) {
                return Err(Unsayable::NoWords("only users who signed in come in from an identity pool"));
            }
            let audience = live.tests.take_one(&["stringequals"], &key(audience)).ok_or_else(|| {
                Unsayable::inexact("a token must be made out to exactly one audience: write a role for each")
            })?;
            let subjects = live.tests.take(&["stringequals"], &key(subject)).unwrap_or_default();
            let mut section = match value_at(&here.ground.folder.sources, item.place, &["web_identity"]) {
                Some(Value::Object(section)) => section,
                _ => return Err(Unsayable::inexact("`web_identity:` is written in a way that cannot be edited")),
            };
            section.insert("audience".to_owned(), json!(audience));
            if subjects.is_empty() {
                section.shift_remove("subjects");
            } else {
                section.insert("subjects".to_owned(), json!(subjects));
            }
            parts.push(Part::set("web_identity", Value::Object(section)));
        }
    }
    parts.push(conditions_part(here, item.place, live.tests)?);
    Ok(parts)
}

/// The prefix of an issuer's keys, and the claims with audience and subject.
fn claims(trust: &FederationTrust) -> (String, &'static str, &'static str) {
    match provider(trust) {
        Provider::BuiltIn(known) => (known.host.to_owned(), known.audience, known.subject),
        Provider::Own(resource) => {
            let host = resource.split_once('/').map_or(resource.as_str(), |(_, host)| host);
            (host.to_owned(), "aud", "sub")
        }
    }
}
