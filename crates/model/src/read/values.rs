//! Scalars that mean something: names, ARNs, durations, addresses.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use indexmap::IndexMap;

use crate::read::context::Context;
use crate::read::fields::{entries, wrong_type};
use crate::read::node::{Meaning, Node, Value};
use crate::read::scalar::{quoted, text};
use crate::read::suggest::clip;
use crate::{AccountId, Arn, Code, Diagnostic, Email, NameError, Place, Reads, Region, TagKey, codes};

/// A name, or any other type that is parsed from text with a [`NameError`].
pub(crate) fn name<T: TryFrom<String, Error = NameError>>(cx: &mut Context<'_>, node: &Node) -> Option<T> {
    parsed(cx, node, codes::NAME)
}

/// As [`name`], with the code for what is neither too long nor empty.
pub(crate) fn parsed<T: TryFrom<String, Error = NameError>>(
    cx: &mut Context<'_>,
    node: &Node,
    code: Code,
) -> Option<T> {
    let text = text(cx, node)?;
    from_text(cx, text, node.place, code)
}

/// As [`parsed`], from a text that is no scalar of its own, such as a key.
pub(crate) fn from_text<T: TryFrom<String, Error = NameError>>(
    cx: &mut Context<'_>,
    text: &str,
    place: Place,
    code: Code,
) -> Option<T> {
    match T::try_from(text.to_owned()) {
        Ok(value) => Some(value),
        Err(error) => {
            cx.report(name_error(&error, place, code));
            None
        }
    }
}

/// What is wrong with a name, at its place.
pub(crate) fn name_error(error: &NameError, place: Place, code: Code) -> Diagnostic {
    match error {
        NameError::Empty { what } => Diagnostic::error(code, place, format!("a {what} cannot be empty")),
        NameError::TooLong { what, text, length, limit } => Diagnostic::error(
            codes::NAME_TOO_LONG,
            place,
            format!("`{}` has {length} characters, and a {what} at most {limit}", clip(text)),
        )
        .label(format!("{} characters too many", length - limit))
        .help("shorten it: AWS would refuse it, and Landfall cuts no name"),
        NameError::Alphabet { what, text, rule } => {
            let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            Diagnostic::error(code, place, format!("`{}` is no {what}", clip(text)))
                .help(format!("{article} {what} has {rule}"))
        }
    }
}

/// An account's e-mail address.
pub(crate) fn email(cx: &mut Context<'_>, node: &Node) -> Option<Email> {
    parsed(cx, node, codes::EMAIL)
}

/// An account id, in quotes.
pub(crate) fn account_id(cx: &mut Context<'_>, node: &Node) -> Option<AccountId> {
    if let Value::Scalar(scalar) = &node.value
        && scalar.meaning() == Meaning::Number
    {
        cx.report(
            Diagnostic::error(codes::ACCOUNT_ID, node.place, "an account id is written in quotes")
                .label("a number loses its leading zeros")
                .help(quoted(scalar)),
        );
        return None;
    }
    parsed(cx, node, codes::ACCOUNT_ID)
}

/// A Region code.
pub(crate) fn region(cx: &mut Context<'_>, node: &Node) -> Option<Region> {
    let text = text(cx, node)?;
    Region::new(text).map_or_else(
        |_| {
            cx.report(
                Diagnostic::error(codes::REGION, node.place, format!("`{}` is no Region code", clip(text)))
                    .help("a Region code looks like `eu-west-1`"),
            );
            None
        },
        Some,
    )
}

/// An ARN of any service.
pub(crate) fn arn(cx: &mut Context<'_>, node: &Node) -> Option<Arn> {
    let text = text(cx, node)?;
    Arn::new(clip(text)).and_then(|_| Arn::new(text)).map_or_else(
        |error| {
            cx.report(Diagnostic::error(codes::ARN, node.place, error.to_string()));
            None
        },
        Some,
    )
}

/// The ARNs of managed policies for one role. Source: IAM quotas, 20 managed policies a role by default.
pub(crate) fn managed_policies(cx: &mut Context<'_>, node: &Node) -> Vec<Reads<Arn>> {
    const LIMIT: usize = 20;
    let mut seen: HashMap<Arn, Place> = HashMap::new();
    let arns = crate::read::scalar::each(cx, node, |cx, item| {
        let arn = arn(cx, item)?;
        if arn.service() != "iam" || !arn.resource().starts_with("policy/") {
            cx.report(
                Diagnostic::error(codes::ARN, item.place, format!("`{}` is no managed policy", clip(arn.as_str())))
                    .help("a managed policy's ARN looks like arn:aws:iam::aws:policy/ReadOnlyAccess"),
            );
            return None;
        }
        if let Some(first) = seen.insert(arn.clone(), item.place) {
            cx.report(
                Diagnostic::error(codes::REPEATED, item.place, format!("`{}` is listed twice", clip(arn.as_str())))
                    .label("again here")
                    .related(first, "first here")
                    .help("take one out"),
            );
            return None;
        }
        Some(Reads { value: arn, place: item.place })
    });
    if arns.len() > LIMIT {
        cx.report(
            Diagnostic::error(
                codes::TOO_MANY,
                node.place,
                format!("{} managed policies, and a role has at most {LIMIT}", arns.len()),
            )
            .help("say what is needed with `access:` or `statements:` instead"),
        );
    }
    arns
}

/// A duration such as `1h`, `15m` or `3600s`, inside limits.
pub(crate) fn duration(cx: &mut Context<'_>, node: &Node, least: Duration, most: Duration) -> Option<Duration> {
    let help = || format!("write {} to {}", spelled(least), spelled(most));
    let Value::Scalar(scalar) = &node.value else {
        if !matches!(node.value, Value::Broken) {
            cx.report(wrong_type(node, "a duration").help(help()));
        }
        return None;
    };
    let written = scalar.text.as_str();
    let unit = match written.bytes().last() {
        Some(b'h') => Some(3600),
        Some(b'm') => Some(60),
        Some(b's') => Some(1),
        _ => None,
    };
    let number = written.get(..written.len().saturating_sub(1)).unwrap_or_default();
    let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let seconds = unit.filter(|_| digits).and_then(|unit: u64| number.parse::<u64>().ok()?.checked_mul(unit));
    let Some(seconds) = seconds else {
        cx.report(
            Diagnostic::error(codes::DURATION, node.place, format!("`{}` is no duration", clip(written)))
                .help("a duration is a whole number with `h`, `m` or `s`: `1h`, `15m`, `3600s`"),
        );
        return None;
    };
    let value = Duration::from_secs(seconds);
    if value < least || value > most {
        cx.report(
            Diagnostic::error(codes::DURATION, node.place, format!("`{}` is outside the limits", clip(written)))
                .help(help()),
        );
        return None;
    }
    Some(value)
}

fn spelled(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds % 3600 == 0 => format!("`{}h`", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("`{}m`", seconds / 60),
        seconds => format!("`{seconds}s`"),
    }
}

/// The longest session of a role, 1 hour where nothing is written. Source: IAM API, `CreateRole.MaxSessionDuration`,
/// 3,600 to 43,200 seconds.
pub(crate) fn max_session(cx: &mut Context<'_>, node: Option<&Node>) -> Duration {
    const HOUR: Duration = Duration::from_secs(3600);
    node.and_then(|node| duration(cx, node, HOUR, HOUR * 12)).unwrap_or(HOUR)
}

/// A block of IP addresses.
pub(crate) fn cidr(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => Some(32),
        Ok(IpAddr::V6(_)) => Some(128),
        Err(_) => None,
    };
    let well_formed = match (most, bits) {
        (Some(most), Some(bits)) => {
            bits.bytes().all(|b| b.is_ascii_digit()) && bits.parse::<u32>().is_ok_and(|bits| bits <= most)
        }
        (Some(_), None) => true,
        (None, _) => false,
    };
    if well_formed {
        return Some(text.to_owned());
    }
    cx.report(
        Diagnostic::error(codes::CIDR, node.place, format!("`{}` is no CIDR block", clip(text)))
            .help("a block looks like `203.0.113.0/24` or `2001:db8::/32`"),
    );
    None
}

/// The most tags of one resource. Source: Tagging AWS resources.
pub(crate) const TAGS: usize = 50;

/// Tags. Source: Tagging AWS resources, values of up to 256 characters.
pub(crate) fn tags(cx: &mut Context<'_>, node: &Node) -> IndexMap<TagKey, String> {
    const LENGTH: usize = 256;
    let mut tags = IndexMap::new();
    for entry in entries(cx, node).unwrap_or_default() {
        let key: Option<TagKey> = from_text(cx, &entry.key, entry.key_place, codes::TAG);
        let Some(value) = text(cx, &entry.value) else { continue };
        let length = value.chars().count();
        if length > LENGTH {
            let message = format!("the value of the tag has {length} characters, and at most {LENGTH} are allowed");
            cx.report(Diagnostic::error(codes::TAG, entry.value.place, message));
        } else if let Some(key) = key {
            tags.insert(key, value.to_owned());
        }
    }
    if tags.len() > TAGS {
        let message = format!("{} tags, and AWS allows {TAGS}", tags.len());
        cx.report(Diagnostic::error(codes::TAG, node.place, message));
    }
    tags
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::read::tests::trial::{replaced, with};
    use crate::{Loaded, codes};

    fn session(written: &str) -> Loaded {
        with(&format!(
            "cross_account:\n  - {{ name: a, accounts: [app], trusted: [{{ account: security }}], boundary: workload, max_session: {written} }}\n"
        ))
    }

    #[test]
    fn durations_have_one_unit() {
        for (written, seconds) in [("1h", 3600), ("90m", 5400), ("3600s", 3600), ("12h", 43200), ("\"1h\"", 3600)] {
            let loaded = session(written);
            assert!(loaded.diagnostics.is_empty(), "{written}");
            let found = loaded.foundation.unwrap().cross_account[0].max_session;
            assert_eq!(found, Duration::from_secs(seconds), "{written}");
        }
        for written in ["h", "1", "1d", "1.5h", "-1h", "1 h", "1H", "٣h", "18446744073709551615h", "''"] {
            let codes: Vec<_> = session(written).diagnostics.iter().map(|found| found.code).collect();
            assert_eq!(codes, [codes::DURATION], "{written}");
        }
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let foundation = with("").foundation.unwrap();
        let break_glass = foundation.break_glass.unwrap();
        assert_eq!(break_glass.max_session, Duration::from_secs(3600));
        assert_eq!(break_glass.mfa_max_age, Duration::from_secs(900));
        assert!(break_glass.alarm.is_none());
        assert_eq!(foundation.organization.access_role.as_str(), "OrganizationAccountAccessRole");
    }

    #[test]
    fn an_accounts_tags_lie_over_the_organizations() {
        let loaded = replaced("  units:", "  tags: { env: none, owner: platform }\n  units:");
        let foundation = loaded.foundation.unwrap();
        let tags = |account: &str| {
            let tags = &foundation.accounts[account].tags;
            tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
        };
        assert_eq!(tags("app"), ["env=prod", "owner=platform"]);
        assert_eq!(tags("security"), ["env=none", "owner=platform"]);
    }
}
