use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{EditError, Part, Writing, value_at, written};
use crate::{Place, Sources};

const FILE: &str = "\
# all that runs
services:
  - name: etl # moves data
    kind: lambda
    managed_policies:
      - arn:a # first
      # about b
      - arn:b
    statements:
      - Effect: Allow # reads
        Action: [s3:GetObject] # only this
        Resource: \"*\"
      - Sid: Two
        Effect: Deny
        Action: iam:*
        Resource: \"*\"
  - { name: web, kind: ec2, managed_policies: [arn:b], tags: { a: x, b: y } }
  - name: last
    kind: ecs
    conditions: { mfa: true }
    empty:

team: data
";

fn place(text: &str, needle: &str) -> (Sources, Place) {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", text);
    let start = u32::try_from(text.find(needle).unwrap()).unwrap();
    (sources, Place { file, start, end: start })
}

fn edit(text: &str, needle: &str, parts: Vec<Part>) -> Result<String, EditError> {
    let (sources, item) = place(text, needle);
    let found = written(&sources, &[Writing::Item { item, parts }])?;
    Ok(found.into_values().next().unwrap_or_else(|| text.to_owned()))
}

fn set(needle: &str, key: &str, value: Value) -> String {
    edit(FILE, needle, vec![Part::set(key, value)]).unwrap()
}

#[test]
fn a_list_grows_and_shrinks_where_it_stands_and_comments_stay() {
    assert_eq!(
        set("etl", "managed_policies", json!(["arn:a", "arn:b", "arn:new"])),
        FILE.replace("- arn:b\n", "- arn:b\n      - arn:new\n")
    );
    assert_eq!(set("etl", "managed_policies", json!(["arn:b"])), FILE.replace("      - arn:a # first\n", ""));
    assert_eq!(
        set("etl", "managed_policies", json!(["arn:a", "arn:c"])),
        FILE.replace("      - arn:b\n", "").replace("- arn:a # first\n", "- arn:a # first\n      - arn:c\n")
    );
    assert_eq!(
        set("web", "managed_policies", json!(["arn:b", "arn:*"])),
        FILE.replace("[arn:b]", "[arn:b, \"arn:*\"]")
    );
    let quoted = "a:\n  - \"unit:x\"\nb: [\"unit:x\"]\n";
    let parts = ["a", "b"].map(|key| Part::set(key, json!(["unit:x", "unit:y"]))).into();
    assert_eq!(edit(quoted, "a:", parts).unwrap(), "a:\n  - \"unit:x\"\n  - \"unit:y\"\nb: [\"unit:x\", \"unit:y\"]\n");
    assert_eq!(set("web", "managed_policies", json!(["arn:c"])), FILE.replace("[arn:b]", "[arn:c]"));
    assert_eq!(
        set("last", "managed_policies", json!(["arn:new"])),
        FILE.replace("    empty:\n", "    empty:\n    managed_policies: [arn:new]\n")
    );
}

#[test]
fn a_key_is_set_begun_or_taken_away() {
    assert_eq!(set("web", "max_session", json!("2h")), FILE.replace("b: y } }", "b: y }, max_session: 2h }"));
    assert_eq!(set("team:", "max_session", json!("2h")), [FILE, "max_session: 2h\n"].concat());
    assert_eq!(set("last", "empty", json!([1])), FILE.replace("empty:", "empty: [1]"));
    let gone = |needle, key: &str| edit(FILE, needle, vec![Part { key: key.to_owned(), value: None }]).unwrap();
    assert_eq!(gone("last", "conditions"), FILE.replace("    conditions: { mfa: true }\n", ""));
    assert_eq!(gone("last", "name"), FILE.replace("- name: last\n    kind", "- kind"));
    assert_eq!(gone("web", "tags"), FILE.replace(", tags: { a: x, b: y }", ""));
    assert_eq!(gone("web", "name"), FILE.replace("{ name: web, kind", "{ kind"));
    assert_eq!(gone("web", "not there"), FILE);
    let text = "a:\n  - { x: y } # one\nb: [1, # two\n  2, ] # three\nc: d\n";
    assert_eq!(
        edit(text, "c:", vec![Part::set("a", json!([{ "z": 1 }])), Part::set("b", json!([3]))]).unwrap(),
        "a:\n  - { z: 1 } # one\nb: [3, # two\n   ] # three\nc: d\n"
    );
}

#[test]
fn mappings_are_edited_key_by_key() {
    assert_eq!(set("web", "tags", json!({ "a": "z", "b": "y" })), FILE.replace("a: x", "a: z"));
    assert_eq!(set("web", "tags", json!({ "b": "y", "c": "true" })), FILE.replace("a: x, b: y", "b: y, c: \"true\""));
    assert_eq!(
        set("last", "conditions", json!({ "mfa": true, "source_ips": ["10.0.0.0/8"] })),
        FILE.replace("{ mfa: true }", "{ mfa: true, source_ips: [10.0.0.0/8] }")
    );
    assert_eq!(set("last", "conditions", json!({ "valid": 1 })), FILE.replace("mfa: true", "valid: 1"));
    assert_eq!(set("etl", "managed_policies", json!(["arn:c"])), {
        let one = FILE.replace("- arn:a # first", "- arn:c # first");
        one.replace("      - arn:b\n", "")
    });
    assert_eq!(set("last", "conditions", json!({ "mfa": false })), FILE.replace("mfa: true", "mfa: false"));
}

#[test]
fn a_statement_is_changed_in_place_added_as_its_neighbours_and_removed_whole() {
    let first = json!({ "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*" });
    let second = json!({ "Sid": "Two", "Effect": "Deny", "Action": "iam:*", "Resource": "*" });
    let mut wider = first.clone();
    wider["Action"] = json!(["s3:GetObject", "s3:PutObject"]);
    assert_eq!(
        set("etl", "statements", json!([wider, second])),
        FILE.replace("[s3:GetObject] # only", "[s3:GetObject, s3:PutObject] # only")
    );
    let mut other = second.clone();
    other["Action"] = json!("iam:Create*");
    other["Condition"] = json!({ "Bool": { "aws:SecureTransport": "true" } });
    assert_eq!(
        set("etl", "statements", json!([first, other])),
        FILE.replace("Action: iam:*\n        Resource: \"*\"\n", "Action: \"iam:Create*\"\n        Resource: \"*\"\n        Condition: { Bool: { aws:SecureTransport: \"true\" } }\n")
    );
    let more = json!({ "Sid": "New", "Effect": "Allow", "Action": "ec2:Run", "Resource": "*" });
    assert_eq!(
        set("etl", "statements", json!([first, second, more])),
        FILE.replace(
            "Action: iam:*\n        Resource: \"*\"\n",
            "Action: iam:*\n        Resource: \"*\"\n      - Sid: New\n        Effect: Allow\n        Action: ec2:Run\n        Resource: \"*\"\n"
        )
    );
    assert_eq!(
        set("etl", "statements", json!([second])),
        FILE.replace(
            "      - Effect: Allow # reads\n        Action: [s3:GetObject] # only this\n        Resource: \"*\"\n",
            ""
        )
    );
    assert_eq!(
        set("last", "statements", json!([more])),
        FILE.replace(
            "    empty:\n",
            "    empty:\n    statements:\n      - { Sid: New, Effect: Allow, Action: ec2:Run, Resource: \"*\" }\n"
        )
    );
}

#[test]
fn brackets_over_many_lines_keep_their_lines_and_comments() {
    let text = "x:\n  name: a\n  list: [\n    one, # first\n    two, # second\n  ]\n";
    let list = |values: Value| edit(text, "a\n", vec![Part::set("list", values)]).unwrap();
    assert_eq!(list(json!(["one", "two", "three"])), text.replace("# second\n", "# second\n    three\n"));
    assert_eq!(list(json!(["one"])), text.replace("    two, # second", "     # second"));
}

#[test]
fn a_document_in_json_stays_json() {
    let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    { \"Sid\": \"A\", \"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\" }\n  ]\n}\n";
    let mut sources = Sources::default();
    sources.add("p.json", text);
    let put = |value: Value| {
        let writing = Writing::Document { file: "p.json".to_owned(), parts: vec![Part::set("Statement", value)] };
        written(&sources, &[writing]).unwrap().remove("p.json").unwrap_or_else(|| text.to_owned())
    };
    let one = json!({ "Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*" });
    let two = json!({ "Effect": "Deny", "Action": ["iam:*"], "Resource": "*" });
    assert_eq!(put(json!([one])), text);
    assert_eq!(
        put(json!([one, two])),
        text.replace(
            "\"*\" }\n",
            "\"*\" },\n    { \"Effect\": \"Deny\", \"Action\": [\"iam:*\"], \"Resource\": \"*\" }\n"
        )
    );
    let tabs = "{\n\t\"Statement\": [\n\t\t{ \"Action\": [\"s3:*\"] }\n\t]\n}\n";
    let mut sources = Sources::default();
    sources.add("p.yaml", tabs);
    let parts = vec![Part::set("Statement", json!([{ "Action": ["s3:*", "a:B"] }, { "Action": "c:D" }]))];
    assert_eq!(
        written(&sources, &[Writing::Document { file: "p.yaml".to_owned(), parts }]).unwrap()["p.yaml"],
        tabs.replace("\"s3:*\"] }", "\"s3:*\", \"a:B\"] },\n\t\t{ \"Action\": \"c:D\" }")
    );
    let mut wider = one.clone();
    wider["Action"] = json!(["s3:*", "ec2:*"]);
    assert_eq!(put(json!([wider])), text.replace("\"s3:*\"", "[\"s3:*\", \"ec2:*\"]"));
}

#[test]
fn lines_end_as_the_file_ends_them() {
    let text = FILE.replace('\n', "\r\n");
    let new = edit(&text, "last", vec![Part::set("managed_policies", json!(["arn:new"]))]).unwrap();
    assert_eq!(new, text.replace("empty:\r\n", "empty:\r\n    managed_policies: [arn:new]\r\n"));
}

#[test]
fn an_item_is_found_by_its_key_too() {
    let text = "accounts:\n  app: { email: a@b.c } # runs\n  data:\n    email: d@b.c\n";
    let put = |needle| edit(text, needle, vec![Part::set("unit", json!("prod"))]).unwrap();
    assert_eq!(put("app"), text.replace("a@b.c }", "a@b.c, unit: prod }"));
    assert_eq!(put("data"), [text, "    unit: prod\n"].concat());
    let (sources, item) = place(text, "app");
    assert_eq!(value_at(&sources, item, &["email"]), Some(json!("a@b.c")));
    assert_eq!(value_at(&sources, item, &["email", "more"]), None);
}

#[test]
fn what_cannot_be_edited_is_refused() {
    let put = |text, needle| edit(text, needle, vec![Part::set("a", json!(["x"]))]);
    assert_eq!(put("a: [", "a"), Err(EditError::Unreadable));
    assert_eq!(put("- b\n", "b"), Err(EditError::NoItem));
    assert_eq!(put("b: &x [y]\na: *x\n", "b"), Err(EditError::NoItem));
}

/// A small value of the sort that configurations are made of.
fn value() -> impl Strategy<Value = Value> {
    let text = prop::sample::select(vec!["a", "b c", "x:y", "true", "12", "# no", "-", "é", "*", "a, b", "k: v"]);
    let leaf = prop_oneof![
        4 => text.prop_map(|text| json!(text)),
        1 => any::<bool>().prop_map(|truth| json!(truth)),
        1 => (0_u32..100).prop_map(|number| json!(number)),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|mut items| {
                let mut seen: Vec<Value> = Vec::new();
                items.retain(|item| {
                    !seen.contains(item) && {
                        seen.push(item.clone());
                        true
                    }
                });
                json!(items)
            }),
            prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(|fields| json!(fields)),
        ]
    })
}

/// A value as YAML, each collection in a block or in brackets as the bits say.
fn yaml(value: &Value, indent: usize, bits: &mut u64) -> String {
    *bits = bits.rotate_left(1);
    let blanks = " ".repeat(indent);
    let comment = if *bits & 2 == 0 { " # why" } else { "" };
    match value {
        Value::Array(items) if !items.is_empty() && *bits & 1 == 0 => {
            let item = |item: &Value, bits: &mut u64| match item {
                Value::Object(fields) if !fields.is_empty() && *bits & 4 == 0 => {
                    [&blanks, "- ", yaml(item, indent + 2, &mut 0).trim_start()].concat()
                }
                _ => [&blanks, "- ", &super::flow::Language::Yaml.value(item), comment, "\n"].concat(),
            };
            items.iter().map(|one| item(one, bits)).collect()
        }
        Value::Object(fields) if !fields.is_empty() && *bits & 1 == 0 => {
            let entry = |key: &String, value: &Value, bits: &mut u64| {
                let below = yaml(value, indent + 2, bits);
                let separator = if below.starts_with(' ') { "\n" } else { " " };
                [&blanks, key, ":", separator, &below].concat()
            };
            fields.iter().map(|(key, value)| entry(key, value, bits)).collect()
        }
        other => [&super::flow::Language::Yaml.value(other), comment, "\n"].concat(),
    }
}

/// Lists say the same in whatever order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            json!(items)
        }
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> =
                fields.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            json!(fields)
        }
        other => other.clone(),
    }
}

proptest! {
    /// Whatever stands there, and whatever shall stand there: what is written reads back as that, and what is beside it
    /// is not touched.
    #[test]
    fn an_edit_says_what_it_shall_and_nothing_else(old in value(), new in value(), bits in any::<u64>()) {
        let below = yaml(&old, 4, &mut bits.clone());
        let separator = if below.starts_with(' ') { "\n" } else { " " };
        let body = ["  key:", separator, &below, "  z: stays\n"].concat();
        let text = ["# top\nitem: # an item\n", &body, "other: # beside\n  - 1 # one\n"].concat();
        let (sources, item) = place(&text, "item:");
        prop_assert_eq!(value_at(&sources, item, &["key"]), Some(old), "{}", text);
        let writing = Writing::Item { item, parts: vec![Part::set("key", new.clone())] };
        match written(&sources, &[writing]) {
            Ok(mut files) => {
                let after = files.remove("a.yaml").unwrap_or_else(|| text.clone());
                let (sources, item) = place(&after, "item:");
                let found = value_at(&sources, item, &["key"]).map(|found| sorted(&found));
                prop_assert_eq!(found, Some(sorted(&new)), "{}\n{}", text, after);
                prop_assert_eq!(value_at(&sources, item, &["z"]), Some(json!("stays")), "{}\n{}", text, after);
                prop_assert!(after.starts_with("# top\nitem:") && after.ends_with("other: # beside\n  - 1 # one\n"));
            }
            Err(error) => prop_assert!(matches!(error, EditError::Form(_)), "{text} {error}"),
        }
    }
}
