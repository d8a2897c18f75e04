//! ARNs as patterns: six parts, each compared by itself.

use super::pattern::{Pattern, Token, Wildcards, tokens};
use super::{Context, Parts};

/// Splits an ARN at its first five colons; nothing if it has fewer.
pub(super) fn parts(text: &str) -> Option<Parts<'_>> {
    let mut split = text.splitn(6, ':');
    let mut next = || split.next();
    Some([next()?, next()?, next()?, next()?, next()?, next()?])
}

/// Where a policy stands, as far as it changes what its elements mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// On a principal: an identity policy, a boundary or a session policy.
    Principal,
    /// On an account or unit: an SCP or RCP.
    Organization,
    /// On the resource: `Resource` may be left out.
    Resource,
}

/// How an ARN of a `Resource` element ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// All six parts are there.
    Whole,
    /// Fewer, the last of which ends with `*` and goes on across colons.
    Open,
    /// Fewer.
    Short,
}

/// What a `Resource` element names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ResourcePattern {
    /// `*`
    Any,
    /// An ARN; parts that it lacks are `*`.
    Arn(Ending, Box<[Pattern; 6]>),
    /// Something else, which IAM would refuse; compared as one text.
    Text(Pattern),
}

impl ResourcePattern {
    /// Reads an ARN or `*`.
    pub(super) fn new(text: &str) -> Self {
        let tokens = tokens(text, Wildcards::Expand);
        if tokens == [Token::Many] {
            return Self::Any;
        }
        if !text.starts_with("arn:") {
            return Self::Text(Pattern::of(tokens));
        }
        let ending = match tokens.last() {
            _ if colons(&tokens) >= 5 => Ending::Whole,
            Some(Token::Many) => Ending::Open,
            _ => Ending::Short,
        };
        Self::Arn(ending, Box::new(six(tokens)))
    }

    /// Whether it covers a resource; nothing if a variable stands for nothing.
    ///
    /// Sources: IAM User Guide, "Identify AWS resources with Amazon Resource Names": "When you specify an incomplete ARN
    /// in an identity-based policy, AWS automatically completes the ARN by adding wildcard characters (*) to all missing
    /// fields"; "IAM JSON policy elements: Resource": "If the * wildcard is the last character of a resource ARN
    /// segment, it can expand to match beyond the colon boundaries".
    pub(super) fn matches(
        &self,
        stand: Stand,
        text: &str,
        parts: Option<&Parts<'_>>,
        context: &Context,
    ) -> Option<bool> {
        match (self, parts) {
            (Self::Any, _) => Some(true),
            (Self::Text(pattern), _) => pattern.matches(text, context),
            (Self::Arn(Ending::Short, _), _) if stand != Stand::Principal => Some(false),
            (Self::Arn(_, patterns), Some(parts)) => each(patterns, parts, context),
            (Self::Arn(..), None) => Some(false),
        }
    }
}

/// A value of an ARN operator. Source: IAM User Guide, "Amazon Resource Name (ARN) condition operators": "each of the
/// six colon-delimited components of the ARN is checked separately and each can include a multi-character match
/// wildcard (*) or a single-character match wildcard (?)"; `ArnEquals` and `ArnLike` behave alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArnPattern(Option<Box<[Pattern; 6]>>);

impl ArnPattern {
    /// What has fewer than six parts is no ARN and differs from all.
    pub(super) fn new(text: &str) -> Self {
        let tokens = tokens(text, Wildcards::Expand);
        Self((colons(&tokens) >= 5).then(|| Box::new(six(tokens))))
    }

    /// Whether it matches; nothing if it cannot be compared.
    pub(super) fn matches(&self, text: &str, context: &Context) -> Option<bool> {
        let parts = parts(text)?;
        self.0.as_deref().map_or(Some(false), |patterns| each(patterns, &parts, context))
    }
}

/// The colons outside of variables.
fn colons(tokens: &[Token]) -> usize {
    let count = |token: &Token| match token {
        Token::Literal(text) => text.matches(':').count(),
        _ => 0,
    };
    tokens.iter().map(count).sum()
}

/// One part that differs decides, whatever stands in the others. The last part tells resources apart best.
fn each(patterns: &[Pattern; 6], parts: &Parts<'_>, context: &Context) -> Option<bool> {
    let mut all = Some(true);
    for (pattern, part) in patterns.iter().zip(parts).rev() {
        match pattern.matches(part, context) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// The tokens of each part; colons inside of variables do not divide.
fn six(tokens: Vec<Token>) -> [Pattern; 6] {
    let mut parts: Vec<Vec<Token>> = vec![Vec::new()];
    for token in tokens {
        let Token::Literal(text) = &token else {
            push(&mut parts, token);
            continue;
        };
        let left = 6 - parts.len();
        for (index, piece) in text.splitn(left + 1, ':').enumerate() {
            if index > 0 {
                parts.push(Vec::new());
            }
            if !piece.is_empty() {
                push(&mut parts, Token::Literal(piece.into()));
            }
        }
    }
    let mut parts = parts.into_iter();
    std::array::from_fn(|_| parts.next().map_or(Pattern::Any, Pattern::of))
}

fn push(parts: &mut [Vec<Token>], token: Token) {
    if let Some(last) = parts.last_mut() {
        last.push(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "arn:aws:s3:::bucket/a:b";

    fn covers(pattern: &str, resource: &str) -> Option<bool> {
        let context = Context::default().with("aws:username", "bob");
        ResourcePattern::new(pattern).matches(Stand::Principal, resource, parts(resource).as_ref(), &context)
    }

    #[test]
    fn an_incomplete_arn_is_filled_up_on_a_principal_only() {
        let ask = |pattern: &str, stand| {
            ResourcePattern::new(pattern).matches(stand, KEY, parts(KEY).as_ref(), &Context::default())
        };
        for stand in [Stand::Principal, Stand::Organization, Stand::Resource] {
            assert_eq!(ask("arn:aws:s3", stand), Some(stand == Stand::Principal), "{stand:?}");
            assert_eq!(ask("arn:aws:s3:*", stand), Some(true), "{stand:?}");
            assert_eq!(ask("arn:aws:s*", stand), Some(true), "{stand:?}");
            assert_eq!(ask("arn:aws:s3:::bucket/*", stand), Some(true), "{stand:?}");
            assert_eq!(ask("arn:aws:sqs:*", stand), Some(false), "{stand:?}");
        }
    }

    #[test]
    fn a_resource_is_compared_part_by_part() {
        assert_eq!(covers("*", KEY), Some(true));
        assert_eq!(covers("arn:aws:s3:::bucket/*", KEY), Some(true));
        assert_eq!(covers("arn:aws:s3", KEY), Some(true), "an incomplete ARN is filled up");
        assert_eq!(covers("arn:*:s3:*:*:bucket/a:?", KEY), Some(true));
        assert_eq!(covers("arn:aws:s3*b", KEY), Some(false), "a star does not cross a colon");
        assert_eq!(covers("arn:aws:s3:::BUCKET/*", KEY), Some(false));
        assert_eq!(covers("arn:aws:s3:::${aws:username}/a", "arn:aws:s3:::bob/a"), Some(true));
        assert_eq!(covers("arn:aws:s3:::${aws:userid}/a", "arn:aws:s3:::bob/a"), None);
        assert_eq!(covers("arn:aws:sqs:::${aws:userid}/a", KEY), Some(false), "the service differs anyway");
        assert_eq!(covers("arn:aws:ec2:*:*:*", "*"), Some(false), "an action without resources asks for *");
    }

    #[test]
    fn an_arn_operator_wants_six_parts() {
        let ask = |pattern: &str, text: &str| ArnPattern::new(pattern).matches(text, &Context::default());
        let role = "arn:aws:iam::111122223333:role/a/b";
        assert_eq!(ask("arn:aws:iam::*:role/*", role), Some(true));
        assert_eq!(ask("arn:aws:iam::11112222333?:role/a/?", role), Some(true));
        assert_eq!(ask("arn:aws:iam:*:role/a/b", role), Some(false), "five parts");
        assert_eq!(ask("*", role), Some(false));
        assert_eq!(ask("arn:aws:iam::*:role/*", "role"), None);
    }

    /// Six parts, each a pattern, by the definition.
    fn naive(pattern: &str, text: &str) -> bool {
        let split = |text: &str| text.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
        let (patterns, parts) = (split(pattern), split(text));
        patterns.iter().zip(&parts).all(|(pattern, part)| crate::specimen::matches(pattern, part))
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "arn:[a*]{1,2}:[s?*]{0,2}:[r*]{0,2}:[1*?]{0,3}:[ab*?:/]{0,5}",
                                      text in "arn:[a]{1,2}:[s]{0,2}:[r]{0,2}:[1]{0,3}:[ab:/]{0,5}") {
            proptest::prop_assert_eq!(covers(&pattern, &text), Some(naive(&pattern, &text)));
            let operator = ArnPattern::new(&pattern).matches(&text, &Context::default());
            proptest::prop_assert_eq!(operator, Some(naive(&pattern, &text)));
        }
    }
}
