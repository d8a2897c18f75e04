"""Reads IAM and CloudFormation of every account back, through boto3 and nothing of Landfall's.

Usage: read_roles.py ENDPOINT ACCESS_KEY SECRET_KEY HOME_REGION ACCESS_ROLE
Prints one JSON object: the organization's id, and by account name {id, email, roles, policies, profiles, providers, stacks}.
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def pages(client, operation, key, **arguments):
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]


def inline(iam, role):
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return {name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names}


def role(iam, name):
    # GetRole, since listings leave out boundaries and tags.
    live = iam.get_role(RoleName=name)["Role"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return {
        "path": live["Path"],
        "trust": live["AssumeRolePolicyDocument"],
        "inline": inline(iam, name),
        "attached": sorted(policy["PolicyArn"] for policy in attached),
        "boundary": live.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "max_session": live.get("MaxSessionDuration", 3600),
        "description": live.get("Description", ""),
        "tags": {tag["Key"]: tag["Value"] for tag in live.get("Tags", [])},
    }


def policy(iam, live):
    version = iam.get_policy_version(PolicyArn=live["Arn"], VersionId=live["DefaultVersionId"])
    return {"path": live["Path"], "document": version["PolicyVersion"]["Document"]}


def account(client):
    iam = client("iam")
    roles = [live["RoleName"] for live in pages(iam, "list_roles", "Roles")]
    policies = pages(iam, "list_policies", "Policies", Scope="Local")
    profiles = pages(iam, "list_instance_profiles", "InstanceProfiles")
    stacks = pages(client("cloudformation"), "describe_stacks", "Stacks")
    return {
        "roles": {name: role(iam, name) for name in roles},
        "policies": {live["PolicyName"]: policy(iam, live) for live in policies},
        "profiles": {
            live["InstanceProfileName"]: [held["RoleName"] for held in live["Roles"]] for live in profiles
        },
        "providers": sorted(
            [live["Arn"] for live in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
            + [live["Arn"] for live in iam.list_saml_providers()["SAMLProviderList"]]
        ),
        "stacks": {
            live["StackName"]: {
                "status": live["StackStatus"],
                "protected": live.get("EnableTerminationProtection", False),
                "outputs": {out["OutputKey"]: out.get("OutputValue") for out in live.get("Outputs", [])},
                "tags": {tag["Key"]: tag["Value"] for tag in live.get("Tags", [])},
            }
            for live in stacks
        },
    }


def main():
    endpoint, key, secret, region, access_role = sys.argv[1:]
    config = Config(retries={"max_attempts": 5, "mode": "standard"})

    def clients(session):
        return lambda service: session.client(service, endpoint_url=endpoint, region_name=region, config=config)

    own = clients(boto3.Session(key, secret))
    organizations = own("organizations")
    organization = organizations.describe_organization()["Organization"]
    management = organization["MasterAccountId"]
    read = {}
    for listed in pages(organizations, "list_accounts", "Accounts"):
        client = own
        if listed["Id"] != management:
            arn = f"arn:aws:iam::{listed['Id']}:role/{access_role}"
            given = own("sts").assume_role(RoleArn=arn, RoleSessionName="read-back")["Credentials"]
            client = clients(
                boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
            )
        name = "management" if listed["Id"] == management else listed["Name"]
        try:
            read[name] = {"id": listed["Id"], "email": listed["Email"], **account(client)}
        except ClientError as error:
            sys.exit(f"account {name}: {error}")
    json.dump({"organization": organization["Id"], "accounts": read}, sys.stdout)


main()
