"""A hand that is not Landfall's: does something to a role through boto3, and says how the role stands then.

Usage: hand.py ENDPOINT ACCESS_KEY SECRET_KEY ACCESS_ROLE ACCOUNT ROLE ACTION…     the account by its name
An ACTION is `make=PATH`, `policy=PATH/NAME`, `add-inline`, `drop-boundary` or nothing. Prints a JSON object.
"""

import json
import sys

import boto3

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ANYBODY_HERE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def inside(endpoint, key, secret, access_role, account):
    common = {"endpoint_url": endpoint, "region_name": "eu-west-1"}
    own = {**common, "aws_access_key_id": key, "aws_secret_access_key": secret}
    pages = boto3.client("organizations", **own).get_paginator("list_accounts").paginate()
    ids = {one["Name"]: one["Id"] for page in pages for one in page["Accounts"]}
    arn = f"arn:aws:iam::{ids[account]}:role/{access_role}"
    session = boto3.client("sts", **own).assume_role(RoleArn=arn, RoleSessionName="hand")["Credentials"]
    return boto3.client(
        "iam",
        **common,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )


def act(iam, role, action):
    if action.startswith("make="):
        iam.create_role(
            RoleName=role,
            Path=action.removeprefix("make="),
            AssumeRolePolicyDocument=json.dumps(ANYBODY_HERE),
            MaxSessionDuration=43200,
            Tags=[{"Key": "mine", "Value": "yes"}],
        )
    elif action.startswith("policy="):
        path, name = action.removeprefix("policy=").rsplit("/", 1)
        iam.create_policy(PolicyName=name, Path=f"{path}/", PolicyDocument=json.dumps(EVERYTHING))
    elif action == "add-inline":
        iam.put_role_policy(RoleName=role, PolicyName="by-hand", PolicyDocument=json.dumps(EVERYTHING))
    elif action == "drop-boundary":
        iam.delete_role_permissions_boundary(RoleName=role)
    else:
        sys.exit(f"unknown action {action}")


def main():
    *place, role = sys.argv[1:7]
    iam = inside(*place)
    for action in sys.argv[7:]:
        act(iam, role, action)
    live = iam.get_role(RoleName=role)["Role"]
    shown = {
        "id": live["RoleId"],
        "max_session": live["MaxSessionDuration"],
        "boundary": live.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "trust": live["AssumeRolePolicyDocument"],
        "inline": iam.list_role_policies(RoleName=role)["PolicyNames"],
        "tags": {tag["Key"]: tag["Value"] for tag in live.get("Tags", [])},
    }
    json.dump(shown, sys.stdout)


main()
