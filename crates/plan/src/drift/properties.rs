//! What IAM may answer otherwise is no drift; any one change of meaning is exactly one.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::tests::{look, role, settled};
use super::{Class, changes, widens};
use crate::same_document;

/// A small document of a policy or of trust.
fn document() -> impl Strategy<Value = Value> {
    let action =
        prop::sample::subsequence(vec!["s3:GetObject", "s3:PutObject", "ec2:Describe*", "sts:AssumeRole"], 1..4);
    let resource = prop::sample::subsequence(vec!["*", "arn:aws:s3:::a/*", "arn:aws:s3:::b"], 1..3);
    let accounts =
        prop::sample::subsequence(vec!["222222222222", "333333333333", "arn:aws:iam::222222222222:role/x"], 1..3);
    let statement = (any::<bool>(), action, resource, accounts, any::<bool>(), any::<bool>()).prop_map(
        |(allow, actions, resources, accounts, trust, mfa)| {
            let mut statement = json!({ "Effect": if allow { "Allow" } else { "Deny" }, "Action": actions });
            if trust {
                statement["Principal"] = json!({ "AWS": accounts });
            } else {
                statement["Resource"] = json!(resources);
            }
            if mfa {
                statement["Condition"] = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" },
                    "StringEquals": { "aws:PrincipalTag/team": ["a", "b"] } });
            }
            statement
        },
    );
    prop::collection::vec(statement, 1..5)
        .prop_map(|statements| json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// A row of decisions.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn shuffled<T>(&mut self, mut list: Vec<T>) -> Vec<T> {
        for end in (1..list.len()).rev() {
            list.swap(end, self.roll(end + 1));
        }
        list
    }
}

/// The same document, written otherwise.
fn rewritten(document: &Value, dice: &mut Dice) -> Value {
    let statements = document["Statement"].as_array().unwrap().iter().map(|one| statement(one, dice)).collect();
    let statements = dice.shuffled::<Value>(statements);
    let statements = match (&statements[..], dice.roll(2)) {
        ([only], 0) => only.clone(),
        _ => json!(statements),
    };
    let out = json!({ "Statement": statements, "Version": "2012-10-17", "Id": "other" });
    if dice.roll(4) == 0 { json!(out.to_string()) } else { out }
}

fn statement(one: &Value, dice: &mut Dice) -> Value {
    let fields: Vec<(&String, &Value)> = one.as_object().unwrap().iter().collect();
    let mut out = Map::new();
    for (key, value) in dice.shuffled(fields) {
        let value = match key.as_str() {
            "Action" => values(value, dice, |text, dice| match dice.roll(3) {
                0 => text.to_uppercase(),
                1 => text.to_lowercase(),
                _ => text.to_owned(),
            }),
            "Resource" => values(value, dice, |text, _| text.to_owned()),
            "Principal" => json!({ "AWS": values(&value["AWS"], dice, |text, dice| {
                if text.len() == 12 && dice.roll(2) == 0 { format!("arn:aws:iam::{text}:root") } else { text.to_owned() }
            }) }),
            "Condition" if value.get("StringEquals").is_some() => {
                let truth = if dice.roll(2) == 0 { json!(true) } else { json!("true") };
                json!({ "stringequals": { "AWS:principaltag/TEAM": ["b", "a"] }, "BOOL": { "aws:multifactorauthpresent": [truth] } })
            }
            _ => value.clone(),
        };
        out.insert(key.clone(), value);
    }
    if dice.roll(3) == 0 {
        out.insert("Sid".to_owned(), json!(""));
    }
    Value::Object(out)
}

fn values(list: &Value, dice: &mut Dice, spell: impl Fn(&str, &mut Dice) -> String) -> Value {
    let spelled = list.as_array().unwrap().iter().map(|one| spell(one.as_str().unwrap(), dice)).collect();
    let spelled = dice.shuffled::<String>(spelled);
    match (&spelled[..], dice.roll(2)) {
        ([only], 0) => json!(only),
        _ => json!(spelled),
    }
}

/// The same document with one change of meaning.
fn changed(document: &Value, dice: &mut Dice) -> Value {
    let mut out = document.clone();
    let statements = out["Statement"].as_array_mut().unwrap();
    let at = dice.roll(statements.len());
    match dice.roll(5) {
        0 => statements.push(json!({ "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": ["*"] })),
        1 => drop(statements.remove(at)),
        2 => statements[at]["Effect"] = json!(if statements[at]["Effect"] == "Allow" { "Deny" } else { "Allow" }),
        3 => statements[at]["Action"].as_array_mut().unwrap().push(json!("kms:Sign")),
        _ => statements[at]["Condition"] = json!({ "Bool": { "aws:SecureTransport": "true" } }),
    }
    out
}

proptest! {
    #[test]
    fn another_spelling_is_no_drift(document in document(), seed in any::<u64>()) {
        let other = rewritten(&document, &mut Dice(seed));
        prop_assert!(same_document(&document, &other), "{document} {other}");
        prop_assert_eq!(changes(&document, &other), vec![]);
        prop_assert!(!widens(&document, &other) && !widens(&other, &document), "{} {}", document, other);
    }

    #[test]
    fn one_change_of_meaning_is_one_drift_however_it_is_spelled(document in document(), seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let changed = changed(&document, &mut dice);
        let other = rewritten(&changed, &mut dice);
        prop_assert!(!same_document(&document, &other), "{document} {other}");
        let found = changes(&document, &other);
        // A statement that decides the other way is told as one that went and one that came.
        prop_assert!((1..=2).contains(&found.len()), "{} {} {:?}", document, other, found);
    }

    /// What is said to be no widening passes no request that was not passed before: an Allow more, or a Deny less, is
    /// always seen.
    #[test]
    fn an_allow_more_or_a_deny_less_is_always_a_widening(document in document(), seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let mut wider = document.clone();
        let statements = wider["Statement"].as_array_mut().unwrap();
        let denies: Vec<usize> = (0..statements.len()).filter(|at| statements[*at]["Effect"] == "Deny").collect();
        match denies.first() {
            Some(at) if dice.roll(2) == 0 => {
                let gone = statements.remove(*at);
                // The same Deny may stand there twice, or in a wider one.
                prop_assume!(!statements.iter().any(|one| one["Effect"] == "Deny" && gone["Action"] != "none"));
            }
            _ => statements.push(json!({ "Effect": "Allow", "Action": ["kms:*"], "Resource": ["*"] })),
        }
        prop_assert!(widens(&document, &rewritten(&wider, &mut dice)), "{} {}", document, wider);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_role_that_iam_shows_otherwise_has_not_drifted(seed in any::<u64>()) {
        let mut world = settled();
        let mut dice = Dice(seed);
        let live = role(&mut world, "acme-web");
        live.trust = json!(live.trust.text()).into();
        for document in live.inline.values_mut() {
            document.change(|json| {
                for one in json["Statement"].as_array_mut().unwrap() {
                    let spelled = values(&one["Action"], &mut dice, |text, _| text.to_uppercase());
                    one["Action"] = spelled;
                }
            });
        }
        live.tags.insert("aws:cloudformation:stack-name".to_owned(), "x".to_owned());
        prop_assert_eq!(look(&world).drifts, vec![]);
        role(&mut world, "acme-web").trust = json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*" } })
            .into();
        let found = look(&world).drifts;
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(found[0].class, Class::Dangerous);
    }
}
