"""Guardrails, and where accounts stand."""

from hand import document, found, manipulation, statement

KIND = "SERVICE_CONTROL_POLICY"


def guardrail(name, prop):
    return found(None, "guardrail", name, prop, "guardrails", name)


def by_name(hand, name):
    live = hand.pages(hand.organizations, "list_policies", "Policies", Filter=KIND)
    return next(policy["Id"] for policy in live if policy["Name"] == name)


def targets(hand, policy):
    live = hand.pages(hand.organizations, "list_targets_for_policy", "Targets", PolicyId=policy)
    return [target["TargetId"] for target in live]


@manipulation
def change_guardrail(hand):
    name = "acme-require-imdsv2"
    nothing = document(statement("Deny", "s3:DeleteBucket"))
    hand.organizations.update_policy(PolicyId=by_name(hand, name), Content=nothing)
    return [guardrail(name, "Content")]


@manipulation
def detach_guardrail(hand):
    name = "acme-allowed-regions"
    policy = by_name(hand, name)
    hand.organizations.detach_policy(PolicyId=policy, TargetId=targets(hand, policy)[0])
    return [guardrail(name, "Attachment")]


@manipulation
def attach_guardrail(hand):
    name = "acme-no-long-term-keys"
    hand.organizations.attach_policy(PolicyId=by_name(hand, name), TargetId=hand.root)
    return [guardrail(name, "Attachment")]


@manipulation
def delete_guardrail(hand):
    name = "acme-deny-leave-organization"
    policy = by_name(hand, name)
    for target in targets(hand, policy):
        hand.organizations.detach_policy(PolicyId=policy, TargetId=target)
    hand.organizations.delete_policy(PolicyId=policy)
    return [guardrail(name, "")]


@manipulation
def disable_policy_type(hand):
    own = [one for one in hand.pages(hand.organizations, "list_policies", "Policies", Filter=KIND)]
    before = {one["Name"]: targets(hand, one["Id"]) for one in own if one["Name"].startswith("acme-")}
    hand.organizations.disable_policy_type(RootId=hand.root, PolicyType=KIND)
    what = [found(None, "policy-type", "service-control", "Status", "policy_types")]
    # AWS takes its policies off everything with it.
    after = {one["Name"]: targets(hand, one["Id"]) for one in own}
    return what + [guardrail(name, "Attachment") for name in before if before[name] != after[name]]


@manipulation
def move_account(hand):
    name = "data-dev"
    parent = hand.organizations.list_parents(ChildId=hand.ids[name])["Parents"][0]["Id"]
    hand.organizations.move_account(AccountId=hand.ids[name], SourceParentId=parent, DestinationParentId=hand.root)
    return [found(name, "account", name, "Unit", "accounts", name, "parent")]


@manipulation
def change_account_tag(hand):
    name = "data-prod"
    hand.organizations.tag_resource(ResourceId=hand.ids[name], Tags=[{"Key": "env", "Value": "by-hand"}])
    return [found(name, "account", name, "Tags/env", "accounts", name, "tags")]
