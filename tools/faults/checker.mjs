import { canary, everythingWritten } from './world.mjs'

const finals = ['finished', 'failed', 'canceled', 'stopped', 'expired']

/** Longest time from a fault to the last end, in seconds: I4 of the reliability rules. */
export const longestTakeOverSeconds = 15

/**
 * What must hold whatever was killed, seen from outside: by the devices' own counts and the stored jobs and events.
 * @returns {Promise<{ violations: string[], takeOverSeconds: number, ends: Record<string, number> }>}
 */
export async function check(world, { faultAt, limitSeconds = longestTakeOverSeconds }) {
  const violations = []
  const ends = {}
  const { records, releasedAt } = await endsOf(world, violations, limitSeconds)
  let last = faultAt
  for (const { job, record } of records) {
    const end = `${record.status}/${record.outcome ?? ''}`
    ends[end] = (ends[end] ?? 0) + 1
    // What was held back counts from its release, not from the fault.
    const endedAt = record.endedAt?.getTime() ?? 0
    if (endedAt < releasedAt) last = Math.max(last, endedAt)
    violations.push(...flawsOf(job, record))
    violations.push(...(await eventFlaws(world, record)))
  }
  for (const device of world.devices) violations.push(...deviceFlaws(device))
  for (const text of await everythingWritten(world)) {
    if (text.includes(canary)) violations.push(`I8: a secret is written: …${excerpt(text)}…`)
  }
  const takeOverSeconds = (last - faultAt) / 1000
  if (takeOverSeconds > limitSeconds) violations.push(`I4: the last job ended ${takeOverSeconds} s after the fault`)
  return { violations, takeOverSeconds, ends }
}

/** The jobs once they have ended; what waits behind a held device is released first, and must then run. */
async function endsOf(world, violations, limitSeconds) {
  const records = []
  let releasedAt = Infinity
  const waiting = new Set(world.accepted)
  const deadline = AbortSignal.timeout((limitSeconds + 30) * 1000)
  while (waiting.size > 0 && !deadline.aborted) {
    for (const job of [...waiting]) {
      const record = await world.eye.wait(job.id, { timeoutMs: 1000 })
      if (!finals.includes(record.status)) continue
      records.push({ job, record })
      waiting.delete(job)
    }
    // Only then: a hold that is lifted early would hide a takeover that is late.
    const isHeld = await heldDevices(world)
    if (![...waiting].every(({ device }) => isHeld.has(device.name))) continue
    releasedAt = Math.min(releasedAt, Date.now())
    for (const device of isHeld) await world.eye.releaseHold(device)
  }
  for (const { id } of waiting) {
    const record = await world.eye.find(id)
    violations.push(`I1: job ${id} has not ended: ${record === undefined ? 'it is gone' : record.status}`)
  }
  return { records, releasedAt }
}

const heldDevices = async ({ eye }) => new Set((await eye.holds()).map(({ device }) => device))

function flawsOf({ id, device, lines }, { status, outcome, result }) {
  const counts = device.stats.configLineCounts()
  const flaws = []
  for (const line of lines)
    if ((counts.get(line) ?? 0) > 1) flaws.push(`I3: "${line}" was applied ${counts.get(line)} times`)
  if (outcome === 'succeeded' && lines.some((line) => !counts.has(line)))
    flaws.push(`I9: job ${id} succeeded, but the device lacks a line`)
  if (outcome === 'failed' && lines.some((line) => device.runningConfig.includes(line)))
    flaws.push(`I9: job ${id} says that nothing was changed, but a line is in force`)
  if (hasForeignAnswer(device, result)) flaws.push(`I5: job ${id} of ${device.name} holds the answer of another device`)
  if (status === 'finished' && outcome === undefined) flaws.push(`job ${id} is finished without an outcome`)
  return flaws
}

/** Each show answer says which device gave it. */
const hasForeignAnswer = ({ name }, result) =>
  (result?.results ?? []).some(({ stdout }) => {
    const identity = /identity device=(\S+)/.exec(stdout)?.[1]
    return identity !== undefined && identity !== name
  })

async function eventFlaws({ eye }, { id }) {
  let ended = 0
  for await (const { type } of eye.events({ jobId: id, signal: AbortSignal.timeout(10_000) }))
    if (type === 'ended') ended++
  return ended === 1 ? [] : [`I7: job ${id} has ${ended} events of its end`]
}

/** Once a later session has changed the device, an earlier one must never write again. */
function deviceFlaws({ name, stats }) {
  let latest = 0
  for (const { session, line } of stats.configLines) {
    if (session < latest) return [`I2: session ${session} wrote "${line}" to ${name} after session ${latest} had`]
    latest = session
  }
  return []
}

const excerpt = (text) =>
  text.slice(Math.max(0, text.indexOf(canary) - 40), text.indexOf(canary) + 40).replaceAll('\n', ' ')
