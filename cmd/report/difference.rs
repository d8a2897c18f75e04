//! What differs between what shall stand in IAM and what does.

use landfall_plan::{Difference, IdentityKind};
use serde_json::Value;
use similar::TextDiff;

use crate::report::Paint;

/// `role acme-x: PermissionsBoundary`
pub(crate) fn difference(difference: &Difference) -> String {
    let kind = match difference.kind {
        IdentityKind::Role => "role",
        IdentityKind::Policy => "policy",
        IdentityKind::InstanceProfile => "instance profile",
        IdentityKind::Provider => "provider",
    };
    let what = match (difference.property.as_str(), &difference.desired, &difference.live) {
        ("", _, Value::Null) => "is gone",
        ("", Value::Null, _) => "should not be there",
        ("", ..) => "differs",
        (property, ..) => property,
    };
    format!("{kind} {}: {what}", difference.name)
}

/// The difference as a diff, what is first: `-` goes, `+` comes.
pub(crate) fn difference_lines(paint: Paint, difference: &Difference) -> Vec<String> {
    let before = shown(&difference.live);
    let after = shown(&difference.desired);
    let diff = TextDiff::from_lines(&before, &after);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(2) {
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let text = change.value().trim_end_matches('\n');
            lines.push(match change.tag() {
                similar::ChangeTag::Delete => paint.bad(format!("- {text}")),
                similar::ChangeTag::Insert => paint.good(format!("+ {text}")),
                similar::ChangeTag::Equal => format!("  {text}"),
            });
        }
    }
    lines
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => [text, "\n"].concat(),
        other => format!("{other:#}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sample(desired: Value, live: Value) -> Difference {
        Difference {
            kind: IdentityKind::Role,
            name: "acme-reader".to_owned(),
            property: "PermissionsBoundary".to_owned(),
            desired,
            live,
        }
    }

    #[test]
    fn what_is_missing_is_a_line_that_comes() {
        let missing = sample(json!("workload"), Value::Null);
        assert_eq!(difference(&missing), "role acme-reader: PermissionsBoundary");
        assert_eq!(difference_lines(Paint::Plain, &missing), ["+ workload"]);
    }

    #[test]
    fn documents_are_compared_line_by_line() {
        let widened = sample(json!({"Principal": "a"}), json!({"Principal": "*"}));
        assert_eq!(
            difference_lines(Paint::Plain, &widened),
            ["  {", "-   \"Principal\": \"*\"", "+   \"Principal\": \"a\"", "  }"]
        );
    }
}
