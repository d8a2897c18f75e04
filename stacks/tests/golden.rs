//! The example's templates and policies, as reviewers read them. `UPDATE_GOLDEN=1` rewrites them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use landfall_model::{AccountId, Foundation, OrganizationId};
use serde_json::{Value, json};

use crate::{ParameterSource, Stack, Synthesis, TemplateScope, expected, synthesize};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

pub(crate) fn acme() -> Foundation {
    load(&root().join("examples/acme"))
}

/// The configurations that are accepted, by name.
pub(crate) fn good() -> Vec<(String, Foundation)> {
    let folders = fs::read_dir(root().join("tests/configs/good")).unwrap().map(|entry| entry.unwrap().path());
    folders.map(|folder| (folder.display().to_string(), load(&folder))).collect()
}

fn load(folder: &Path) -> Foundation {
    let loaded = landfall_model::load(folder);
    let errors: Vec<_> = loaded.diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect();
    assert!(!loaded.diagnostics.has_errors(), "{errors:#?}");
    loaded.foundation.unwrap()
}

fn synthesized() -> Synthesis {
    let synthesis = synthesize(&acme());
    assert!(synthesis.diagnostics.is_empty(), "{:#?}", synthesis.diagnostics);
    synthesis
}

/// Compares a folder with what it shall hold, or makes it so.
fn golden(folder: &str, wanted: &BTreeMap<String, Value>) {
    let folder = root().join("tests/golden").join(folder);
    let pretty = |value: &Value| format!("{value:#}\n");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        for (name, value) in wanted {
            fs::write(folder.join(name), pretty(value)).unwrap();
        }
    }
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        found.insert(name, fs::read_to_string(&path).unwrap());
    }
    let names: Vec<_> = wanted.keys().collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), names, "UPDATE_GOLDEN=1 rewrites tests/golden");
    for (name, value) in wanted {
        similar(&found[name], &pretty(value), name);
    }
}

fn similar(found: &str, wanted: &str, name: &str) {
    let first = found.lines().zip(wanted.lines()).enumerate().find(|(_, (a, b))| a != b);
    assert!(found == wanted, "{name} differs at {first:?}; UPDATE_GOLDEN=1 rewrites tests/golden");
}

#[test]
fn templates() {
    let mut bodies: BTreeMap<String, Vec<&Stack>> = BTreeMap::new();
    let synthesis = synthesized();
    for stack in &synthesis.stacks {
        let same = bodies.entry(stack.key.name.as_str().to_owned()).or_default();
        if !same.iter().any(|known| known.body == stack.body) {
            same.push(stack);
        }
    }
    let mut wanted = BTreeMap::new();
    for (name, stacks) in &bodies {
        for stack in stacks {
            let file = match stacks.len() {
                1 => format!("{name}.json"),
                _ => format!("{name}.{}.json", stack.key.account),
            };
            wanted.insert(file, serde_json::from_str(&stack.body.json).unwrap());
        }
    }
    golden("templates", &wanted);
}

/// Ids as [`landfall_policies::Plain`] has them.
fn stand_ins(stack: &Stack) -> TemplateScope {
    let other = |source: &ParameterSource| match source {
        ParameterSource::Account(_) => "444455556666".to_owned(),
        ParameterSource::Organization => OrganizationId::new("o-a1b2c3d4e5").unwrap().as_str().to_owned(),
    };
    TemplateScope {
        partition: stack.key.region.partition(),
        region: stack.key.region.clone(),
        account: AccountId::new("111122223333").unwrap(),
        stack: stack.key.name.clone(),
        parameters: stack.parameters.iter().map(|(name, source)| (name.clone(), other(source))).collect(),
    }
}

#[test]
fn policies() {
    let mut wanted: BTreeMap<String, Value> = BTreeMap::new();
    let synthesis = synthesized();
    let organization = OrganizationId::new("o-a1b2c3d4e5").unwrap();
    for one in &synthesis.guardrails {
        let name = one.key.name.as_str().trim_start_matches("acme-");
        wanted.insert(format!("guardrail-{name}.json"), serde_json::from_str(&one.text.of(&organization)).unwrap());
    }
    for stack in &synthesis.stacks {
        let template = serde_json::from_str(&stack.body.json).unwrap();
        let identities = expected(&template, &stand_ins(stack)).unwrap();
        let roles = identities.roles.values().map(|role| {
            let permissions = role.inline.values().next();
            let json = json!({
                "trust": role.trust,
                "permissions": permissions,
                "managed policies": role.attached,
                "boundary": role.boundary,
                "longest session": format!("{} s", role.max_session),
            });
            (role.name.to_string(), json)
        });
        let policies = identities.policies.values().map(|policy| (policy.name.to_string(), policy.document.json()));
        for (name, json) in roles.chain(policies).collect::<Vec<_>>() {
            let before = wanted.insert(format!("{name}.json"), json.clone());
            assert!(before.is_none_or(|before| before == json), "{name} differs between accounts");
        }
    }
    golden("policies", &wanted);
}
