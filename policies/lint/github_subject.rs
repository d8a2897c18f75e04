//! GitHub's subjects: which runs of which repositories a test lets in.
//!
//! Source: GitHub Docs, "OpenID Connect reference"; IAM User Guide, "Configuring a role for GitHub OIDC identity
//! provider". A subject is `repo:OWNER/REPO:environment:NAME`, `…:ref:refs/heads/BRANCH`, `…:ref:refs/tags/TAG` or
//! `…:pull_request`; repositories made after 15 July 2026 have `OWNER@ID/REPO@ID`.

use super::codes::{FAILS_OPEN, GITHUB_NEVER, GITHUB_NO_AUDIENCE, GITHUB_NO_SUBJECT, GITHUB_WIDE};
use super::condition_key::negated;
use super::finding::Finding;
use super::subject::{DocumentKind, Subject, allows, condition_path, shown};
use crate::{Condition, OperatorKind, Principal, Principals, Qualifier, Statement};

/// What the ARNs of GitHub's identity providers end in, also those of an enterprise.
const HOST: &str = "token.actions.githubusercontent.com";

pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    for (path, statement) in subject.statements() {
        for condition in &statement.conditions {
            if claim(condition, "sub") {
                let path = condition_path(&path, condition);
                subject_test(&path, statement, condition, out);
            }
        }
        if subject.kind == DocumentKind::Trust && allows(statement) {
            trust(&path, statement, out);
        }
    }
}

/// Whether a condition is about a claim of GitHub's tokens.
fn claim(condition: &Condition, claim: &str) -> bool {
    condition
        .key
        .0
        .rsplit_once(':')
        .is_some_and(|(host, name)| name.eq_ignore_ascii_case(claim) && host.to_ascii_lowercase().starts_with(HOST))
}

fn trust(path: &str, statement: &Statement, out: &mut Vec<Finding>) {
    let Principals::Only(principals) = &statement.principals else { return };
    let federated: Vec<String> = principals
        .iter()
        .filter_map(|principal| match principal {
            Principal::Federated(text) => Some(shown(text)),
            _ => None,
        })
        .filter(|provider| !provider.contains(":saml-provider/"))
        .collect();
    let Some(provider) = federated.first() else { return };
    let has = |name: &str| {
        statement.conditions.iter().any(|condition| {
            condition.key.0.rsplit_once(':').is_some_and(|(_, claim)| claim.eq_ignore_ascii_case(name))
                && condition.operator.kind != OperatorKind::Null
                && !negated(condition.operator.kind)
        })
    };
    if federated.iter().any(|provider| provider.contains(HOST)) && !has("sub") {
        out.push(
            Finding::error(GITHUB_NO_SUBJECT, path, "every repository on GitHub is let in: no subject is asked for")
                .help(format!("add `\"StringEquals\": {{ \"{HOST}:sub\": \"repo:OWNER/REPO:environment:NAME\" }}`")),
        );
    }
    if !has("aud") && !has("app_id") && !has("amr") {
        out.push(
            Finding::error(GITHUB_NO_AUDIENCE, path, format!("tokens of `{provider}` for any audience are let in"))
                .help("test the provider's `:aud` with `StringEquals`; GitHub's is `sts.amazonaws.com`"),
        );
    }
    for condition in &statement.conditions {
        if ["sub", "aud"].iter().any(|name| claim(condition, name)) && fails_open(condition) {
            let message = format!("`{}` passes where the token has no `{}`", condition.operator, condition.key.0);
            out.push(
                Finding::error(FAILS_OPEN, condition_path(path, condition), message)
                    .help(format!("write `{}`", condition.operator.kind.as_str())),
            );
        }
    }
}

fn fails_open(condition: &Condition) -> bool {
    condition.operator.if_exists || condition.operator.qualifier == Qualifier::ForAllValues
}

fn subject_test(path: &str, statement: &Statement, condition: &Condition, out: &mut Vec<Finding>) {
    let kind = condition.operator.kind;
    if kind == OperatorKind::Null {
        return;
    }
    // A test that lets in, or one that keeps out all others: either way its values are who comes in.
    let names_who_comes = allows(statement) != negated(kind);
    if !names_who_comes {
        return;
    }
    let patterns = matches!(kind, OperatorKind::StringLike | OperatorKind::StringNotLike);
    for (at, value) in condition.values.iter().enumerate() {
        let value = shown(value);
        let path = format!("{path}[{at}]");
        let fault = if patterns || !value.contains(['*', '?']) {
            fault(&value, if allows(statement) { Reach::Grant } else { Reach::Ceiling })
        } else {
            // `StringEquals` with a wildcard is told by the check of values.
            None
        };
        match fault {
            Some(Fault::Wide(who)) => out.push(
                Finding::error(GITHUB_WIDE, path, format!("`{value}` lets {who} in"))
                    .help("write one kind of run of one repository: `repo:OWNER/REPO:environment:NAME`"),
            ),
            Some(Fault::Never(why)) => {
                out.push(Finding::error(GITHUB_NEVER, path, format!("`{value}` matches no run: {why}")).help(
                    "a subject looks like `repo:OWNER/REPO:environment:NAME` or `repo:OWNER/REPO:ref:refs/heads/main`",
                ))
            }
            None => {}
        }
    }
}

/// What a test is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// It lets in.
    Grant,
    /// It is the most that any grant can let in: a whole owner is fine there.
    Ceiling,
}

enum Fault {
    Wide(&'static str),
    Never(&'static str),
}

fn fault(value: &str, reach: Reach) -> Option<Fault> {
    let wild = |text: &str| text.contains(['*', '?']);
    let Some(rest) = value.strip_prefix("repo:") else {
        let head = value.split(':').next().unwrap_or_default();
        return Some(if wild(head) {
            Fault::Wide("every repository on GitHub")
        } else if head.eq_ignore_ascii_case("repo") {
            Fault::Never("subjects mind case, and begin with `repo:`")
        } else {
            Fault::Never("subjects begin with `repo:`")
        });
    };
    let (name, run) = rest.split_once(':').map_or((rest, None), |(name, run)| (name, Some(run)));
    let Some((owner, repository)) = name.split_once('/') else {
        return Some(if name.trim_matches(['*', '?']).is_empty() && wild(name) {
            Fault::Wide("every repository on GitHub")
        } else if wild(name) {
            Fault::Wide("owners whose names begin alike")
        } else {
            Fault::Never("the repository's name is missing behind its owner")
        });
    };
    let owner_name = owner.split('@').next().unwrap_or_default();
    if wild(owner_name) {
        return Some(Fault::Wide("other owners' repositories"));
    }
    if reach == Reach::Ceiling {
        return None;
    }
    // `repo:o/*` spans colons as well.
    if repository.trim_matches(['*', '?']).is_empty() && wild(repository) {
        return Some(Fault::Wide("every repository of the owner"));
    }
    let repository_name = repository.split('@').next().unwrap_or_default();
    if wild(repository_name) {
        return Some(Fault::Wide("repositories whose names begin alike"));
    }
    match run {
        None if wild(repository) || wild(owner) => Some(Fault::Wide("every run of the repository, pull requests too")),
        None => Some(Fault::Never("the kind of run is missing behind the repository")),
        Some(run) => run_fault(run),
    }
}

fn run_fault(run: &str) -> Option<Fault> {
    let whole = |text: &str| text.trim_matches(['*', '?']).is_empty();
    if whole(run) || run.split(':').next().is_some_and(|kind| kind.contains(['*', '?'])) {
        return Some(Fault::Wide("every run of the repository, pull requests too"));
    }
    if run == "pull_request" {
        return Some(Fault::Wide("whatever a pull request changes the workflow to"));
    }
    if let Some(name) = run.strip_prefix("environment:") {
        return whole(name).then_some(Fault::Wide("every environment, also one that anybody adds"));
    }
    let Some(reference) = run.strip_prefix("ref:") else {
        // A customized template can have other claims in its place.
        return (!run.contains(':')).then_some(Fault::Never("no run has such a subject"));
    };
    match reference.strip_prefix("refs/heads/").or(reference.strip_prefix("refs/tags/")) {
        Some(name) => whole(name).then_some(Fault::Wide("every branch or tag")),
        None if reference.contains(['*', '?']) => Some(Fault::Wide("every branch and tag")),
        None => Some(Fault::Never("a ref is written in full: `refs/heads/main`")),
    }
}
