//! Configurations for tests: a sound one, with a part replaced or added.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::{Loaded, Place, Severity, Sources, load_files};

/// A configuration without a mistake.
pub(crate) const SOUND: &str = r#"version: 1
organization:
  name: acme
  home_region: eu-west-1
  management_account: management
  units: [security, workloads/prod]
accounts:
  management: { id: "111111111111", email: aws@acme.example }
  security: { email: aws+security@acme.example, unit: security }
  app: { email: aws+app@acme.example, unit: workloads/prod, tags: { env: prod } }
boundaries:
  workload: { services: [s3, logs] }
break_glass:
  home: security
  trusted_users: [alice]
  accounts: [all, "!management"]
  tiers: { responder: { access: administrator } }
"#;

/// The sound configuration as files.
pub(crate) fn base() -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([("landfall.yaml".to_owned(), SOUND.as_bytes().to_vec())])
}

/// Loads files from memory.
pub(crate) fn files(files: &[(&str, &str)]) -> Loaded {
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    load_files(&files)
}

/// Loads the sound configuration with sections added.
pub(crate) fn with(sections: &str) -> Loaded {
    files(&[("landfall.yaml", &[SOUND, sections].concat())])
}

/// Loads the sound configuration with a text replaced.
pub(crate) fn replaced(from: &str, to: &str) -> Loaded {
    assert!(SOUND.contains(from), "{from}");
    files(&[("landfall.yaml", &SOUND.replacen(from, to, 1))])
}

fn shown(sources: &Sources, place: Place) -> String {
    let source = sources.get(place.file).unwrap();
    let (line, column) = sources.line_column(place).unwrap();
    format!("{}:{line}:{column} `{}`", source.name, &source.text[place.range()])
}

/// Every diagnostic in full, with the text that is marked.
pub(crate) fn told(loaded: &Loaded) -> String {
    let mut out = String::new();
    for diagnostic in loaded.diagnostics.sorted() {
        let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
        writeln!(out, "{severity}[{}]: {}", diagnostic.code.0, diagnostic.message).unwrap();
        if let Some(place) = diagnostic.place {
            let label = diagnostic.label.as_deref().unwrap_or_default();
            writeln!(out, "{}", format!("  at {} {label}", shown(&loaded.sources, place)).trim_end()).unwrap();
        }
        for label in &diagnostic.related {
            writeln!(out, "  at {} {}", shown(&loaded.sources, label.place), label.text).unwrap();
        }
        if let Some(help) = &diagnostic.help {
            writeln!(out, "  help: {help}").unwrap();
        }
    }
    out
}
