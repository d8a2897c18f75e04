"""Roles of others, which Landfall sees and leaves alone."""

from hand import document, manipulation, statement

OWNED = "acme-service-web"


def machines():
    return statement("Allow", "sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})


def stranger(hand, name, trust, grant=None):
    account = "app-prod"
    iam = hand.iam(account)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    if grant:
        iam.put_role_policy(RoleName=name, PolicyName="by-hand", PolicyDocument=document(grant))
    return [{"account": account, "seen": name, "where": ["accounts", account, "roles", name]}]


def owned(hand):
    return f"arn:aws:iam::{hand.id('app-prod')}:role/acme/{OWNED}"


@manipulation
def foreign_assumer(hand):
    return stranger(hand, "by-hand-assumer", machines(), statement("Allow", "sts:AssumeRole", Resource=owned(hand)))


@manipulation
def foreign_passer(hand):
    return stranger(hand, "by-hand-passer", machines(), statement("Allow", "iam:PassRole", Resource=owned(hand)))


@manipulation
def foreign_unbounded(hand):
    return stranger(hand, "by-hand-unbounded", machines(), statement("Allow", "s3:ListAllMyBuckets"))


@manipulation
def foreign_outsider(hand):
    return stranger(hand, "by-hand-outsider", statement("Allow", "sts:AssumeRole", Principal={"AWS": "9" * 12}))
