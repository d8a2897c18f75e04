use std::collections::BTreeSet;
use std::path::Path;

use landfall_model::{Arn, CodeScanning, Install, ReleaseTarget, Remediate, Repository, Revision};
use saphyr_parser::{Event, Parser};

use super::*;
use crate::values::Folder;
use crate::{Pipeline, settings};

fn values() -> Values {
    let role = |name: &str| Arn::new(["arn:aws:iam::222222222222:role/", name].concat()).unwrap();
    Values {
        folder: Folder::new(Path::new("./infra/landing zone")).unwrap(),
        organization: "globex".into(),
        region: "us-gov-west-1".into(),
        runner: "my-runner".into(),
        branch: "1.0".into(),
        environment: "a \"b\" \\ ${{ github.token }} # c: d".into(),
        repository: "globex/infra".into(),
        schedule: "*/30 1 * * *".into(),
        plan_role: role("p"),
        apply_role: role("a"),
        install: Install::Release {
            source: Repository { owner: "o".into(), name: "r".into() },
            version: "1.2.3".into(),
            target: ReleaseTarget::LinuxArm,
            sha256: "1234567890".repeat(7)[..64].to_owned(),
        },
        remediate: Remediate::Repairable,
        code_scanning: CodeScanning::On,
    }
}

fn compiled() -> Values {
    let source = Repository { owner: "o".into(), name: "r".into() };
    Values {
        install: Install::Cargo { source, revision: Revision::Commit("0".repeat(40)) },
        remediate: Remediate::Nothing,
        code_scanning: CodeScanning::Off,
        ..values()
    }
}

/// Every scalar of a YAML text, as a parser that is not ours reads it.
fn scalars(text: &str) -> Vec<String> {
    Parser::new_from_str(text)
        .filter_map(|event| match event.unwrap().0 {
            Event::Scalar(value, ..) => Some(value.into_owned()),
            _ => None,
        })
        .collect()
}

#[test]
fn every_mark_is_known_and_every_key_is_used() {
    let mut used = BTreeSet::new();
    for pipeline in Pipeline::ALL {
        for (index, line) in pipeline.source().lines().enumerate() {
            let Some((_, mark)) = line.split_once("# landfall: ") else { continue };
            let known = match mark.strip_prefix("when ") {
                Some(word) => Condition::named(word).is_some(),
                None => Key::named(mark).is_some(),
            };
            assert!(known, "{}:{}: {line}", pipeline.file(), index + 1);
            used.insert(mark);
        }
    }
    let keys = Key::ALL.iter().map(|(name, _)| (*name).to_owned());
    let conditions = Condition::ALL.iter().map(|(name, _)| format!("when {name}"));
    for name in keys.chain(conditions) {
        assert!(used.contains(name.as_str()), "no workflow has the mark `{name}`");
    }
}

#[test]
fn nothing_but_what_is_marked_changes() {
    for values in [values(), compiled()] {
        for pipeline in Pipeline::ALL {
            let filled = fill(pipeline.source(), &values).unwrap();
            assert!(!filled.contains("# landfall: "), "{}", pipeline.file());
            let mut source = pipeline.source().lines();
            for line in filled.lines() {
                // Each line of the result comes from the next line of the source that it can come from.
                let from = source.find(|from| {
                    let Some((before, mark)) = from.split_once(MARK) else { return *from == line };
                    let start = value_start(before);
                    before == line && mark.starts_with("when ")
                        || start.is_some_and(|start| line.starts_with(&before[..start])) && !mark.starts_with("when ")
                });
                assert!(from.is_some(), "{}: `{line}` comes from nowhere", pipeline.file());
            }
        }
    }
}

#[test]
fn a_value_is_read_as_it_was_meant() {
    let values = values();
    let filled = fill(Pipeline::Apply.source(), &values).unwrap();
    let read = scalars(&filled);
    let before = scalars(Pipeline::Apply.source());
    for (name, key) in Key::ALL {
        let Some(value) = values.get(key) else { continue };
        if !Pipeline::Apply.source().contains(&format!("# landfall: {name}\n")) {
            continue;
        }
        let value = value.replace("${{", "${{ '${{' }}");
        assert!(read.contains(&value), "{name}: {value}\n{filled}");
        assert!(!before.contains(&value), "{name}");
    }
    assert_eq!(read.iter().filter(|one| one.contains("secrets")).count(), 0);
    assert!(read.contains(&"a \"b\" \\ ${{ '${{' }} github.token }} # c: d".to_owned()), "an expression got in");
}

#[test]
fn blocks_come_and_go_whole() {
    let names = |values: &Values| -> Vec<String> {
        let filled = fill(Pipeline::Drift.source(), values).unwrap();
        filled.lines().filter_map(|line| line.trim().strip_prefix("- name: ").map(str::to_owned)).collect()
    };
    let all = names(&values());
    assert!(all.contains(&"Put right what is repairable".to_owned()) && all.contains(&"Install Landfall".to_owned()));
    assert!(!all.contains(&"Compile Landfall".to_owned()));
    let few = names(&compiled());
    assert!(!few.contains(&"Put right what is repairable".to_owned()) && !few.contains(&"Close the issue".to_owned()));
    assert!(few.contains(&"Compile Landfall".to_owned()) && !few.contains(&"Install Landfall".to_owned()));
    let filled = fill(Pipeline::Drift.source(), &compiled()).unwrap();
    assert!(filled.ends_with("  fi\n"), "{filled}");
    assert!(!filled.contains("LANDFALL_ARCHIVE") && filled.contains("LANDFALL_REVISION_KIND: rev\n"), "{filled}");
    let plan = fill(Pipeline::Plan.source(), &compiled()).unwrap();
    assert!(!plan.contains("sarif_file") && !plan.contains("security-events"), "{plan}");
}

#[test]
fn a_mark_that_means_nothing_is_said() {
    for (line, text) in
        [(1, "a: b # landfall: nonsense"), (2, "\n  c: # landfall: when nonsense"), (1, "a: # landfall: branch")]
    {
        assert_eq!(fill(text, &values()).unwrap_err().line, line, "{text}");
    }
}

#[test]
fn a_scalar_needs_quotes_or_not() {
    for plain in ["main", ".", "arn:aws:iam::1:role/x", "release/one", "ubuntu-24.04"] {
        assert_eq!(scalar(plain), plain);
    }
    for quoted in ["true", "No", "1.0", "a b", "a:", "*", "-x", "17 4 * * *", "@x", "", "größe", "x#y"] {
        let written = scalar(quoted);
        assert!(written.starts_with('"'), "{written}");
        assert_eq!(scalars(&format!("a: {written}")), ["a", quoted]);
    }
}

#[test]
fn a_folder_is_a_path_in_the_repository() {
    let folder = |text: &str| Folder::new(Path::new(text)).map(|folder| folder.as_str().to_owned());
    assert_eq!(folder(".").as_deref(), Ok("."));
    assert_eq!(folder("./a//b/").as_deref(), Ok("a/b"));
    for refused in ["/a", "../a", "a/../b", "-a", "a\nb"] {
        assert!(folder(refused).is_err(), "{refused}");
    }
}

#[test]
fn the_settings_name_what_is_configured() {
    let said = settings(&values());
    let commands: Vec<&str> = said.iter().map(|one| one.command.as_str()).collect();
    let path = "environments/a%20%22b%22%20%5C%20%24%7B%7B%20github.token%20%7D%7D%20%23%20c%3A%20d";
    assert!(commands[0].starts_with(&format!("gh api --method PUT repos/globex/infra/{path} ")), "{}", commands[0]);
    assert!(commands[2].contains("refs/heads/1.0\""), "{}", commands[2]);
    assert_eq!(said.len(), 5, "a release is pinned");
    assert_eq!(settings(&compiled()).len(), 5, "a commit is pinned");
    let source = Repository { owner: "o".into(), name: "r".into() };
    let tagged = Values { install: Install::Cargo { source, revision: Revision::Tag("v1".into()) }, ..values() };
    assert_eq!(settings(&tagged)[5].command, "git ls-remote https://github.com/o/r refs/tags/v1");
}
