"""The way into each account, and what is said of a manipulation: what must be found of it, and where it is read back."""

import json

import boto3
from botocore.config import Config

MANIPULATIONS = {}


def manipulation(act):
    """What `landfall sandbox tamper` calls by the same name, with dashes."""
    MANIPULATIONS[act.__name__.replace("_", "-")] = act
    return act


def found(account, kind, name, prop, *where):
    """What must be found, with the path to it in what `read_back.py` prints."""
    return {"account": account, "kind": kind, "name": name, "property": prop, "where": list(where)}


def nothing(*where):
    """What need not be found."""
    return {"where": list(where)}


def role(account, name, prop):
    return found(account, "role", name, prop, "accounts", account, "roles", name)


def statement(effect, action, **more):
    return {"Effect": effect, "Action": action, **({"Resource": "*"} if "Principal" not in more else {}), **more}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Hand:
    """Somebody with the keys of the management account, and through them of every other."""

    def __init__(self, endpoint, key, secret, access_role, region):
        self.config = Config(retries={"max_attempts": 5, "mode": "standard"})
        self.endpoint, self.access_role, self.region = endpoint, access_role, region
        # One session for all accounts: it reads what it knows of the services once.
        self.session = boto3.Session()
        self.keys = {None: {"aws_access_key_id": key, "aws_secret_access_key": secret}}
        self.clients = {}
        self.organizations = self.of(None, "organizations")
        pages = self.organizations.get_paginator("list_accounts").paginate()
        self.ids = {one["Name"]: one["Id"] for page in pages for one in page["Accounts"]}
        self.management = self.organizations.describe_organization()["Organization"]["MasterAccountId"]
        self.root = self.organizations.list_roots()["Roots"][0]["Id"]

    def of(self, account, service, region=None):
        """A client in an account; without one, in the management account."""
        account = None if account == "management" else account
        region = region or self.region
        if account not in self.keys:
            arn = f"arn:aws:iam::{self.ids[account]}:role/{self.access_role}"
            given = self.of(None, "sts").assume_role(RoleArn=arn, RoleSessionName="tamper")["Credentials"]
            self.keys[account] = {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        wanted = (account, service, region)
        if wanted not in self.clients:
            self.clients[wanted] = self.session.client(
                service,
                endpoint_url=self.endpoint,
                region_name=region,
                config=self.config,
                **self.keys[account],
            )
        return self.clients[wanted]

    def iam(self, account):
        return self.of(account, "iam")

    def id(self, account):
        return self.management if account == "management" else self.ids[account]

    def pages(self, client, operation, key, **arguments):
        for page in client.get_paginator(operation).paginate(**arguments):
            yield from page[key]
