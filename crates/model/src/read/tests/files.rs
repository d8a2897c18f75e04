//! Files that are no configuration.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;

use crate::read::context::LIMIT;
use crate::read::tests::trial::{SOUND, files, told};
use crate::{codes, load, load_files};

/// A folder of its own below the system's, removed when done.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("landfall-model-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_folder_that_does_not_exist_has_no_configuration() {
    let loaded = load(&PathBuf::from("/nowhere/at/all"));
    assert!(loaded.foundation.is_none());
    assert_snapshot!(told(&loaded), @r"
    error[LF0101]: there is no folder `/nowhere/at/all`
      help: `landfall init` writes a commented starter folder
    ");
}

#[test]
fn ten_megabytes_are_refused_without_a_look() {
    let scratch = Scratch::new("large");
    fs::write(scratch.0.join("landfall.yaml"), vec![b'['; 10 * 1024 * 1024]).unwrap();
    let loaded = load(&scratch.0);
    assert!(loaded.foundation.is_none());
    assert_snapshot!(told(&loaded), @r"
    error[LF0103]: `landfall.yaml` has 10485760 bytes, and at most 1048576 are read
      at landfall.yaml:1:1 ``
      help: a configuration is split into one file a team, each far smaller than that
    ");
}

#[test]
fn a_large_team_is_refused_and_the_rest_is_read() {
    let mut all = BTreeMap::from([("landfall.yaml".to_owned(), SOUND.as_bytes().to_vec())]);
    all.insert("teams/large.yaml".to_owned(), vec![b'a'; LIMIT as usize + 1]);
    let loaded = load_files(&all);
    assert!(loaded.foundation.is_some());
    assert_snapshot!(told(&loaded), @r"
    error[LF0103]: `teams/large.yaml` has 1048577 bytes, and at most 1048576 are read
      at teams/large.yaml:1:1 ``
      help: a configuration is split into one file a team, each far smaller than that
    ");
}

#[test]
fn a_file_at_the_limit_is_read() {
    let mut text = SOUND.to_owned();
    text.push_str(&"#".repeat(LIMIT as usize - text.len()));
    assert_eq!(told(&files(&[("landfall.yaml", &text)])), "");
}

#[test]
#[cfg(unix)]
fn a_file_that_leads_nowhere_is_missing() {
    let scratch = Scratch::new("link");
    fs::write(scratch.0.join("landfall.yaml"), SOUND).unwrap();
    fs::create_dir(scratch.0.join("teams")).unwrap();
    std::os::unix::fs::symlink("/nowhere", scratch.0.join("teams/gone.yaml")).unwrap();
    fs::create_dir(scratch.0.join("teams/folder.yaml")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", scratch.0.join("teams/zero.yaml")).unwrap();
    assert_snapshot!(told(&load(&scratch.0)), @r"
    error[LF0101]: `teams/gone.yaml` does not exist
      help: paths are relative to the configuration folder
    error[LF0102]: `teams/folder.yaml` is no regular file
      at teams/folder.yaml:1:1 ``
      help: a file is wanted here, not a folder or a device
    error[LF0102]: `teams/zero.yaml` is no regular file
      at teams/zero.yaml:1:1 ``
      help: a file is wanted here, not a folder or a device
    ");
}

#[test]
fn a_byte_order_mark_is_no_content() {
    assert_eq!(told(&files(&[("landfall.yaml", &["\u{feff}", SOUND].concat())])), "");
}

#[test]
fn carriage_returns_are_line_ends() {
    assert_eq!(told(&files(&[("landfall.yaml", &SOUND.replace('\n', "\r\n"))])), "");
}

#[test]
fn a_bomb_is_refused_where_it_begins() {
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n";
    let loaded = files(&[("landfall.yaml", &[SOUND, bomb].concat())]);
    let aliases = loaded.diagnostics.iter().filter(|found| found.code == codes::YAML_ALIAS).count();
    assert_eq!(aliases, 1);
}

#[test]
fn depth_is_bounded_in_every_style() {
    for text in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000), "? ".repeat(100_000)] {
        let loaded = files(&[("landfall.yaml", &text)]);
        assert!(loaded.diagnostics.has_errors(), "{}", &text[..8]);
        assert!(loaded.foundation.is_none());
    }
}
