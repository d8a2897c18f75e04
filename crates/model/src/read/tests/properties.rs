//! Nothing makes the reader panic, and everything ends in a foundation or an error.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;

use crate::{Diagnostics, Foundation, Loaded, Place, Resolution, RoleIndex, Sources, Trusted, load_files};

fn acme() -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, out: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, out);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                out.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/acme");
    let mut out = BTreeMap::new();
    walk(&root, &root, &mut out);
    out
}

/// Every place can be shown, and there is something to go on with or something to say.
fn check(loaded: &Loaded) -> Result<(), TestCaseError> {
    let Loaded { sources, diagnostics, foundation, .. } = loaded;
    prop_assert!(foundation.is_some() || diagnostics.has_errors());
    if let Some(foundation) = foundation {
        resolves(foundation)?;
    }
    places(sources, diagnostics)
}

/// What a foundation refers to is in it, however much was dropped.
fn resolves(foundation: &Foundation) -> Result<(), TestCaseError> {
    let index = RoleIndex::of(foundation);
    prop_assert!(foundation.accounts.contains_key(&foundation.organization.management_account));
    for account in foundation.accounts.values() {
        prop_assert!(account.unit.as_ref().is_none_or(|unit| foundation.organization.units.contains(unit)));
    }
    let roles = foundation.cross_account.iter().map(|role| (&role.accounts, &role.boundary));
    let roles = roles.chain(foundation.ci_deployers.iter().map(|role| (&role.accounts, &role.boundary)));
    let roles = roles.chain(foundation.services.iter().map(|role| (&role.accounts, &role.boundary)));
    let roles = roles.chain(foundation.federation.iter().map(|role| (&role.accounts, &role.boundary)));
    let roles = roles.chain(foundation.metaflow.iter().map(|role| (&role.accounts, &role.boundary)));
    let roles = roles.chain(foundation.teams.iter().map(|role| (&role.accounts, &role.boundary)));
    for (accounts, boundary) in roles {
        prop_assert!(accounts.iter().all(|account| foundation.accounts.contains_key(account)));
        prop_assert!(foundation.boundaries.contains_key(boundary));
    }
    for trusted in foundation.cross_account.iter().flat_map(|role| &role.trusted) {
        match trusted {
            Trusted::Role(role) => {
                prop_assert_eq!(index.resolve(&role.account, role.role.as_str()), Resolution::Role(&role.role));
            }
            Trusted::Account { account, .. } => prop_assert!(foundation.accounts.contains_key(account)),
            Trusted::External { .. } => {}
        }
    }
    Ok(())
}

fn places(sources: &Sources, diagnostics: &Diagnostics) -> Result<(), TestCaseError> {
    for diagnostic in diagnostics.iter() {
        let related = diagnostic.related.iter().map(|label| label.place);
        for Place { file, start, end } in diagnostic.place.into_iter().chain(related) {
            let text = &sources.get(file).unwrap().text;
            prop_assert!(text.get(start as usize..end as usize).is_some(), "{diagnostic:?}");
        }
        prop_assert!(diagnostic.message.chars().count() < 1000, "{}", diagnostic.message);
    }
    Ok(())
}

#[derive(Debug, Clone)]
enum Mutation {
    Cut(Index, usize),
    Insert(Index, String),
    Repeat(Index, usize),
    Byte(Index, u8),
    Swap(Index, Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let snippet = prop_oneof![
        "[ \\-\\[\\]{}:,&*!|>'\"%@`#?\\n\\t~/.0-9a-z]{1,6}",
        prop::sample::select(vec![
            "!management",
            "&a ",
            "*a",
            "<<: ",
            "---\n",
            "...",
            "null",
            "true",
            "[]",
            "{}",
            "''",
            "é",
            "\u{feff}",
            "\0",
            "- ",
            "? ",
            ": ",
            "\t",
            "\r",
            "999999999999999999999999",
            "..",
            "unit:",
            "tag:",
            "!!str ",
        ])
        .prop_map(str::to_owned),
    ];
    prop_oneof![
        (any::<Index>(), 1usize..40).prop_map(|(at, length)| Mutation::Cut(at, length)),
        (any::<Index>(), snippet).prop_map(|(at, text)| Mutation::Insert(at, text)),
        (any::<Index>(), 1usize..200).prop_map(|(at, length)| Mutation::Repeat(at, length)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Byte(at, byte)),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Mutation::Swap(a, b)),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    match mutation {
        Mutation::Cut(at, count) => {
            let at = at.index(length);
            bytes.drain(at..(at + count).min(length));
        }
        Mutation::Insert(at, text) => {
            let at = at.index(length);
            bytes.splice(at..at, text.bytes());
        }
        Mutation::Repeat(at, count) => {
            let at = at.index(length);
            let part = bytes[at..(at + count).min(length)].to_vec();
            bytes.splice(at..at, part);
        }
        Mutation::Byte(at, byte) => bytes[at.index(length)] = *byte,
        Mutation::Swap(a, b) => {
            // Lines change places, so that keys land in sections that they do not belong to.
            let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let (a, b) = (a.index(lines.len()), b.index(lines.len()));
            lines.swap(a, b);
            *bytes = lines.concat();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400), team in prop::collection::vec(any::<u8>(), 0..100)) {
        let files = BTreeMap::from([("landfall.yaml".to_owned(), bytes), ("teams/t.yaml".to_owned(), team)]);
        check(&load_files(&files))?;
    }

    #[test]
    fn any_text_that_looks_like_yaml(text in "([ \\-\\[\\]{}:,&*!|>'\"%@`#?\\n\\t~a-cé0-9]|version: 1\\n|accounts:|organization:\\n  ){0,80}") {
        check(&load_files(&BTreeMap::from([("landfall.yaml".to_owned(), text.into_bytes())])))?;
    }

    #[test]
    fn any_mutation_of_acme(file in any::<Index>(), mutations in prop::collection::vec(mutation(), 1..6)) {
        let mut files = acme();
        // The main file matters most: it is hit half of the time.
        let names: Vec<String> = files.keys().cloned().collect();
        let mut pick: Vec<&str> = vec!["landfall.yaml"; names.len()];
        pick.extend(names.iter().map(String::as_str));
        let bytes = files.get_mut(pick[file.index(pick.len())]).unwrap();
        for mutation in &mutations {
            mutate(bytes, mutation);
        }
        check(&load_files(&files))?;
    }
}
