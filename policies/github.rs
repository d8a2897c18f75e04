//! GitHub Actions as a principal.

use landfall_model::{GithubSubject, GithubTrust, SubjectForm};

use crate::estate::GITHUB_PROVIDER;
use crate::{ArnAccount, Condition, Document, OperatorKind, PolicyError, Principal, Statement, iam_arn};

/// The subjects that a trust lets in, word for word: one, or two during a migration. Source: GitHub Docs, "OpenID Connect
/// reference": `repo:OWNER/REPO:…`, for repositories made, renamed or moved after 15 July 2026
/// `repo:OWNER@OWNER_ID/REPO@REPO_ID:…`; a `:` in the name of an environment, branch or tag becomes `%3A`.
///
/// # Errors
/// An immutable subject without the ids.
pub fn github_subjects(trust: &GithubTrust) -> Result<Vec<String>, PolicyError> {
    let end = match &trust.subject {
        GithubSubject::Environment(name) => ["environment:", &encoded(name)].concat(),
        GithubSubject::Branch(name) => ["ref:refs/heads/", &encoded(name)].concat(),
        GithubSubject::Tag(name) => ["ref:refs/tags/", &encoded(name)].concat(),
    };
    subjects_ending(trust, &end)
}

/// The subjects of pull requests of a repository. They come from branches of the repository itself; a run for a fork gets no
/// token.
///
/// # Errors
/// An immutable subject without the ids.
pub fn github_pull_requests(trust: &GithubTrust) -> Result<Vec<String>, PolicyError> {
    subjects_ending(trust, "pull_request")
}

/// The subjects of jobs without an environment on a branch of a repository.
///
/// # Errors
/// An immutable subject without the ids.
pub fn github_branch(trust: &GithubTrust, branch: &str) -> Result<Vec<String>, PolicyError> {
    subjects_ending(trust, &["ref:refs/heads/", &encoded(branch)].concat())
}

/// Lets exactly the trust's subject in.
///
/// # Errors
/// An immutable subject without the ids.
pub fn github_trust(trust: &GithubTrust) -> Result<Document, PolicyError> {
    Ok(Document::named([statement(trust, github_subjects(trust)?)]))
}

/// Lets subjects in. The audience and the subject are compared word for word: a pattern would let names in that nobody
/// has thought of. Where the repository's id is known, it is compared as well: a name can be taken over, an id cannot.
/// Source: IAM User Guide, "Create a role for OpenID Connect federation", "Configuring a role for GitHub OIDC identity
/// provider"; the claim `repository_id` is a condition key since January 2026.
pub(crate) fn statement(trust: &GithubTrust, subjects: Vec<String>) -> Statement {
    let key = |claim: &str| ["token.actions.githubusercontent.com:", claim].concat();
    let equals =
        |claim: &str, values: Vec<String>| Condition::new(OperatorKind::StringEquals, key(claim).as_str(), values);
    let statement = Statement::allow("Github", ["sts:AssumeRoleWithWebIdentity"])
        .to([Principal::Federated(iam_arn(ArnAccount::Own, GITHUB_PROVIDER))])
        .when(equals("aud", vec!["sts.amazonaws.com".to_owned()]))
        .when(equals("sub", subjects));
    match &trust.repository_id {
        Some(id) => statement.when(equals("repository_id", vec![id.clone()])),
        None => statement,
    }
}

fn encoded(name: &str) -> String {
    name.replace(':', "%3A")
}

fn subjects_ending(trust: &GithubTrust, end: &str) -> Result<Vec<String>, PolicyError> {
    let GithubTrust { owner, repository, .. } = trust;
    let legacy = || format!("repo:{owner}/{repository}:{end}");
    let immutable = || match (&trust.owner_id, &trust.repository_id) {
        (Some(owner_id), Some(repository_id)) => {
            Ok(format!("repo:{owner}@{owner_id}/{repository}@{repository_id}:{end}"))
        }
        _ => Err(PolicyError::Subject { owner: owner.clone(), repository: repository.clone() }),
    };
    Ok(match trust.form {
        SubjectForm::Legacy => vec![legacy()],
        SubjectForm::Immutable => vec![immutable()?],
        SubjectForm::Both => vec![legacy(), immutable()?],
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::specimen::plain;

    fn trust(subject: GithubSubject, form: SubjectForm) -> GithubTrust {
        GithubTrust {
            owner: "acme".into(),
            repository: "infra".into(),
            subject,
            owner_id: Some("1001".into()),
            repository_id: Some("2002".into()),
            form,
        }
    }

    #[test]
    fn subjects_are_what_github_sends() {
        let environment = || GithubSubject::Environment("eu:prod".into());
        let of = |subject, form| github_subjects(&trust(subject, form)).unwrap();
        assert_eq!(of(environment(), SubjectForm::Legacy), ["repo:acme/infra:environment:eu%3Aprod"]);
        assert_eq!(of(environment(), SubjectForm::Immutable), ["repo:acme@1001/infra@2002:environment:eu%3Aprod"]);
        assert_eq!(
            of(GithubSubject::Branch("main".into()), SubjectForm::Both),
            ["repo:acme/infra:ref:refs/heads/main", "repo:acme@1001/infra@2002:ref:refs/heads/main"]
        );
        assert_eq!(of(GithubSubject::Tag("v1".into()), SubjectForm::Legacy), ["repo:acme/infra:ref:refs/tags/v1"]);
        assert_eq!(
            github_pull_requests(&trust(environment(), SubjectForm::Both)).unwrap(),
            ["repo:acme/infra:pull_request", "repo:acme@1001/infra@2002:pull_request"]
        );
    }

    #[test]
    fn an_immutable_subject_needs_both_ids() {
        for form in [SubjectForm::Immutable, SubjectForm::Both] {
            let trust = GithubTrust { owner_id: None, ..trust(GithubSubject::Branch("main".into()), form) };
            let error = github_trust(&trust).unwrap_err();
            assert_eq!(
                error.to_string(),
                "the immutable subject of acme/infra is made of ids: give owner_id and repository_id"
            );
        }
    }

    #[test]
    fn audience_subject_and_repository_are_compared() {
        let document = github_trust(&trust(GithubSubject::Environment("prod".into()), SubjectForm::Both)).unwrap();
        assert_eq!(
            plain(&document)["Statement"],
            json!([{
                "Sid": "Github", "Effect": "Allow",
                "Principal": {
                    "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
                },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": { "StringEquals": {
                    "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                    "token.actions.githubusercontent.com:sub": [
                        "repo:acme/infra:environment:prod", "repo:acme@1001/infra@2002:environment:prod",
                    ],
                    "token.actions.githubusercontent.com:repository_id": "2002",
                } },
            }])
        );
    }
}
