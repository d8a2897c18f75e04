//! Patterns with `*` and `?`, as actions, resources and the values of `…Like` have them.

/// Whether regard is had to case: not for actions and keys, else yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// As for actions and condition keys.
    Ignored,
    /// As for resources.
    Minded,
}

impl Case {
    fn same(self, a: u8, b: u8) -> bool {
        match self {
            Self::Ignored => a.eq_ignore_ascii_case(&b),
            Self::Minded => a == b,
        }
    }
}

/// Whether a text matches a pattern. A text that is a pattern itself matches where everything that it matches does:
/// its `*` is only matched by a `*`.
pub fn matches(pattern: &str, text: &str, case: Case) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(&have) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                back = Some((p, t));
                p += 1;
            }
            Some(&want) if (want == b'?' && have != b'*') || case.same(want, have) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star, from)) = back else { return false };
                back = Some((star, from + 1));
                p = star + 1;
                t = from + 1;
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|b| *b == b'*'))
}

/// Whether some text matches both patterns.
pub(crate) fn meets(a: &str, b: &str, case: Case) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    // `reach[j]`: the rest of `a` that was not looked at meets the first j of `b`.
    let mut reach = vec![false; b.len() + 1];
    if let Some(first) = reach.first_mut() {
        *first = true;
    }
    spread(&mut reach, b);
    for &have in a {
        let mut next = vec![false; b.len() + 1];
        if have == b'*' {
            let mut any = false;
            for (at, slot) in next.iter_mut().enumerate() {
                any |= reach.get(at).copied().unwrap_or_default();
                *slot = any;
            }
        } else {
            for (at, &want) in b.iter().enumerate() {
                if !reach.get(at).copied().unwrap_or_default() {
                    continue;
                }
                if want == b'*' {
                    set(&mut next, at);
                } else if want == b'?' || have == b'?' || case.same(want, have) {
                    set(&mut next, at + 1);
                }
            }
        }
        spread(&mut next, b);
        reach = next;
    }
    reach.last().copied().unwrap_or_default()
}

/// A `*` of `b` may match nothing.
fn spread(reach: &mut [bool], b: &[u8]) {
    for (at, &want) in b.iter().enumerate() {
        if want == b'*' && reach.get(at).copied().unwrap_or_default() {
            set(reach, at + 1);
        }
    }
}

fn set(reach: &mut [bool], at: usize) {
    if let Some(slot) = reach.get_mut(at) {
        *slot = true;
    }
}

/// A text with its policy variables (`${aws:username}`) as `*`; the escapes `${*}`, `${?}` and `${$}` stay one character.
pub(crate) fn without_variables(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((_, tail)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            continue;
        };
        out.push('*');
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_match_patterns() {
        for (pattern, text) in [("*", ""), ("s3:Get*", "s3:getobject"), ("a?c", "abc"), ("*b*", "abc"), ("a*", "a*")] {
            assert!(matches(pattern, text, Case::Ignored), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("s3:Get*", "s3:Put"), ("a?c", "a*c"), ("abc", "a*"), ("a?", "a")] {
            assert!(!matches(pattern, text, Case::Ignored), "{pattern} {text}");
        }
        assert!(!matches("A", "a", Case::Minded));
    }

    #[test]
    fn variables_may_be_anything() {
        assert_eq!(without_variables("a/${aws:username}/b${x"), "a/*/b${x");
    }

    proptest! {
        /// What two patterns both match, they meet in.
        #[test]
        fn patterns_meet_where_a_text_matches_both(a in "[ab*?]{0,6}", b in "[ab*?]{0,6}", text in "[ab]{0,6}") {
            if matches(&a, &text, Case::Minded) && matches(&b, &text, Case::Minded) {
                prop_assert!(meets(&a, &b, Case::Minded));
            }
            prop_assert_eq!(meets(&a, &b, Case::Minded), meets(&b, &a, Case::Minded));
            prop_assert_eq!(meets(&a, &text, Case::Minded), matches(&a, &text, Case::Minded));
        }

        /// What a covered pattern matches, the covering one does.
        #[test]
        fn a_covering_pattern_matches_all(a in "[ab*?]{0,5}", b in "[ab*]{0,5}", text in "[ab]{0,6}") {
            if matches(&a, &b, Case::Minded) && matches(&b, &text, Case::Minded) {
                prop_assert!(matches(&a, &text, Case::Minded));
            }
        }
    }
}
