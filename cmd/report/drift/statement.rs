//! What differs, line by line: `+` is there and shall not be, `-` shall be and is not.

use std::collections::BTreeMap;

use landfall_plan::{Drift, StatementChange};
use serde_json::Value;

/// Which side a line is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// It is there and shall not be.
    Added,
    /// It shall be and is not.
    Removed,
    /// What lines below it are about.
    About,
}

impl Side {
    /// The symbol before the line.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Added => "+",
            Self::Removed => "-",
            Self::About => " ",
        }
    }
}

/// The lines for a drift.
pub(super) fn lines(drift: &Drift) -> Vec<(Side, String)> {
    if !drift.changes.is_empty() {
        return drift.changes.iter().flat_map(change).collect();
    }
    if drift.property.is_empty() {
        return Vec::new();
    }
    if let (Some(desired), Some(live)) = (drift.desired.as_array(), drift.live.as_array()) {
        let only = |these: &[Value], those: &[Value], side| {
            let beyond = these.iter().filter(|one| !those.contains(one));
            beyond.map(|one| (side, shown(one))).collect::<Vec<_>>()
        };
        let mut out = only(desired, live, Side::Removed);
        out.extend(only(live, desired, Side::Added));
        return out;
    }
    let one = |value: &Value, side| (!value.is_null()).then(|| (side, shown(value)));
    one(&drift.desired, Side::Removed).into_iter().chain(one(&drift.live, Side::Added)).collect()
}

fn change(change: &StatementChange) -> Vec<(Side, String)> {
    match change {
        StatementChange::Added { name, says } => vec![(Side::Added, format!("{name}: {}", sentence(says)))],
        StatementChange::Removed { name, says } => vec![(Side::Removed, format!("{name}: {}", sentence(says)))],
        StatementChange::Changed { name, elements } => elements
            .iter()
            .flat_map(|one| {
                let mut out = vec![(Side::About, format!("{name}, {}:", one.element))];
                for (side, values) in [(Side::Removed, &one.removed), (Side::Added, &one.added)] {
                    out.extend(values.iter().take(MOST).map(|value| (side, format!("  {value}"))));
                    if values.len() > MOST {
                        out.push((side, format!("  and {} more", values.len() - MOST)));
                    }
                }
                out
            })
            .collect(),
    }
}

/// `Allow; Action s3:GetObject, s3:PutObject; Resource *`
fn sentence(says: &BTreeMap<String, Vec<String>>) -> String {
    let effect = says.get("Effect").map(|effect| effect.join(", ")).unwrap_or_default();
    let rest = says.iter().filter(|(element, _)| element.as_str() != "Effect");
    let rest = rest.map(|(element, values)| [element.as_str(), &values.join(", ")].join(" ").trim().to_owned());
    std::iter::once(effect).filter(|effect| !effect.is_empty()).chain(rest).collect::<Vec<_>>().join("; ")
}

/// How many values of an element are shown one by one.
const MOST: usize = 12;

/// Long texts, such as a provider's metadata, are cut: the JSON report has them whole.
const LONGEST: usize = 400;

fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => [text.get(..end).unwrap_or_default(), " …"].concat(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use landfall_model::AccountName;
    use landfall_plan::{Remedy, Rule, StepId, Subject, SubjectKind, changes};
    use serde_json::json;

    use super::*;

    fn drift(property: &str, desired: Value, live: Value) -> Drift {
        Drift {
            owner: StepId::Account(AccountName::new("data").unwrap()),
            account: None,
            subject: Subject { kind: SubjectKind::Role, name: "r".to_owned() },
            property: property.to_owned(),
            class: Rule::Wider.class(),
            rule: Rule::Wider,
            remedy: Remedy::Iam,
            changes: if desired.is_object() { changes(&desired, &live) } else { Vec::new() },
            desired,
            live,
            dates: None,
        }
    }

    fn text(drift: &Drift) -> String {
        let lines: Vec<String> = lines(drift).iter().map(|(side, text)| format!("{} {text}", side.symbol())).collect();
        lines.join("\n")
    }

    #[test]
    fn statements_are_told_element_by_element() {
        let document = |statements: Value| json!({ "Version": "2012-10-17", "Statement": statements });
        let desired = document(json!([
            { "Sid": "In", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "222222222222" },
              "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } } },
            { "Sid": "No", "Effect": "Deny", "Action": "s3:*", "Resource": "*" },
        ]));
        let live = document(json!([
            { "Sid": "In", "Effect": "Allow", "Action": "sts:AssumeRole",
              "Principal": { "AWS": ["222222222222", "999999999999"] } },
            { "Effect": "Allow", "Action": ["ec2:*", "s3:*"], "Resource": "*" },
        ]));
        insta::assert_snapshot!(text(&drift("AssumeRolePolicyDocument", desired, live)), @r"
          statement In, Condition/bool/aws:multifactorauthpresent:
        -   true
          statement In, Principal/AWS:
        +   999999999999
        + statement 2: Allow; Action ec2:*, s3:*; Resource *
        - statement No: Deny; Action s3:*; Resource *
        ");
    }

    #[test]
    fn lists_and_values_are_told_by_what_only_one_side_has() {
        insta::assert_snapshot!(text(&drift("ManagedPolicyArns", json!(["a", "b"]), json!(["b", "c"]))), @r"
        - a
        + c
        ");
        insta::assert_snapshot!(text(&drift("MaxSessionDuration", json!(3600), json!(7200))), @r"
        - 3600
        + 7200
        ");
        assert_eq!(text(&drift("PermissionsBoundary", json!("x"), Value::Null)), "- x");
        assert_eq!(text(&drift("", json!({}), Value::Null)), "");
        assert_eq!(text(&drift("x", Value::Null, json!("a".repeat(900)))).chars().count(), 2 + LONGEST + 2);
    }
}
