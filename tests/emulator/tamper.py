"""Changes a role by hand, through boto3 and nothing of Landfall's.

Usage: tamper.py ENDPOINT ACCESS_KEY SECRET_KEY ACCESS_ROLE ACCOUNT ROLE     the account by its name
"""

import json
import sys

import boto3


def main():
    endpoint, key, secret, access_role, account, role = sys.argv[1:]
    common = {"endpoint_url": endpoint, "region_name": "eu-west-1"}
    own = {**common, "aws_access_key_id": key, "aws_secret_access_key": secret}
    pages = boto3.client("organizations", **own).get_paginator("list_accounts").paginate()
    ids = {one["Name"]: one["Id"] for page in pages for one in page["Accounts"]}
    arn = f"arn:aws:iam::{ids[account]}:role/{access_role}"
    session = boto3.client("sts", **own).assume_role(RoleArn=arn, RoleSessionName="hand")["Credentials"]
    iam = boto3.client(
        "iam",
        **common,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_role_policy(RoleName=role, PolicyName="by-hand", PolicyDocument=json.dumps(everything))


main()
