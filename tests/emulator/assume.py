"""Prints the credentials of a role: assume.py ENDPOINT KEY SECRET ROLE_ARN"""

import json
import sys

import boto3

endpoint, key, secret, role = sys.argv[1:]
sts = boto3.client(
    "sts", endpoint_url=endpoint, region_name="eu-west-1", aws_access_key_id=key, aws_secret_access_key=secret
)
given = sts.assume_role(RoleArn=role, RoleSessionName="GitHubActions")["Credentials"]
print(
    json.dumps(
        {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }
    )
)
