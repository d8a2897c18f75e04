"""Reads an organization back, through boto3 and nothing of Landfall's.

Usage: read_back.py ENDPOINT ACCESS_KEY SECRET_KEY ACCESS_ROLE REGION…        the home Region first
Prints one JSON object: the organization's id, its guardrails, and what stands in each account by the account's name.
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


def providers(iam):
    out = {}
    for listed in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        live = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=listed["Arn"])
        out[live["Url"].removeprefix("https://")] = {"audiences": sorted(live["ClientIDList"])}
    for listed in iam.list_saml_providers()["SAMLProviderList"]:
        live = iam.get_saml_provider(SAMLProviderArn=listed["Arn"])
        out[listed["Arn"].rsplit("/", 1)[1]] = {"metadata": live["SAMLMetadataDocument"]}
    return out


def topic(sns, arn):
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    return {
        "policy": json.loads(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]),
        "subscribers": sorted(f"{one['Protocol']} {one['Endpoint']}" for one in subscriptions),
    }


def rule(events, live):
    targets = events.list_targets_by_rule(Rule=live["Name"])["Targets"]
    return {
        "pattern": json.loads(live["EventPattern"]),
        "state": live["State"],
        "targets": {target["Id"]: target["Arn"] for target in targets},
    }


def region(client):
    stacks = pages(client("cloudformation"), "describe_stacks", "Stacks")
    sns, events = client("sns"), client("events")
    return {
        "gateway_role": client("apigateway").get_account().get("cloudwatchRoleArn"),
        "topics": {
            arn.rsplit(":", 1)[1]: topic(sns, arn)
            for arn in (live["TopicArn"] for live in pages(sns, "list_topics", "Topics"))
        },
        "rules": {live["Name"]: rule(events, live) for live in pages(events, "list_rules", "Rules")},
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


def account(clients, regions):
    iam = clients(regions[0])("iam")
    roles = [live["RoleName"] for live in pages(iam, "list_roles", "Roles")]
    policies = pages(iam, "list_policies", "Policies", Scope="Local")
    profiles = pages(iam, "list_instance_profiles", "InstanceProfiles")
    by_region = {name: region(clients(name)) for name in regions}
    return {
        "roles": {name: role(iam, name) for name in roles},
        "policies": {live["PolicyName"]: policy(iam, live) for live in policies},
        "profiles": {
            live["InstanceProfileName"]: [held["RoleName"] for held in live["Roles"]] for live in profiles
        },
        "providers": providers(iam),
        "stacks": by_region[regions[0]]["stacks"],
        "regions": by_region,
    }


def placed(organizations, listed):
    tags = pages(organizations, "list_tags_for_resource", "Tags", ResourceId=listed["Id"])
    return {
        "id": listed["Id"],
        "email": listed["Email"],
        "parent": organizations.list_parents(ChildId=listed["Id"])["Parents"][0]["Id"],
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def guardrails(organizations, kind):
    for listed in pages(organizations, "list_policies", "Policies", Filter=kind):
        # Not everyone who speaks this protocol filters.
        if listed["Type"] != kind or listed.get("AwsManaged"):
            continue
        live = organizations.describe_policy(PolicyId=listed["Id"])["Policy"]
        targets = pages(organizations, "list_targets_for_policy", "Targets", PolicyId=listed["Id"])
        tags = organizations.list_tags_for_resource(ResourceId=listed["Id"])["Tags"]
        yield listed["Name"], {
            "kind": kind,
            "content": json.loads(live["Content"]),
            "targets": sorted(target["TargetId"] for target in targets),
            "tags": {tag["Key"]: tag["Value"] for tag in tags},
        }


def units(organizations, parent, path):
    for unit in pages(organizations, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent):
        here = [*path, unit["Name"]]
        yield "/".join(here), unit["Id"]
        yield from units(organizations, unit["Id"], here)


def main():
    endpoint, key, secret, access_role, *regions = sys.argv[1:]
    config = Config(retries={"max_attempts": 5, "mode": "standard"})

    # One session for all accounts: it reads what it knows of the services once.
    session = boto3.Session()

    def clients(**keys):
        return lambda region: lambda service: session.client(
            service, endpoint_url=endpoint, region_name=region, config=config, **keys
        )

    own = clients(aws_access_key_id=key, aws_secret_access_key=secret)
    organizations, sts = own(regions[0])("organizations"), own(regions[0])("sts")
    organization = organizations.describe_organization()["Organization"]
    management = organization["MasterAccountId"]
    root = organizations.list_roots()["Roots"][0]
    read = {}
    for listed in pages(organizations, "list_accounts", "Accounts"):
        client = own
        if listed["Id"] != management:
            arn = f"arn:aws:iam::{listed['Id']}:role/{access_role}"
            given = sts.assume_role(RoleArn=arn, RoleSessionName="read-back")["Credentials"]
            client = clients(
                aws_access_key_id=given["AccessKeyId"],
                aws_secret_access_key=given["SecretAccessKey"],
                aws_session_token=given["SessionToken"],
            )
        name = "management" if listed["Id"] == management else listed["Name"]
        try:
            read[name] = {**placed(organizations, listed), **account(client, regions)}
        except ClientError as error:
            sys.exit(f"account {name}: {error}")
    kinds = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
    written = {
        "organization": organization["Id"],
        "root": root["Id"],
        "units": dict(units(organizations, root["Id"], [])),
        "policy_types": sorted(one["Type"] for one in root["PolicyTypes"] if one["Status"] == "ENABLED"),
        "guardrails": {name: one for kind in kinds for name, one in guardrails(organizations, kind)},
        "accounts": read,
    }
    json.dump(written, sys.stdout)


main()
