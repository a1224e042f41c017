import { appendAudit, openAudit, sealAudit } from './audit.js'
import { finish, journal, retry } from './claimed.js'
import { cancel, find, findOne, jobEvents, list, sweep } from './jobs.js'
import { cancelsOf, devicesWithWork, lease, leasesOf, release, releaseHold } from './leases.js'
import { adopt, drain, heartbeat, leave, listNodes, lost, register, rooms, verdict } from './nodes.js'
import { claimDeliveries, deadDeliveries, deliveriesOf, replayDelivery, settleDelivery } from './outbox.js'
import { prelude } from './prelude.js'
import { submit } from './submit.js'
import { startWork, take } from './take.js'
import { addTask, claimTasks, findTask, listTasks, removeTask, saveTask } from './tasks.js'

const bodies = {
  addTask,
  adopt,
  appendAudit,
  cancel,
  cancelsOf,
  claimDeliveries,
  claimTasks,
  deadDeliveries,
  deliveriesOf,
  devicesWithWork,
  drain,
  find,
  findOne,
  findTask,
  finish,
  heartbeat,
  jobEvents,
  journal,
  lease,
  leasesOf,
  leave,
  list,
  listNodes,
  listTasks,
  lost,
  openAudit,
  register,
  release,
  releaseHold,
  removeTask,
  replayDelivery,
  retry,
  rooms,
  saveTask,
  sealAudit,
  settleDelivery,
  startWork,
  submit,
  sweep,
  take,
  verdict,
} as const

export type ScriptName = keyof typeof bodies

/** A script and its name as a command of the client: names of ours must not hide commands of Redis. */
export interface Script {
  readonly name: ScriptName
  readonly command: string
  readonly lua: string
}

/** What a script uses of the prelude: to define all of it costs as much as a short script. */
function usedOf(body: string): string {
  const used: string[] = []
  // A function uses only those above it.
  for (const part of prelude.split(/\n(?=local |--)/).reverse()) {
    const name = /^local function (\w+)/.exec(part)?.[1]
    const isUsed = name === undefined || [body, ...used].some((text) => text.includes(`${name}(`))
    if (isUsed && !part.startsWith('--')) used.unshift(part)
  }
  return used.join('\n')
}

export const commandOf = (name: ScriptName): string => `netpulse_${name}`

/** Every change is one of these: atomic, whole or not at all. */
export const scripts: readonly Script[] = Object.entries(bodies).map(([name, body]) => ({
  name: name as ScriptName,
  command: commandOf(name as ScriptName),
  lua: `${usedOf(body)}\n${body}`,
}))
