//! A stack as CloudFormation shows it.

use landfall_model::Kind;
use landfall_stacks::{Protection, Stack, StackKey};
use serde_json::{Value, json};

use super::{Dates, Drift, Remedy, Rule, Subject, SubjectKind};
use crate::{ObservedStack, StepId};

/// What is said about one stack.
pub(crate) struct StackDrift<'a> {
    key: &'a StackKey,
    kind: Kind,
}

impl<'a> StackDrift<'a> {
    pub(crate) fn of(stack: &'a Stack) -> Self {
        Self { key: &stack.key, kind: stack.kind }
    }

    /// It is not there, or only a shell of it is.
    pub(crate) fn missing(&self, live: Option<&ObservedStack>) -> Drift {
        let status = live.map_or(Value::Null, |live| json!(live.status));
        self.drift(Rule::Missing, Remedy::Stack, "", json!(self.key.name), status, live)
    }

    /// The last operation left it half done.
    pub(crate) fn failed(&self, live: &ObservedStack) -> Drift {
        self.drift(Rule::BadState, Remedy::Stack, "Status", Value::Null, json!(live.status), Some(live))
    }

    /// Somebody else's stack has its name.
    pub(crate) fn disowned(&self, live: &ObservedStack) -> Drift {
        let tag = ["Tags/", landfall_stacks::TAG_ORGANIZATION].concat();
        let (shall, is) = (json!(true), json!(live.tags.get(landfall_stacks::TAG_ORGANIZATION)));
        self.drift(Rule::Disowned, Remedy::Person, &tag, shall, is, Some(live))
    }

    /// It can be deleted by a slip, or cannot be deleted although it shall.
    pub(crate) fn protection(&self, wanted: Protection, live: &ObservedStack) -> Option<Drift> {
        let on = wanted == Protection::On;
        let found = live.protected.filter(|found| *found != on)?;
        let rule = if on { Rule::Unprotected } else { Rule::GrantsNothing };
        Some(self.drift(rule, Remedy::Stack, "TerminationProtection", json!(on), json!(found), Some(live)))
    }

    fn drift(
        &self,
        rule: Rule,
        remedy: Remedy,
        property: &str,
        desired: Value,
        found: Value,
        live: Option<&ObservedStack>,
    ) -> Drift {
        let rule = match self.kind {
            Kind::BreakGlass => Rule::BreakGlass,
            Kind::Alarm => Rule::Alarm,
            _ => rule,
        };
        Drift {
            owner: StepId::Stack(self.key.clone()),
            account: Some(self.key.account.clone()),
            subject: Subject { kind: SubjectKind::Stack, name: self.key.name.to_string() },
            property: property.to_owned(),
            class: rule.class(),
            rule,
            remedy,
            desired,
            live: found,
            changes: Vec::new(),
            dates: live.and_then(dates),
        }
    }
}

fn dates(live: &ObservedStack) -> Option<Dates> {
    let dates = live.dates.clone();
    (!dates.is_empty()).then_some(dates)
}
