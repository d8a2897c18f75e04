//! The condition keys that any action may have. No machine-readable list of them exists.

use crate::database::{Arity, KeyFacts, ValueType};

const fn one(name: &'static str, value: ValueType) -> KeyFacts {
    KeyFacts { name, value, arity: Arity::Single }
}

const fn many(name: &'static str, value: ValueType) -> KeyFacts {
    KeyFacts { name, value, arity: Arity::Many }
}

/// Source: IAM User Guide, "AWS global condition context keys". Keys that are called global there and depend on the
/// service nevertheless (`aws:ResourceTag`, `aws:RequestTag`, `aws:TagKeys`) are not among these: the database has them.
pub(crate) const GLOBAL_KEYS: &[KeyFacts] = &[
    one("aws:AssumedRoot", ValueType::Bool),
    one("aws:CalledViaAWSMCP", ValueType::String),
    many("aws:CalledVia", ValueType::String),
    one("aws:CalledViaFirst", ValueType::String),
    one("aws:CalledViaLast", ValueType::String),
    one("aws:ChatbotSourceArn", ValueType::Arn),
    one("aws:CurrentTime", ValueType::Date),
    one("aws:Ec2InstanceSourcePrivateIPv4", ValueType::IpAddress),
    one("aws:Ec2InstanceSourceVpc", ValueType::String),
    one("aws:EpochTime", ValueType::Numeric),
    one("aws:FederatedProvider", ValueType::String),
    one("aws:IsMcpServiceAction", ValueType::Bool),
    one("aws:MultiFactorAuthAge", ValueType::Numeric),
    one("aws:MultiFactorAuthPresent", ValueType::Bool),
    one("aws:PrincipalAccount", ValueType::String),
    one("aws:PrincipalArn", ValueType::Arn),
    one("aws:PrincipalIsAWSService", ValueType::Bool),
    one("aws:PrincipalOrgID", ValueType::String),
    many("aws:PrincipalOrgPaths", ValueType::String),
    one("aws:PrincipalServiceName", ValueType::String),
    many("aws:PrincipalServiceNamesList", ValueType::String),
    one("aws:PrincipalTag/*", ValueType::String),
    one("aws:PrincipalType", ValueType::String),
    one("aws:referer", ValueType::String),
    one("aws:RequestedRegion", ValueType::String),
    one("aws:ResourceAccount", ValueType::String),
    one("aws:ResourceOrgID", ValueType::String),
    many("aws:ResourceOrgPaths", ValueType::String),
    one("aws:SecureTransport", ValueType::Bool),
    one("aws:SourceAccount", ValueType::String),
    one("aws:SourceArn", ValueType::Arn),
    one("aws:SourceIdentity", ValueType::String),
    one("aws:SourceIp", ValueType::IpAddress),
    one("aws:SourceOrgID", ValueType::String),
    many("aws:SourceOrgPaths", ValueType::String),
    one("aws:SourceVpc", ValueType::String),
    one("aws:SourceVpcArn", ValueType::Arn),
    one("aws:SourceVpce", ValueType::String),
    one("aws:SignInSessionArn", ValueType::Arn),
    one("aws:TokenIssueTime", ValueType::Date),
    one("aws:UserAgent", ValueType::String),
    one("aws:userid", ValueType::String),
    one("aws:username", ValueType::String),
    one("aws:ViaAWSService", ValueType::Bool),
    one("aws:VpceAccount", ValueType::String),
    one("aws:VpceOrgID", ValueType::String),
    many("aws:VpceOrgPaths", ValueType::String),
    one("ec2:RoleDelivery", ValueType::Numeric),
    one("ec2:SourceInstanceArn", ValueType::Arn),
    one("glue:CredentialIssuingService", ValueType::String),
    one("glue:RoleAssumedBy", ValueType::String),
    one("lambda:SourceFunctionArn", ValueType::Arn),
    one("ssm:SourceInstanceArn", ValueType::Arn),
    one("identitystore:UserId", ValueType::String),
];
