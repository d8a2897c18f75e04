use super::*;

const ROLE: &str = "arn:aws:iam::111122223333:role/app";

fn context() -> Context {
    Context::default()
        .with("aws:username", "bob")
        .with("aws:PrincipalTag/team", "red")
        .with_many("aws:TagKeys", ["a", "b"])
        .with("aws:SourceIp", "10.1.2.3")
        .with("aws:CurrentTime", "2024-05-01T00:00:00Z")
        .with("aws:MultiFactorAuthAge", "100")
        .with("aws:SecureTransport", "true")
        .with("aws:PrincipalArn", ROLE)
        .with("key:blob", "QQ==")
        .with("key:nonsense", "x")
}

fn holds(operator: &str, key: &str, values: &[&str]) -> bool {
    let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
    Predicate::new(Operator::parse(operator).unwrap(), key, &values).holds(&context())
}

/// Operator, key, values, and whether it holds.
type Row = (&'static str, &'static str, &'static [&'static str], bool);

fn check(rows: &[Row]) {
    for (operator, key, values, wanted) in rows {
        assert_eq!(holds(operator, key, values), *wanted, "{operator} {key} {values:?}");
    }
}

#[test]
fn strings() {
    check(&[
        ("StringEquals", "AWS:UserName", &["bob"], true),
        ("StringEquals", "aws:principaltag/TEAM", &["red"], true),
        ("StringEquals", "aws:username", &["Bob"], false),
        ("StringEquals", "aws:username", &["al", "bob"], true),
        ("StringEquals", "aws:username", &["b*"], false),
        ("StringNotEquals", "aws:username", &["al", "bob"], false),
        ("StringNotEquals", "aws:username", &["al", "eve"], true),
        ("StringEqualsIgnoreCase", "aws:username", &["BOB"], true),
        ("StringNotEqualsIgnoreCase", "aws:username", &["BOB"], false),
        ("StringLike", "aws:username", &["b?b"], true),
        ("StringLike", "aws:username", &["B*"], false),
        ("StringNotLike", "aws:username", &["b*", "c"], false),
        ("StringNotLike", "aws:username", &["c*"], true),
        ("StringEquals", "aws:username", &["${aws:userid, 'bob'}"], true),
        ("StringEquals", "aws:username", &["${aws:userid}"], false),
        ("StringNotEquals", "aws:username", &["${aws:userid}"], false),
        ("StringNotEquals", "aws:username", &["al", "${aws:userid}"], false),
    ]);
}

#[test]
fn numbers() {
    check(&[
        ("NumericEquals", "aws:MultiFactorAuthAge", &["100.0"], true),
        ("NumericNotEquals", "aws:MultiFactorAuthAge", &["99", "100"], false),
        ("NumericNotEquals", "aws:MultiFactorAuthAge", &["99"], true),
        ("NumericLessThan", "aws:MultiFactorAuthAge", &["100"], false),
        ("NumericLessThan", "aws:MultiFactorAuthAge", &["1", "101"], true),
        ("NumericLessThanEquals", "aws:MultiFactorAuthAge", &["100"], true),
        ("NumericGreaterThan", "aws:MultiFactorAuthAge", &["-5"], true),
        ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", &["100.5"], false),
        ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", &["100"], true),
        ("NumericEquals", "aws:MultiFactorAuthAge", &["x", "100"], true),
        ("NumericNotEquals", "aws:MultiFactorAuthAge", &["x", "99"], false),
        ("NumericNotEquals", "key:nonsense", &["1"], false),
        ("NumericLessThan", "aws:MultiFactorAuthAge", &["inf"], false),
    ]);
}

#[test]
fn dates() {
    check(&[
        ("DateEquals", "aws:CurrentTime", &["1714521600"], true),
        ("DateEquals", "aws:CurrentTime", &["2024-05-01T02:00:00+02:00"], true),
        ("DateNotEquals", "aws:CurrentTime", &["2024-05-01"], false),
        ("DateNotEquals", "aws:CurrentTime", &["2024-05-02"], true),
        ("DateNotEquals", "key:nonsense", &["2024-05-01"], false),
        ("DateLessThan", "aws:CurrentTime", &["2024-05-01T00:00:01Z"], true),
        ("DateLessThan", "aws:CurrentTime", &["2024-05-01"], false),
        ("DateLessThanEquals", "aws:CurrentTime", &["2024-05-01"], true),
        ("DateGreaterThan", "aws:CurrentTime", &["2024"], true),
        ("DateGreaterThanEquals", "aws:CurrentTime", &["2024-06"], false),
        ("DateGreaterThanEquals", "aws:CurrentTime", &["2024-05"], true),
    ]);
}

#[test]
fn truth_bytes_and_addresses() {
    check(&[
        ("Bool", "aws:SecureTransport", &["TRUE"], true),
        ("Bool", "aws:SecureTransport", &["false"], false),
        ("Bool", "aws:ViaAWSService", &["false"], false),
        ("Bool", "key:nonsense", &["true", "false"], false),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", &["true"], true),
        ("BinaryEquals", "key:blob", &["QQ"], true),
        ("BinaryEquals", "key:blob", &["Qg=="], false),
        ("IpAddress", "aws:SourceIp", &["192.0.2.0/24", "10.1.0.0/16"], true),
        ("IpAddress", "aws:SourceIp", &["::/0"], false),
        ("NotIpAddress", "aws:SourceIp", &["2001:db8::/32", "10.2.0.0/16"], true),
        ("NotIpAddress", "aws:SourceIp", &["10.0.0.0/8"], false),
        ("NotIpAddress", "key:nonsense", &["10.0.0.0/8"], false),
    ]);
}

#[test]
fn arns() {
    check(&[
        ("ArnEquals", "aws:PrincipalArn", &["arn:aws:iam::*:role/a*"], true),
        ("ArnLike", "aws:PrincipalArn", &["arn:aws:iam::*:role/${aws:username}", ROLE], true),
        ("ArnLike", "aws:PrincipalArn", &["arn:aws:iam:*:role/app"], false),
        ("ArnNotEquals", "aws:PrincipalArn", &[ROLE], false),
        ("ArnNotLike", "aws:PrincipalArn", &["arn:aws:iam::*:user/*"], true),
        ("ArnNotLike", "key:nonsense", &["arn:aws:iam::*:user/*"], false),
    ]);
}

#[test]
fn a_missing_key() {
    check(&[
        ("Null", "aws:CalledVia", &["true"], true),
        ("Null", "aws:CalledVia", &["false"], false),
        ("Null", "aws:username", &["FALSE"], true),
        ("Null", "aws:username", &["x"], false),
        ("Null", "aws:TagKeys", &["false"], true),
        ("StringEquals", "aws:userid", &["x"], false),
        ("StringEqualsIfExists", "aws:userid", &["x"], true),
        ("StringNotEquals", "aws:userid", &["x"], true),
        ("StringNotLike", "aws:userid", &["*"], true),
        ("NumericNotEquals", "aws:userid", &["1"], true),
        ("DateNotEquals", "aws:userid", &["2024"], true),
        ("NotIpAddress", "aws:userid", &["::/0"], true),
        ("ArnNotLike", "aws:userid", &[ROLE], true),
        ("NumericLessThan", "aws:userid", &["1"], false),
        ("ForAllValues:StringEquals", "aws:CalledVia", &["x"], true),
        ("ForAnyValue:StringEquals", "aws:CalledVia", &["x"], false),
        ("ForAnyValue:StringNotEquals", "aws:CalledVia", &["x"], false),
        ("ForAnyValue:StringEqualsIfExists", "aws:CalledVia", &["x"], true),
    ]);
}

#[test]
fn keys_of_many_values_want_a_set_qualifier() {
    check(&[
        ("StringEquals", "aws:TagKeys", &["a", "b"], false),
        ("StringNotEquals", "aws:TagKeys", &["z"], false),
        ("StringEqualsIfExists", "aws:TagKeys", &["a", "b"], false),
        ("ForAnyValue:StringEquals", "aws:TagKeys", &["a"], true),
        ("ForAnyValue:StringEquals", "aws:TagKeys", &["z"], false),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", &["a"], true),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", &["a", "b"], false),
        ("ForAllValues:StringEquals", "aws:TagKeys", &["a"], false),
        ("ForAllValues:StringEquals", "aws:TagKeys", &["a", "b", "c"], true),
        ("ForAllValues:StringNotEquals", "aws:TagKeys", &["a"], false),
        ("ForAllValues:StringNotLike", "aws:TagKeys", &["c*"], true),
        ("ForAnyValue:StringEquals", "aws:username", &["bob"], true),
        ("ForAllValues:StringEquals", "aws:username", &["al"], false),
    ]);
}

#[test]
fn every_operator_has_a_row_that_holds_and_one_that_does_not() {
    let value = |kind: OperatorKind| match kind.as_str() {
        name if name.starts_with("Numeric") => ["100", "7"],
        name if name.starts_with("Date") => ["2024-05-01", "2020"],
        "Bool" => ["true", "false"],
        "Null" => ["false", "true"],
        "BinaryEquals" => ["QQ==", "Qg=="],
        name if name.contains("Ip") => ["10.0.0.0/8", "192.0.2.0/24"],
        name if name.starts_with("Arn") => [ROLE, "arn:aws:iam::1:role/x"],
        _ => ["bob", "eve"],
    };
    let key = |kind: OperatorKind| match kind.as_str() {
        name if name.starts_with("Numeric") => "aws:MultiFactorAuthAge",
        name if name.starts_with("Date") => "aws:CurrentTime",
        "Bool" => "aws:SecureTransport",
        "BinaryEquals" => "key:blob",
        name if name.contains("Ip") => "aws:SourceIp",
        name if name.starts_with("Arn") => "aws:PrincipalArn",
        _ => "aws:username",
    };
    for kind in OperatorKind::ALL {
        let [same, other] = value(kind);
        let ordered = kind.as_str().contains("Less");
        let results = [same, other].map(|value| holds(kind.as_str(), key(kind), &[value]));
        let strict = matches!(kind, OperatorKind::NumericLessThan | OperatorKind::DateLessThan);
        let greater = kind.as_str().contains("Greater");
        let wanted = match kind {
            _ if strict => [false, false],
            _ if ordered => [true, false],
            OperatorKind::NumericGreaterThan | OperatorKind::DateGreaterThan => [false, true],
            _ if greater => [true, true],
            _ if kind.as_str().contains("Not") => [false, true],
            _ => [true, false],
        };
        assert_eq!(results, wanted, "{kind:?}");
    }
}
