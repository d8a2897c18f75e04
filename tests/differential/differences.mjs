// Where the two evaluators shall differ: Landfall follows AWS's documents, `ours` is its verdict.

const ACCOUNT = '111122223333'
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/app/night`
const policy = (...Statement) => ({ Version: '2012-10-17', Statement })
const ALL = policy({ Effect: 'Allow', Action: '*', Resource: '*' })
const EC2 = policy({ Effect: 'Allow', Action: 'ec2:*', Resource: '*' })
const GET = { principal: SESSION, action: 's3:GetObject', resource: 'arn:aws:s3:::data/x', account: ACCOUNT, context: {}, identity: [ALL] }
const when = (Condition, context) => ({ ...GET, context, identity: [policy({ Effect: 'Allow', Action: '*', Resource: '*', Condition })] })

export const DIFFERENCES = [
  {
    reason: 'A role without a trust policy cannot be assumed, inside of one account neither (IAM User Guide, "How to use trust policies with IAM roles").',
    ...GET, action: 'sts:AssumeRole', resource: `arn:aws:iam::${ACCOUNT}:role/target`,
    ours: 'ImplicitlyDenied',
  },
  {
    reason: 'What a resource policy grants to a session by its ARN is added after the session policy filtered (IAM User Guide, "Session policies").',
    ...GET, identity: [], session: EC2,
    resource_policy: policy({ Effect: 'Allow', Principal: { AWS: SESSION }, Action: 's3:*', Resource: '*' }),
    ours: 'Allowed',
  },
  {
    reason: '"If the condition key is not present, evaluate the condition element as true" holds for `ForAnyValue:…IfExists` too (IAM User Guide, "...IfExists condition operators").',
    ...when({ 'ForAnyValue:StringEqualsIfExists': { 'aws:CalledVia': 'athena.amazonaws.com' } }, {}),
    ours: 'Allowed',
  },
  {
    reason: '`${*}` is an asterisk in every string, of `StringEquals` too (IAM User Guide, "Specifying special characters as policy variables").',
    ...when({ StringEquals: { 'aws:userid': 'a${*}' } }, { 'aws:userid': 'a*' }),
    ours: 'Allowed',
  },
  {
    reason: '`${$}` is a dollar sign in every string (IAM User Guide, "Specifying special characters as policy variables").',
    ...when({ StringEquals: { 'aws:userid': 'a${$}' } }, { 'aws:userid': 'a$' }),
    ours: 'Allowed',
  },
  {
    reason: 'Date operators read seconds since 1970 as well as ISO 8601 (IAM User Guide, "Date condition operators").',
    ...when({ DateEquals: { 'aws:CurrentTime': '1714521600' } }, { 'aws:CurrentTime': '2024-05-01T00:00:00Z' }),
    ours: 'Allowed',
  },
  {
    reason: 'White space before the default of a variable is no part of its syntax (IAM User Guide, "Specifying default values").',
    ...when({ StringEquals: { 'aws:PrincipalTag/team': "${aws:userid,'red'}" } }, { 'aws:PrincipalTag/team': 'red' }),
    ours: 'Allowed',
  },
  {
    reason: 'A key without values is no key: `Null` is true for "the key does not exist or its value is null" (IAM User Guide, "Condition operator to check existence of condition keys").',
    ...when({ Null: { 'aws:TagKeys': 'true' } }, { 'aws:TagKeys': [] }),
    ours: 'Allowed',
  },
  {
    reason: 'The root user of an account has no identity policies and needs none (IAM User Guide, "AWS account root user").',
    ...GET, principal: `arn:aws:iam::${ACCOUNT}:root`, identity: [],
    ours: 'Allowed',
  },
  {
    reason: 'SCPs bind principals of member accounts; an AWS service that calls for itself is none (AWS Organizations User Guide, "Service control policies").',
    ...GET, principal: 'lambda.amazonaws.com', identity: [], scps: [[EC2]],
    resource_policy: policy({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 's3:*', Resource: '*' }),
    ours: 'Allowed',
  },
  {
    reason: 'An incomplete ARN in `NotResource` excepts what it names and nothing else (IAM User Guide, "IAM JSON policy elements: NotResource").',
    ...GET, identity: [policy({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:sqs:*' })],
    ours: 'Allowed',
  },
  {
    reason: 'Every IPv4 address is in 0.0.0.0/0 (RFC 4632).',
    ...when({ IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, { 'aws:SourceIp': '10.1.2.3' }),
    ours: 'Allowed',
  },
  {
    reason: 'An IPv6 address is not a given IPv4 address; with a range instead of an address the other evaluator agrees.',
    ...when({ NotIpAddress: { 'aws:SourceIp': '10.1.2.3' } }, { 'aws:SourceIp': '2001:db8::7' }),
    ours: 'Allowed',
  },
  {
    reason: 'Four digits are a year, the shortest of the W3C formats (IAM User Guide, "Date condition operators").',
    ...when({ DateGreaterThan: { 'aws:CurrentTime': '2026' } }, { 'aws:CurrentTime': '2020-02-29T23:59:59Z' }),
    ours: 'ImplicitlyDenied',
  },
  {
    reason: 'Whoever an identity provider vouches for is no principal of the account that the provider is registered in (IAM User Guide, "AWS JSON policy elements: Principal").',
    ...GET, principal: `arn:aws:iam::${ACCOUNT}:saml-provider/idp`, identity: [], action: 'sts:AssumeRoleWithSAML', resource: `arn:aws:iam::${ACCOUNT}:role/target`,
    resource_policy: policy({ Effect: 'Deny', Principal: { AWS: ACCOUNT }, Action: 'sts:*' }, { Effect: 'Allow', Principal: { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/idp` }, Action: 'sts:AssumeRoleWithSAML' }),
    ours: 'Allowed',
  },
]
