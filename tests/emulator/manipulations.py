"""Changes what stands, past Landfall, through boto3 and nothing of Landfall's.

Usage: manipulations.py ENDPOINT ACCESS_KEY SECRET_KEY ACCESS_ROLE REGION
Prints a JSON list: for each manipulation what must be found of it, written down here before anybody looks.
"""

import json
import sys

import boto3
from botocore.config import Config

DONE = []


def done(account, kind, name, prop, rule):
    DONE.append({"account": account, "kind": kind, "name": name, "property": prop, "rule": rule})


def of_roles(iam, account, prefix):
    """One role each, so that every manipulation is seen by itself."""
    names = sorted(
        role["RoleName"]
        for page in iam.get_paginator("list_roles").paginate()
        for role in page["Roles"]
        if role["RoleName"].startswith(prefix) and role["Path"] == "/acme/"
    )
    if not names:
        sys.exit(f"no role {prefix}… stands in {account}")
    return names[0]


def ml(iam, account):
    allow_all = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

    name = of_roles(iam, account, "acme-service-inference")
    iam.put_role_policy(RoleName=name, PolicyName="by-hand", PolicyDocument=json.dumps(allow_all))
    done(account, "role", name, "Policies/by-hand", "wider")
    iam.update_role(RoleName=name, MaxSessionDuration=43200, Description="changed by hand")
    done(account, "role", name, "MaxSessionDuration", "wider")
    done(account, "role", name, "Description", "grants-nothing")
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    done(account, "role", name, "ManagedPolicyArns", "wider")

    name = of_roles(iam, account, "acme-ci-deployer-terraform")
    iam.delete_role_permissions_boundary(RoleName=name)
    done(account, "role", name, "PermissionsBoundary", "boundary-gone")

    name = of_roles(iam, account, "metaflow-prod-step-functions-role")
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    trust["Statement"].append(
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:AssumeRole"}
    )
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
    done(account, "role", name, "AssumeRolePolicyDocument", "trust-wider")

    name = of_roles(iam, account, "ml-training-job-role")
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"][0]
    iam.delete_role_policy(RoleName=name, PolicyName=inline)
    done(account, "role", name, f"Policies/{inline}", "narrower")

    name = of_roles(iam, account, "metaflow-prod-eventbridge-role")
    for inline in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=inline)
    for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=attached["PolicyArn"])
    iam.delete_role(RoleName=name)
    done(account, "role", name, "", "missing")

    boundary = next(
        policy
        for page in iam.get_paginator("list_policies").paginate(Scope="Local")
        for policy in page["Policies"]
        if policy["PolicyName"] == "acme-boundary-workload"
    )
    iam.create_policy_version(
        PolicyArn=boundary["Arn"], PolicyDocument=json.dumps(allow_all), SetAsDefault=True
    )
    done(account, "policy", boundary["PolicyName"], "PolicyDocument", "boundary-wider")


def emergency(iam, account):
    name = of_roles(iam, account, "acme-break-glass-responder")
    iam.update_role(RoleName=name, Description="changed by hand")
    done(account, "role", name, "Description", "break-glass")


def profiles(iam, account):
    held = next(
        profile
        for page in iam.get_paginator("list_instance_profiles").paginate()
        for profile in page["InstanceProfiles"]
        if profile["Roles"]
    )
    iam.remove_role_from_instance_profile(
        InstanceProfileName=held["InstanceProfileName"], RoleName=held["Roles"][0]["RoleName"]
    )
    done(account, "instance-profile", held["InstanceProfileName"], "Roles", "narrower")


def guardrails(organizations):
    live = {
        policy["Name"]: policy["Id"]
        for page in organizations.get_paginator("list_policies").paginate(Filter="SERVICE_CONTROL_POLICY")
        for policy in page["Policies"]
    }
    nothing = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}],
    }
    name = "acme-require-imdsv2"
    organizations.update_policy(PolicyId=live[name], Content=json.dumps(nothing))
    done(None, "guardrail", name, "Content", "guardrail-changed")
    name = "acme-allowed-regions"
    targets = organizations.list_targets_for_policy(PolicyId=live[name])["Targets"]
    organizations.detach_policy(PolicyId=live[name], TargetId=targets[0]["TargetId"])
    done(None, "guardrail", name, "Attachment", "guardrail-off")


def account_of(organizations, ids, name):
    organizations.tag_resource(ResourceId=ids[name], Tags=[{"Key": "env", "Value": "by-hand"}])
    done(name, "account", name, "Tags/env", "grants-nothing")


def main():
    endpoint, key, secret, access_role, region = sys.argv[1:]
    config = Config(retries={"max_attempts": 5, "mode": "standard"})

    def clients(session):
        return lambda service: session.client(service, endpoint_url=endpoint, region_name=region, config=config)

    own = clients(boto3.Session(key, secret))
    organizations, sts = own("organizations"), own("sts")
    ids = {
        listed["Name"]: listed["Id"]
        for page in organizations.get_paginator("list_accounts").paginate()
        for listed in page["Accounts"]
    }

    def iam(account):
        arn = f"arn:aws:iam::{ids[account]}:role/{access_role}"
        given = sts.assume_role(RoleArn=arn, RoleSessionName="tamper")["Credentials"]
        session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return clients(session)("iam")

    ml(iam("ml-prod"), "ml-prod")
    emergency(iam("security"), "security")
    profiles(iam("app-prod"), "app-prod")
    guardrails(organizations)
    account_of(organizations, ids, "data-prod")
    json.dump(DONE, sys.stdout)


main()
