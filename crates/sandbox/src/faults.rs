//! What goes wrong, by rules.

use landfall_engine::{Fault, FaultKind};
use landfall_model::AccountId;
use landfall_stacks::Digest;
use serde::{Deserialize, Serialize};

use crate::clock::{Millis, millis};

/// A rule for failures. A call is hit by the first rule that it matches and whose time has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Which calls, such as `cloudformation:CreateStack`; `*` stands for any text.
    pub operation: String,
    /// Only in this account.
    #[serde(default)]
    pub account: Option<AccountId>,
    /// Only for stacks with such a name; `*` stands for any text.
    #[serde(default)]
    pub stack: Option<String>,
    /// Which of the matching calls.
    #[serde(default)]
    pub when: When,
    /// What happens to them.
    pub what: What,
}

/// Which of the calls that a rule matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// All.
    #[default]
    Always,
    /// Only the nth, counted from one.
    Nth(u64),
    /// The first n.
    First(u64),
    /// Each with this probability, from 0 to 1, drawn from the seed.
    Probability(f64),
}

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Refused: too many requests.
    Throttled,
    /// The service fails before it does anything.
    Transient,
    /// It is done, and the answer is lost.
    LostAnswer,
    /// Refused: a permission is missing.
    AccessDenied,
    /// It takes this many seconds more.
    Delay(f64),
    /// The stack operation fails at a resource.
    ResourceFailure {
        /// The resource's logical id; `*` stands for any text.
        resource: String,
        /// In these words.
        reason: String,
    },
    /// The rollback, or the deletion, fails at a resource.
    RollbackFailure {
        /// The resource's logical id; `*` stands for any text.
        resource: String,
        /// In these words.
        reason: String,
    },
    /// The stack operation never ends.
    Stuck,
}

/// What was scripted for a stack operation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Script {
    pub(crate) failure: Option<(String, String)>,
    pub(crate) rollback_failure: Option<(String, String)>,
    pub(crate) stuck: bool,
}

/// A call as rules see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static str,
    pub(crate) account: Option<&'a AccountId>,
    pub(crate) stack: Option<&'a str>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(operation: &'static str) -> Self {
        Self { operation, account: None, stack: None }
    }

    pub(crate) fn in_account(mut self, account: &'a AccountId) -> Self {
        self.account = Some(account);
        self
    }

    pub(crate) fn stack(mut self, stack: &'a str) -> Self {
        self.stack = Some(stack);
        self
    }
}

/// What the rules say to a call.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) delay: Millis,
    pub(crate) refused: Option<Fault>,
    pub(crate) answer_lost: bool,
    pub(crate) script: Script,
}

impl FaultRule {
    fn matches(&self, call: &Call<'_>) -> bool {
        like(&self.operation, call.operation)
            && self.account.as_ref().is_none_or(|account| call.account == Some(account))
            && self.stack.as_ref().is_none_or(|pattern| call.stack.is_some_and(|stack| like(pattern, stack)))
    }
}

/// Judges a call. `hits` counts, by rule, the calls that matched.
pub(crate) fn judge(rules: &[FaultRule], hits: &mut Vec<u64>, seed: u64, call: &Call<'_>) -> Verdict {
    hits.resize(rules.len(), 0);
    let mut verdict = Verdict::default();
    for (index, (rule, hit)) in rules.iter().zip(hits).enumerate() {
        if !rule.matches(call) {
            continue;
        }
        *hit += 1;
        let due = match rule.when {
            When::Always => true,
            When::Nth(nth) => *hit == nth,
            When::First(first) => *hit <= first,
            When::Probability(probability) => draw(seed, index, *hit) < probability,
        };
        if !due {
            continue;
        }
        match &rule.what {
            What::Throttled => {
                verdict.refused =
                    Some(Fault::new(FaultKind::Throttled, call.operation, "Rate exceeded").code("Throttling"));
            }
            What::Transient => {
                verdict.refused = Some(
                    Fault::new(FaultKind::Transient, call.operation, "Service Unavailable").code("ServiceUnavailable"),
                );
            }
            What::LostAnswer => verdict.answer_lost = true,
            What::AccessDenied => {
                let message = ["User is not authorized to perform: ", call.operation].concat();
                verdict.refused =
                    Some(Fault::new(FaultKind::AccessDenied, call.operation, message).code("AccessDenied"));
            }
            What::Delay(seconds) => {
                verdict.delay += millis(*seconds);
                continue;
            }
            What::ResourceFailure { resource, reason } => {
                verdict.script.failure = Some((resource.clone(), reason.clone()));
                continue;
            }
            What::RollbackFailure { resource, reason } => {
                verdict.script.rollback_failure = Some((resource.clone(), reason.clone()));
                continue;
            }
            What::Stuck => {
                verdict.script.stuck = true;
                continue;
            }
        }
        return verdict;
    }
    verdict
}

/// A number from 0 to 1 that only depends on the seed and the call's place.
fn draw(seed: u64, rule: usize, hit: u64) -> f64 {
    let digest = Digest::of(format!("fault {seed} {rule} {hit}"));
    let number = digest.as_str().get(..8).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0);
    f64::from(number) / f64::from(u32::MAX)
}

/// Whether a text has the form of a pattern in which `*` stands for any text.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut rest) = text.strip_prefix(head) else {
        return false;
    };
    let mut parts = tail.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(when: When, what: What) -> FaultRule {
        FaultRule { operation: "iam:*".to_owned(), account: None, stack: None, when, what }
    }

    fn refusals(rule: FaultRule, calls: usize) -> Vec<bool> {
        let mut hits = Vec::new();
        let rules = [rule];
        (0..calls).map(|_| judge(&rules, &mut hits, 7, &Call::new("iam:GetRole")).refused.is_some()).collect()
    }

    #[test]
    fn rules_count_the_calls_they_match() {
        assert_eq!(refusals(rule(When::Nth(2), What::Throttled), 3), [false, true, false]);
        assert_eq!(refusals(rule(When::First(2), What::Throttled), 3), [true, true, false]);
        assert_eq!(refusals(rule(When::Always, What::Transient), 2), [true, true]);
    }

    #[test]
    fn probabilities_are_drawn_from_the_seed() {
        let rule = rule(When::Probability(0.3), What::Throttled);
        let drawn = refusals(rule.clone(), 1_000);
        assert_eq!(drawn, refusals(rule, 1_000));
        let hit = drawn.into_iter().filter(|hit| *hit).count();
        assert!((230..370).contains(&hit), "{hit}");
    }

    #[test]
    fn other_calls_are_left_alone() {
        let rules = [rule(When::Always, What::Throttled)];
        assert!(judge(&rules, &mut Vec::new(), 7, &Call::new("sts:AssumeRole")).refused.is_none());
        let account = AccountId::new("222222222222").unwrap();
        let narrow = [FaultRule {
            operation: "*".to_owned(),
            account: Some(account.clone()),
            stack: Some("acme-*".to_owned()),
            when: When::Always,
            what: What::LostAnswer,
        }];
        let lost = |call: Call<'_>| judge(&narrow, &mut Vec::new(), 7, &call).answer_lost;
        let call = Call::new("cloudformation:CreateStack");
        assert!(lost(call.in_account(&account).stack("acme-x")));
        assert!(!lost(call.in_account(&account).stack("other")));
        assert!(!lost(call.stack("acme-x")));
    }

    #[test]
    fn patterns_match_as_written() {
        for (pattern, text, wanted) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*b*c", "axbxc", true),
            ("a*b*c", "axc", false),
            ("*Stack", "CreateStack", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(like(pattern, text), wanted, "{pattern} {text}");
        }
    }
}
