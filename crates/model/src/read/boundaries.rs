//! `boundaries:`

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::read::context::Context;
use crate::read::documents::policy;
use crate::read::fields::{Fields, entries};
use crate::read::node::{Entry, Node};
use crate::read::scalar::{filled_list, text};
use crate::read::sections::Names;
use crate::read::suggest::clip;
use crate::read::values::{from_text, name_error};
use crate::{Boundary, BoundaryContent, BoundaryName, Diagnostic, Naming, OrganizationName, Place, codes};

/// Boundaries, and every name that stands there, `None` for those that could not be read.
#[derive(Default)]
pub(crate) struct Boundaries {
    pub(crate) boundaries: IndexMap<BoundaryName, Boundary>,
    pub(crate) names: IndexMap<String, Option<BoundaryName>>,
}

pub(crate) fn read(cx: &mut Context<'_>, node: Option<&Node>, organization: Option<&OrganizationName>) -> Boundaries {
    let mut out = Boundaries::default();
    let Some(node) = node else { return out };
    let mut names = Names::of_resources();
    for entry in entries(cx, node).unwrap_or_default() {
        let name: Option<BoundaryName> = from_text(cx, &entry.key, entry.key_place, codes::NAME);
        if let Some(name) = &name {
            names.claim(cx, name.as_str(), entry.key_place);
            if let Some(Err(error)) = organization.map(|organization| Naming::new(organization).boundary(name)) {
                cx.report(name_error(&error, entry.key_place, codes::NAME));
            }
        }
        let content = content(cx, entry);
        let sound = name.zip(content);
        out.names.insert(entry.key.clone(), sound.as_ref().map(|(name, _)| name.clone()));
        if let Some((name, content)) = sound {
            out.boundaries.insert(name.clone(), Boundary { name, content, place: entry.key_place });
        }
    }
    out
}

fn content(cx: &mut Context<'_>, entry: &Entry) -> Option<BoundaryContent> {
    let mut fields = Fields::of(cx, &entry.value, "a boundary")?;
    let found = fields.exactly_one(cx, &["services", "policy"]);
    fields.finish(cx);
    match found? {
        ("policy", node) => policy(cx, node).map(BoundaryContent::Policy),
        (_, node) => services(cx, node).map(BoundaryContent::Services),
    }
}

fn services(cx: &mut Context<'_>, node: &Node) -> Option<Vec<String>> {
    let items = filled_list(cx, node)?;
    let mut seen: HashMap<&str, Place> = HashMap::new();
    let mut services = Vec::new();
    for item in items {
        let Some(service) = text(cx, item) else { continue };
        let well_formed = !service.is_empty()
            && service.len() <= 64
            && service.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !well_formed {
            let message = format!("`{}` is no IAM service prefix", clip(service));
            let help = match service.split_once(':') {
                Some((prefix, _)) => format!("write `{}`; single actions are written in a `policy` file", clip(prefix)),
                None => "a prefix is what stands before the `:` of an action, such as `s3`".to_owned(),
            };
            cx.report(Diagnostic::error(codes::IDENTIFIER, item.place, message).help(help));
        } else if let Some(first) = seen.insert(service, item.place) {
            cx.report(
                Diagnostic::error(codes::REPEATED, item.place, format!("`{service}` is listed twice"))
                    .label("again here")
                    .related(first, "first here")
                    .help("take one out"),
            );
        } else {
            services.push(service.to_owned());
        }
    }
    Some(services)
}
