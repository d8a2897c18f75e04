//! `metaflow:`

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use crate::read::access::{bucket, key_arn, policy_arns};
use crate::read::context::Context;
use crate::read::fields::{Fields, entries};
use crate::read::known::Known;
use crate::read::node::{Entry, Node};
use crate::read::scalar::{boolean, each, filled_list, text, word};
use crate::read::sections::{Names, accounts, boundary, item_name, items};
use crate::read::suggest::clip;
use crate::read::values::tags;
use crate::{Diagnostic, JobStatement, Metaflow, Place, PolicyText, codes};

pub(crate) fn read(cx: &mut Context<'_>, known: &Known, node: Option<&Node>) -> Vec<Metaflow> {
    let mut names = Names::of_stacks();
    items(cx, node, "name_prefix", |cx, node| deployment(cx, known, &mut names, node))
}

fn deployment(cx: &mut Context<'_>, known: &Known, names: &mut Names, node: &Node) -> Option<Metaflow> {
    let mut fields = Fields::of(cx, node, "a Metaflow deployment")?;
    let (name, place) = item_name(cx, &mut fields, names, "name_prefix");
    let accounts = accounts(cx, known, &mut fields);
    let boundary = boundary(cx, known, &mut fields);
    let store = fields.required("datastore", "write `datastore: { bucket: NAME }`");
    let store = store.and_then(|node| datastore(cx, node));
    let arns = fields.section("additional_job_policy_arns").map(|node| policy_arns(cx, node));
    let statements = fields.section("custom_job_policy_statements").map(|node| statements(cx, node));
    let mut flag =
        |cx: &mut Context<'_>, key| fields.optional(key).and_then(|node| boolean(cx, node)).unwrap_or_default();
    let enable_spot_fleet_role = flag(cx, "enable_spot_fleet_role");
    let step_functions = flag(cx, "step_functions");
    let ecs_execution = flag(cx, "ecs_execution");
    let metadata_service = flag(cx, "metadata_service");
    let tags = fields.section("tags").map(|node| tags(cx, node)).unwrap_or_default();
    fields.finish(cx);
    let (bucket, kms_key) = store?;
    Some(Metaflow {
        name_prefix: name?.as_str().to_owned(),
        accounts: accounts?,
        boundary: boundary?,
        bucket,
        kms_key,
        additional_job_policy_arns: arns.unwrap_or_default(),
        custom_job_policy_statements: statements.unwrap_or_default(),
        enable_spot_fleet_role,
        step_functions,
        ecs_execution,
        metadata_service,
        tags,
        place,
    })
}

fn datastore(cx: &mut Context<'_>, node: &Node) -> Option<(String, Option<crate::Arn>)> {
    let mut fields = Fields::of(cx, node, "`datastore`")?;
    let name = fields.required("bucket", "name the datastore's bucket").and_then(|node| bucket(cx, node));
    let key = fields.optional("kms_key").and_then(|node| key_arn(cx, node));
    fields.finish(cx);
    Some((name?, key))
}

fn statements(cx: &mut Context<'_>, node: &Node) -> IndexMap<String, JobStatement> {
    let list = entries(cx, node).unwrap_or_default();
    list.iter().filter_map(|entry| Some((entry.key.clone(), statement(cx, entry)?))).collect()
}

/// One statement of the required module's form, as IAM's.
fn statement(cx: &mut Context<'_>, entry: &Entry) -> Option<JobStatement> {
    let mut fields = Fields::of(cx, &entry.value, "a job policy statement")?;
    let mut out = Map::new();
    if let Some(sid) = fields.optional("sid").and_then(|node| sid(cx, node)) {
        out.insert("Sid".to_owned(), Json::String(sid));
    }
    let effect = fields.optional("effect");
    let effect = effect.and_then(|node| word(cx, node, &[("Allow", "Allow"), ("Deny", "Deny")])).unwrap_or("Allow");
    out.insert("Effect".to_owned(), Json::String(effect.to_owned()));
    let text = entry.key_place;
    let actions = one_list(cx, text, &mut fields, [("actions", "Action"), ("not_actions", "NotAction")]);
    let resources = one_list(cx, text, &mut fields, [("resources", "Resource"), ("not_resources", "NotResource")]);
    let condition = fields.section("condition").map(|node| condition(cx, text, node));
    for key in ["principals", "not_principals"] {
        if let Some(place) = fields.key_place(key) {
            cx.report(
                Diagnostic::error(codes::STATEMENT, place, format!("`{key}` means nothing in a role's own policy"))
                    .help("take it out: the principal of a role's policy is the role itself"),
            );
        }
    }
    fields.finish(cx);
    let (action_key, actions) = actions?;
    out.insert(action_key.to_owned(), actions);
    let (resource_key, resources) = resources?;
    out.insert(resource_key.to_owned(), resources);
    if let Some(condition) = condition {
        out.insert("Condition".to_owned(), condition?);
    }
    Some(PolicyText { json: Json::Object(out), place: entry.key_place })
}

/// Source: IAM User Guide, "IAM JSON policy elements: Sid": letters and digits.
fn sid(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Some(text.to_owned());
    }
    let message = format!("`{}` is no statement id", clip(text));
    cx.report(Diagnostic::error(codes::STATEMENT, node.place, message).help("a `sid` has letters and digits only"));
    None
}

fn one_list(
    cx: &mut Context<'_>,
    text_place: Place,
    fields: &mut Fields<'_>,
    keys: [(&'static str, &'static str); 2],
) -> Option<(&'static str, Json)> {
    let (found, node) = fields.exactly_one(cx, &keys.map(|(key, _)| key))?;
    let (_, iam) = keys.into_iter().find(|(key, _)| *key == found)?;
    let items = filled_list(cx, node)?;
    for (index, item) in items.iter().enumerate() {
        cx.texts.insert(text_place, &format!("Statement[0].{iam}[{index}]"), item.place);
    }
    let texts: Option<Vec<Json>> = items.iter().map(|item| Some(Json::String(text(cx, item)?.to_owned()))).collect();
    Some((iam, Json::Array(texts?)))
}

/// `[{test, variable, values}]` as `{test: {variable: values}}`.
fn condition(cx: &mut Context<'_>, text_place: Place, node: &Node) -> Option<Json> {
    let parts = each(cx, node, |cx, item| {
        let mut fields = Fields::of(cx, item, "a condition")?;
        let test = fields.required("test", "write the operator, such as `StringEquals`");
        let test = test.and_then(|node| text(cx, node).map(str::to_owned));
        let variable_node = fields.required("variable", "write the key, such as `aws:ResourceTag/team`");
        let variable = variable_node.and_then(|node| text(cx, node).map(str::to_owned));
        let values = fields.required("values", "write a list of texts").and_then(|node| {
            let items = filled_list(cx, node)?;
            items.iter().map(|item| text(cx, item).map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        fields.finish(cx);
        Some((test?, variable?, values?, variable_node?.place))
    });
    let mut out: Map<String, Json> = Map::new();
    for (test, variable, values, place) in parts {
        cx.texts.insert(text_place, &["Statement[0].Condition", &test, &variable].join("."), place);
        let keys = out.entry(test.clone()).or_insert_with(|| json!({}));
        let Some(keys) = keys.as_object_mut() else { continue };
        if keys.insert(variable.clone(), json!(values)).is_some() {
            // The two would have to hold at once, and IAM has one list a key.
            let message = format!("`{}` of `{}` stands twice", clip(&variable), clip(&test));
            cx.report(Diagnostic::error(codes::REPEATED, place, message).help("join the values in one condition"));
        }
    }
    Some(Json::Object(out))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::read::tests::trial::with;

    #[test]
    fn statements_of_the_module_become_iams() {
        let loaded = with(
            "metaflow:
  - name_prefix: flow
    accounts: [app]
    boundary: workload
    datastore: { bucket: acme-flow }
    custom_job_policy_statements:
      one:
        sid: One
        actions: [s3:GetObject]
        resources: ['*']
        condition:
          - { test: StringEquals, variable: aws:a, values: [x, y] }
          - { test: StringEquals, variable: aws:b, values: [z] }
      two: { effect: Deny, not_actions: [s3:GetObject], not_resources: [arn:aws:s3:::b] }
",
        );
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        let statements = &loaded.foundation.unwrap().metaflow[0].custom_job_policy_statements;
        let found: Vec<_> = statements.iter().map(|(key, text)| (key.as_str(), text.json.clone())).collect();
        let one = json!({
            "Sid": "One", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"],
            "Condition": { "StringEquals": { "aws:a": ["x", "y"], "aws:b": ["z"] } }
        });
        let two = json!({ "Effect": "Deny", "NotAction": ["s3:GetObject"], "NotResource": ["arn:aws:s3:::b"] });
        assert_eq!(found, [("one", one), ("two", two)]);
    }
}
