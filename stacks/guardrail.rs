//! Guardrails: they are no CloudFormation, and stand beside the stacks.

use std::collections::BTreeMap;
use std::fmt;

use landfall_model::{Attachment, Diagnostic, GuardrailKind, Place, PolicyName};
use landfall_policies::{GuardrailText, Quota, guardrail, guardrail_name, guardrail_use};
use serde::{Deserialize, Serialize};

use crate::codes;
use crate::context::Context;

/// Which guardrail: unique in an organization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GuardrailKey {
    /// The type of policy.
    pub kind: GuardrailKind,
    /// The policy's name.
    pub name: PolicyName,
}

impl fmt::Display for GuardrailKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// A guardrail as it shall stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardrailPolicy {
    /// Which.
    pub key: GuardrailKey,
    /// What it says.
    pub text: GuardrailText,
    /// Where it is attached.
    pub attach: Vec<Attachment>,
    /// Where it is defined.
    pub place: Place,
}

/// Every guardrail, in the order of the configuration.
pub(crate) fn policies(context: &mut Context<'_>) -> Vec<GuardrailPolicy> {
    let foundation = context.foundation;
    let organization = &foundation.organization;
    let mut out = Vec::with_capacity(foundation.guardrails.len());
    let mut attached: BTreeMap<(GuardrailKind, &Attachment), usize> = BTreeMap::new();
    for one in &foundation.guardrails {
        let Some(name) = context.name(guardrail_name(&organization.name, &one.name), one.place) else { continue };
        let document = guardrail(foundation, &context.estate, one);
        let Some(document) = context.policies(document, one.place) else { continue };
        let text = GuardrailText::new(&document, organization.partition());
        let size = guardrail_use(one.kind, &text);
        if !size.fits() {
            let message = format!(
                "guardrail `{}` has {} characters, and a {} policy may have {}",
                one.name,
                size.used,
                one.kind,
                size.quota.limit()
            );
            let help = "make it shorter, or write two guardrails";
            context.report(Diagnostic::error(codes::QUOTA, one.place, message).help(help));
        }
        for target in &one.attach {
            let number = attached.entry((one.kind, target)).or_default();
            *number += 1;
            let most = most(one.kind);
            if *number == most + 1 {
                let message = format!(
                    "more than {most} {} guardrails are attached to {}, and AWS attaches its own policy too",
                    one.kind,
                    words(target)
                );
                let help = "attach some of them higher up, or put two into one document";
                context.report(Diagnostic::error(codes::QUOTA, one.place, message).help(help));
            }
        }
        let key = GuardrailKey { kind: one.kind, name };
        out.push(GuardrailPolicy { key, text, attach: one.attach.clone(), place: one.place });
    }
    out
}

/// How many guardrails of the user's a target can have: one place is taken by `FullAWSAccess` or `RCPFullAWSAccess`.
fn most(kind: GuardrailKind) -> usize {
    let quota = match kind {
        GuardrailKind::ServiceControl => Quota::AttachedServiceControlPolicies,
        GuardrailKind::ResourceControl => Quota::AttachedResourceControlPolicies,
    };
    quota.limit().saturating_sub(1)
}

fn words(target: &Attachment) -> String {
    match target {
        Attachment::Root => "the root".to_owned(),
        Attachment::Unit(path) => format!("unit {path}"),
        Attachment::Account(name) => format!("account {name}"),
    }
}

#[cfg(test)]
mod tests {
    use landfall_model::{FileId, Guardrail, GuardrailContent, ItemName, PolicyText};
    use serde_json::json;

    use crate::tests::sample;
    use crate::{Synthesis, codes, synthesize};

    use super::*;

    fn with(number: usize, kind: GuardrailKind, resource: &str) -> Synthesis {
        let mut foundation = sample::foundation(&["management", "app"], &[]);
        let place = Place { file: FileId(3), start: 1, end: 2 };
        foundation.guardrails = (0..number)
            .map(|number| {
                let mut statement = json!({ "Effect": "Deny", "Action": "s3:*", "Resource": resource });
                if kind == GuardrailKind::ResourceControl {
                    statement["Principal"] = json!("*");
                }
                let json = json!({ "Version": "2012-10-17", "Statement": [statement] });
                Guardrail {
                    name: ItemName::new(format!("number-{number}")).unwrap(),
                    kind,
                    content: GuardrailContent::Policy(PolicyText { json, place }),
                    attach: vec![Attachment::Root],
                    place,
                }
            })
            .collect();
        synthesize(&foundation)
    }

    fn found(synthesis: &Synthesis) -> Vec<landfall_model::Code> {
        synthesis.diagnostics.iter().map(|found| found.code).collect()
    }

    #[test]
    fn a_target_keeps_room_for_the_policy_of_aws() {
        assert_eq!(found(&with(9, GuardrailKind::ServiceControl, "*")), []);
        assert_eq!(found(&with(10, GuardrailKind::ServiceControl, "*")), [codes::QUOTA]);
        assert_eq!(found(&with(4, GuardrailKind::ResourceControl, "*")), []);
        assert_eq!(found(&with(12, GuardrailKind::ResourceControl, "*")), [codes::QUOTA]);
    }

    #[test]
    fn a_guardrail_that_is_too_long_is_told() {
        let long = ["arn:aws:s3:::", &"x".repeat(5_100)].concat();
        assert_eq!(found(&with(1, GuardrailKind::ServiceControl, &long)), []);
        assert_eq!(found(&with(1, GuardrailKind::ResourceControl, &long)), [codes::QUOTA]);
    }

    #[test]
    fn names_begin_with_the_organization() {
        let synthesis = with(2, GuardrailKind::ServiceControl, "*");
        let names: Vec<String> = synthesis.guardrails.iter().map(|one| one.key.to_string()).collect();
        assert_eq!(names, ["service-control/acme-number-0", "service-control/acme-number-1"]);
    }
}
