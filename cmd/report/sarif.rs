//! Diagnostics for code scanning: SARIF 2.1.0 (OASIS).

use std::collections::BTreeMap;

use landfall_model::{Diagnostic, Diagnostics, Place, Severity};
use serde_json::{Value, json};

use crate::explain::{self, Entry};
use crate::report::Files;

/// The log of one run: the rules that were broken, and where.
pub(crate) fn sarif(files: Files<'_>, all: &Diagnostics) -> Value {
    let sorted = all.sorted();
    let codes: BTreeMap<&str, Severity> = sorted.iter().map(|one| (one.code.0, one.severity)).collect();
    let order: Vec<&str> = codes.keys().copied().collect();
    let rules: Vec<Value> = codes.iter().map(|(code, severity)| rule(code, *severity)).collect();
    let results: Vec<Value> = sorted.iter().map(|one| result(files, &order, one)).collect();
    log(&rules, &results)
}

/// A log with one run of Landfall.
pub(crate) fn log(rules: &[Value], results: &[Value]) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "landfall",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn rule(code: &str, severity: Severity) -> Value {
    let entry = explain::entry(code);
    let meaning = entry.as_ref().map_or(code, |entry| entry.meaning);
    let help = entry.as_ref().map(Entry::text).unwrap_or_default();
    json!({
        "id": code,
        "shortDescription": { "text": meaning },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": level(severity) },
    })
}

fn result(files: Files<'_>, order: &[&str], one: &Diagnostic) -> Value {
    let text = match &one.help {
        Some(help) => format!("{}. {help}.", one.message),
        None => [one.message.as_str(), "."].concat(),
    };
    let mut out = json!({
        "ruleId": one.code.0,
        "ruleIndex": order.iter().position(|code| *code == one.code.0),
        "level": level(one.severity),
        "message": { "text": text },
        "locations": one.place.and_then(|place| location(files, place)).into_iter().collect::<Vec<_>>(),
    });
    let related: Vec<Value> = one
        .related
        .iter()
        .enumerate()
        .filter_map(|(id, label)| {
            let mut location = location(files, label.place)?;
            location["id"] = json!(id);
            location["message"] = json!({ "text": label.text });
            Some(location)
        })
        .collect();
    // An accepted finding is shown, and counts for nothing.
    if let (Severity::Note, Some(reason)) = (one.severity, one.related.last()) {
        out["suppressions"] = json!([{ "kind": "inSource", "justification": reason.text }]);
    }
    if !related.is_empty() {
        out["relatedLocations"] = Value::Array(related);
    }
    out
}

/// A place as SARIF has them.
pub(crate) fn location(files: Files<'_>, place: Place) -> Option<Value> {
    let name = files.path(&files.sources.get(place.file)?.name);
    let (line, column) = files.sources.line_column(place)?;
    let (end_line, end_column) = files.sources.line_column(Place { start: place.end, ..place })?;
    Some(json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&name) },
        "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
    } }))
}

/// A path as a relative reference: all but what RFC 3986 leaves alone in a path is encoded.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use landfall_model::{Sources, codes};

    use super::*;

    #[test]
    fn a_finding_has_its_rule_and_its_region() {
        let mut sources = Sources::default();
        let file = sources.add("teams/é b.yaml", "team: x\nteem: y\n");
        let place = Place { file, start: 8, end: 12 };
        let mut all = Diagnostics::default();
        all.push(Diagnostic::error(codes::UNKNOWN_KEY, place, "`teem` is no key").help("did you mean `team`?"));
        all.push(Diagnostic::note(codes::NO_BREAK_GLASS, None, "known").related(place, "accepted until 2027-01-31: x"));
        let log = sarif(Files { folder: Path::new("."), sources: &sources }, &all);
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "LF0301");
        let second = &run["results"][1];
        assert_eq!((&second["ruleId"], &second["ruleIndex"]), (&json!("LF0301"), &json!(0)));
        assert_eq!(
            second["locations"][0]["physicalLocation"],
            json!({
                "artifactLocation": { "uri": "teams/%C3%A9%20b.yaml" },
                "region": { "startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 5 },
            })
        );
        assert_eq!(run["results"][0]["suppressions"][0]["kind"], "inSource");
    }
}
