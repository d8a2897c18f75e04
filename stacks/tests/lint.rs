//! The library of bad policies and configurations, and the good ones on which the linter has nothing to say.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use landfall_model::{Day, Diagnostic, Loaded, Severity, load};
use landfall_policies::Document;
use landfall_policies::lint::{DocumentKind, Subject, check, codes};

use crate::{Written, lint, synthesize};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn folders(path: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(repository().join(path))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    all.sort();
    all
}

fn found(loaded: &Loaded) -> Vec<Diagnostic> {
    let foundation = loaded.foundation.as_ref().unwrap();
    let synthesis = synthesize(foundation);
    let written = Written { sources: &loaded.sources, texts: &loaded.texts };
    lint(foundation, &synthesis.stacks, written, &Day::new("2026-11-22").unwrap())
}

fn shown(loaded: &Loaded, mut all: Vec<Diagnostic>) -> String {
    all.sort_by_key(|one| (one.place, one.code));
    let mut out = String::new();
    for one in all {
        let place = one.place.unwrap();
        let (line, column) = loaded.sources.line_column(place).unwrap();
        let name = &loaded.sources.get(place.file).unwrap().name;
        let severity = match one.severity {
            Severity::Error => "",
            Severity::Warning => " warning:",
            Severity::Note => " note:",
        };
        writeln!(out, "{name}:{line}:{column} {}{severity} {}", one.code.0, one.message).unwrap();
        for label in &one.related {
            writeln!(out, "  {}", label.text).unwrap();
        }
        assert!(one.help.is_some_and(|help| !help.is_empty()), "{}: no help", one.code.0);
    }
    out
}

/// A configuration, or a document by itself, which then is named by what it is for.
fn look(folder: &Path) -> String {
    if folder.join("landfall.yaml").exists() {
        let loaded = load(folder);
        assert!(!loaded.diagnostics.has_errors(), "{}: {:?}", folder.display(), loaded.diagnostics);
        let all = found(&loaded);
        return shown(&loaded, all);
    }
    let kinds = [("trust", DocumentKind::Trust), ("resource-control", DocumentKind::ResourceControl)];
    let mut out = String::new();
    for (name, kind) in kinds {
        let Ok(text) = fs::read_to_string(folder.join(name).with_extension("json")) else { continue };
        let document = Document::parse(&serde_json::from_str(&text).unwrap()).unwrap();
        for one in check(Subject { kind, document: &document }) {
            let severity = if one.severity == Severity::Warning { " warning:" } else { "" };
            writeln!(out, "{name}.json:{} {}{severity} {}", one.path, one.code.0, one.message).unwrap();
        }
    }
    out
}

/// `UPDATE_EXPECT=1` writes what is found instead of comparing.
#[test]
fn every_bad_policy_is_found_where_it_stands() {
    let all = folders("tests/configs/lint");
    assert!(all.len() >= 60, "{}", all.len());
    let mut shown = String::new();
    for folder in all {
        let found = look(&folder);
        let path = folder.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &found).unwrap();
        }
        assert_eq!(found, fs::read_to_string(&path).unwrap_or_default(), "{}", folder.display());
        assert!(!found.is_empty(), "{} is not bad", folder.display());
        shown.push_str(&found);
    }
    let missing: Vec<&str> = codes::ALL.iter().map(|(code, _)| code.0).filter(|code| !shown.contains(code)).collect();
    assert!(missing.is_empty(), "no bad policy shows {missing:?}");
}

#[test]
fn good_configurations_are_clean() {
    for folder in folders("tests/configs/good").into_iter().chain(folders("examples")) {
        let loaded = load(&folder);
        assert_eq!(shown(&loaded, found(&loaded)), "", "{}", folder.display());
    }
}

/// Six roles in each of a thousand accounts are six templates.
#[test]
fn a_thousand_accounts_are_looked_at_once() {
    let mut text = String::from(
        "version: 1\norganization: { name: acme, home_region: eu-west-1, management_account: management, units: [w] }\n\
         accounts:\n  management: { id: \"111111111111\", email: aws@acme.example }\n",
    );
    for account in 0..1_000 {
        writeln!(text, "  app-{account}: {{ email: aws+{account}@acme.example, unit: w }}").unwrap();
    }
    text.push_str("boundaries:\n  workload: { services: [s3] }\ncross_account:\n");
    for role in 0..6 {
        writeln!(
            text,
            "  - {{ name: r{role}, accounts: [\"unit:w\"], trusted: [{{ account: management }}], boundary: workload, \
             statements: [{{ Effect: Allow, Action: s3:GetObjekt, Resource: \"*\" }}] }}"
        )
        .unwrap();
    }
    let loaded = landfall_model::load_files(&[("landfall.yaml".to_owned(), text.into_bytes())].into());
    let foundation = loaded.foundation.as_ref().unwrap();
    let synthesis = synthesize(foundation);
    assert_eq!(synthesis.stacks.len(), 7_000);
    let written = Written { sources: &loaded.sources, texts: &loaded.texts };
    let began = std::time::Instant::now();
    let found = lint(foundation, &synthesis.stacks, written, &Day::new("2026-11-22").unwrap());
    let took = began.elapsed();
    assert_eq!(found.len(), 6, "{found:?}");
    assert!(took < std::time::Duration::from_secs(2), "without optimization it took {took:?}");
}
