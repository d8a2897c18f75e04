//! Who may assume a role, in the words of its section.

use landfall_model::{Arn, BreakGlass, CrossAccount, Part, Trusted, Writing, value_at};
use serde_json::{Value, json};

use super::atom;
use super::conditions::{conditions_part, duration};
use super::entrance::{Entrance, Tests, entrances, only};
use super::proposal::Proposal;
use super::refusal::Unsayable;
use super::role_ground::RoleGround;
use super::words::Trust;
use super::{federation, github};
use crate::Drift;

/// How another trust policy would be said.
pub(super) fn trust(here: &RoleGround<'_>, drift: &Drift) -> Result<Proposal, Unsayable> {
    let wanted = &here.trust;
    let said = atom::of_document(wanted) == atom::of_document(&drift.live);
    if said && crate::same_document(wanted, &drift.desired) {
        return Err(Unsayable::NoWords("only names of statements differ, which mean nothing"));
    }
    if here.document(drift, wanted, said)? {
        return Ok(Proposal::Said);
    }
    let live = || entrances(&drift.live);
    let (item, parts) = match &here.words.trust {
        Trust::Follows => return Err(Unsayable::NoWords("who assumes such a role follows from what it is for")),
        Trust::Automation => {
            return Err(Unsayable::NoWords(
                "who assumes Landfall's own roles is written in `automation:`, of which the pipelines are made as well: change \
                 it there",
            ));
        }
        Trust::CrossAccount(item) => (item.place, cross_account(here, item, live()?)?),
        Trust::Github(item) => (item.place, github::github(here, item, live()?)?),
        Trust::Hub(item) => (item.place, hub(here, live()?)?),
        Trust::Federation(item) => (item.place, federation::federation(here, item, live()?)?),
        Trust::BreakGlass(item) => (item.place, break_glass(here, item, live()?)?),
    };
    Ok(Proposal::write(Writing::Item { item, parts }))
}

fn cross_account(here: &RoleGround<'_>, item: &CrossAccount, live: Vec<Entrance>) -> Result<Vec<Part>, Unsayable> {
    let mut entries: Vec<Value> = Vec::new();
    let mut common: Option<Tests> = None;
    for entrance in live {
        if entrance.sort != "AWS" || entrance.actions != ["sts:assumerole"] {
            return Err(Unsayable::inexact(
                "`trusted:` lets accounts and roles in, to `sts:AssumeRole` and nothing else",
            ));
        }
        for principal in &entrance.principals {
            let mut tests = entrance.tests.clone();
            for entry in trusted(here, principal, &mut tests)? {
                if !entries.contains(&entry) {
                    entries.push(entry);
                }
            }
            if common.as_ref().is_some_and(|common| *common != tests) {
                return Err(Unsayable::inexact(
                    "its statements stand under different conditions, and `conditions:` hold for all of them",
                ));
            }
            common = Some(tests);
        }
    }
    if entries.is_empty() {
        return Err(Unsayable::inexact("nobody is let in, and `trusted:` names at least one"));
    }
    let written = match value_at(&here.ground.folder.sources, item.place, &["trusted"]) {
        Some(Value::Array(written)) if written.len() == item.trusted.len() => written,
        _ => return Err(Unsayable::inexact("`trusted:` is written in a way that cannot be edited")),
    };
    // An entry that is still there stays as it is written, a role under its short name too.
    let mut out: Vec<Value> = Vec::new();
    for (one, text) in item.trusted.iter().zip(written) {
        let meaning = meaning(one);
        if let Some(at) = entries.iter().position(|entry| *entry == meaning) {
            entries.remove(at);
            out.push(text);
        }
    }
    out.extend(entries);
    let conditions = conditions_part(here, item.place, common.unwrap_or_default())?;
    Ok(vec![Part::set("trusted", Value::Array(out)), conditions])
}

fn meaning(trusted: &Trusted) -> Value {
    match trusted {
        Trusted::Role(role) => {
            let reference = [role.account.as_str(), role.role.as_str()].join("/");
            json!({ "role": reference })
        }
        Trusted::Account { account, .. } => json!({ "account": account }),
        Trusted::External { account, external_id, .. } => {
            json!({ "external_account": account, "external_id": external_id })
        }
    }
}

/// The entries of `trusted:` for a principal, the test that belongs to them taken out.
fn trusted(here: &RoleGround<'_>, principal: &str, tests: &mut Tests) -> Result<Vec<Value>, Unsayable> {
    let arn = Arn::new(principal).ok();
    let id = match &arn {
        Some(arn) if arn.resource() == "root" => arn.account(),
        Some(_) => {
            return Err(Unsayable::Inexact(format!(
                "{principal} is let in by its name, which IAM stores as an id; `trusted: [{{ role: ACCOUNT/NAME }}]` lets \
                 it in through its account"
            )));
        }
        None => principal,
    };
    let Some(account) = here.ground.account(id) else {
        if id.len() != 12 {
            return Err(Unsayable::Inexact(format!("`{principal}` is no account and no role")));
        }
        let secret = tests.take_one(&["stringequals"], "sts:ExternalId").ok_or_else(|| {
            Unsayable::Inexact(format!(
                "account {id} is outside of the organization, and is let in without an external id"
            ))
        })?;
        return Ok(vec![json!({ "external_account": id, "external_id": secret })]);
    };
    let mut without = tests.clone();
    if let Some(arns) = without.take(&["arnequals"], "aws:PrincipalArn")
        && let Some(roles) = arns.iter().map(|arn| here.ground.role(arn)).collect::<Option<Vec<_>>>()
    {
        *tests = without;
        return Ok(roles.into_iter().map(|role| json!({ "role": role })).collect());
    }
    let organization = here.ground.organization().map(|id| id.as_str().to_owned());
    let mut without = tests.clone();
    if organization.is_some() && without.take_one(&["stringequals"], "aws:PrincipalOrgID") == organization {
        *tests = without;
        return Ok(vec![json!({ "account": account })]);
    }
    Err(Unsayable::Inexact(format!(
        "account {account} is let in without the test that it belongs to the organization (`aws:PrincipalOrgID`), and not \
         by one of the roles that Landfall makes"
    )))
}

/// A deployer behind a hub: only its conditions have words.
fn hub(here: &RoleGround<'_>, live: Vec<Entrance>) -> Result<Vec<Part>, Unsayable> {
    let wanted = entrances(&here.trust)?;
    let (mut live, wanted) = (only(live)?, only(wanted)?);
    let foreign = || Unsayable::inexact("a deployer behind a hub lets the hub in and nobody else");
    if (&live.sort, &live.principals, &live.actions) != (&wanted.sort, &wanted.principals, &wanted.actions) {
        return Err(foreign());
    }
    let mut own = wanted.tests;
    let hub = own.take(&["arnequals"], "aws:PrincipalArn");
    if live.tests.take(&["arnequals"], "aws:PrincipalArn") != hub {
        return Err(foreign());
    }
    let Some(item) = here.words.item else { return Err(foreign()) };
    Ok(vec![conditions_part(here, item, live.tests)?])
}

fn break_glass(here: &RoleGround<'_>, item: &BreakGlass, live: Vec<Entrance>) -> Result<Vec<Part>, Unsayable> {
    let (mut live, wanted) = (only(live)?, only(entrances(&here.trust)?)?);
    let foreign = || {
        Unsayable::inexact("emergency access is for named users of the home account, by a fresh MFA and nothing less")
    };
    let account = |principals: &[String]| {
        let one = principals.first().map(|name| crate::document::account_of_root(name).into_owned());
        one.filter(|_| principals.len() == 1)
    };
    if (&live.sort, account(&live.principals), &live.actions)
        != (&wanted.sort, account(&wanted.principals), &wanted.actions)
    {
        return Err(foreign());
    }
    let users = live.tests.take(&["arnequals"], "aws:PrincipalArn").ok_or_else(foreign)?;
    let mfa = live.tests.take_one(&["bool"], "aws:MultiFactorAuthPresent").ok_or_else(foreign)?;
    let age = live.tests.take_one(&["numericlessthan"], "aws:MultiFactorAuthAge").ok_or_else(foreign)?;
    let age: u64 = age.parse().map_err(|_| foreign())?;
    if live.tests.first().is_some() || !mfa.eq_ignore_ascii_case("true") {
        return Err(foreign());
    }
    let mut names = Vec::new();
    for user in users {
        let arn = Arn::new(user).map_err(|_| foreign())?;
        names.push(arn.resource().strip_prefix("user/").ok_or_else(foreign)?.to_owned());
    }
    let mut parts = vec![Part::set("trusted_users", json!(names))];
    if item.mfa_max_age.as_secs() != age {
        parts.push(Part::set("mfa_max_age", duration(age)));
    }
    Ok(parts)
}
