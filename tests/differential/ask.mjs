// Asks the other evaluator: `node ask.mjs PACKAGE_FOLDER OUT CASES SEED`, one case a line.
import { createWriteStream } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { THEMES, random } from './cases.mjs'
import { DIFFERENCES } from './differences.mjs'

const [folder, target, count, seed] = process.argv.slice(2)
const require = createRequire(pathToFileURL(folder + '/'))
const { runSimulation } = require('@cloud-copilot/iam-simulate')

function simulation(one) {
  const named = (policies, prefix) => policies.map((policy, index) => ({ name: `${prefix}${index}`, policy }))
  const levels = (list, prefix) => (list ?? []).map((policies, index) => ({ orgIdentifier: `${prefix}${index}`, policies: named(policies, `${prefix}${index}-`) }))
  return {
    request: { principal: one.principal, action: one.action, resource: { resource: one.resource, accountId: one.account }, contextVariables: one.context },
    identityPolicies: named(one.identity ?? [], 'identity'),
    permissionBoundaryPolicies: one.boundary ? named([one.boundary], 'boundary') : undefined,
    sessionPolicy: one.session,
    serviceControlPolicies: levels(one.scps, 'scp'),
    resourceControlPolicies: levels(one.rcps, 'rcp'),
    resourcePolicy: one.resource_policy,
  }
}

/** The verdict, or nothing where the other evaluator takes no such case or looks at less than was asked. */
async function verdict(one, refused) {
  const result = await runSimulation(simulation(one), {})
  if (result.resultType !== 'single') {
    const why = JSON.stringify(result.errors ?? result.resultType)
    const message = /"message":"([^"]*)"/.exec(why)?.[1] ?? why
    refused[message] = (refused[message] ?? 0) + 1
    return undefined
  }
  if (result.result.ignoredContextKeys?.length > 0) {
    const message = 'ignored ' + result.result.ignoredContextKeys
    refused[message] = (refused[message] ?? 0) + 1
    return undefined
  }
  return result.overallResult
}

const out = createWriteStream(target)
const themes = Object.keys(THEMES)
const told = {}
for (const theme of themes) {
  const refused = {}
  const verdicts = {}
  const r = random(Number(seed) * 1000 + themes.indexOf(theme))
  for (let made = 0; made < Math.ceil(Number(count) / themes.length); ) {
    const one = THEMES[theme](r)
    const answer = await verdict(one, refused)
    if (answer === undefined) continue
    verdicts[answer] = (verdicts[answer] ?? 0) + 1
    out.write(JSON.stringify({ theme, ...one, verdict: answer }) + '\n')
    made += 1
  }
  told[theme] = { verdicts, refused }
}
for (const { reason, ours, ...one } of DIFFERENCES) {
  const refused = {}
  const answer = await verdict(one, refused)
  if (answer === undefined) throw new Error(`${reason}: ${JSON.stringify(refused)}`)
  out.write(JSON.stringify({ theme: 'differences', reason, ...one, verdict: answer, ours }) + '\n')
}
out.end()
console.log(JSON.stringify(told, null, 1))
