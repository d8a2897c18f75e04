// Cases by theme, the same for the same seed.

const HOME = '111122223333'
const AWAY = '444455556666'

/** A small generator of numbers (mulberry32), so that a seed names a run. */
export function random(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const pick = (list) => list[Math.floor(next() * list.length)]
  const chance = (share) => next() < share
  const some = (list, least, most) => {
    const count = least + Math.floor(next() * (most - least + 1))
    return [...new Set(Array.from({ length: count }, () => pick(list)))]
  }
  return { next, pick, chance, some }
}

const ROLE = `arn:aws:iam::${HOME}:role/app`
const SESSION = `arn:aws:sts::${HOME}:assumed-role/app/night`
const USER = `arn:aws:iam::${HOME}:user/bob`
const FEDERATED_USER = `arn:aws:sts::${HOME}:federated-user/carol`

const QUESTIONS = [
  ['s3:GetObject', 'arn:aws:s3:::data/bob/a.txt'],
  ['s3:GetObject', 'arn:aws:s3:::data/red/bxc'],
  ['s3:PutObject', 'arn:aws:s3:::logs/x'],
  ['s3:ListBucket', 'arn:aws:s3:::data'],
  ['sqs:SendMessage', `arn:aws:sqs:eu-west-1:${HOME}:jobs`],
  ['dynamodb:GetItem', `arn:aws:dynamodb:eu-west-1:${HOME}:table/orders`],
  ['ec2:DescribeInstances', '*'],
  ['ec2:TerminateInstances', `arn:aws:ec2:eu-west-1:${HOME}:instance/i-0123456789abcdef0`],
  ['iam:PassRole', `arn:aws:iam::${HOME}:role/team/worker`],
  ['secretsmanager:GetSecretValue', `arn:aws:secretsmanager:eu-west-1:${HOME}:secret:db-AbCdEf`],
]

const ACTIONS = [
  '*', 's3:*', 's3:Get*', 'S3:getobject', 's3:GetObject', 's3:?etObject', 's3:*Object', 's3:PutObject', 's3:List*',
  'sqs:*', 'sqs:Send*', 'dynamodb:*', 'dynamodb:Get?tem', 'ec2:*', 'ec2:Describe*', 'EC2:TerminateInstances',
  'iam:*', 'iam:Pass*', 'secretsmanager:*',
]

const RESOURCES = [
  '*', '*', 'arn:aws:s3:::data/*', 'arn:aws:s3:::data', 'arn:aws:s3:::*', 'arn:aws:s3:::*/bob/*', 'arn:aws:s3:::data/b??/*',
  'arn:aws:s3:::DATA/*', 'arn:aws:s3:::data/${aws:username}/*', "arn:aws:s3:::data/${aws:PrincipalTag/team, 'red'}/*",
  'arn:aws:s3:::data/*/b${*}c', 'arn:aws:s3:::data/*/${aws:userid}', 'arn:aws:s3', 'arn:aws:s3:*', 'arn:aws:sqs:*:*:jobs',
  'arn:aws:sqs:eu-*:' + HOME + ':*', 'arn:aws:sqs:us-east-1:*:*', 'arn:aws:dynamodb:*:*:table/*', 'arn:aws:ec2:*:*:instance/*',
  'arn:aws:iam::*:role/team/*', 'arn:aws:iam::*:role/worker', 'arn:*:*:*:*:*', 'arn:aws:secretsmanager:*:*:secret:db-??????',
]

/** Keys of the request: how to say each, and values that conditions compare with. */
const KEYS = {
  'aws:username': { said: ['bob', 'Bob', 'eve'], wanted: ['bob', 'BOB', 'b*', 'e?e', '${aws:PrincipalTag/team}', "${aws:userid, 'bob'}"], type: 'String' },
  'aws:userid': { said: ['AIDAEXAMPLE'], wanted: ['AIDA*', 'AIDAEXAMPLE', 'x'], type: 'String' },
  'aws:PrincipalTag/team': { said: ['red', 'blue', 'bob'], wanted: ['red', 'RED', '*', 'b*', '${aws:username}', '${aws:PrincipalTag/missing}'], type: 'String' },
  'aws:PrincipalOrgID': { said: ['o-a1b2c3d4e5'], wanted: ['o-a1b2c3d4e5', 'o-other', 'o-*'], type: 'String' },
  'aws:RequestedRegion': { said: ['eu-west-1', 'us-east-1'], wanted: ['eu-west-1', 'eu-*', 'us-east-1'], type: 'String' },
  'aws:SourceIp': { said: ['10.1.2.3', '203.0.113.9', '2001:db8::7', '2001:db8:ffff::1'], wanted: ['10.0.0.0/8', '10.1.2.3/32', '203.0.113.0/29', '2001:db8::/48', '2001:db8::7/128', '::/0'], type: 'Ip' },
  'aws:VpcSourceIp': { said: ['10.9.9.9'], wanted: ['10.9.0.0/16', '10.9.9.9/32', '192.168.0.0/16'], type: 'Ip' },
  'aws:CurrentTime': { said: ['2026-11-22T12:00:00Z', '2020-02-29T23:59:59Z'], wanted: ['2026-11-22T12:00:00Z', '2026-11-22T13:00:00+01:00', '2021-01-01', '2026-11-22T11:59Z', '2026-11-22T12:00:00.001Z'], type: 'Date' },
  'aws:TokenIssueTime': { said: ['2026-11-22T11:00:00Z'], wanted: ['2026-11-22T11:00:00Z', '2025-01-01T00:00:00Z', '2027-01-01T00:00:00Z'], type: 'Date' },
  'aws:MultiFactorAuthAge': { said: ['0', '100', '3600'], wanted: ['0', '100', '100.0', '900', '3600', '-1'], type: 'Numeric' },
  'aws:MultiFactorAuthPresent': { said: ['true', 'false'], wanted: ['true', 'false', 'TRUE'], type: 'Bool' },
  'aws:SecureTransport': { said: ['true', 'false'], wanted: ['true', 'False'], type: 'Bool' },
  'aws:ViaAWSService': { said: ['true', 'false'], wanted: ['true', 'false'], type: 'Bool' },
  'aws:PrincipalArn': { said: [ROLE, USER, `arn:aws:iam::${AWAY}:role/team/app`], wanted: [ROLE, `arn:aws:iam::*:role/*`, `arn:aws:iam::${HOME}:user/\${aws:username}`, `arn:aws:iam::11112222333?:*`, `arn:aws:iam::*:app`, 'arn:aws:iam:*:role/app', 'arn:*:*:*:*:*'], type: 'Arn' },
  'aws:SourceArn': { said: ['arn:aws:s3:::data', `arn:aws:sns:eu-west-1:${HOME}:topic`], wanted: ['arn:aws:s3:::*', 'arn:aws:sns:*:*:topic', `arn:aws:sns:eu-west-1:${HOME}:topic`, 'arn:aws:s3:*:*:data'], type: 'Arn' },
  'aws:TagKeys': { said: [['team'], ['team', 'cost'], ['cost', 'Owner', 'team']], wanted: ['team', 'cost', 'owner', 't*', '*'], type: 'String', many: true },
  'aws:CalledVia': { said: [['athena.amazonaws.com'], ['cloudformation.amazonaws.com', 'dynamodb.amazonaws.com']], wanted: ['athena.amazonaws.com', 'cloudformation.amazonaws.com', '*.amazonaws.com'], type: 'String', many: true },
  'aws:PrincipalOrgPaths': { said: [['o-a1b2c3d4e5/r-ab12/ou-1/'], ['o-a1b2c3d4e5/r-ab12/ou-1/', 'o-a1b2c3d4e5/r-ab12/ou-2/']], wanted: ['o-a1b2c3d4e5/r-ab12/ou-1/', 'o-a1b2c3d4e5/*', 'o-a1b2c3d4e5/r-ab12/ou-2/*'], type: 'String', many: true },
}

const OPERATORS = {
  String: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike'],
  Ip: ['IpAddress', 'NotIpAddress'],
  Date: ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
  Numeric: ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals'],
  Bool: ['Bool'],
  Arn: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
}

function context(r, share) {
  const out = {}
  for (const [key, { said }] of Object.entries(KEYS)) if (r.chance(share)) out[key] = r.pick(said)
  return out
}

function condition(r) {
  const out = {}
  for (let count = r.chance(0.3) ? 2 : 1; count > 0; count--) {
    const key = r.pick(Object.keys(KEYS))
    const { wanted, type, many } = KEYS[key]
    let operator
    let values = r.some(wanted, 1, 3)
    if (r.chance(0.08)) {
      operator = 'Null'
      values = [r.pick(['true', 'false'])]
    } else {
      operator = r.pick(OPERATORS[type])
      // A qualifier is mostly where it belongs, sometimes on a key of one value, sometimes missing.
      const set = r.chance(many ? 0.85 : 0.05) ? r.pick(['ForAnyValue:', 'ForAllValues:']) : ''
      // Of `ForAnyValue:…IfExists` the two think differently: see differences.mjs.
      const suffix = set !== 'ForAnyValue:' && r.chance(0.2) ? 'IfExists' : ''
      operator = set + operator + suffix
    }
    const spelled = r.chance(0.1) ? key.toUpperCase().replace(/^AWS:(\w+)\/.*$/, key) : key
    ;(out[operator] ??= {})[spelled] = values.length === 1 && r.chance(0.5) ? values[0] : values
  }
  return out
}

const list = (r, values) => (values.length === 1 && r.chance(0.5) ? values[0] : values)

function statement(r, { deny = 0.2, conditions = 0.3, nots = 0.15, principals, resources = true } = {}) {
  const out = { Effect: r.chance(deny) ? 'Deny' : 'Allow' }
  if (r.chance(0.5)) out.Sid = 'S' + Math.floor(r.next() * 1000)
  if (principals) Object.assign(out, principals(r, out.Effect))
  out[r.chance(nots) ? 'NotAction' : 'Action'] = list(r, r.some(ACTIONS, 1, 3))
  if (resources) {
    // Of incomplete ARNs in NotResource the two think differently: see differences.mjs.
    const not = r.chance(nots)
    out[not ? 'NotResource' : 'Resource'] = list(r, r.some(not ? RESOURCES.filter((one) => one.split(':').length > 5 || one === '*') : RESOURCES, 1, 3))
  }
  if (r.chance(conditions)) out.Condition = condition(r)
  return out
}

function policy(r, options, most = 3) {
  const count = 1 + Math.floor(r.next() * most)
  const statements = Array.from({ length: count }, () => statement(r, options))
  const sids = new Set()
  for (const one of statements) {
    if (sids.has(one.Sid)) delete one.Sid
    sids.add(one.Sid)
  }
  return { Version: '2012-10-17', Statement: statements }
}

const ALL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

function ask(r, questions = QUESTIONS) {
  const [action, resource] = r.pick(questions)
  return { action, resource, account: HOME }
}

function resources(r) {
  const principal = r.pick([SESSION, USER])
  return { principal, ...ask(r), context: context(r, 0.4), identity: Array.from({ length: r.chance(0.3) ? 2 : 1 }, () => policy(r, { conditions: 0, nots: 0.25 })) }
}

function conditions(r) {
  const wide = { Effect: 'Allow', Action: '*', Resource: '*', Condition: condition(r) }
  const document = { Version: '2012-10-17', Statement: [wide] }
  if (r.chance(0.4)) {
    if (r.chance(0.5)) delete wide.Condition
    document.Statement.push({ Effect: 'Deny', Action: '*', Resource: '*', Condition: condition(r) })
  }
  return { principal: r.pick([SESSION, USER]), ...ask(r), context: context(r, 0.7), identity: [document] }
}

function level(r) {
  return Array.from({ length: r.chance(0.4) ? 2 : 1 }, () => (r.chance(0.6) ? ALL : policy(r, { deny: 0.35, nots: 0.1 })))
}

function rcp(r) {
  const services = ['s3:*', 's3:Get*', 'sqs:*', 'secretsmanager:*', 'dynamodb:*', 's3:PutObject']
  const statements = { Effect: 'Deny', Principal: '*', Action: list(r, r.some(services, 1, 2)), Resource: r.pick(['*', 'arn:aws:s3:::data/*']) }
  if (r.chance(0.7)) statements.Condition = condition(r)
  return { Version: '2012-10-17', Statement: [statements] }
}

function layers(r) {
  const out = { principal: r.pick([SESSION, USER]), ...ask(r), context: context(r, 0.6) }
  out.identity = r.chance(0.7) ? [ALL] : [policy(r)]
  if (r.chance(0.5)) out.boundary = r.chance(0.5) ? ALL : policy(r, { deny: 0.25 }, 4)
  if (out.principal === SESSION && r.chance(0.2)) out.session = r.chance(0.5) ? ALL : policy(r)
  out.scps = Array.from({ length: Math.floor(r.next() * 4) }, () => level(r))
  out.rcps = r.chance(0.4) ? [[rcp(r)]] : []
  return out
}

const NAMED = [
  { AWS: HOME }, { AWS: `arn:aws:iam::${HOME}:root` }, { AWS: AWAY }, { AWS: ROLE }, { AWS: SESSION }, { AWS: USER }, { AWS: FEDERATED_USER },
  { AWS: '*' }, '*', { AWS: [ROLE, USER] }, { AWS: [AWAY, SESSION] }, { AWS: `arn:aws:iam::${AWAY}:role/app` },
  { AWS: `arn:aws:sts::${HOME}:assumed-role/app/day` }, { Service: 'lambda.amazonaws.com' }, { AWS: ROLE, Service: ['sns.amazonaws.com', 's3.amazonaws.com'] },
]

function named(r, effect) {
  if (r.chance(0.12)) return { NotPrincipal: r.pick(NAMED.filter((one) => one !== '*' && one.AWS !== '*')) }
  return { Principal: r.pick(NAMED) }
}

function grants(r) {
  const principal = r.pick([SESSION, SESSION, USER, FEDERATED_USER, 'lambda.amazonaws.com'])
  const service = principal.endsWith('.com')
  const out = { principal, ...ask(r, QUESTIONS.filter(([, resource]) => resource.startsWith('arn:aws:s3') || resource.includes(':sqs:'))), context: context(r, 0.5) }
  if (r.chance(0.4)) {
    out.account = AWAY
    out.resource = out.resource.replace(HOME, AWAY)
  }
  out.identity = service || r.chance(0.4) ? [] : [r.chance(0.7) ? ALL : policy(r)]
  if (!service && principal !== FEDERATED_USER && r.chance(0.4)) out.boundary = r.chance(0.4) ? ALL : policy(r)
  // Grants to a session beside a session policy are in differences.mjs.
  if (!service && r.chance(0.3)) out.scps = [level(r)]
  if (r.chance(0.2)) out.rcps = [[rcp(r)]]
  const document = policy(r, { deny: 0.2, nots: 0.05, conditions: 0.25, principals: named })
  for (const one of document.Statement) if (r.chance(0.6)) Object.assign(one, { Action: list(r, r.some(['s3:*', 'sqs:*', '*'], 1, 2)), Resource: '*' }) && (delete one.NotAction, delete one.NotResource)
  out.resource_policy = document
  return out
}

const OIDC = `arn:aws:iam::${HOME}:oidc-provider/token.actions.githubusercontent.com`
const SAML = `arn:aws:iam::${HOME}:saml-provider/idp`

function trust(r) {
  const key = r.chance(0.35)
  const principal = key ? r.pick([SESSION, USER]) : r.pick([SESSION, SESSION, USER, OIDC, SAML, 'lambda.amazonaws.com'])
  const away = r.chance(0.35)
  const account = away ? AWAY : HOME
  const verb = { [OIDC]: 'sts:AssumeRoleWithWebIdentity', [SAML]: 'sts:AssumeRoleWithSAML' }[principal] ?? 'sts:AssumeRole'
  const [action, resource] = key ? ['kms:Decrypt', `arn:aws:kms:eu-west-1:${account}:key/11111111-2222-3333-4444-555555555555`] : [verb, `arn:aws:iam::${account}:role/target`]
  const alone = [OIDC, SAML, 'lambda.amazonaws.com'].includes(principal)
  const out = { principal, action, resource, account: alone ? HOME : account, context: context(r, 0.6) }
  if (alone) out.resource = resource.replace(AWAY, HOME)
  out.identity = alone || r.chance(0.3) ? [] : [r.chance(0.7) ? ALL : policy(r)]
  if (!alone && r.chance(0.3)) out.boundary = r.chance(0.5) ? ALL : policy(r)
  if (!alone && r.chance(0.3)) out.scps = [level(r)]
  const accounts = (one) => [one.AWS].flat().some((arn) => arn === HOME || arn?.endsWith(':root'))
  // Of accounts that mean a federated caller the two think differently: see differences.mjs.
  const fitting = NAMED.filter((one) => principal !== OIDC && principal !== SAML || !accounts(one))
  const principals = () => ({ Principal: r.pick(key ? NAMED.filter((one) => !one.Service) : [...fitting, { Federated: OIDC }, { Federated: SAML }, { Federated: OIDC }, { Service: 'lambda.amazonaws.com' }]) })
  const document = policy(r, { deny: 0.12, nots: 0, conditions: 0.3, principals, resources: key })
  for (const one of document.Statement) {
    one.Action = key ? r.pick(['kms:*', 'kms:Decrypt', 'kms:De*', 'kms:Encrypt']) : r.pick([verb, verb, 'sts:AssumeRole*', 'sts:TagSession', 'sts:*'])
    if (key) one.Resource = '*'
  }
  out.resource_policy = document
  return out
}

export const THEMES = { resources, conditions, layers, grants, trust }
