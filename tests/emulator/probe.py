"""What an emulator holds of what Landfall needs from AWS: one JSON object, capability -> true or false.

Usage: probe.py ENDPOINT ACCESS_KEY SECRET_KEY
"""

import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

REFUSALS = (ClientError, BotoCoreError, ResponseParserError)

ENDPOINT, KEY, SECRET = sys.argv[1:]
REGION = "eu-west-1"
ROLE = "OrganizationAccountAccessRole"
FOUND = {}


def client(session, service):
    config = Config(retries={"max_attempts": 1})
    return session.client(service, endpoint_url=ENDPOINT, region_name=REGION, config=config)


def refused(call, **arguments):
    try:
        call(**arguments)
    except REFUSALS:
        return True
    return False


def document(action):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}

own = boto3.Session(KEY, SECRET)
organizations = client(own, "organizations")


def an_organization():
    FOUND["organization is made"] = not refused(organizations.create_organization, FeatureSet="ALL")
    FOUND["creations under way are listed"] = not refused(
        organizations.list_create_account_status, States=["IN_PROGRESS"]
    )
    ids = []
    for name in ("one", "two", "three"):
        made = organizations.create_account(Email=f"{name}@acme.example", AccountName=name, RoleName=ROLE)
        ids.append(made["CreateAccountStatus"]["AccountId"])
    FOUND["accounts are listed in pages"] = "NextToken" in organizations.list_accounts(MaxResults=1)
    sts = client(own, "sts")
    FOUND["assuming a missing role is refused"] = refused(
        sts.assume_role, RoleArn=f"arn:aws:iam::{ids[0]}:role/nobody", RoleSessionName="probe"
    )
    given = sts.assume_role(RoleArn=f"arn:aws:iam::{ids[0]}:role/{ROLE}", RoleSessionName="probe")["Credentials"]
    member = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    assert client(member, "sts").get_caller_identity()["Account"] == ids[0]
    return ids[0], member


account, member = an_organization()
iam = client(member, "iam")
stacks = client(member, "cloudformation")
FOUND["access role stands in a new account"] = not refused(iam.get_role, RoleName=ROLE)


def status(stack):
    return stacks.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]


def make(stack, resources, **arguments):
    """Whether the stack stands, and everything in it has a physical id of its own."""
    arguments.setdefault("Capabilities", ["CAPABILITY_NAMED_IAM"])
    try:
        stacks.create_stack(StackName=stack, TemplateBody=json.dumps({"Resources": resources}), **arguments)
    except REFUSALS:
        return False
    for _ in range(100):
        if not status(stack).endswith("_IN_PROGRESS"):
            break
        time.sleep(0.05)
    made = stacks.describe_stack_resources(StackName=stack)["StackResources"]
    return status(stack) == "CREATE_COMPLETE" and all(resource.get("PhysicalResourceId") for resource in made)


def a_role(name, **properties):
    return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": name, "AssumeRolePolicyDocument": TRUST, **properties}}


def a_policy(name):
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"ManagedPolicyName": name, "PolicyDocument": document("s3:*")},
    }


def resources():
    topic = f"arn:aws:sns:{REGION}:{account}:probe"
    properties = {
        "AWS::IAM::OIDCProvider": {"Url": "https://issuer.example", "ClientIdList": ["sts.amazonaws.com"]},
        "AWS::IAM::SAMLProvider": {"Name": "probe", "SamlMetadataDocument": "<metadata/>"},
        "AWS::Organizations::Policy": {
            "Name": "probe",
            "Type": "SERVICE_CONTROL_POLICY",
            "Content": document("s3:*"),
            "TargetIds": [account],
        },
        "AWS::SNS::Topic": {"TopicName": "probe"},
        "AWS::SNS::TopicPolicy": {"Topics": [topic], "PolicyDocument": document("sns:Publish")},
        "AWS::Events::Rule": {
            "Name": "probe",
            "EventPattern": {"source": ["aws.sts"]},
            "Targets": [{"Id": "topic", "Arn": topic}],
        },
        "AWS::ApiGateway::Account": {"CloudWatchRoleArn": f"arn:aws:iam::{account}:role/probe"},
        "AWS::IAM::Role": a_role("probe-plain")["Properties"],
        "AWS::IAM::ManagedPolicy": a_policy("probe-plain")["Properties"],
        "AWS::IAM::InstanceProfile": {"InstanceProfileName": "probe", "Roles": ["probe-plain"]},
    }
    for number, kind in enumerate(sorted(properties, key=lambda kind: (kind.endswith("Profile"), kind))):
        stood = make(f"probe-{number}", {"Probe": {"Type": kind, "Properties": properties[kind]}})
        FOUND[f"resource {kind}"] = stood
        if kind.startswith(("AWS::SNS", "AWS::Events")):
            FOUND[f"drift {kind}"] = not refused(
                stacks.detect_stack_resource_drift, StackName=f"probe-{number}", LogicalResourceId="Probe"
            )


def role_properties():
    boundary = f"arn:aws:iam::{account}:policy/probe-boundary"
    make("probe-boundary", {"Policy": a_policy("probe-boundary")})
    full = a_role(
        "probe-full",
        MaxSessionDuration=7200,
        PermissionsBoundary=boundary,
        ManagedPolicyArns=[boundary],
        Policies=[{"PolicyName": "inline", "PolicyDocument": document("s3:GetObject")}],
    )
    make("probe-full", {"Role": full}, Tags=[{"Key": "owner", "Value": "platform"}], ClientRequestToken="probe-token")
    role = iam.get_role(RoleName="probe-full")["Role"]
    FOUND["stack sets a role's boundary"] = "PermissionsBoundary" in role
    FOUND["stack sets a role's session length"] = role["MaxSessionDuration"] == 7200
    FOUND["stack tags reach roles"] = {"Key": "owner", "Value": "platform"} in role.get("Tags", [])
    inline = iam.get_role_policy(RoleName="probe-full", PolicyName="inline")["PolicyDocument"]
    FOUND["stack sets a role's inline policies"] = inline == document("s3:GetObject")
    attached = iam.list_attached_role_policies(RoleName="probe-full")["AttachedPolicies"]
    FOUND["stack attaches managed policies"] = [policy["PolicyArn"] for policy in attached] == [boundary]
    events = stacks.describe_stack_events(StackName="probe-full")["StackEvents"]
    FOUND["events carry the request token"] = all(
        event.get("ClientRequestToken") == "probe-token" for event in events
    )
    iam.put_role_permissions_boundary(RoleName="probe-full", PermissionsBoundary=boundary)
    kept = iam.get_role(RoleName="probe-full")["Role"].get("PermissionsBoundary", {})
    FOUND["boundary is kept by the API"] = kept.get("PermissionsBoundaryArn") == boundary
    try:
        local = iam.get_account_authorization_details(Filter=["LocalManagedPolicy"])["Policies"]
        FOUND["account details show customer policies"] = any(
            policy.get("PolicyName") == "probe-boundary" for policy in local
        )
    except REFUSALS:
        FOUND["account details show customer policies"] = False
    FOUND["account details can be read"] = not refused(iam.get_account_authorization_details, Filter=["Role"])
    details = []
    if FOUND["account details can be read"]:
        details = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    FOUND["account details show boundaries"] = any(
        "PermissionsBoundary" in detail for detail in details if detail["RoleName"] == "probe-full"
    )


def updates():
    template = {"Resources": {"Role": a_role("probe-update", MaxSessionDuration=3600)}}
    capabilities = ["CAPABILITY_NAMED_IAM"]
    make("probe-update", template["Resources"], EnableTerminationProtection=True)
    same = {"StackName": "probe-update", "TemplateBody": json.dumps(template), "Capabilities": capabilities}
    try:
        stacks.create_change_set(ChangeSetName="probe-empty", **same)
        time.sleep(0.2)
        empty = stacks.describe_change_set(ChangeSetName="probe-empty", StackName="probe-update")
        FOUND["empty change set fails"] = empty["Status"] == "FAILED"
    except REFUSALS:
        FOUND["empty change set fails"] = False
    FOUND["unchanged update is refused"] = refused(stacks.update_stack, **same)
    iam.tag_role(RoleName="probe-update", Tags=[{"Key": "mine", "Value": "yes"}])
    longer = {"Resources": {"Role": a_role("probe-update", MaxSessionDuration=7200)}}
    stacks.update_stack(**{**same, "TemplateBody": json.dumps(longer)})
    time.sleep(0.2)
    FOUND["stack update changes a role"] = iam.get_role(RoleName="probe-update")["Role"]["MaxSessionDuration"] == 7200
    tags = iam.list_role_tags(RoleName="probe-update")["Tags"]
    FOUND["stack update leaves a role's other tags"] = {"Key": "mine", "Value": "yes"} in tags
    FOUND["termination protection holds"] = refused(stacks.delete_stack, StackName="probe-update")
    template = json.dumps({"Resources": {"Role": a_role("probe-capability")}})
    FOUND["capabilities are demanded"] = refused(
        stacks.create_stack, StackName="probe-capability", TemplateBody=template
    )
    iam.create_role(RoleName="probe-taken", AssumeRolePolicyDocument=json.dumps(TRUST))
    FOUND["existing role fails the stack"] = (
        not make("probe-taken", {"Role": a_role("probe-taken")}) and status("probe-taken") == "ROLLBACK_COMPLETE"
    )


def taken_in(stack, kind, properties, key, value, **arguments):
    """Whether an import takes a resource that stands into a new stack."""
    resource = {"Type": kind, "Properties": properties, "DeletionPolicy": "Retain"}
    identifier = {"ResourceType": kind, "LogicalResourceId": "Taken", "ResourceIdentifier": {key: value}}
    try:
        stacks.create_change_set(
            StackName=stack,
            ChangeSetName="import",
            ChangeSetType="IMPORT",
            TemplateBody=json.dumps({"Resources": {"Taken": resource}}),
            ResourcesToImport=[identifier],
            Capabilities=["CAPABILITY_NAMED_IAM"],
            **arguments,
        )
        time.sleep(0.2)
        stacks.execute_change_set(StackName=stack, ChangeSetName="import")
        time.sleep(0.2)
        return status(stack) == "IMPORT_COMPLETE"
    except REFUSALS:
        return False


def imports():
    for name in ("probe-import", "probe-tagged"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    before = iam.get_role(RoleName="probe-import")["Role"]["RoleId"]
    role = "AWS::IAM::Role"
    stood = taken_in("import-role", role, a_role("probe-import")["Properties"], "RoleName", "probe-import")
    after = iam.get_role(RoleName="probe-import")["Role"]["RoleId"]
    FOUND[f"import {role}"] = stood and before == after
    tagged = a_role("probe-tagged")["Properties"]
    tags = [{"Key": "owner", "Value": "platform"}]
    FOUND["import with tags is refused"] = stood and not taken_in(
        "import-tagged", role, tagged, "RoleName", "probe-tagged", Tags=tags
    )
    made = iam.create_policy(PolicyName="probe-import", PolicyDocument=json.dumps(document("s3:*")))["Policy"]
    policy = "AWS::IAM::ManagedPolicy"
    FOUND[f"import {policy}"] = taken_in(
        "import-policy", policy, a_policy("probe-import")["Properties"], "PolicyArn", made["Arn"]
    )
    iam.create_instance_profile(InstanceProfileName="probe-import")
    iam.add_role_to_instance_profile(InstanceProfileName="probe-import", RoleName="probe-import")
    profile = "AWS::IAM::InstanceProfile"
    held = {"InstanceProfileName": "probe-import", "Roles": ["probe-import"]}
    FOUND[f"import {profile}"] = taken_in(
        "import-profile", profile, held, "InstanceProfileName", "probe-import"
    )


resources()
role_properties()
updates()
imports()
json.dump(FOUND, sys.stdout)
