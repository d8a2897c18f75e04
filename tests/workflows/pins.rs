//! Actions are pinned in one place, `workflows/pins.txt`; `UPDATE_GOLDEN=1` brings the workflows to it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::yaml_files;
use crate::desk::root;

/// The line of each action as it must stand: `NAME@COMMIT # VERSION`.
fn pins() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("workflows/pins.txt")).unwrap();
    let mut out = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let [name, commit, version] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{line}");
        assert!(version.starts_with('v'), "{line}");
        out.insert(name.to_owned(), format!("{name}@{commit} # {version}"));
    }
    out
}

fn every_file() -> Vec<PathBuf> {
    let mut out = yaml_files(&root().join("workflows"));
    out.extend(yaml_files(&root().join(".github/workflows")));
    out.push(root().join("action.yml"));
    out.retain(|path| path.exists());
    out
}

#[test]
fn every_action_is_pinned_as_the_table_says() {
    let pins = pins();
    let mut used = BTreeMap::new();
    for path in every_file() {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut pinned = String::new();
        for line in text.lines() {
            match line.split_once("uses: ").filter(|(_, action)| !action.starts_with("./")) {
                Some((before, action)) => {
                    let name = action.split('@').next().unwrap();
                    let pin = pins.get(name).unwrap_or_else(|| panic!("{}: `{name}` has no pin", path.display()));
                    used.insert(name.to_owned(), ());
                    pinned.push_str(&format!("{before}uses: {pin}\n"));
                }
                None => pinned.push_str(&format!("{line}\n")),
            }
        }
        if std::env::var_os("UPDATE_GOLDEN").is_some() && pinned != text {
            std::fs::write(&path, &pinned).unwrap();
        } else {
            assert_eq!(text, pinned, "{}", path.display());
        }
    }
    assert_eq!(used.into_keys().collect::<Vec<_>>(), pins.into_keys().collect::<Vec<_>>(), "an unused pin");
}
