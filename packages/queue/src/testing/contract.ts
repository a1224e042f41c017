import { afterEach, describe, expect, it } from 'vitest'
import { auditContract, auditRestartContract, auditRetentionContract } from './audit-contract.js'
import { capacityContract } from './capacity-contract.js'
import { commandsContract } from './commands-contract.js'
import { eventsContract } from './events-contract.js'
import { jobsContract } from './jobs-contract.js'
import { listContract } from './list-contract.js'
import { nodesContract } from './nodes-contract.js'
import { orderContract } from './order-contract.js'
import { outboxContract, outboxRestartContract } from './outbox-contract.js'
import { positionContract } from './position-contract.js'
import { restartContract } from './restart-contract.js'
import { tasksContract, tasksRestartContract } from './tasks-contract.js'
import { timeContract } from './time-contract.js'
import { workContract } from './work-contract.js'
import type { BackendLimits, MakeBackend } from './world.js'
import { fewAuditEntries, generousLimits, World } from './world.js'

/** Opens a world for one test; it is disposed of after the test. */
export type OpenWorld = (limits?: BackendLimits) => Promise<World>

/** What a backend cannot do, said aloud: its tests are skipped and named as such in the test report. */
export interface Declarations {
  /** Jobs end with the process. */
  readonly losesJobsOnExit?: boolean
}

/** A backend for `queueBackendContract`. */
export interface ContractSubject {
  readonly name: string
  readonly make: MakeBackend
  readonly declares?: Declarations
}

/**
 * Every promise of `QueueBackend`, as tests. Call it in a test file of the package that has the backend; it needs
 * vitest there.
 */
export function queueBackendContract({ name, make, declares = {} }: ContractSubject): void {
  const worlds: World[] = []
  const open: OpenWorld = async (limits = generousLimits) => {
    const world = new World(await make(limits), limits)
    worlds.push(world)
    return world
  }

  describe(`queue backend contract: ${name}`, () => {
    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.dispose()
    })
    describe('jobs', () => jobsContract(open))
    describe('capacity', () => capacityContract(open))
    describe('order, leases and holds', () => orderContract(open))
    describe('work lane', () => workContract(open))
    describe('positions', () => positionContract(open))
    describe('nodes and takeover', () => nodesContract(open))
    describe('commands to nodes', () => commandsContract(open))
    describe('time', () => timeContract(open))
    describe('list', () => listContract(open))
    describe('events', () => eventsContract(open))
    describe('outbox', () => outboxContract(open))
    describe('audit record', () => auditContract(open))
    describe('audit record, retention', () => auditRetentionContract(() => open(fewAuditEntries)))
    describe.skipIf(declares.losesJobsOnExit === true)('audit record, restart', () => auditRestartContract(open))
    describe('tasks', () => tasksContract(open))
    describe.skipIf(declares.losesJobsOnExit === true)('restart', () => restartContract(open))
    describe.skipIf(declares.losesJobsOnExit === true)('outbox, restart', () => outboxRestartContract(open))
    describe.skipIf(declares.losesJobsOnExit === true)('tasks, restart', () => tasksRestartContract(open))
    describe('start and stop', () => lifeContract(open))
  })
}

function lifeContract(open: OpenWorld): void {
  it('starts and stops as often as it is told to', async () => {
    const { backend } = await open()
    await Promise.all([backend.start(), backend.start()])
    await Promise.all([backend.stop(), backend.stop()])
    await backend.stop()
    await backend[Symbol.asyncDispose]()
  })

  it('ends who waits when it is stopped, and refuses what comes later', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne()
    const { signal } = await world.take()
    const waits = [world.ended(id)]
    const stream = world.backend.jobs.events({ afterSequence: 2, signal: new AbortController().signal })
    const next = stream[Symbol.asyncIterator]().next()
    const refused = expect(Promise.all(waits)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await world.backend.stop()
    await refused
    expect(await next).toMatchObject({ done: true })
    expect(signal.reason).toMatchObject({ code: 'LEASE_LOST' })
    await expect(world.offer([world.job()])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
}
