//! Raw statements with which what is fixed comes to exactly what stands.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::atom::{self, Atoms};
use crate::document::{Elements, list};

/// A raw statement as it shall be written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stated {
    /// The one that it takes the place of.
    pub(super) origin: Option<usize>,
    /// What it says.
    pub(super) says: Value,
}

/// The raw statements that say, with what is said anyway, exactly what the wanted ones do. What is said anyway is a part
/// of that. Those that still hold stay as they are written; one that was changed is changed in its place.
pub(super) fn restated(fixed: &Atoms, raws: &[&Value], wanted: &[Value]) -> Vec<Stated> {
    let all = atom::of_all(wanted);
    let parts: Vec<(&Value, Atoms)> = wanted.iter().map(|one| (one, atom::of(one))).collect();
    let mut out: Vec<Option<Stated>> = Vec::with_capacity(raws.len());
    let mut said = fixed.clone();
    let mut waiting = Vec::new();
    for (at, raw) in raws.iter().enumerate() {
        let own = atom::of(raw);
        if !own.is_subset(&all) {
            waiting.push((at, own));
            out.push(None);
            continue;
        }
        // One that has got more says more, in its place; one that is there as it is stays as it is.
        let more = |(_, atoms): &&(&Value, Atoms)| own.is_subset(atoms) && !atoms.is_subset(&said);
        let more = parts.iter().filter(|_| !parts.iter().any(|(_, atoms)| *atoms == own)).find(more);
        let says = match more {
            Some((one, atoms)) => {
                said.extend(atoms.iter().cloned());
                blended(raw, one)
            }
            None => (*raw).clone(),
        };
        said.extend(own);
        out.push(Some(Stated { origin: Some(at), says }));
    }
    let mut left: Vec<(&Value, Atoms)> = parts.into_iter().filter(|(_, own)| !own.is_subset(&said)).collect();
    for (at, own) in waiting {
        let Some(raw) = raws.get(at) else { continue };
        // The same name, or else the most in common.
        let likest = left
            .iter()
            .enumerate()
            .map(|(place, (one, atoms))| ((same_sid(raw, one), own.intersection(atoms).count()), place))
            .filter(|((named, common), _)| *named || *common > 0)
            .max_by_key(|(likeness, place)| (*likeness, usize::MAX - place));
        if let (Some((_, place)), Some(slot)) = (likest, out.get_mut(at)) {
            let (one, atoms) = left.remove(place);
            said.extend(atoms);
            *slot = Some(Stated { origin: Some(at), says: blended(raw, one) });
        }
    }
    let mut out: Vec<Stated> = out.into_iter().flatten().collect();
    for (one, atoms) in left {
        if !atoms.is_subset(&said) {
            out.push(Stated { origin: None, says: rest(one, &atoms, &said) });
            said.extend(atoms);
        }
    }
    out
}

fn same_sid(a: &Value, b: &Value) -> bool {
    let sid = |one: &Value| one.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty()).map(str::to_owned);
    sid(a).is_some_and(|name| sid(b) == Some(name))
}

/// A changed statement, with the elements that mean the same as they are written. Its name stays its own.
fn blended(raw: &Value, live: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (raw, live) else { return live.clone() };
    let alone =
        |key: &str, value: &Value| Elements::of(&Value::Object(Map::from_iter([(key.to_owned(), value.clone())])));
    let mut out = Map::new();
    out.extend(old.get("Sid").map(|sid| ("Sid".to_owned(), sid.clone())));
    for (key, value) in new.iter().filter(|(key, _)| *key != "Sid") {
        let same = old.get(key).filter(|written| alone(key, written) == alone(key, value));
        out.insert(key.clone(), same.unwrap_or(value).clone());
    }
    Value::Object(out)
}

/// What a statement says beyond what is said already: only some of its actions or resources, where that is exact.
fn rest(statement: &Value, own: &Atoms, said: &Atoms) -> Value {
    let beyond: BTreeSet<_> = own.difference(said).cloned().collect();
    for element in ["Action", "Resource"] {
        let values = list(statement.get(element));
        let with = |values: Vec<Value>| {
            let mut one = statement.clone();
            if let Value::Object(fields) = &mut one {
                // A part of a statement is another one, and has no name yet.
                fields.shift_remove("Sid");
                let value = if values.len() == 1 { values.into_iter().next() } else { Some(Value::Array(values)) };
                fields.insert(element.to_owned(), value.unwrap_or_default());
            }
            one
        };
        let new: Vec<Value> =
            values.iter().filter(|value| !atom::of(&with(vec![(*value).clone()])).is_subset(said)).cloned().collect();
        if new.len() < values.len() {
            let part = with(new);
            if atom::of(&part) == beyond {
                return part;
            }
        }
    }
    statement.clone()
}

#[cfg(test)]
mod tests {
    use std::slice;

    use landfall_policies::{Caller, Compiled, Context, Document, Layers, Request, evaluate};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn allow(sid: &str, actions: &[&str], resource: &str) -> Value {
        json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource })
    }

    fn check(fixed: &[Value], raws: &[Value], wanted: &[Value]) -> Vec<Stated> {
        let fixed = atom::of_all(fixed);
        let out = restated(&fixed, &raws.iter().collect::<Vec<_>>(), wanted);
        let mut said = fixed;
        said.extend(atom::of_all(out.iter().map(|one| &one.says)));
        assert_eq!(said, atom::of_all(wanted));
        out
    }

    #[test]
    fn what_still_holds_stays_and_what_is_new_comes_last() {
        let (own, raw) = (allow("Own", &["s3:Get"], "a"), allow("Raw", &["ec2:Run"], "*"));
        let new = allow("New", &["sqs:Send"], "q");
        let found = check(slice::from_ref(&own), slice::from_ref(&raw), &[new.clone(), own.clone(), raw.clone()]);
        assert_eq!(found, [Stated { origin: Some(0), says: raw }, Stated { origin: None, says: new }]);
    }

    #[test]
    fn a_changed_statement_keeps_its_place_and_its_spelling() {
        let raws = [json!({ "Effect": "Allow", "Action": "EC2:run", "Resource": ["*"] }), allow("B", &["a:B"], "*")];
        let live = [
            json!({ "Sid": "Statement", "Effect": "Allow", "Action": ["ec2:Run", "ec2:Stop"], "Resource": "*" }),
            allow("B", &["a:C"], "*"),
        ];
        let found = check(&[], &raws, &live);
        assert_eq!(found[0].says, json!({ "Effect": "Allow", "Action": ["ec2:Run", "ec2:Stop"], "Resource": ["*"] }));
        assert_eq!(
            found[1],
            Stated {
                origin: Some(1),
                says: json!({ "Sid": "B", "Effect": "Allow", "Action": ["a:C"], "Resource": "*" })
            }
        );
    }

    #[test]
    fn what_is_gone_goes_and_what_a_fixed_statement_has_more_stands_alone() {
        let own = allow("Own", &["s3:Get"], "a");
        let found = check(&[own], &[allow("Raw", &["ec2:Run"], "*")], &[allow("Own", &["s3:Get", "s3:Put"], "a")]);
        assert_eq!(
            found,
            [Stated { origin: None, says: json!({ "Effect": "Allow", "Action": "s3:Put", "Resource": "a" }) }]
        );
    }

    fn statement() -> impl Strategy<Value = Value> {
        let some = |values: Vec<&'static str>| prop::sample::subsequence(values, 1..3);
        let actions = some(vec!["s3:GetObject", "S3:getobject", "s3:PutObject", "sqs:*", "ec2:Run*"]);
        let resources = some(vec!["*", "arn:aws:s3:::a/*", "arn:aws:s3:::b"]);
        let prefixes = prop::option::of(some(vec!["x", "y", "z"]));
        let sid = prop::option::of(prop::sample::select(vec!["A", "B", "Own"]));
        (any::<bool>(), actions, resources, prefixes, sid).prop_map(|(allow, actions, resources, prefixes, sid)| {
            let mut out =
                json!({ "Effect": if allow { "Allow" } else { "Deny" }, "Action": actions, "Resource": resources });
            out["Condition"] = prefixes.map_or(Value::Null, |values| json!({ "StringLike": { "s3:prefix": values } }));
            out["Sid"] = json!(sid);
            if let Value::Object(fields) = &mut out {
                fields.retain(|_, value| !value.is_null());
            }
            out
        })
    }

    /// What a role may do by its statements, for each of some requests.
    fn decisions<'s>(statements: impl IntoIterator<Item = &'s Value>) -> Vec<bool> {
        let statements: Vec<&Value> = statements.into_iter().collect();
        let document = json!({ "Version": "2012-10-17", "Statement": statements });
        let compiled =
            (!statements.is_empty()).then(|| Compiled::plain("policy", &Document::parse(&document).unwrap()));
        let role = Caller::parse("arn:aws:iam::111122223333:role/acme/x").unwrap();
        let mut out = Vec::new();
        for action in ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "sqs:SendMessage", "ec2:RunInstances"] {
            for resource in ["arn:aws:s3:::a/1", "arn:aws:s3:::b", "arn:aws:s3:::c"] {
                for prefix in ["", "x", "y", "z", "w"] {
                    let context = if prefix.is_empty() {
                        Context::default()
                    } else {
                        Context::default().with("s3:prefix", prefix)
                    };
                    let request = Request::new(role.clone(), action, resource, context).owned_by("111122223333");
                    let layers = Layers { identity: compiled.iter().collect(), ..Layers::default() };
                    out.push(evaluate(&request, &layers).is_allowed());
                }
            }
        }
        out
    }

    proptest! {
        /// Judged by the evaluator, which knows nothing of this: what is said allows and denies what is wanted, request by
        /// request.
        #[test]
        fn what_is_said_is_what_is_wanted(
            wanted in prop::collection::vec(statement(), 0..5),
            raws in prop::collection::vec(statement(), 0..4),
            kept in any::<u8>(),
        ) {
            let at = |place: usize| kept >> place & 1 == 1;
            let fixed: Vec<Value> = wanted.iter().enumerate().filter(|(place, _)| at(*place)).map(|(_, one)| one.clone()).collect();
            let out = restated(&atom::of_all(&fixed), &raws.iter().collect::<Vec<_>>(), &wanted);
            let said = decisions(fixed.iter().chain(out.iter().map(|one| &one.says)));
            prop_assert_eq!(said, decisions(&wanted), "{:?}", out);
            let mut origins: Vec<usize> = out.iter().filter_map(|one| one.origin).collect();
            let count = origins.len();
            origins.dedup();
            prop_assert_eq!(origins.len(), count, "each of the old ones once, in their order");
        }
    }
}
