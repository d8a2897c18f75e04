//! Patterns: `*`, `?` and policy variables, split once and then matched without allocating.

use super::Context;
use super::key::Key;

/// A policy variable such as `${aws:username, 'nobody'}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    key: Key,
    default: Option<Box<str>>,
}

impl Variable {
    /// What stands for it: the key's one value, else the default. A key with many values stands for nothing.
    fn resolve<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        match context.get(&self.key) {
            Some(values) => values.single(),
            None => self.default.as_deref(),
        }
    }
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// As it stands.
    Literal(Box<str>),
    /// `*`
    Many,
    /// `?`
    One,
    /// Filled in from the request; wildcards in the value are literal.
    Variable(Variable),
}

/// Whether `*` and `?` are wildcards where a pattern stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wildcards {
    /// They stand for other characters.
    Expand,
    /// They stand for themselves.
    Literal,
}

/// Splits a text. `${*}`, `${?}` and `${$}` are the characters themselves.
/// Source: IAM User Guide, "IAM policy elements: Variables and tags".
pub(super) fn tokens(text: &str, wildcards: Wildcards) -> Vec<Token> {
    let mut out = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inside = rest.strip_prefix("${").and_then(|tail| tail.split_once('}'));
        if let Some((name, tail)) = inside {
            match name {
                "*" | "?" | "$" => literal.push_str(name),
                _ => {
                    flush(&mut literal, &mut out);
                    out.push(Token::Variable(variable(name)));
                }
            }
            rest = tail;
            continue;
        }
        match (first, wildcards) {
            ('*', Wildcards::Expand) => {
                flush(&mut literal, &mut out);
                if out.last() != Some(&Token::Many) {
                    out.push(Token::Many);
                }
            }
            ('?', Wildcards::Expand) => {
                flush(&mut literal, &mut out);
                out.push(Token::One);
            }
            _ => literal.push(first),
        }
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    flush(&mut literal, &mut out);
    out
}

fn flush(literal: &mut String, out: &mut Vec<Token>) {
    if !literal.is_empty() {
        out.push(Token::Literal(std::mem::take(literal).into()));
    }
}

fn variable(inside: &str) -> Variable {
    let quoted = |text: &str| text.trim().strip_prefix('\'')?.strip_suffix('\'').map(Box::from);
    match inside.split_once(',') {
        Some((key, default)) => Variable { key: Key::new(key.trim()), default: quoted(default) },
        None => Variable { key: Key::new(inside.trim()), default: None },
    }
}

/// A text with its wildcards, in the form that is cheapest to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// `*`
    Any,
    /// No wildcard.
    Exact(Box<str>),
    /// One `*` at the end.
    Prefix(Box<str>),
    /// Anything else.
    Tokens(Box<[Token]>),
}

impl Pattern {
    /// Splits a text.
    pub(super) fn new(text: &str, wildcards: Wildcards) -> Self {
        Self::of(tokens(text, wildcards))
    }

    /// From parts.
    pub(super) fn of(mut tokens: Vec<Token>) -> Self {
        match tokens.as_mut_slice() {
            [] => Self::Exact(Box::default()),
            [Token::Many] => Self::Any,
            [Token::Literal(text)] => Self::Exact(std::mem::take(text)),
            [Token::Literal(text), Token::Many] => Self::Prefix(std::mem::take(text)),
            _ => Self::Tokens(tokens.into()),
        }
    }

    /// Whether it matches the whole text; nothing if a variable of it stands for nothing.
    pub(super) fn matches(&self, text: &str, context: &Context) -> Option<bool> {
        match self {
            Self::Any => Some(true),
            Self::Exact(wanted) => Some(**wanted == *text),
            Self::Prefix(prefix) => Some(text.starts_with(&**prefix)),
            Self::Tokens(tokens) => {
                let known = tokens.iter().all(|token| match token {
                    Token::Variable(variable) => variable.resolve(context).is_some(),
                    _ => true,
                });
                known.then(|| glob(tokens, text, context))
            }
        }
    }

    /// Whether it matches without regard to case; for patterns without wildcards.
    pub(super) fn equals_ignoring_case(&self, text: &str, context: &Context) -> Option<bool> {
        let folded = || text.chars().flat_map(char::to_lowercase);
        match self {
            Self::Exact(wanted) => Some(wanted.chars().flat_map(char::to_lowercase).eq(folded())),
            Self::Any | Self::Prefix(_) => self.matches(text, context),
            Self::Tokens(tokens) => {
                let mut rest = folded();
                for token in tokens {
                    let piece = match token {
                        Token::Literal(literal) => literal,
                        Token::Variable(variable) => variable.resolve(context)?,
                        Token::Many => "*",
                        Token::One => "?",
                    };
                    for wanted in piece.chars().flat_map(char::to_lowercase) {
                        if rest.next() != Some(wanted) {
                            return self.resolves(context).then_some(false);
                        }
                    }
                }
                Some(rest.next().is_none())
            }
        }
    }

    fn resolves(&self, context: &Context) -> bool {
        let Self::Tokens(tokens) = self else { return true };
        tokens.iter().all(|token| !matches!(token, Token::Variable(one) if one.resolve(context).is_none()))
    }
}

/// Every token but `*` takes a fixed text, so that going back to the last `*` is enough.
fn glob(tokens: &[Token], text: &str, context: &Context) -> bool {
    let (mut at, mut token) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let taken = match tokens.get(token) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Token::Many) if token + 1 == tokens.len() => return true,
            Some(Token::Many) => {
                star = Some((token + 1, at));
                Some(0)
            }
            Some(Token::One) => rest.chars().next().map(char::len_utf8),
            Some(Token::Literal(literal)) => rest.starts_with(&**literal).then_some(literal.len()),
            Some(Token::Variable(variable)) => {
                variable.resolve(context).filter(|value| rest.starts_with(value)).map(str::len)
            }
        };
        if let Some(length) = taken {
            at += length;
            token += 1;
            continue;
        }
        let Some((after, from)) = star else { return false };
        let Some(skipped) = text.get(from..).and_then(|rest| rest.chars().next()) else { return false };
        at = from + skipped.len_utf8();
        token = after;
        star = Some((after, at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn like(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern, Wildcards::Expand).matches(text, &Context::default()) == Some(true)
    }

    #[test]
    fn stars_take_any_and_question_marks_take_one() {
        for (pattern, text, wanted) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*", "a", true),
            ("a?", "a", false),
            ("a?c", "abc", true),
            ("*bc", "abcbc", true),
            ("a*b*c", "aXbYbc", true),
            ("a*b*c", "aXbYbd", false),
            ("**a", "bba", true),
            ("?", "é", true),
            ("*é", "aé", true),
        ] {
            assert_eq!(like(pattern, text), wanted, "{pattern} on {text}");
        }
    }

    #[test]
    fn variables_stand_for_the_requests_values() {
        let context = Context::default().with("aws:username", "b*b").with_many("aws:TagKeys", ["x"]);
        let ask = |pattern: &str, text: &str| Pattern::new(pattern, Wildcards::Expand).matches(text, &context);
        assert_eq!(ask("home/${AWS:UserName}/*", "home/b*b/x"), Some(true));
        assert_eq!(ask("${aws:username}", "bob"), Some(false), "a wildcard in a value is literal");
        assert_eq!(ask("a/${aws:userid}", "a/x"), None, "a variable without a value");
        assert_eq!(ask("a/${aws:userid, 'x'}", "a/x"), Some(true));
        assert_eq!(ask("a/${aws:userid,'x'}", "a/x"), Some(true));
        assert_eq!(ask("${aws:TagKeys}", "x"), None, "a key of many values");
        assert_eq!(ask("a${*}", "a*"), Some(true));
        assert_eq!(ask("a${*}", "ab"), Some(false));
        assert_eq!(ask("a${?}${$}", "a?$"), Some(true));
        assert_eq!(ask("${open", "${open"), Some(true));
    }

    #[test]
    fn case_is_ignored_where_asked() {
        let context = Context::default().with("aws:username", "BOB");
        let ask =
            |pattern: &str, text: &str| Pattern::new(pattern, Wildcards::Literal).equals_ignoring_case(text, &context);
        assert_eq!(ask("Straße", "sTRAßE"), Some(true));
        assert_eq!(ask("a-${aws:username}", "A-bob"), Some(true));
        assert_eq!(ask("a-${aws:username}", "A-bo"), Some(false));
        assert_eq!(ask("x-${aws:userid}", "a"), None);
        assert_eq!(ask("b*", "bob"), Some(false));
    }

    /// By the definition, exponential and obviously right.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|at| naive(rest, &text[at..])),
            Some(('?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
            Some((wanted, rest)) => text.first() == Some(wanted) && naive(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[abé*?]{0,8}", text in "[abé]{0,8}") {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(like(&pattern, &text), naive(&p, &t));
        }
    }
}
