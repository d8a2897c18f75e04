//! The laws of the house: who may depend on whom, who may print, and how large a room may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The crates from left to right; each may depend on what stands before it, and on nothing else of ours.
const MAY_DEPEND_ON: [(&str, &str, &[&str]); 9] = [
    ("crates/model", "landfall-model", &[]),
    ("policies", "landfall-policies", &["landfall-model"]),
    ("stacks", "landfall-stacks", &["landfall-model", "landfall-policies"]),
    ("crates/plan", "landfall-plan", &["landfall-model", "landfall-policies", "landfall-stacks"]),
    ("crates/engine", "landfall-engine", &["landfall-model", "landfall-policies", "landfall-stacks", "landfall-plan"]),
    (
        "crates/aws",
        "landfall-aws",
        &["landfall-model", "landfall-policies", "landfall-stacks", "landfall-plan", "landfall-engine"],
    ),
    (
        "crates/sandbox",
        "landfall-sandbox",
        &["landfall-model", "landfall-policies", "landfall-stacks", "landfall-plan", "landfall-engine"],
    ),
    ("workflows", "landfall-workflows", &["landfall-model"]),
    (
        ".",
        "landfall",
        &[
            "landfall-model",
            "landfall-policies",
            "landfall-stacks",
            "landfall-plan",
            "landfall-engine",
            "landfall-aws",
            "landfall-sandbox",
            "landfall-workflows",
        ],
    ),
];

/// Crates in which nothing is asynchronous.
const SYNCHRONOUS: [&str; 5] = ["crates/model", "policies", "stacks", "crates/plan", "workflows"];

/// The names under `[dependencies]` of a manifest.
fn dependencies(folder: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim() == "[dependencies]";
        } else if inside && let Some(name) = line.split(['.', ' ', '=']).next().filter(|name| !name.is_empty()) {
            names.insert(name.to_owned());
        }
    }
    names
}

/// Every Rust file that ships, with its text up to its unit tests.
fn shipped() -> BTreeMap<PathBuf, String> {
    fn walk(folder: &Path, out: &mut BTreeMap<PathBuf, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "tests" && name != "target" && name != "benches" {
                    walk(&path, out);
                }
            } else if name.ends_with(".rs") && name != "tests.rs" && !name.ends_with("_tests.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let shipped = text.split("\n#[cfg(test)]").next().unwrap_or_default().to_owned();
                out.insert(path.strip_prefix(root()).unwrap().to_owned(), shipped);
            }
        }
    }
    let mut out = BTreeMap::new();
    for folder in ["cmd", "stacks", "policies", "workflows", "crates"] {
        walk(&root().join(folder), &mut out);
    }
    for path in test_modules(out.keys()) {
        out.remove(&path);
    }
    assert!(out.len() > 50, "the walk found only {} files", out.len());
    out
}

/// The files of modules that are declared below a `#[cfg(test)]`.
fn test_modules<'a>(files: impl Iterator<Item = &'a PathBuf>) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for path in files {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
            Some("lib" | "main" | "mod") => path.with_file_name(""),
            _ => path.with_extension(""),
        };
        for declared in text.split("#[cfg(test)]\nmod ").skip(1) {
            if let Some((name, _)) = declared.split_once(';').filter(|(name, _)| !name.contains('{')) {
                found.insert(folder.join(name).with_extension("rs"));
            }
        }
    }
    found
}

/// Lines of code that match, comments apart, as `file:line: text`.
fn lines_with(wanted: impl Fn(&Path, &str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in shipped() {
        for (index, line) in text.lines().enumerate() {
            if !line.trim_start().starts_with("//") && wanted(&path, line) {
                found.push(format!("{}:{}: {}", path.display(), index + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn dependencies_point_one_way() {
    for (folder, package, allowed) in MAY_DEPEND_ON {
        let ours: BTreeSet<String> =
            dependencies(folder).into_iter().filter(|name| name.starts_with("landfall-")).collect();
        let wrong: Vec<_> = ours.iter().filter(|name| !allowed.contains(&name.as_str())).collect();
        assert!(wrong.is_empty(), "{package} must not depend on {wrong:?}");
    }
}

#[test]
fn left_of_the_engine_nothing_is_async() {
    for folder in SYNCHRONOUS {
        let names = dependencies(folder);
        for banned in ["tokio", "async-trait", "futures-util"] {
            assert!(!names.contains(banned), "{folder} is synchronous and must not depend on {banned}");
        }
    }
    let found = lines_with(|path, line| {
        SYNCHRONOUS.iter().any(|folder| path.starts_with(folder))
            && (line.contains("async fn") || line.contains(".await"))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_pure_crates_ask_no_clock_no_network_and_no_environment() {
    let found = lines_with(|path, line| {
        let pure = ["policies", "stacks", "crates/plan"].iter().any(|folder| path.starts_with(folder));
        let asks = ["SystemTime::now", "Instant::now", "std::net", "std::env", "std::fs", "std::process"];
        // An address is a value like any other.
        let line = line.replace("std::net::IpAddr", "IpAddr");
        pure && asks.iter().any(|ask| line.contains(ask))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn only_the_aws_crate_names_the_sdk() {
    for (folder, package, _) in MAY_DEPEND_ON {
        let sdk: Vec<_> = dependencies(folder).into_iter().filter(|name| name.starts_with("aws-")).collect();
        assert!(sdk.is_empty() || folder == "crates/aws", "{package} must not depend on {sdk:?}");
    }
    let found = lines_with(|path, line| {
        !path.starts_with("crates/aws")
            && ["aws_sdk_", "aws_config", "aws_smithy"].iter().any(|name| line.contains(name))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn only_the_report_speaks() {
    let found = lines_with(|path, line| {
        let speaks = ["println!(", "print!(", "eprintln!(", "eprint!(", "io::stdout(", "io::stderr(", "dbg!("];
        !path.starts_with("cmd/report") && speaks.iter().any(|word| line.contains(word))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_file_is_too_large() {
    let mut sizes: Vec<usize> = Vec::new();
    let mut too_large = Vec::new();
    for (path, text) in shipped() {
        let lines = text.lines().count();
        sizes.push(lines);
        if lines > 600 {
            too_large.push(format!("{} has {lines} lines", path.display()));
        }
    }
    assert!(too_large.is_empty(), "over 600 lines without their tests: {too_large:#?}");
    sizes.sort_unstable();
    let ninth = sizes[sizes.len() * 9 / 10];
    assert!(ninth <= 400, "nine files in ten have at most 400 lines; here the ninth has {ninth}");
}

#[test]
fn rooms_are_named_by_what_is_in_them() {
    let banned = ["utils", "util", "helpers", "helper", "common", "misc"];
    let wrong: Vec<_> = shipped()
        .into_keys()
        .filter(|path| {
            path.components().any(|part| {
                let name = part.as_os_str().to_string_lossy();
                banned.contains(&name.trim_end_matches(".rs"))
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn arns_are_built_from_types() {
    let found = lines_with(|_, line| line.contains("format!(\"arn:"));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn nothing_is_left_half_done() {
    let found = lines_with(|_, line| {
        ["todo!(", "unimplemented!(", ".unwrap()", "#[allow(", "#![allow("].iter().any(|word| line.contains(word))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_stack_kind_has_its_room() {
    for kind in landfall_model::Kind::ALL {
        let file = root().join("stacks").join(format!("{}.rs", kind.as_str().replace('-', "_")));
        assert!(file.exists(), "stack kind {kind} has no file {}", file.display());
    }
}

#[test]
fn main_is_short() {
    let text = fs::read_to_string(root().join("cmd/main.rs")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("mod ")).count();
    assert!(lines <= 25, "cmd/main.rs parses, runs and returns an exit code; it has {lines} lines beside its modules");
}

#[test]
fn every_architecture_decision_is_short_and_numbered() {
    for entry in fs::read_dir(root().join("docs/adr")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.len() > 8 && name.as_bytes()[..4].iter().all(u8::is_ascii_digit), "{name} begins with no number");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.lines().count() <= 60, "{name} is longer than a page");
    }
}

/// A call that a role lacks fails only at AWS: the emulators and the sandbox let an administrator do everything.
#[test]
fn every_call_of_the_adapters_is_known_with_its_permissions() {
    let mut called = BTreeSet::new();
    for (path, text) in shipped() {
        if path.strip_prefix(root()).unwrap_or(&path).starts_with("crates/aws") {
            let literals = text.split('"').skip(1).step_by(2).filter(|literal| {
                literal.split_once(':').is_some_and(|(service, name)| {
                    service.bytes().all(|byte| byte.is_ascii_lowercase())
                        && name.starts_with(|first: char| first.is_ascii_uppercase())
                        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
                })
            });
            called.extend(literals.map(ToOwned::to_owned));
        }
    }
    assert!(called.len() > 50, "{called:?}");
    let unknown: Vec<&String> = called.iter().filter(|name| landfall_policies::operation(name).is_none()).collect();
    assert!(unknown.is_empty(), "add {unknown:?} to policies/operation.rs, and see what its tests say of the roles");
    let idle = landfall_policies::OPERATIONS.iter().map(|known| known.name).filter(|name| !called.contains(*name));
    assert_eq!(
        idle.collect::<Vec<_>>(),
        [] as [&str; 0],
        "nobody calls it: take it out, and what the roles have for it"
    );
}
