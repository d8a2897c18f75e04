"""What stands in other services than IAM, and stacks."""

from hand import document, found, manipulation, statement
from roles import stripped

ALARMS = "us-east-1"


def setting(hand, arn):
    value = {"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}
    hand.of("app-prod", "apigateway").update_account(patchOperations=[value])
    where = ("accounts", "app-prod", "regions", "eu-west-1", "gateway_role")
    return [found("app-prod", "resource", "Setting", "/CloudWatchRoleArn", *where)]


@manipulation
def clear_setting(hand):
    return setting(hand, "")


@manipulation
def change_setting(hand):
    return setting(hand, f"arn:aws:iam::{hand.id('app-prod')}:role/by-hand")


def alarm(name, prop, *where):
    return found("security", "resource", name, prop, "accounts", "security", "regions", ALARMS, *where)


@manipulation
def disable_alarm(hand):
    hand.of("security", "events", ALARMS).disable_rule(Name="acme-alarm-sign-in")
    return [alarm("SignInRule", "/State", "rules", "acme-alarm-sign-in")]


@manipulation
def delete_alarm(hand):
    events, name = hand.of("security", "events", ALARMS), "acme-alarm-assume-role"
    targets = [target["Id"] for target in events.list_targets_by_rule(Rule=name)["Targets"]]
    events.remove_targets(Rule=name, Ids=targets)
    events.delete_rule(Name=name)
    return [alarm("AssumeRule", "", "rules", name)]


@manipulation
def open_topic(hand):
    arn = f"arn:aws:sns:{ALARMS}:{hand.id('security')}:acme-alarm-break-glass"
    anybody = document(statement("Allow", "sns:Publish", Principal="*", Resource=arn))
    hand.of("security", "sns", ALARMS).set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=anybody
    )
    return [alarm("TopicPolicy", "/PolicyDocument", "topics", "acme-alarm-break-glass")]


def stack(name, prop):
    where = ("accounts", "app-prod", "regions", "eu-west-1", "stacks", name)
    return found("app-prod", "stack", name, prop, *where)


def unprotected(hand, name):
    stacks = hand.of("app-prod", "cloudformation")
    stacks.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    return stacks


@manipulation
def unprotect_stack(hand):
    unprotected(hand, "acme-service-web")
    return [stack("acme-service-web", "TerminationProtection")]


@manipulation
def delete_stack(hand):
    name = "acme-service-adoption-flow"
    stacks = hand.of("app-prod", "cloudformation")
    # moto does not take a role's policies off before it deletes it.
    stripped(hand.iam("app-prod"), name)
    if stacks.describe_stacks(StackName=name)["Stacks"][0].get("EnableTerminationProtection"):
        unprotected(hand, name)
    stacks.delete_stack(StackName=name)
    stacks.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    return [stack(name, "")]
