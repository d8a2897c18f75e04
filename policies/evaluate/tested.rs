//! Which statements are about a request, and which of their conditions hold: what an explanation is made of.

use super::arn_pattern::Stand;
use super::request::Question;
use super::rule::Bounded;
use super::{Compiled, Request};
use crate::Effect;

/// Where a document stands, seen from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// On the principal: an identity policy, a boundary, a session policy.
    Principal,
    /// On an account, a unit or the root: a service or resource control policy.
    Organization,
    /// On the resource: a resource or trust policy. Its principals are looked at too.
    Resource,
}

/// A statement whose actions, resources and principals fit a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// Which statement, from 0.
    pub index: usize,
    /// Gives or takes.
    pub effect: Effect,
    /// Whether each of its conditions holds, in the order in which the document has them.
    pub conditions: Vec<bool>,
}

impl Compiled {
    /// Every statement that is about a request, in order, whether its conditions hold or not.
    pub fn tested(&self, request: &Request, side: Side) -> Vec<Tested> {
        let question = Question::new(request);
        let stand = match side {
            Side::Principal => Stand::Principal,
            Side::Organization => Stand::Organization,
            Side::Resource => Stand::Resource,
        };
        let meant = |rule: &super::rule::Rule| {
            side != Side::Resource || rule.means(&question.request.caller, Bounded::No).is_some()
        };
        let about = self.rules().filter(|rule| meant(rule) && rule.is_about(&question, stand));
        about
            .map(|rule| Tested { index: rule.index, effect: rule.effect, conditions: rule.tests(&request.context) })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Caller, Context, Document};

    #[test]
    fn conditions_are_told_apart() {
        let document = json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*",
              "Condition": { "Bool": { "aws:SecureTransport": "true" }, "StringEquals": { "aws:SourceVpc": "v" } } },
            { "Effect": "Allow", "Action": "s3:Put*", "Resource": "*" },
            { "Effect": "Deny", "Action": "*", "Resource": "*" },
        ] });
        let compiled = Compiled::plain("p", &Document::parse(&document).unwrap());
        let caller = Caller::parse("arn:aws:iam::111122223333:role/r").unwrap();
        let context = Context::default().with("aws:SecureTransport", "true");
        let request = Request::new(caller, "s3:GetObject", "arn:aws:s3:::b/k", context);
        let tested = compiled.tested(&request, Side::Principal);
        assert_eq!(
            tested,
            [
                Tested { index: 0, effect: Effect::Allow, conditions: vec![true, false] },
                Tested { index: 2, effect: Effect::Deny, conditions: vec![] },
            ]
        );
    }

    #[test]
    fn principals_of_a_trust_are_looked_at() {
        let document = json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "444455556666" } },
            { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "111122223333" } },
        ] });
        let compiled = Compiled::plain("trust", &Document::parse(&document).unwrap());
        let caller = Caller::parse("arn:aws:iam::111122223333:role/r").unwrap();
        let request = Request::new(caller, "sts:AssumeRole", "arn:aws:iam::9:role/x", Context::default());
        let tested: Vec<usize> = compiled.tested(&request, Side::Resource).iter().map(|one| one.index).collect();
        assert_eq!(tested, [1]);
    }
}
