//! Who gains and who loses what, in words.

use std::collections::{BTreeMap, BTreeSet};

use landfall_plan::{Allowed, IdentityImpact, TrustedBy, Turnover};
use landfall_policies::AccessLevel;

/// How many resources or conditions of a long list are named.
const NAMES: usize = 4;

/// What an impact gives to whom, a fragment each: `assumed by ecs-tasks.amazonaws.com`, `s3: read 2, write 1 on …`.
pub(crate) fn gains(impact: &IdentityImpact) -> Vec<String> {
    fragments(&impact.trust.gained, &impact.attached.gained, &impact.access.gained, &impact.denials.lost)
}

/// What an impact takes from whom.
pub(crate) fn losses(impact: &IdentityImpact) -> Vec<String> {
    fragments(&impact.trust.lost, &impact.attached.lost, &impact.access.lost, &impact.denials.gained)
}

fn fragments(
    trust: &BTreeSet<TrustedBy>,
    attached: &BTreeSet<String>,
    access: &BTreeSet<Allowed>,
    denials: &BTreeSet<String>,
) -> Vec<String> {
    let mut out: Vec<String> = trust.iter().map(trusted).collect();
    out.extend(attached.iter().map(|arn| format!("all of {}", code(arn))));
    out.extend(services(access));
    out.extend(denials.iter().map(|denial| format!("what was denied: {}", code(denial))));
    out
}

fn trusted(by: &TrustedBy) -> String {
    let principal = code(&by.principal);
    if by.conditions.is_empty() {
        return format!("assumed by {principal}");
    }
    format!("assumed by {principal} if {}", some(by.conditions.iter()))
}

/// One fragment a service: levels with their numbers of actions, and the resources.
fn services(access: &BTreeSet<Allowed>) -> Vec<String> {
    type Of<'a> = (BTreeMap<Option<AccessLevel>, BTreeSet<&'a str>>, BTreeSet<&'a str>, bool);
    let mut services: BTreeMap<&str, Of<'_>> = BTreeMap::new();
    for one in access {
        let (levels, resources, conditional) = services.entry(&one.service).or_default();
        levels.entry(one.level).or_default().insert(&one.action);
        resources.insert(&one.resource);
        *conditional |= !one.conditions.is_empty();
    }
    services
        .into_iter()
        .map(|(service, (levels, resources, conditional))| {
            let parts: Vec<String> = levels.iter().map(|(level, actions)| part(*level, actions)).collect();
            let service = if service == "*" { "any service".to_owned() } else { format!("`{service}`") };
            let conditional = if conditional { ", under conditions" } else { "" };
            format!("{service} {} on {}{conditional}", parts.join(", "), some(resources.iter()))
        })
        .collect()
}

fn part(level: Option<AccessLevel>, actions: &BTreeSet<&str>) -> String {
    let word = match level {
        Some(AccessLevel::List) => "list",
        Some(AccessLevel::Read) => "read",
        Some(AccessLevel::Write) => "write",
        Some(AccessLevel::Tagging) => "tag",
        Some(AccessLevel::Permissions) => "**permissions**",
        None => "",
    };
    match actions.iter().next() {
        Some(only) if actions.len() == 1 => format!("{word} {}", code(only)).trim().to_owned(),
        _ if word.is_empty() => some(actions.iter()),
        _ => format!("{word} ({} actions)", actions.len()),
    }
}

fn some<T: AsRef<str>>(texts: impl ExactSizeIterator<Item = T>) -> String {
    let number = texts.len();
    let shown: Vec<String> = texts.take(NAMES).map(|text| code(text.as_ref())).collect();
    match number.saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Text as code; what would end the code is taken out.
pub(crate) fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// Whether anybody gains or loses anything.
pub(crate) fn is_access(impact: &IdentityImpact) -> bool {
    fn some<T: Ord + Clone>(turnover: &Turnover<T>) -> bool {
        !turnover.gained.is_empty() || !turnover.lost.is_empty()
    }
    some(&impact.trust) || some(&impact.access) || some(&impact.denials) || some(&impact.attached)
}
