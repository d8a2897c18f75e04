//! `conditions:` from the tests of a trust policy: the way back of `landfall_policies::trust::narrow`.

use landfall_model::{Part, Place, value_at};
use serde_json::{Map, Value, json};

use super::entrance::Tests;
use super::refusal::Unsayable;
use super::role_ground::RoleGround;

/// A second test of a key stands under the operator that means the same for values without wildcards.
const EQUALS: [&str; 2] = ["stringequals", "stringlike"];
const ARN: [&str; 2] = ["arnlike", "arnequals"];

/// The tests in the words of `conditions:`; every one of them must have a word.
fn conditions(mut tests: Tests) -> Result<Value, Unsayable> {
    let mut out = Map::new();
    let mut say = |key: &str, value: Option<Value>| out.extend(value.map(|value| (key.to_owned(), value)));
    say("external_id", tests.take_one(&EQUALS, "sts:ExternalId").map(Value::String));
    say("source_account", tests.take_one(&EQUALS, "aws:PrincipalAccount").map(Value::String));
    say("source_ips", tests.take(&["ipaddress"], "aws:SourceIp").map(|blocks| json!(blocks)));
    say("source_vpcs", tests.take(&EQUALS, "aws:SourceVpc").map(|vpcs| json!(vpcs)));
    say("principal_arns", tests.take(&ARN, "aws:PrincipalArn").map(|arns| json!(arns)));
    say("organization", tests.take_one(&EQUALS, "aws:PrincipalOrgID").map(Value::String));
    let mfa = tests.take_one(&["bool"], "aws:MultiFactorAuthPresent");
    if mfa.as_deref().is_some_and(|mfa| !mfa.eq_ignore_ascii_case("true")) {
        return Err(Unsayable::inexact("a test wants `aws:MultiFactorAuthPresent` to be false"));
    }
    say("mfa", mfa.map(|_| json!(true)));
    let moments = [
        ("from", tests.take_one(&["dategreaterthan"], "aws:CurrentTime")),
        ("until", tests.take_one(&["datelessthan"], "aws:CurrentTime")),
    ];
    let valid: Map<String, Value> =
        moments.into_iter().filter_map(|(key, moment)| Some((key.to_owned(), json!(moment?)))).collect();
    say("valid", (!valid.is_empty()).then_some(Value::Object(valid)));
    match tests.first() {
        Some(test) => Err(Unsayable::Inexact(format!("`conditions:` has no word for the test {test}"))),
        None => Ok(Value::Object(out)),
    }
}

/// `conditions:`, as far as they are not written so already.
pub(super) fn conditions_part(here: &RoleGround<'_>, item: Place, tests: Tests) -> Result<Part, Unsayable> {
    let mut new = conditions(tests)?;
    // What is not said stays as it is written, `mfa: false` for one.
    if let (Value::Object(new), Some(Value::Object(old))) =
        (&mut new, value_at(&here.ground.folder.sources, item, &["conditions"]))
    {
        for (key, value) in old {
            let nothing = value == json!(false) || value.as_array().is_some_and(Vec::is_empty);
            if nothing && !new.contains_key(&key) {
                new.insert(key, value);
            }
        }
    }
    Ok(Part::filled("conditions", new))
}

/// Seconds as the configuration has them.
pub(super) fn duration(seconds: u64) -> String {
    match seconds {
        _ if seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}
