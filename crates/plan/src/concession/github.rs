//! `github:` from the subjects that a trust policy lets in: the way back of `landfall_policies::github_subjects`.

use landfall_model::{CiDeployer, Part, value_at};
use serde_json::{Map, Value, json};

use super::conditions::conditions_part;
use super::entrance::{Entrance, entrances, only};
use super::refusal::Unsayable;
use super::role_ground::RoleGround;

const CLAIM: &str = "token.actions.githubusercontent.com:";

/// A subject, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Subject {
    repository: String,
    /// The ids of owner and repository, in an immutable subject.
    ids: Option<(String, String)>,
    /// `environment`, `branch` or `tag`.
    key: &'static str,
    name: String,
}

pub(super) fn github(here: &RoleGround<'_>, item: &CiDeployer, live: Vec<Entrance>) -> Result<Vec<Part>, Unsayable> {
    let (mut live, wanted) = (only(live)?, only(entrances(&here.trust)?)?);
    let foreign = || Unsayable::inexact("`github:` lets runs of one repository in, by tokens that are made out to AWS");
    if (&live.sort, &live.principals, &live.actions) != (&wanted.sort, &wanted.principals, &wanted.actions) {
        return Err(foreign());
    }
    let key = |claim: &str| [CLAIM, claim].concat();
    if live.tests.take_one(&["stringequals"], &key("aud")).as_deref() != Some("sts.amazonaws.com") {
        return Err(foreign());
    }
    let subjects = live.tests.take(&["stringequals"], &key("sub")).ok_or_else(|| {
        Unsayable::inexact("subjects are compared as patterns, or not at all: `github:` names exactly one sort of run")
    })?;
    let repository_id = live.tests.take_one(&["stringequals"], &key("repository_id"));
    let subjects: Vec<Subject> =
        subjects.iter().map(|text| subject(text)).collect::<Option<_>>().ok_or_else(foreign)?;
    let mut old = match value_at(&here.ground.folder.sources, item.place, &["github"]) {
        Some(Value::Object(old)) => old,
        _ => return Err(Unsayable::inexact("`github:` is written in a way that cannot be edited")),
    };
    say(&mut old, &subjects, repository_id)?;
    let mut parts = vec![Part::set("github", Value::Object(old))];
    if item.hub.is_none() {
        parts.push(conditions_part(here, item.place, live.tests)?);
    } else if let Some(test) = live.tests.first() {
        return Err(Unsayable::Inexact(format!(
            "`conditions:` of a deployer stand on the deployer itself, and its hub has the test {test}"
        )));
    }
    Ok(parts)
}

fn say(old: &mut Map<String, Value>, subjects: &[Subject], repository_id: Option<String>) -> Result<(), Unsayable> {
    let several =
        || Unsayable::inexact("several sorts of runs are let in, and `github:` names one: write a deployer for each");
    let first = subjects.first().ok_or_else(several)?;
    let same = |one: &Subject| (&one.repository, one.key, &one.name) == (&first.repository, first.key, &first.name);
    let immutable: Vec<&Subject> = subjects.iter().filter(|one| one.ids.is_some()).collect();
    if !subjects.iter().all(same) || immutable.len() > 1 || subjects.len() > 2 {
        return Err(several());
    }
    let form = match (immutable.len(), subjects.len()) {
        (0, _) => None,
        (_, 1) => Some("immutable"),
        _ => Some("both"),
    };
    let set = |old: &mut Map<String, Value>, key: &str, value: Option<&str>| match value {
        Some(value) => drop(old.insert(key.to_owned(), json!(value))),
        None => drop(old.shift_remove(key)),
    };
    for key in ["environment", "branch", "tag"] {
        set(old, key, (key == first.key).then_some(first.name.as_str()));
    }
    set(old, "repository", Some(&first.repository));
    let ids = immutable.first().and_then(|one| one.ids.as_ref());
    // Where no subject has ids in it, an owner's is told nowhere.
    if let Some((owner, _)) = ids {
        set(old, "owner_id", Some(owner));
    }
    set(old, "repository_id", repository_id.as_deref());
    match form {
        None if old.get("subjects").and_then(Value::as_str) == Some("legacy") => {}
        form => set(old, "subjects", form),
    }
    Ok(())
}

/// `repo:OWNER/NAME:…`, or with ids `repo:OWNER@ID/NAME@ID:…`.
fn subject(text: &str) -> Option<Subject> {
    let (repository, end) = text.strip_prefix("repo:")?.split_once(':')?;
    let (owner, name) = repository.split_once('/')?;
    let (repository, ids) = match (owner.split_once('@'), name.split_once('@')) {
        (Some((owner, owner_id)), Some((name, id))) => {
            ([owner, name].join("/"), Some((owner_id.to_owned(), id.to_owned())))
        }
        (None, None) => (repository.to_owned(), None),
        _ => return None,
    };
    let (key, name) = [("environment:", "environment"), ("ref:refs/heads/", "branch"), ("ref:refs/tags/", "tag")]
        .into_iter()
        .find_map(|(prefix, key)| Some((key, end.strip_prefix(prefix)?)))?;
    Some(Subject { repository, ids, key, name: name.replace("%3A", ":") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(subjects: &[&str], id: Option<&str>) -> Result<Value, Unsayable> {
        let mut old =
            Map::from_iter([("repository".to_owned(), json!("acme/infra")), ("environment".to_owned(), json!("prod"))]);
        let subjects: Vec<Subject> = subjects.iter().map(|text| subject(text).unwrap()).collect();
        say(&mut old, &subjects, id.map(str::to_owned))?;
        Ok(Value::Object(old))
    }

    #[test]
    fn subjects_come_back_as_they_are_written() {
        assert_eq!(
            said(&["repo:acme/infra:environment:eu%3Aprod"], None),
            Ok(json!({ "repository": "acme/infra", "environment": "eu:prod" }))
        );
        assert_eq!(
            said(&["repo:acme/web:ref:refs/heads/main"], None),
            Ok(json!({ "repository": "acme/web", "branch": "main" }))
        );
        let both = ["repo:acme/infra:environment:prod", "repo:acme@1/infra@2:environment:prod"];
        let ids = json!({ "repository": "acme/infra", "environment": "prod", "owner_id": "1", "repository_id": "2",
            "subjects": "both" });
        assert_eq!(said(&both, Some("2")), Ok(ids.clone()));
        let mut alone = ids;
        alone["subjects"] = json!("immutable");
        assert_eq!(said(&both[1..], Some("2")), Ok(alone));
    }

    #[test]
    fn several_sorts_of_runs_are_several_deployers() {
        for more in
            ["repo:acme/infra:environment:test", "repo:acme/web:environment:prod", "repo:acme/infra:ref:refs/tags/prod"]
        {
            assert!(said(&["repo:acme/infra:environment:prod", more], None).is_err(), "{more}");
        }
        for other in ["repo:acme/infra:pull_request", "repo:acme@1/infra:ref:refs/heads/x", "acme", "repo:acme:x"] {
            assert_eq!(subject(other), None, "{other}");
        }
    }
}
