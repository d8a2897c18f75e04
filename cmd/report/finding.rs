//! What a plan saw and left alone, and why.

use landfall_plan::{Finding, Reach};

use crate::report::{clean, count, difference};

/// How many stacks of a long list are named.
const NAMED: usize = 3;

/// A finding in words, and what to do next where there is something to do.
pub(crate) fn finding(finding: &Finding) -> (String, Option<&'static str>) {
    match finding {
        Finding::NotWanted { stack } => {
            (format!("stack {stack} is not in the configuration any more"), Some("`--prune` deletes it"))
        }
        Finding::NotOurs { stack } => (
            format!("stack {stack} has the name that Landfall would give, and is not Landfall's"),
            Some("delete or rename it; until then it is left alone, and so is all that needs it"),
        ),
        Finding::StandsAlready { stack, names } => (
            format!("stack {stack} is not there, and what it would make is: {}", names.join(", ")),
            Some("`landfall adopt` takes it over, or delete or rename it; until then it is left alone"),
        ),
        Finding::NeedsPerson { owner, subject, property, rule } => {
            let what = if property.is_empty() { String::new() } else { [" ", property].concat() };
            (
                format!("{subject}{what} of {owner} was changed in a way that no call puts right: it {}", rule.words()),
                Some("look at it, and delete it if it is not wanted; then `landfall remediate` makes it anew"),
            )
        }
        Finding::PendingFirst { stack } => (
            format!("stack {stack} drifted, and the configuration has changed it since: what is not dangerous is left"),
            Some("`landfall apply` brings both there"),
        ),
        Finding::AsDeployed { stack } => (
            format!(
                "the configuration has changed stack {stack} since: what is dangerous goes back to what was deployed"
            ),
            Some("`landfall apply` brings what the configuration has changed"),
        ),
        Finding::InUse { stack, by } => {
            let named: Vec<String> = by.iter().take(NAMED).map(ToString::to_string).collect();
            let more = if by.len() > named.len() { ", …" } else { "" };
            let what = count(by.len(), "stack");
            (
                format!("stack {stack} stays: roles of {what} carry what it made ({}{more})", named.join(", ")),
                Some("name those with --target too, or leave --target out"),
            )
        }
        Finding::GuardrailNotWanted { guardrail } => (
            format!("guardrail {} is not in the configuration any more", guardrail.name),
            Some("`--prune` takes it off and deletes it"),
        ),
        Finding::GuardrailNotOurs { guardrail } => (
            format!("policy {} has the name that Landfall would give, and is not Landfall's", guardrail.name),
            Some("delete or rename it; until then the guardrail is not made"),
        ),
        Finding::UnknownAccount { id, name } => (
            format!("account {id} ({}) is not in the configuration", clean(name)),
            Some("write it under `accounts:` to manage it"),
        ),
        Finding::Unreachable { account, reach: Reach::Refused { reason } } => (
            format!("account {account} cannot be looked into: {}", clean(reason)),
            Some("see that the access role exists in it and trusts the management account"),
        ),
        Finding::Unreachable { account, reach: Reach::Absent } => (format!("account {account} does not exist"), None),
        Finding::Unreachable { account, reach: Reach::Read } => (format!("account {account} was read in part"), None),
        Finding::Suspended { account } => {
            (format!("account {account} is closed or suspended"), Some("take it out of the configuration"))
        }
        Finding::NameDiffers { account, live } => (
            format!("account {account} is called `{}` in Organizations", clean(live)),
            Some("only the account itself can change its name"),
        ),
        Finding::LeftOut { step, because } => (format!("{step} is left out, because of {because}"), None),
        Finding::BeyondRepair { stack, differences } => {
            let what: Vec<String> = differences.iter().map(difference).collect();
            (
                format!("stack {stack} differs from IAM in a way that no call puts right: {}", what.join("; ")),
                Some("delete the stack's resource or the stack, and apply again"),
            )
        }
        Finding::SharedRolesFirst { stack, roles } => (
            format!(
                "stack {stack} would lose {} that job definitions may name, before the team's shared roles stand",
                count(roles.len(), "job role")
            ),
            Some("write `roles: both` first; `landfall onboard strategy` shows the way"),
        ),
        Finding::NotCompared { stack, reason } => {
            (format!("stack {stack} was not compared with IAM: {}", clean(reason)), None)
        }
        Finding::EmergencyAccessKept { stack } => (
            format!("stack {stack} is emergency access; it is not deleted along with the rest"),
            Some("`--prune --prune-break-glass` deletes it, after everything else"),
        ),
        Finding::LeftAlone { what } => (format!("{} was left alone", clean(what)), None),
    }
}
