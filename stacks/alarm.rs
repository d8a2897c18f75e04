//! The alarm on every use of an emergency role, and on every change to the alarm itself.
//!
//! It stands in the home account, once a Region: the users that the roles trust live there, CloudTrail tells the
//! caller's account of every `AssumeRole`, and events of a regional STS endpoint stay in its Region.

use landfall_model::{Alarm, BreakGlass, Kind};
use landfall_policies::{Condition, Document, OperatorKind, Principal, Statement};
use serde_json::{Value, json};

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::render::regional_arn;
use crate::template::{EventRuleBody, LogicalId, Resource, Template, TopicBody, TopicPolicyBody, TrailEvents};
use crate::{Need, Stack};

/// One stack a Region, all with the same template.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let Some(section) = &context.foundation.break_glass else { return Vec::new() };
    let Some(alarm) = &section.alarm else { return Vec::new() };
    let Some(blueprint) = blueprint(context, section, alarm) else { return Vec::new() };
    let regions = alarm.regions.iter();
    regions.flat_map(|region| context.stand_in(region, &blueprint, [&section.home])).collect()
}

fn blueprint(context: &mut Context<'_>, section: &BreakGlass, alarm: &Alarm) -> Option<Blueprint> {
    let organization = &context.foundation.organization.name;
    let topic_id = LogicalId::of("Topic");
    let topic_name = context.role_name(Kind::Alarm, &["break-glass"], section.place)?;
    let mut template = Template::new(format!("Landfall: alarm on the emergency roles of {organization}"));
    // Not encrypted with the key of SNS: its policy keeps EventBridge out, and what is sent is no secret.
    template.add(
        topic_id.clone(),
        Resource::Topic(TopicBody { name: topic_name.as_str().to_owned(), subscribers: vec![alarm.email.clone()] }),
    );
    let rules = context.estate.alarm();
    template.add(
        LogicalId::of("TopicPolicy"),
        Resource::TopicPolicy(TopicPolicyBody {
            topic: topic_id.clone(),
            document: publish(topic_name.as_str(), &rules),
        }),
    );
    let roles = context.role_name(Kind::BreakGlass, &[""], section.place)?;
    let role_arns = ["*:role", &context.foundation.organization.iam_path(), roles.as_str(), "*"].concat();
    for (id, name, description, trail, pattern) in [
        (
            "AssumeRule",
            "assume-role",
            "Somebody assumed an emergency role, or tried",
            TrailEvents::All,
            assumed(&role_arns),
        ),
        (
            "SignInRule",
            "sign-in",
            "Somebody who may use an emergency role signed in",
            TrailEvents::Changes,
            signed_in(section, roles.as_str()),
        ),
        ("AlarmRule", "alarm-changed", "The alarm itself was changed", TrailEvents::Changes, alarm_changed(&rules)),
        (
            "IdentityRule",
            "identity-changed",
            "An emergency role, or a user that it trusts, was changed",
            TrailEvents::Changes,
            identity_changed(section, roles.as_str()),
        ),
    ] {
        let name = context.role_name(Kind::Alarm, &[name], section.place)?;
        template.add(
            LogicalId::of(id),
            Resource::EventRule(EventRuleBody {
                name: name.as_str().to_owned(),
                description: description.to_owned(),
                pattern,
                trail,
                topic: topic_id.clone(),
            }),
        );
    }
    let stack = context.stack_name(Kind::Alarm, &[], section.place)?;
    let needs = watched(context, section)?;
    Some(Blueprint::new(Kind::Alarm, None, stack, section.place, template).needing(needs))
}

/// The roles that the alarm comes after: those of the home account, or else of the first account that has them. Waiting
/// for those of every account would leave the first ones without an alarm while the last ones are made.
fn watched(context: &mut Context<'_>, section: &BreakGlass) -> Option<Vec<Need>> {
    let foundation = context.foundation;
    let first = || foundation.accounts.keys().find(|name| section.accounts.contains(*name));
    let account = Some(&section.home).filter(|home| section.accounts.contains(*home)).or_else(first);
    let mut out = Vec::new();
    for (account, tier) in account.into_iter().flat_map(|account| section.tiers.iter().map(move |tier| (account, tier)))
    {
        let role = context.role_name(Kind::BreakGlass, &[tier.name.as_str()], tier.place)?;
        out.push(Need::TrustedRole { account: account.clone(), role, place: tier.place });
    }
    Some(out)
}

/// Only the alarm's own rules publish. Source: EventBridge User Guide, "Using resource-based policies for Amazon
/// EventBridge", "Amazon SNS permissions".
fn publish(topic: &str, rules: &str) -> Document {
    Document::new([Statement::allow("Rules", ["sns:Publish"])
        .to([Principal::Service("events.amazonaws.com".to_owned())])
        .on([regional_arn("sns", topic)])
        .when(Condition::new(
            OperatorKind::ArnLike,
            "aws:SourceArn",
            [regional_arn("events", &["rule/", rules, "-*"].concat())],
        ))])
}

// The patterns below follow the EventBridge User Guide, "Comparison operators for use in event patterns", and the
// CloudTrail User Guide, "AWS Management Console sign-in events". Each must stay below 2,048 characters.

fn assumed(role_arns: &str) -> Value {
    json!({
        "source": ["aws.sts"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["AssumeRole"],
            "requestParameters": { "roleArn": [{ "wildcard": role_arns }] },
        },
    })
}

fn signed_in(section: &BreakGlass, role_prefix: &str) -> Value {
    json!({
        "source": ["aws.signin"],
        "detail-type": ["AWS Console Sign In via CloudTrail"],
        "detail": {
            "eventName": ["ConsoleLogin", "SwitchRole", "ExitRole"],
            "$or": [
                { "userIdentity": { "userName": section.trusted_users } },
                { "userIdentity": { "arn": [{ "wildcard": format!("*:assumed-role/{role_prefix}*") }] } },
            ],
        },
    })
}

fn alarm_changed(rules: &str) -> Value {
    let rule = [json!({ "prefix": format!("{rules}-") })];
    json!({
        "source": ["aws.events", "aws.sns"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "$or": [
                {
                    "eventSource": ["events.amazonaws.com"],
                    "eventName": ["DeleteRule", "DisableRule", "PutRule"],
                    "requestParameters": { "name": rule },
                },
                {
                    "eventSource": ["events.amazonaws.com"],
                    "eventName": ["PutTargets", "RemoveTargets"],
                    "requestParameters": { "rule": rule },
                },
                {
                    "eventSource": ["sns.amazonaws.com"],
                    "eventName": ["AddPermission", "DeleteTopic", "RemovePermission", "SetTopicAttributes", "Subscribe"],
                    "requestParameters": { "topicArn": [{ "wildcard": format!("*:{rules}-*") }] },
                },
                {
                    "eventSource": ["sns.amazonaws.com"],
                    "eventName": ["Unsubscribe"],
                    "requestParameters": { "subscriptionArn": [{ "wildcard": format!("*:{rules}-*") }] },
                },
            ],
        },
    })
}

fn identity_changed(section: &BreakGlass, role_prefix: &str) -> Value {
    json!({
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "$or": [
                {
                    "requestParameters": { "roleName": [{ "prefix": role_prefix }] },
                },
                {
                    "eventName": [
                        "CreateAccessKey", "CreateLoginProfile", "CreateVirtualMFADevice", "DeactivateMFADevice",
                        "DeleteLoginProfile", "DeleteUser", "EnableMFADevice", "UpdateAccessKey", "UpdateLoginProfile",
                        "UpdateUser",
                    ],
                    "requestParameters": { "userName": section.trusted_users },
                },
            ],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::sample;

    #[test]
    fn patterns_are_short_enough_for_eventbridge() {
        let mut section = sample::break_glass("security", sample::accounts(["security"]));
        let user = section.trusted_users[0].clone();
        section.trusted_users = vec![user; 20];
        for pattern in [
            assumed("*:role/acme/acme-break-glass-*"),
            signed_in(&section, "acme-break-glass-"),
            alarm_changed("acme-alarm"),
            identity_changed(&section, "acme-break-glass-"),
        ] {
            assert!(pattern.to_string().len() <= 2_048, "{pattern}");
        }
    }

    #[test]
    fn an_alarm_waits_for_the_roles_of_one_account_only() {
        let mut foundation = sample::foundation(&["management", "security", "a", "b"], &[]);
        let section = |on| Some(sample::break_glass("security", on));
        for (on, waits_for) in [(vec!["a", "security"], "security"), (vec!["b", "a"], "a")] {
            foundation.break_glass = section(sample::accounts(on));
            let stacks = stacks(&mut Context::new(&foundation));
            assert_eq!(stacks.len(), 2);
            let shown: Vec<String> = stacks[0]
                .needs
                .iter()
                .map(|need| match need {
                    Need::TrustedRole { account, role, .. } => format!("{account}/{role}"),
                    other => format!("{other:?}"),
                })
                .collect();
            let wanted = ["helpdesk", "responder"].map(|tier| format!("{waits_for}/acme-break-glass-{tier}"));
            assert_eq!(shown, wanted);
        }
    }
}
