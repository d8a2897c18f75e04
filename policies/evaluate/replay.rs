//! Cases with the verdicts of another evaluator. Those of `tests/golden/evaluate` are always replayed;
//! `LANDFALL_DIFFERENTIAL` names a file of more, one a line, as `tests/differential/run` makes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Caller, Compiled, Context, Layers, Request, evaluate};
use crate::Document;

/// How many cases of each theme are committed.
const COMMITTED: usize = 60;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/evaluate")
}

fn text<'v>(case: &'v Value, key: &str) -> &'v str {
    case[key].as_str().unwrap_or_else(|| panic!("{key} is wanted: {case}"))
}

fn compiled(json: &Value) -> Compiled {
    Compiled::plain("policy", &Document::parse(json).unwrap_or_else(|error| panic!("{error}: {json}")))
}

fn list(json: &Value) -> Vec<Compiled> {
    json.as_array().map(|list| list.iter().map(compiled).collect()).unwrap_or_default()
}

fn levels(json: &Value) -> Vec<Vec<Compiled>> {
    json.as_array().map(|levels| levels.iter().map(list).collect()).unwrap_or_default()
}

fn optional(json: &Value) -> Option<Compiled> {
    (!json.is_null()).then(|| compiled(json))
}

/// The request with the context as the case has it: what [`Request::new`] fills in, the other evaluator does not.
fn request(case: &Value) -> Request {
    let mut context = Context::default();
    for (key, value) in case["context"].as_object().into_iter().flatten() {
        context = match value {
            Value::Array(values) => context.with_many(key, values.iter().filter_map(Value::as_str)),
            value => context.with(key, value.as_str().unwrap_or_default()),
        };
    }
    let caller = Caller::parse(text(case, "principal")).unwrap();
    let mut request = Request::new(caller, text(case, "action"), text(case, "resource"), Context::default());
    request.owner = Some(text(case, "account").into());
    request.context = context;
    request
}

fn verdict(case: &Value) -> &'static str {
    let identity = list(&case["identity"]);
    let (scps, rcps) = (levels(&case["scps"]), levels(&case["rcps"]));
    let (boundary, session) = (optional(&case["boundary"]), optional(&case["session"]));
    let resource = optional(&case["resource_policy"]);
    let layers = Layers {
        identity: identity.iter().collect(),
        boundary: boundary.as_ref(),
        session: session.as_ref(),
        scps: scps.iter().map(|level| level.iter().collect()).collect(),
        rcps: rcps.iter().map(|level| level.iter().collect()).collect(),
        resource: resource.as_ref(),
        management: None,
    };
    let decision = evaluate(&request(case), &layers);
    match (decision.is_allowed(), decision.is_explicit_deny()) {
        (true, _) => "Allowed",
        (false, true) => "ExplicitlyDenied",
        (false, false) => "ImplicitlyDenied",
    }
}

/// Cases for which the two evaluators do not stand as the case says they do, with the verdict here.
fn wrong<'c>(cases: impl IntoIterator<Item = &'c Value>) -> Vec<String> {
    let judged = cases.into_iter().map(|case| (case, verdict(case)));
    judged
        .filter(|(case, here)| match case["ours"].as_str() {
            Some(ours) => ours != *here || text(case, "verdict") == *here,
            None => text(case, "verdict") != *here,
        })
        .map(|(case, here)| format!("here {here}: {case}"))
        .collect()
}

fn by_theme(cases: &[Value]) -> BTreeMap<&str, Vec<&Value>> {
    let mut themes: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for case in cases {
        themes.entry(text(case, "theme")).or_default().push(case);
    }
    themes
}

#[test]
fn the_committed_cases_come_out_as_they_did() {
    let mut count = 0;
    for theme in ["resources", "conditions", "layers", "grants", "trust", "differences"] {
        let path = folder().join(theme).with_extension("json");
        let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let wrong = wrong(&cases);
        assert!(wrong.is_empty(), "{theme}: {} of {} differ\n{}", wrong.len(), cases.len(), wrong.join("\n"));
        if theme == "differences" {
            assert!(cases.iter().all(|case| !text(case, "reason").is_empty()));
        } else {
            assert_eq!(cases.len(), COMMITTED, "{theme}");
        }
        count += cases.len();
    }
    assert!(count > 300);
}

#[test]
fn every_new_case_comes_out_as_elsewhere() {
    let Some(path) = std::env::var_os("LANDFALL_DIFFERENTIAL") else { return };
    let lines = fs::read_to_string(path).unwrap();
    let cases: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut differing = Vec::new();
    for (theme, cases) in by_theme(&cases) {
        let wrong = wrong(cases.iter().copied());
        println!("{theme}: {} cases, {} unexplained differences", cases.len(), wrong.len());
        differing.extend(wrong);
    }
    differing.sort_by_key(String::len);
    assert!(
        differing.is_empty(),
        "{} differ, the shortest:\n{}",
        differing.len(),
        differing[..differing.len().min(12)].join("\n")
    );
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        for (theme, cases) in by_theme(&cases) {
            let lines: Vec<String> = cases.iter().take(COMMITTED).map(|case| case.to_string()).collect();
            fs::create_dir_all(folder()).unwrap();
            fs::write(folder().join(theme).with_extension("json"), format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
        }
    }
}
