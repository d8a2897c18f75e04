//! `federation:`

use crate::read::conditions::conditions;
use crate::read::context::Context;
use crate::read::documents::saml_metadata;
use crate::read::fields::Fields;
use crate::read::known::Known;
use crate::read::node::Node;
use crate::read::scalar::{each, text};
use crate::read::sections::{Names, items, role_parts};
use crate::read::suggest::clip;
use crate::read::values::{max_session, name};
use crate::{Diagnostic, Federation, FederationTrust, codes};

pub(crate) fn read(cx: &mut Context<'_>, known: &Known, node: Option<&Node>) -> Vec<Federation> {
    let mut names = Names::of_stacks();
    items(cx, node, "name", |cx, node| role(cx, known, &mut names, node))
}

fn role(cx: &mut Context<'_>, known: &Known, names: &mut Names, node: &Node) -> Option<Federation> {
    let mut fields = Fields::of(cx, node, "a federated role")?;
    let parts = role_parts(cx, known, &mut fields, names, "name");
    let trust = match fields.exactly_one(cx, &["saml", "web_identity"]) {
        Some(("saml", node)) => saml(cx, node),
        Some((_, node)) => web_identity(cx, node),
        None => None,
    };
    let conditions = conditions(cx, &mut fields);
    let max_session = max_session(cx, fields.optional("max_session"));
    fields.finish(cx);
    Some(Federation {
        name: parts.name?,
        accounts: parts.accounts?,
        trust: trust?,
        boundary: parts.boundary?,
        access: parts.access,
        conditions,
        max_session,
        place: parts.place,
    })
}

fn saml(cx: &mut Context<'_>, node: &Node) -> Option<FederationTrust> {
    let mut fields = Fields::of(cx, node, "`saml`")?;
    let provider = fields.required("provider", "write the provider's name in IAM").and_then(|node| name(cx, node));
    let metadata = fields.required("metadata", "write the path of the metadata document");
    let metadata = metadata.and_then(|node| saml_metadata(cx, node));
    fields.finish(cx);
    Some(FederationTrust::Saml { provider: provider?, metadata: metadata? })
}

fn web_identity(cx: &mut Context<'_>, node: &Node) -> Option<FederationTrust> {
    let mut fields = Fields::of(cx, node, "`web_identity`")?;
    let issuer = fields.required("issuer", "write the issuer's URL, `https://…`").and_then(|node| issuer(cx, node));
    let audience = fields.required("audience", "write the client id").and_then(|node| exact(cx, node));
    let subjects = fields.section("subjects").map(|node| each(cx, node, exact)).unwrap_or_default();
    fields.finish(cx);
    Some(FederationTrust::WebIdentity { issuer: issuer?, audience: audience?, subjects })
}

/// Source: IAM API, `CreateOpenIDConnectProvider.Url`: begins with `https://`, no port, no query, at most 255 characters.
fn issuer(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    let rest = text.strip_prefix("https://").unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    let well_formed = text.len() <= 255
        && host.contains('.')
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
        && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%".contains(&b));
    if well_formed {
        return Some(text.to_owned());
    }
    cx.report(
        Diagnostic::error(codes::URL, node.place, format!("`{}` is no issuer", clip(text)))
            .help("an issuer is a URL with `https://`, without port and query, such as https://accounts.google.com"),
    );
    None
}

fn exact(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    if text.is_empty() || text.len() > 255 || text.contains(['*', '?']) || text.chars().any(char::is_control) {
        let message = format!("`{}` is not exact", clip(text));
        cx.report(
            Diagnostic::error(codes::IDENTIFIER, node.place, message)
                .help("1 to 255 characters without wildcards: all of the provider's users share it"),
        );
        return None;
    }
    Some(text.to_owned())
}
