"""Roles, each manipulation on a role of its own."""

import json

from hand import document, manipulation, nothing, role, statement

EVERYTHING = document(statement("Allow", "*"))
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"


def trust(iam, name, change):
    live = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    change(live["Statement"])
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(live))


def inline(iam, name, policy, change):
    live = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    change(live["Statement"])
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(live))


def without_conditions(statements):
    for one in statements:
        del one["Condition"]


@manipulation
def widen_trust(hand):
    account, name = "app-prod", "acme-service-api-task"
    stranger = statement("Allow", "sts:AssumeRole", Principal={"AWS": "arn:aws:iam::999999999999:root"})
    trust(hand.iam(account), name, lambda statements: statements.append(stranger))
    return [role(account, name, "AssumeRolePolicyDocument")]


@manipulation
def remove_condition(hand):
    account, name = "ml-prod", "acme-cross-account-log-collector"
    trust(hand.iam(account), name, without_conditions)
    return [role(account, name, "AssumeRolePolicyDocument")]


@manipulation
def narrow_trust(hand):
    account, name = "app-prod", "acme-service-photo-processor"
    nobody = statement("Deny", "sts:AssumeRole", Principal={"AWS": "*"})
    trust(hand.iam(account), name, lambda statements: statements.append(nobody))
    return [role(account, name, "AssumeRolePolicyDocument")]


@manipulation
def touch_break_glass(hand):
    account, name = "ci", "acme-break-glass-responder"
    trust(hand.iam(account), name, without_conditions)
    return [role(account, name, "AssumeRolePolicyDocument")]


@manipulation
def remove_boundary(hand):
    account, name = "ml-prod", "acme-ci-deployer-terraform"
    hand.iam(account).delete_role_permissions_boundary(RoleName=name)
    return [role(account, name, "PermissionsBoundary")]


@manipulation
def change_boundary(hand):
    account, name = "app-prod", "acme-service-api-execution"
    hand.iam(account).put_role_permissions_boundary(RoleName=name, PermissionsBoundary=POWER_USER)
    return [role(account, name, "PermissionsBoundary")]


@manipulation
def add_inline(hand):
    account, name = "ml-prod", "acme-service-inference"
    hand.iam(account).put_role_policy(RoleName=name, PolicyName="by-hand", PolicyDocument=EVERYTHING)
    return [role(account, name, "Policies/by-hand")]


@manipulation
def change_inline(hand):
    account, name = "ml-prod", "ml-scoring-job-role"
    more = statement("Allow", "iam:*")
    inline(hand.iam(account), name, "permissions", lambda statements: statements.append(more))
    return [role(account, name, "Policies/permissions")]


@manipulation
def narrow_inline(hand):
    account, name = "data-prod", "data-engineering-job-role"
    inline(hand.iam(account), name, "permissions", lambda statements: statements.pop())
    return [role(account, name, "Policies/permissions")]


@manipulation
def delete_inline(hand):
    account, name = "ml-prod", "ml-training-job-role"
    hand.iam(account).delete_role_policy(RoleName=name, PolicyName="permissions")
    return [role(account, name, "Policies/permissions")]


@manipulation
def attach_policy(hand):
    account, name = "app-prod", "acme-federation-mobile-app"
    hand.iam(account).attach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR)
    return [role(account, name, "ManagedPolicyArns")]


@manipulation
def detach_policy(hand):
    account, name = "data-prod", "acme-ci-deployer-terraform"
    hand.iam(account).detach_role_policy(RoleName=name, PolicyArn=POWER_USER)
    return [role(account, name, "ManagedPolicyArns")]


@manipulation
def lengthen_session(hand):
    account, name = "data-prod", "acme-cross-account-data-lake-reader"
    iam = hand.iam(account)
    # At moto what is not named is cleared.
    same = iam.get_role(RoleName=name)["Role"]["Description"]
    iam.update_role(RoleName=name, MaxSessionDuration=43200, Description=same)
    return [role(account, name, "MaxSessionDuration")]


@manipulation
def change_description(hand):
    account, name = "app-prod", "acme-cross-account-log-collector"
    hand.iam(account).update_role(RoleName=name, Description="changed by hand")
    return [role(account, name, "Description")]


@manipulation
def disown_role(hand):
    account, name = "ml-prod", "ml-scoring-execution-role"
    hand.iam(account).untag_role(RoleName=name, TagKeys=["landfall:organization"])
    return [role(account, name, "Tags/landfall:organization")]


@manipulation
def change_role_tag(hand):
    account, name = "ml-prod", "ml-training-execution-role"
    hand.iam(account).tag_role(RoleName=name, Tags=[{"Key": "landfall:organization", "Value": "by-hand"}])
    return [role(account, name, "Tags/landfall:organization")]


@manipulation
def foreign_tag(hand):
    account, name = "log-archive", "acme-automation-reader"
    hand.iam(account).tag_role(RoleName=name, Tags=[{"Key": "by-hand", "Value": "somebody's own"}])
    return [nothing("accounts", account, "roles", name)]


def stripped(iam, name):
    """Takes away what a role has; says what it was."""
    policies = {}
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        policies[policy] = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    attached = [one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
    for arn in attached:
        iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    return policies, attached


@manipulation
def delete_role(hand):
    account, name = "ml-prod", "metaflow-prod-eventbridge-role"
    iam = hand.iam(account)
    stripped(iam, name)
    iam.delete_role(RoleName=name)
    return [role(account, name, "")]


@manipulation
def move_role(hand):
    account, name = "data-dev", "data-engineering-purge-customer-data-job-role"
    iam = hand.iam(account)
    live = iam.get_role(RoleName=name)["Role"]
    policies, attached = stripped(iam, name)
    iam.delete_role(RoleName=name)
    iam.create_role(
        RoleName=name,
        Path="/moved/",
        AssumeRolePolicyDocument=json.dumps(live["AssumeRolePolicyDocument"]),
        Description=live.get("Description", ""),
        MaxSessionDuration=live["MaxSessionDuration"],
        PermissionsBoundary=live["PermissionsBoundary"]["PermissionsBoundaryArn"],
        Tags=[tag for tag in live["Tags"] if not tag["Key"].startswith("aws:")],
    )
    for policy, body in policies.items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(body))
    for arn in attached:
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    return [role(account, name, "Path")]
