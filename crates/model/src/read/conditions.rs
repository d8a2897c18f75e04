//! `conditions:` on who may assume a role.

use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::node::Node;
use crate::read::scalar::{boolean, each, text};
use crate::read::suggest::clip;
use crate::read::values::{account_id, arn, cidr, parsed};
use crate::{Conditions, Diagnostic, Validity, codes};

/// Reads the section, or what no section means.
pub(crate) fn conditions(cx: &mut Context<'_>, fields: &mut Fields<'_>) -> Conditions {
    let Some(node) = fields.section("conditions") else { return Conditions::default() };
    let Some(mut fields) = Fields::of(cx, node, "`conditions`") else { return Conditions::default() };
    let conditions = Conditions {
        external_id: fields.optional("external_id").and_then(|node| external_id(cx, node)),
        source_account: fields.optional("source_account").and_then(|node| account_id(cx, node)),
        source_ips: fields.optional("source_ips").map(|node| each(cx, node, cidr)).unwrap_or_default(),
        source_vpcs: fields.optional("source_vpcs").map(|node| each(cx, node, vpc)).unwrap_or_default(),
        principal_arns: fields.optional("principal_arns").map(|node| each(cx, node, arn)).unwrap_or_default(),
        organization: fields.optional("organization").and_then(|node| parsed(cx, node, codes::IDENTIFIER)),
        mfa: fields.optional("mfa").and_then(|node| boolean(cx, node)).unwrap_or_default(),
        valid: fields.optional("valid").and_then(|node| validity(cx, node)),
    };
    fields.finish(cx);
    conditions
}

/// Source: STS API, `AssumeRole.ExternalId`, 2 to 1,224 characters of `[\w+=,.@:/-]`.
pub(crate) fn external_id(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    let well_formed = (2..=1224).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&b));
    if well_formed {
        return Some(text.to_owned());
    }
    cx.report(
        Diagnostic::error(codes::EXTERNAL_ID, node.place, format!("`{}` is no external id", clip(text)))
            .help("2 to 1224 letters, digits and any of `_+=,.@:/-`, another one for every customer of the vendor"),
    );
    None
}

fn vpc(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    let id = text.strip_prefix("vpc-").unwrap_or_default();
    if (8..=17).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Some(text.to_owned());
    }
    cx.report(
        Diagnostic::error(codes::IDENTIFIER, node.place, format!("`{}` is no id of a VPC", clip(text)))
            .help("an id looks like `vpc-0a1b2c3d4e5f67890`"),
    );
    None
}

fn validity(cx: &mut Context<'_>, node: &Node) -> Option<Validity> {
    let mut fields = Fields::of(cx, node, "`valid`")?;
    let from = fields.optional("from").and_then(|node| moment(cx, node));
    let end = fields.optional("until");
    let until = end.and_then(|node| moment(cx, node));
    let neither = fields.key_place("from").is_none() && fields.key_place("until").is_none();
    fields.finish(cx);
    if neither {
        cx.report(
            Diagnostic::error(codes::TIME, node.place, "a window needs `from` or `until`")
                .help("write { until: 2026-12-31T00:00:00Z }"),
        );
        return None;
    }
    // Moments of one form compare as text.
    if let (Some(from), Some(until)) = (&from, &until)
        && from >= until
    {
        cx.report(Diagnostic::error(codes::TIME, node.place, "the window ends before it begins"));
    }
    Some(Validity { from, until, place: end.map_or(node.place, |end| end.place) })
}

fn moment(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    if is_moment(text) {
        return Some(text.to_owned());
    }
    cx.report(
        Diagnostic::error(codes::TIME, node.place, format!("`{}` is no moment in UTC", clip(text)))
            .help("write it as `2026-12-31T00:00:00Z`"),
    );
    None
}

fn is_moment(text: &str) -> bool {
    let shape = text.len() == 20
        && text.bytes().zip(b"dddd-dd-ddTdd:dd:ddZ").all(|(have, want)| match want {
            b'd' => have.is_ascii_digit(),
            other => have == *other,
        });
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
    let within = |range, least, most| number(range).is_some_and(|value| value >= least && value <= most);
    let days = match (number(0..4), number(5..7)) {
        (Some(year), Some(2)) if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        (_, Some(2)) => 28,
        (_, Some(4 | 6 | 9 | 11)) => 30,
        _ => 31,
    };
    shape
        && within(5..7, 1, 12)
        && within(8..10, 1, days)
        && within(11..13, 0, 23)
        && within(14..16, 0, 59)
        && within(17..19, 0, 59)
}

#[cfg(test)]
mod tests {
    use super::is_moment;

    #[test]
    fn moments_exist_in_the_calendar() {
        for moment in ["2026-12-31T23:59:59Z", "2028-02-29T00:00:00Z", "2000-02-29T00:00:00Z"] {
            assert!(is_moment(moment), "{moment}");
        }
        for other in [
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01",
            "2026-01-01T00:00:00+01:00",
            "äääääääääääääääääää\u{e4}",
        ] {
            assert!(!is_moment(other), "{other}");
        }
    }
}
