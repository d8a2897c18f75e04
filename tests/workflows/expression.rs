//! The part of GitHub's expressions that the pipelines use. Source: GitHub Docs, "Evaluate expressions in workflows and
//! actions": loose comparison, `&&` and `||` that give an operand, and functions for the state of what came before.

use serde_json::Value;

/// What an expression can see.
pub(super) struct Contexts<'a> {
    /// `github`, `env`, `inputs`, `steps`, `needs`, `runner`.
    pub(super) values: &'a Value,
    /// Whether everything before succeeded.
    pub(super) succeeded: bool,
}

impl Contexts<'_> {
    /// A text with each `${{ … }}` in it evaluated.
    pub(super) fn text(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, after) = after.split_once("}}").unwrap_or_else(|| panic!("`{text}` has no end"));
            out.push_str(before);
            out.push_str(&as_text(&self.evaluate(expression)));
            rest = after;
        }
        out + rest
    }

    /// Whether an `if:` holds. One that asks for no state also wants that everything before succeeded.
    pub(super) fn holds(&self, condition: Option<&Value>) -> bool {
        let Some(condition) = condition else { return self.succeeded };
        let text = condition.as_str().unwrap();
        let text = text.strip_prefix("${{").and_then(|text| text.strip_suffix("}}")).unwrap_or(text);
        let asks = ["success()", "failure()", "always()", "cancelled()"].iter().any(|state| text.contains(state));
        (asks || self.succeeded) && truth(&self.evaluate(text))
    }

    fn evaluate(&self, text: &str) -> Value {
        let mut reader = Reader { contexts: self, tokens: tokens(text), at: 0 };
        let value = reader.or();
        assert_eq!(reader.at, reader.tokens.len(), "`{text}` goes on");
        value
    }
}

fn tokens(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' {
            rest[1..].find('\'').unwrap_or_else(|| panic!("`{text}` has an open quote")) + 2
        } else if ["==", "!=", "&&", "||"].iter().any(|sign| rest.starts_with(sign)) {
            2
        } else if "()!<>".contains(first) {
            1
        } else {
            let word = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            let length = rest.find(|c| !word(c)).unwrap_or(rest.len());
            assert!(length > 0, "`{rest}` is not understood");
            length
        };
        out.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    out
}

struct Reader<'a> {
    contexts: &'a Contexts<'a>,
    tokens: Vec<String>,
    at: usize,
}

impl Reader<'_> {
    fn next_is(&mut self, token: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|next| next == token);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Value {
        let mut left = self.and();
        while self.next_is("||") {
            let right = self.and();
            if !truth(&left) {
                left = right;
            }
        }
        left
    }

    fn and(&mut self) -> Value {
        let mut left = self.comparison();
        while self.next_is("&&") {
            let right = self.comparison();
            if truth(&left) {
                left = right;
            }
        }
        left
    }

    fn comparison(&mut self) -> Value {
        let left = self.unary();
        for sign in ["==", "!=", ">", "<"] {
            if self.next_is(sign) {
                let right = self.unary();
                let same = match (&left, &right) {
                    (Value::String(left), Value::String(right)) => left.eq_ignore_ascii_case(right),
                    _ => number(&left) == number(&right),
                };
                return match sign {
                    "==" => same,
                    "!=" => !same,
                    ">" => number(&left) > number(&right),
                    _ => number(&left) < number(&right),
                }
                .into();
            }
        }
        left
    }

    fn unary(&mut self) -> Value {
        if self.next_is("!") {
            return (!truth(&self.unary())).into();
        }
        if self.next_is("(") {
            let value = self.or();
            assert!(self.next_is(")"), "a bracket is open");
            return value;
        }
        let token = self.tokens[self.at].clone();
        self.at += 1;
        if let Some(text) = token.strip_prefix('\'') {
            return text.trim_end_matches('\'').into();
        }
        if let Ok(number) = token.parse::<i64>() {
            return number.into();
        }
        if self.next_is("(") {
            assert!(self.next_is(")"), "`{token}` takes nothing");
            return match token.as_str() {
                "success" => self.contexts.succeeded,
                "failure" => !self.contexts.succeeded,
                "always" => true,
                "cancelled" => false,
                _ => panic!("there is no function `{token}`"),
            }
            .into();
        }
        match token.as_str() {
            "true" => true.into(),
            "false" => false.into(),
            path => {
                let mut value = self.contexts.values;
                for (index, part) in path.split('.').enumerate() {
                    let next = value.get(part);
                    assert!(index > 0 || next.is_some(), "there is no context `{part}`");
                    value = next.unwrap_or(&Value::Null);
                }
                value.clone()
            }
        }
    }
}

/// As a value stands in a text.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn truth(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && *value != 0 && *value != ""
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(truth) => f64::from(u8::from(*truth)),
        Value::Number(number) => number.as_f64().unwrap(),
        Value::String(text) if text.is_empty() => 0.0,
        Value::String(text) => text.parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

#[test]
fn expressions_are_evaluated_as_github_does() {
    let values = serde_json::json!({ "github": { "n": "3", "s": "Main", "o": { "x": null } }, "needs": {} });
    let contexts = |succeeded| Contexts { values: &values, succeeded };
    let text = |text: &str| contexts(true).text(text);
    assert_eq!(text("a ${{ github.n }}b${{ github.none.at.all }}"), "a 3b");
    assert_eq!(text("${{ github.o.x || github.s }} ${{ github.s && 'yes' }}"), "Main yes");
    assert_eq!(text("${{ github.s == 'main' }} ${{ github.n > 2 && !(github.n == 4) }}"), "true true");
    assert_eq!(text("${{ needs.a.outputs.b > 0 }} ${{ github.o.x == 0 }}"), "false true");
    let holds = |succeeded, text: &str| contexts(succeeded).holds(Some(&text.into()));
    assert!(holds(true, "github.n == '3'") && !holds(false, "github.n == '3'"));
    assert!(holds(false, "${{ !cancelled() && github.n == 3 }}") && !holds(false, "success()"));
    assert!(contexts(true).holds(None) && !contexts(false).holds(None));
}
