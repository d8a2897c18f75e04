//! `github:` of deployers and of Landfall's own roles.

use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::node::{Meaning, Node, Value};
use crate::read::scalar::{quoted, text, word};
use crate::read::suggest::clip;
use crate::{Diagnostic, GithubSubject, GithubTrust, SubjectForm, codes};

const FORMS: &[(&str, SubjectForm)] =
    &[("legacy", SubjectForm::Legacy), ("immutable", SubjectForm::Immutable), ("both", SubjectForm::Both)];

/// Reads who may come in from GitHub.
pub(crate) fn trust(cx: &mut Context<'_>, node: &Node) -> Option<GithubTrust> {
    let mut fields = Fields::of(cx, node, "`github`")?;
    let repository = fields.required("repository", "write `repository: OWNER/REPOSITORY`");
    let repository = repository.and_then(|node| owner_and_name(cx, node));
    let subject = fields.exactly_one(cx, &["environment", "branch", "tag"]).and_then(|(key, node)| {
        let exact = exact(cx, node, key)?;
        Some(match key {
            "environment" => GithubSubject::Environment(exact),
            "branch" => GithubSubject::Branch(exact),
            _ => GithubSubject::Tag(exact),
        })
    });
    let owner_id = fields.optional("owner_id").map(|node| numeric_id(cx, node));
    let repository_id = fields.optional("repository_id").map(|node| numeric_id(cx, node));
    let subjects = fields.optional("subjects");
    let form = subjects.and_then(|node| word(cx, node, FORMS)).unwrap_or(SubjectForm::Legacy);
    if let Some(node) = subjects
        && form != SubjectForm::Legacy
    {
        for (key, id) in [("owner_id", &owner_id), ("repository_id", &repository_id)] {
            if id.is_none() {
                cx.report(
                    Diagnostic::error(codes::KEY_NEEDS_ANOTHER, node.place, format!("this needs `{key}`"))
                        .label("immutable subjects have the ids in them")
                        .help("`gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'` prints both"),
                );
            }
        }
    }
    fields.finish(cx);
    let (owner, repository) = repository?;
    Some(GithubTrust {
        owner,
        repository,
        subject: subject?,
        owner_id: owner_id.flatten(),
        repository_id: repository_id.flatten(),
        form,
    })
}

fn wildcard(cx: &mut Context<'_>, node: &Node, text: &str, what: &str) -> bool {
    let found = text.contains(['*', '?']);
    if found {
        cx.report(
            Diagnostic::error(codes::GITHUB_SUBJECT, node.place, format!("`{}` has a wildcard", clip(text)))
                .label("would let others in")
                .help(format!("name exactly one {what}: write a deployer for each")),
        );
    }
    found
}

/// `OWNER/REPOSITORY`
pub(crate) fn owner_and_name(cx: &mut Context<'_>, node: &Node) -> Option<(String, String)> {
    let text = text(cx, node)?;
    if wildcard(cx, node, text, "repository") {
        return None;
    }
    let allowed = |part: &str| {
        !part.is_empty() && part.len() <= 100 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    match text.split_once('/') {
        Some((owner, name)) if allowed(owner) && allowed(name) => Some((owner.to_owned(), name.to_owned())),
        _ => {
            cx.report(
                Diagnostic::error(codes::REPOSITORY, node.place, format!("`{}` is no repository", clip(text)))
                    .help("write OWNER/REPOSITORY, without `https://github.com/` and `.git`"),
            );
            None
        }
    }
}

/// A name of an environment, branch or tag, without wildcards and without `refs/`.
pub(crate) fn exact(cx: &mut Context<'_>, node: &Node, what: &str) -> Option<String> {
    let text = text(cx, node)?;
    if wildcard(cx, node, text, what) {
        return None;
    }
    let reference = ["refs/heads/", "refs/tags/"].into_iter().find_map(|prefix| text.strip_prefix(prefix));
    if what != "environment"
        && let Some(name) = reference
    {
        cx.report(
            Diagnostic::error(codes::GITHUB_SUBJECT, node.place, "the name is wanted without `refs/`")
                .help(format!("write `{what}: {}`", clip(name))),
        );
        return None;
    }
    let spaces = what != "environment" && text.contains(char::is_whitespace);
    if text.trim().is_empty() || text.len() > 255 || text.chars().any(char::is_control) || spaces {
        let message = format!("`{}` is no name of a GitHub {what}", clip(text));
        cx.report(Diagnostic::error(codes::GITHUB_SUBJECT, node.place, message));
        return None;
    }
    Some(text.to_owned())
}

fn numeric_id(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    if let Value::Scalar(scalar) = &node.value
        && scalar.meaning() == Meaning::Number
    {
        cx.report(
            Diagnostic::error(codes::GITHUB_SUBJECT, node.place, "an id is written in quotes").help(quoted(scalar)),
        );
        return None;
    }
    let text = text(cx, node)?;
    if !text.is_empty() && text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    cx.report(
        Diagnostic::error(codes::GITHUB_SUBJECT, node.place, format!("`{}` is no numeric id", clip(text)))
            .help("GitHub's ids are digits: \"1001\""),
    );
    None
}
