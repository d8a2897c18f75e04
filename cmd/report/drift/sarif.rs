//! What drifted, for code scanning: SARIF 2.1.0 (OASIS). Places are those of the items that ask for it.

use landfall_plan::{Class, Drift, Rule};
use landfall_stacks::Digest;
use serde_json::{Value, json};

use super::statement::lines;
use super::{Drifted, title, unapplied};
use crate::report::sarif::{self, location};

/// The log of one look.
pub(super) fn log(drifted: &Drifted<'_>) -> Value {
    let rules: Vec<Value> = Rule::ALL
        .iter()
        .map(|rule| {
            json!({
                "id": id(*rule),
                "shortDescription": { "text": rule.words() },
                "defaultConfiguration": { "level": level(rule.class()) },
                "properties": { "security-severity": severity(rule.class()), "tags": ["security", "drift"] },
            })
        })
        .collect();
    let report = drifted.report;
    let unread = report.unread.iter().map(|unread| {
        json!({
            "level": "error",
            "message": { "text": format!("{} {} could not be read: {}", unread.account, unread.what, unread.reason) },
        })
    });
    let unapplied = unapplied(report).into_iter().map(|text| {
        let text = format!("{text}. It stands as it was last applied, and the folder has changed since.");
        json!({ "level": "note", "message": { "text": text } })
    });
    let results: Vec<Value> = report.drifts.iter().map(|drift| result(drifted, drift)).collect();
    let mut log = sarif::log(&rules, &results);
    let run = &mut log["runs"][0];
    run["automationDetails"] = json!({ "id": "landfall/drift/" });
    run["invocations"] = json!([{
        "executionSuccessful": report.is_complete(),
        "toolExecutionNotifications": unread.chain(unapplied).collect::<Vec<_>>(),
    }]);
    log
}

fn id(rule: Rule) -> String {
    ["drift/", rule.as_str()].concat()
}

fn level(class: Class) -> &'static str {
    match class {
        Class::Dangerous => "error",
        Class::Repairable => "warning",
        Class::Benign => "note",
    }
}

/// Source: GitHub documentation, "SARIF support for code scanning", `security-severity`: 9 and more is critical, 4 to
/// 6.9 medium, up to 3.9 low.
fn severity(class: Class) -> &'static str {
    match class {
        Class::Dangerous => "9.0",
        Class::Repairable => "5.0",
        Class::Benign => "1.0",
    }
}

fn result(drifted: &Drifted<'_>, drift: &Drift) -> Value {
    let account = drift.account.as_ref().map(|account| format!(" in {account}")).unwrap_or_default();
    let mut text = format!("{}{account}: {}.", title(drift), drift.rule.words());
    for (side, line) in lines(drift) {
        text.push_str(&format!("\n{} {line}", side.symbol()));
    }
    // The same drift on the next night is the same alert.
    let print = Digest::of(json!([drift.owner, drift.subject, drift.property]).to_string());
    let place = drifted.place(&drift.owner).and_then(|place| location(drifted.files, place));
    json!({
        "ruleId": id(drift.rule),
        "ruleIndex": Rule::ALL.iter().position(|rule| *rule == drift.rule),
        "level": level(drift.class),
        "message": { "text": text },
        "locations": place.into_iter().collect::<Vec<_>>(),
        "partialFingerprints": { "landfallDrift/v1": print },
    })
}
