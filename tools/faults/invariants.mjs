import { userOf } from './work.mjs'

/** What must hold for one job, by its record and the device's own counts. Answers with what does not. */
export function jobFlaws(job, device) {
  const flaws = [...lineFlaws(job, device), ...answerFlaws(job, device)]
  if (job.outcome === undefined) flaws.push(`I1: job ${job.id} is ${job.status} without an outcome`)
  return flaws
}

/** Outcomes that say that the device is as it was before. */
const changedNothing = ['failed', 'rolled_back', 'expired', 'canceled']

function lineFlaws({ id, outcome, request }, device) {
  const counts = device.stats.configLineCounts()
  const lines = request.operation.lines ?? []
  const inForce = lines.filter((line) => isInForce(device, line))
  const flaws = lines
    .filter((line) => counts.get(line) > 1)
    .map((line) => `I3: "${line}" of job ${id} was applied ${counts.get(line)} times`)
  if (outcome === 'succeeded' && inForce.length < lines.length)
    flaws.push(`I9: job ${id} succeeded, but ${lines.length - inForce.length} of its ${lines.length} lines are missing`)
  if (changedNothing.includes(outcome) && inForce.length > 0)
    flaws.push(`I9: job ${id} ended ${outcome}, which says that nothing was changed, but "${inForce[0]}" is in force`)
  return flaws
}

function answerFlaws({ id, kind, outcome, result, progress, strategy }, device) {
  const answers = [...(result?.results ?? []), ...progress]
  const flaws = answers.flatMap(({ stdout }) => identityFlaws({ id, stdout, strategy }, device))
  if (kind === 'query' && outcome === 'succeeded' && !answers.some(({ stdout }) => identity.test(stdout)))
    flaws.push(`I5: job ${id} succeeded without an answer that names its device`)
  return flaws
}

/** Whole lines: Junos shows a candidate's lines in its own tree, so there the last word of the name is looked for. */
function isInForce({ runningConfig, platform }, line) {
  const name = /\S+-l\d+/.exec(line)[0]
  return platform === 'juniper_junos'
    ? new RegExp(`\\b${name}\\b`).test(runningConfig)
    : runningConfig.split('\n').some((one) => one.trim() === line)
}

const identity = /identity device=(\S+) .*user=(\S+)/

function identityFlaws({ id, stdout, strategy }, device) {
  const [, name, user] = identity.exec(stdout) ?? []
  if (name === undefined) return []
  if (name !== device.name) return [`I5: job ${id} of ${device.name} holds an answer of ${name}`]
  const wanted = userOf(device, strategy)
  return user === wanted ? [] : [`I5: job ${id} of user ${wanted} ran in a session of ${user}`]
}

/**
 * Behind a change of unknown outcome no other change of the device begins before somebody has released it.
 * @param {readonly { device: string, at: number }[]} releases in order; `at` in ms, taken before the release was asked for
 */
export function holdFlaws(jobs, releases) {
  const changes = jobs.filter(({ kind, startedAt }) => kind !== 'query' && startedAt !== undefined)
  return changes
    .filter(({ outcome }) => outcome === 'unknown')
    .flatMap((unknown) => {
      const from = unknown.endedAt.getTime()
      const until = releases.find(({ device, at }) => device === unknown.deviceId && at >= from)?.at ?? Infinity
      return changes
        .filter(({ deviceId, startedAt }) => deviceId === unknown.deviceId && startedAt > from && startedAt < until)
        .map(({ id }) => `job ${id} began although ${unknown.deviceId} was held for job ${unknown.id}`)
    })
}

/** What must hold for one device, by what it saw itself. */
export function deviceFlaws({ witness, sessionLimit }) {
  const { device, most } = witness
  const flaws = []
  const { username, name, stats } = device
  if ((most.get(username) ?? 0) > sessionLimit)
    flaws.push(`I6: ${name} had ${most.get(username)} sessions of its holders open at once, more than ${sessionLimit}`)
  // Once a later session has changed the device, an earlier one must never write again.
  let latest = 0
  for (const { session, line } of stats.configLines) {
    if (session < latest) flaws.push(`I2: session ${session} wrote "${line}" to ${name} after session ${latest} had`)
    latest = Math.max(latest, session)
  }
  return flaws
}
