//! `install:` of `automation:`, how the pipelines get Landfall.

use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::github;
use crate::read::node::Node;
use crate::read::scalar::{text, word};
use crate::read::suggest::clip;
use crate::{Diagnostic, Install, ReleaseTarget, Repository, Revision, codes};

/// The version of this build.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Default for Install {
    /// This version, compiled: no checksum of a release can be known here.
    fn default() -> Self {
        Self::Cargo { source: Repository::home(), revision: Revision::Tag(["v", VERSION].concat()) }
    }
}

pub(crate) fn install(cx: &mut Context<'_>, node: &Node) -> Option<Install> {
    let mut fields = Fields::of(cx, node, "`install`")?;
    let found = fields.exactly_one(cx, &["release", "cargo"]);
    fields.finish(cx);
    match found? {
        ("release", node) => release(cx, node),
        (_, node) => cargo(cx, node),
    }
}

fn release(cx: &mut Context<'_>, node: &Node) -> Option<Install> {
    let mut fields = Fields::of(cx, node, "`release`")?;
    let version = fields.required("version", "write the version of a release: `version: 0.1.0`");
    let version = version.and_then(|node| version_number(cx, node));
    let sha256 = fields.required("sha256", "the release has it in `SHA256SUMS`, a line an archive");
    let sha256 = sha256.and_then(|node| hexadecimal(cx, node, "SHA-256 checksum", 64));
    let target = fields.optional("target");
    let target = target.map_or(Some(ReleaseTarget::LinuxX86), |node| word(cx, node, &ReleaseTarget::ALL));
    let source = source(cx, &mut fields);
    fields.finish(cx);
    Some(Install::Release { source: source?, version: version?, target: target?, sha256: sha256? })
}

fn cargo(cx: &mut Context<'_>, node: &Node) -> Option<Install> {
    let mut fields = Fields::of(cx, node, "`cargo`")?;
    let revision = fields.exactly_one(cx, &["commit", "tag"]).and_then(|(key, node)| {
        Some(match key {
            "commit" => Revision::Commit(hexadecimal(cx, node, "commit", 40)?),
            _ => Revision::Tag(github::exact(cx, node, "tag")?),
        })
    });
    let source = source(cx, &mut fields);
    fields.finish(cx);
    Some(Install::Cargo { source: source?, revision: revision? })
}

fn source(cx: &mut Context<'_>, fields: &mut Fields<'_>) -> Option<Repository> {
    let Some(node) = fields.optional("repository") else { return Some(Repository::home()) };
    let (owner, name) = github::owner_and_name(cx, node)?;
    Some(Repository { owner, name })
}

fn version_number(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    let (numbers, rest) = text.split_once('-').map_or((text, None), |(numbers, rest)| (numbers, Some(rest)));
    let parts: Vec<&str> = numbers.split('.').collect();
    let digits = |part: &&str| !part.is_empty() && part.len() <= 9 && part.bytes().all(|b| b.is_ascii_digit());
    let allowed =
        |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
    if parts.len() == 3 && parts.iter().all(digits) && rest.is_none_or(allowed) {
        return Some(text.to_owned());
    }
    let diagnostic = Diagnostic::error(codes::PIN, node.place, format!("`{}` is no version of Landfall", clip(text)));
    cx.report(match text.strip_prefix('v') {
        Some(number) => diagnostic.help(format!("the version stands without the tag's `v`: `{}`", clip(number))),
        None => diagnostic.help(format!("three numbers, such as `{VERSION}`")),
    });
    None
}

/// A digest that pins exactly one content. Capitals mean the same; they are written small.
fn hexadecimal(cx: &mut Context<'_>, node: &Node, what: &str, length: usize) -> Option<String> {
    let text = text(cx, node)?;
    if text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(text.to_ascii_lowercase());
    }
    let found = text.chars().count();
    cx.report(
        Diagnostic::error(codes::PIN, node.place, format!("`{}` is no {what}", clip(text)))
            .label(format!("{found} characters"))
            .help(format!("a {what} has {length} hexadecimal digits; a shorter one pins nothing")),
    );
    None
}
