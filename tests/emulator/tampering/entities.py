"""Instance profiles, identity providers and managed policies."""

import json

from hand import document, found, manipulation, role, statement

WEB = ("app-prod", "acme-service-web-profile", "acme-service-web")
BATCH = ("ml-prod", "metaflow-prod-batch-instance-profile", "metaflow-prod-batch-instance-role")
GITHUB = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
EVERYTHING = json.loads(document(statement("Allow", "*")))


def profile(account, name, prop):
    return found(account, "instance-profile", name, prop, "accounts", account, "profiles", name)


@manipulation
def empty_profile(hand):
    account, name, member = BATCH
    hand.iam(account).remove_role_from_instance_profile(InstanceProfileName=name, RoleName=member)
    return [profile(account, name, "Roles")]


@manipulation
def swap_profile(hand):
    account, name, member = WEB
    iam = hand.iam(account)
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=member)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName="acme-service-nightly")
    return [profile(account, name, "Roles")]


@manipulation
def delete_profile(hand):
    account, name, member = BATCH
    iam = hand.iam(account)
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=member)
    iam.delete_instance_profile(InstanceProfileName=name)
    return [profile(account, name, "")]


def oidc(hand, account, prop):
    arn = f"arn:aws:iam::{hand.id(account)}:oidc-provider/{GITHUB}"
    return arn, found(account, "provider", arn, prop, "accounts", account, "providers", GITHUB)


def saml(hand, account, prop):
    arn = f"arn:aws:iam::{hand.id(account)}:saml-provider/corp-idp"
    return arn, found(account, "provider", arn, prop, "accounts", account, "providers", "corp-idp")


@manipulation
def add_audience(hand):
    arn, what = oidc(hand, "ci", "ClientIdList")
    hand.iam("ci").add_client_id_to_open_id_connect_provider(
        OpenIDConnectProviderArn=arn, ClientID="by-hand.example"
    )
    return [what]


@manipulation
def remove_audience(hand):
    arn, what = oidc(hand, "management", "ClientIdList")
    hand.iam("management").remove_client_id_from_open_id_connect_provider(
        OpenIDConnectProviderArn=arn, ClientID=AUDIENCE
    )
    return [what]


@manipulation
def delete_oidc(hand):
    arn, what = oidc(hand, "ci", "")
    hand.iam("ci").delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    return [what]


@manipulation
def change_metadata(hand):
    arn, what = saml(hand, "data-prod", "SamlMetadataDocument")
    iam = hand.iam("data-prod")
    live = iam.get_saml_provider(SAMLProviderArn=arn)["SAMLMetadataDocument"]
    iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=live.replace("https://", "https://by-hand."))
    return [what]


@manipulation
def delete_saml(hand):
    arn, what = saml(hand, "data-prod", "")
    hand.iam("data-prod").delete_saml_provider(SAMLProviderArn=arn)
    return [what]


def policy(account, name, prop):
    return found(account, "policy", name, prop, "accounts", account, "policies", name)


def arn_of(hand, account, name):
    return f"arn:aws:iam::{hand.id(account)}:policy/acme/{name}"


def versioned(hand, account, name, change):
    """Puts another version of a policy in force."""
    iam, arn = hand.iam(account), arn_of(hand, account, name)
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    live = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(change(live)), SetAsDefault=True)
    return [policy(account, name, "PolicyDocument")]


@manipulation
def widen_boundary_policy(hand):
    return versioned(hand, "management", "acme-boundary-workload", lambda live: EVERYTHING)


@manipulation
def narrow_boundary_policy(hand):
    def less(live):
        allowed = [one for one in live["Statement"] if one["Effect"] == "Allow"]
        live["Statement"].remove(allowed[0])
        return live

    return versioned(hand, "ml-prod", "acme-boundary-compute", less)


@manipulation
def revert_policy_version(hand):
    account, name = "data-prod", "acme-boundary-workload"
    iam, arn = hand.iam(account), arn_of(hand, account, name)
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    live = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    # What somebody once made of it, and took back.
    old = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(EVERYTHING), SetAsDefault=True)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(live), SetAsDefault=True)
    iam.set_default_policy_version(PolicyArn=arn, VersionId=old["PolicyVersion"]["VersionId"])
    return [policy(account, name, "PolicyDocument")]


@manipulation
def widen_shared_policy(hand):
    def more(live):
        live["Statement"].append(statement("Allow", "s3:*"))
        return live

    return versioned(hand, "ml-prod", "acme-shared-policy-sagemaker", more)


def deleted(iam, arn):
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)


@manipulation
def delete_boundary_policy(hand):
    account, name, member = "ci", "acme-boundary-workload", "acme-ci-deployer-image-build"
    iam = hand.iam(account)
    iam.delete_role_permissions_boundary(RoleName=member)
    deleted(iam, arn_of(hand, account, name))
    return [policy(account, name, ""), role(account, member, "PermissionsBoundary")]


@manipulation
def delete_shared_policy(hand):
    account, name = "app-prod", "acme-shared-policy-lambda-vpc"
    iam, arn = hand.iam(account), arn_of(hand, account, name)
    users = iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]
    for user in users:
        iam.detach_role_policy(RoleName=user["RoleName"], PolicyArn=arn)
    deleted(iam, arn)
    return [policy(account, name, ""), *(role(account, user["RoleName"], "ManagedPolicyArns") for user in users)]
