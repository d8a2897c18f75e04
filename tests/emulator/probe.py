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
        if kind.startswith(("AWS::SNS", "AWS::Events", "AWS::ApiGateway")):
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
        # By its id, so that what was only passed over does not count.
        held = stacks.describe_stack_resources(StackName=stack)["StackResources"][0].get("PhysicalResourceId")
        return status(stack) == "IMPORT_COMPLETE" and bool(held) and value.endswith(held)
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
    oidc, url = "AWS::IAM::OIDCProvider", "https://import.example"
    made = iam.create_open_id_connect_provider(Url=url, ClientIDList=["one"])["OpenIDConnectProviderArn"]
    FOUND[f"import {oidc}"] = taken_in("import-oidc", oidc, {"Url": url, "ClientIdList": ["one"]}, "Arn", made)
    # At least a thousand characters.
    saml, metadata = "AWS::IAM::SAMLProvider", "<metadata>" + "x" * 1000 + "</metadata>"
    made = iam.create_saml_provider(Name="probe-import", SAMLMetadataDocument=metadata)["SAMLProviderArn"]
    held = {"Name": "probe-import", "SamlMetadataDocument": metadata}
    FOUND[f"import {saml}"] = taken_in("import-saml", saml, held, "Arn", made)
    topic = client(member, "sns").create_topic(Name="probe-import")["TopicArn"]
    kind = "AWS::SNS::Topic"
    FOUND[f"import {kind}"] = taken_in("import-topic", kind, {"TopicName": "probe-import"}, "TopicArn", topic)
    rule = {"Name": "probe-import", "EventPattern": {"source": ["aws.sts"]}}
    client(member, "events").put_rule(Name="probe-import", EventPattern=json.dumps(rule["EventPattern"]))
    kind = "AWS::Events::Rule"
    FOUND[f"import {kind}"] = taken_in("import-rule", kind, rule, "Arn", f"arn:aws:events:{REGION}:{account}:rule/probe-import")


def drifted_state(stack, logical_id="Probe"):
    try:
        found = stacks.detect_stack_resource_drift(StackName=stack, LogicalResourceId=logical_id)
    except REFUSALS:
        return None
    return found["StackResourceDrift"]["StackResourceDriftStatus"]


def drifts():
    """Whether what is done by hand is seen, and a drift-aware change set reverts it."""
    topic = f"arn:aws:sns:{REGION}:{account}:probe"
    rule = {"Name": "probe-drift", "EventPattern": {"source": ["aws.sts"]}, "State": "ENABLED"}
    resources = {
        "AWS::Events::Rule": rule,
        "AWS::IAM::Role": a_role("probe-drift", Description="as it shall be")["Properties"],
        "AWS::IAM::ManagedPolicy": a_policy("probe-drift")["Properties"],
        "AWS::IAM::InstanceProfile": {"InstanceProfileName": "probe-drift", "Roles": ["probe-plain"]},
        "AWS::SNS::TopicPolicy": {"Topics": [topic], "PolicyDocument": document("sns:Publish")},
    }
    events, sns = client(member, "events"), client(member, "sns")

    def away_with_the_policy():
        iam.delete_policy(PolicyArn=f"arn:aws:iam::{account}:policy/probe-drift")

    hands = {
        "AWS::Events::Rule": lambda: events.delete_rule(Name="probe-drift"),
        "AWS::IAM::Role": lambda: iam.update_role(RoleName="probe-drift", Description="by hand"),
        "AWS::IAM::ManagedPolicy": away_with_the_policy,
        "AWS::IAM::InstanceProfile": lambda: iam.remove_role_from_instance_profile(
            InstanceProfileName="probe-drift", RoleName="probe-plain"
        ),
        "AWS::SNS::TopicPolicy": lambda: sns.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(document("sns:*"))
        ),
    }
    stands = {
        "AWS::Events::Rule": lambda: not refused(events.describe_rule, Name="probe-drift"),
        "AWS::IAM::Role": lambda: iam.get_role(RoleName="probe-drift")["Role"]["Description"] == "as it shall be",
        "AWS::IAM::ManagedPolicy": lambda: not refused(
            iam.get_policy, PolicyArn=f"arn:aws:iam::{account}:policy/probe-drift"
        ),
        "AWS::IAM::InstanceProfile": lambda: bool(
            iam.get_instance_profile(InstanceProfileName="probe-drift")["InstanceProfile"]["Roles"]
        ),
        "AWS::SNS::TopicPolicy": lambda: "sns:*" not in sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"],
    }
    modes = set()
    for number, kind in enumerate(sorted(resources)):
        stack, properties = f"drift-{number}", resources[kind]
        made = make(stack, {"Probe": {"Type": kind, "Properties": properties}})
        if kind == "AWS::Events::Rule" and made:
            events.disable_rule(Name="probe-drift")
            FOUND["drift sees a disabled rule"] = drifted_state(stack) == "MODIFIED"
        if made:
            hands[kind]()
        FOUND[f"revert {kind}"] = made and reverted(stack, kind, properties, modes) and stands[kind]()
    FOUND["a change set says that it reverts drift"] = modes == {"REVERT_DRIFT"}


def reverted(stack, kind, properties, modes):
    """Whether a change set that shall revert drift can be made and carried out."""
    try:
        made = stacks.create_change_set(
            StackName=stack,
            ChangeSetName="revert",
            TemplateBody=json.dumps({"Resources": {"Probe": {"Type": kind, "Properties": properties}}}),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            DeploymentMode="REVERT_DRIFT",
        )
        time.sleep(0.2)
        modes.add(stacks.describe_change_set(ChangeSetName=made["Id"], StackName=stack).get("DeploymentMode"))
        stacks.execute_change_set(StackName=stack, ChangeSetName="revert")
        time.sleep(0.2)
        return status(stack) == "UPDATE_COMPLETE"
    except REFUSALS:
        return False


def rollbacks():
    """A role that somebody deleted fails the update, and then the rollback too."""
    before = {"First": a_role("probe-gone", Description="one")}
    made = make("probe-rollback", before)
    iam.delete_role(RoleName="probe-gone")
    after = {"First": a_role("probe-gone", Description="two")}
    refused(
        stacks.update_stack,
        StackName="probe-rollback",
        TemplateBody=json.dumps({"Resources": after}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    time.sleep(0.2)
    FOUND["a rollback can fail"] = made and status("probe-rollback") == "UPDATE_ROLLBACK_FAILED"


def versions():
    arn = iam.create_policy(PolicyName="probe-old", PolicyDocument=json.dumps(document("s3:*")))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document("sqs:*")), SetAsDefault=True)
    FOUND["a policy goes back to an older version"] = not refused(
        iam.set_default_policy_version, PolicyArn=arn, VersionId="v1"
    )


def providers():
    made = iam.create_open_id_connect_provider(Url="https://probe.example", ClientIDList=["one"])
    arn = made["OpenIDConnectProviderArn"]
    FOUND["audiences of a provider can be changed"] = not refused(
        iam.add_client_id_to_open_id_connect_provider, OpenIDConnectProviderArn=arn, ClientID="two"
    )


resources()
role_properties()
updates()
imports()
drifts()
rollbacks()
versions()
providers()
json.dump(FOUND, sys.stdout)
