//! A failed step, with the first cause and what to do about it.

use crate::{Fault, FaultKind, Outcome};

/// Why a step failed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    reason: String,
    resource: Option<String>,
    fault: Option<Fault>,
    hint: Option<String>,
}

/// What comes of a part of a step.
pub(crate) type Progress<T> = Result<T, Box<Failure>>;

impl Failure {
    /// A failure in Landfall's own words.
    pub(crate) fn new(reason: impl Into<String>) -> Box<Self> {
        Box::new(Self { reason: reason.into(), resource: None, fault: None, hint: None })
    }

    /// A call that failed: `doing` says what was tried, as `the stack could not be created`.
    pub(crate) fn call(doing: &str, fault: Fault) -> Box<Self> {
        let hint = hint(fault.kind, &fault.message);
        let reason = format!("{doing}: {fault}");
        Box::new(Self { reason, resource: None, fault: Some(fault), hint })
    }

    /// Names the resource that failed.
    pub(crate) fn resource(mut self: Box<Self>, resource: impl Into<String>) -> Box<Self> {
        self.resource = Some(resource.into());
        self
    }

    /// Says what to do next.
    pub(crate) fn hint(mut self: Box<Self>, hint: impl Into<String>) -> Box<Self> {
        self.hint = Some(hint.into());
        self
    }

    /// Says what to do next, where nothing is said yet.
    pub(crate) fn hint_otherwise(mut self: Box<Self>, hint: &str) -> Box<Self> {
        self.hint.get_or_insert_with(|| hint.to_owned());
        self
    }

    /// Says what to do next, told from AWS's words.
    pub(crate) fn hint_from(mut self: Box<Self>, words: &str) -> Box<Self> {
        self.hint = hint(FaultKind::Other, words).or(self.hint);
        self
    }
}

impl From<Box<Failure>> for Outcome {
    fn from(failure: Box<Failure>) -> Self {
        let Failure { reason, resource, fault, hint } = *failure;
        Self::Failed { reason, resource, fault, hint }
    }
}

/// What API Gateway says of a logging role that it does not see yet, or that it may not use.
const NO_PERMISSIONS: &str = "does not have required permissions";

/// Whether AWS's words say that something new is not visible everywhere yet.
pub(crate) fn not_ready(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["invalid principal in policy", "cannot be assumed", NO_PERMISSIONS].iter().any(|said| words.contains(said))
}

fn hint(kind: FaultKind, words: &str) -> Option<String> {
    let lower = words.to_ascii_lowercase();
    let text = if kind == FaultKind::Credentials {
        "renew the credentials of the management account and run the same command again"
    } else if lower.contains(NO_PERMISSIONS) {
        "API Gateway cannot log with the role: check the role's boundary and the account's guardrails"
    } else if not_ready(words) {
        "a principal named in a policy does not exist: check the account, role and user names that the \
         configuration trusts"
    } else if kind == FaultKind::AccessDenied
        || lower.contains("not authorized to perform")
        || lower.contains("accessdenied")
        || lower.contains("access denied")
    {
        "look for a guardrail (service control policy) that denies the action, and check the permissions of the role \
         that Landfall assumes"
    } else if lower.contains("already exists") {
        "something outside the stack has the name: rename or delete it, then run again"
    } else if kind == FaultKind::LimitExceeded || lower.contains("limitexceeded") || lower.contains("quota") {
        "ask AWS for a higher quota in that account, or delete what is not needed, then run again"
    } else if matches!(kind, FaultKind::Throttled | FaultKind::Transient) {
        "AWS did not answer well for a while: run again, what is done is not done twice"
    } else {
        return None;
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_follow_the_words() {
        let failure = Failure::new("x").hint_from("User is not authorized to perform iam:CreateRole");
        assert!(
            matches!(Outcome::from(failure), Outcome::Failed { hint: Some(hint), .. } if hint.contains("guardrail"))
        );
        assert!(not_ready("The role ARN does not have required permissions configured. Please grant trust permission"));
        assert!(not_ready("Invalid principal in policy: \"AWS\":\"arn\" (Service: Iam)"));
        assert!(!not_ready("Role is invalid"));
        let fault = Fault::new(FaultKind::Credentials, "sts:AssumeRole", "expired");
        assert!(matches!(
            Outcome::from(Failure::call("the account could not be entered", fault)),
            Outcome::Failed { reason, hint: Some(hint), .. }
                if reason == "the account could not be entered: sts:AssumeRole: expired" && hint.contains("renew")
        ));
    }
}
