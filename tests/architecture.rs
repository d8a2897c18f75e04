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

/// The module that a file is, such as `crate::rows::stack`; nothing for a file that only lists names.
fn module_of(path: &Path) -> Option<Vec<String>> {
    let text = path.with_extension("").to_string_lossy().into_owned();
    let parts: Vec<&str> = text.split('/').collect();
    let inside = match parts.as_slice() {
        ["crates", _, "src", inside @ ..] => inside,
        ["cmd" | "stacks" | "policies" | "workflows", inside @ ..] => inside,
        _ => return None,
    };
    let last = inside.last().copied()?;
    (!["lib", "main", "mod"].contains(&last)).then(|| inside.iter().map(|part| (*part).to_owned()).collect())
}

/// What a `use` or a path names, its braces taken apart: `a::{b, c::{d, e}}` is `a::b`, `a::c::d`, `a::c::e`.
fn apart(text: &str) -> Vec<String> {
    let Some((front, inner)) = text.split_once('{') else { return vec![text.trim().to_owned()] };
    let (mut depth, mut begin, mut out) = (1, 0, Vec::new());
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => {}
            _ => continue,
        }
        if depth == 0 || (c == ',' && depth == 1) {
            out.extend(apart(&inner[begin..at]).into_iter().map(|item| [front.trim(), &item].concat()));
            begin = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    out
}

/// Every path that begins with `crate::` or `super::`, as modules from the crate's root.
fn paths(text: &str, own: &[String]) -> Vec<Vec<String>> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let (used, spoken): (Vec<&str>, Vec<&str>) =
        code.split(';').partition(|statement| statement.contains("use crate::") || statement.contains("use super::"));
    let used = used.iter().filter_map(|statement| Some(apart(statement.split_once("use ")?.1))).flatten();
    let spoken = spoken.iter().flat_map(|statement| {
        statement.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).map(str::to_owned)
    });
    let mut found = Vec::new();
    for path in used.chain(spoken) {
        let mut parts: Vec<&str> = path.split("::").map(str::trim).collect();
        let mut base: Vec<String> = match parts.first() {
            Some(&"crate") => Vec::new(),
            Some(&"super") => own.to_vec(),
            _ => continue,
        };
        while parts.first() == Some(&"super") {
            base.pop();
            parts.remove(0);
        }
        let rest = parts.into_iter().filter(|part| *part != "crate").map(str::to_owned);
        found.push(base.into_iter().chain(rest).collect());
    }
    found
}

#[test]
fn a_use_is_taken_apart() {
    let own = ["tamper".to_owned(), "role".to_owned()];
    let found = paths("use crate::{a, b::{c, d}};\nuse super::choice::{Done, Scene};\nfn f() { crate::e::f(); }", &own);
    let found: Vec<String> = found.iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["a", "b::c", "b::d", "tamper::choice::Done", "tamper::choice::Scene", "e::f"]);
}

/// A way from a file back to itself, along what files take from each other.
fn circle(arrows: &BTreeMap<PathBuf, BTreeSet<PathBuf>>) -> Option<Vec<PathBuf>> {
    fn visit<'a>(
        at: &'a Path,
        arrows: &'a BTreeMap<PathBuf, BTreeSet<PathBuf>>,
        way: &mut Vec<&'a Path>,
        done: &mut BTreeSet<&'a Path>,
    ) -> bool {
        if let Some(from) = way.iter().position(|before| *before == at) {
            way.drain(..from);
            return true;
        }
        if done.contains(at) {
            return false;
        }
        way.push(at);
        for next in arrows.get(at).into_iter().flatten() {
            if visit(next, arrows, way, done) {
                return true;
            }
        }
        way.pop();
        done.insert(at);
        false
    }
    let mut done = BTreeSet::new();
    arrows.keys().find_map(|start| {
        let mut way = Vec::new();
        visit(start, arrows, &mut way, &mut done).then(|| way.into_iter().map(Path::to_owned).collect())
    })
}

#[test]
fn files_take_from_each_other_in_one_direction() {
    let shipped = shipped();
    let crate_of = |path: &Path| {
        let parts: Vec<_> = path.iter().take(if path.starts_with("crates") { 2 } else { 1 }).collect();
        parts.into_iter().collect::<PathBuf>()
    };
    let modules: BTreeMap<(PathBuf, Vec<String>), &PathBuf> =
        shipped.keys().filter_map(|path| Some(((crate_of(path), module_of(path)?), path))).collect();
    let mut arrows: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
    for (path, text) in &shipped {
        let Some(own) = module_of(path) else { continue };
        for found in paths(text, &own) {
            // The longest part of the path that is a file; what is above and below oneself is a way of speaking.
            let file = (1..=found.len())
                .rev()
                .find_map(|length| Some((length, *modules.get(&(crate_of(path), found[..length].to_vec()))?)));
            if let Some((length, file)) = file
                && !own.starts_with(&found[..length])
                && !found.starts_with(&own)
            {
                arrows.entry(path.clone()).or_default().insert(file.clone());
            }
        }
    }
    let count: usize = arrows.values().map(BTreeSet::len).sum();
    assert!(count > 500, "only {count} arrows were found");
    assert_eq!(circle(&arrows), None, "these files take from each other in a circle");
    // The check itself: one arrow back closes a circle.
    let (from, to) = arrows.iter().next().map(|(from, to)| (from.clone(), to.first().unwrap().clone())).unwrap();
    arrows.entry(to).or_default().insert(from);
    assert!(circle(&arrows).is_some());
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
