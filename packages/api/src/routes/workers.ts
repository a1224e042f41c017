import type { NetPulse, WorkerInfo } from '@netpulse/engine'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { seesDevice } from '../access/job-access.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import type { Principal } from '../principal.js'
import { recordAct } from '../record-act.js'
import { apiError } from '../errors.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors, errorAnswer } from '../schemas/error-schemas.js'
import type { ListWorkersQuery, WorkerParams } from '../schemas/query-schemas.js'
import { ListWorkersQuery as listWorkersQuery, WorkerParams as workerParams } from '../schemas/query-schemas.js'
import { EndedWorker, WorkerInResponse } from '../schemas/response-schemas.js'
import { workerOnWire } from '../wire/worker-on-wire.js'

function fits(worker: WorkerInfo, { queue, node, host }: ListWorkersQuery): boolean {
  if (queue !== undefined && worker.queue !== queue) return false
  if (node !== undefined && worker.node.node !== node && worker.node.hostname !== node) return false
  return host === undefined || worker.queue === `HostQ_${host}` || worker.device === host
}

/** Workers of devices that the key may know of, and those that belong to none. */
async function visibleWorkers(netpulse: NetPulse, principal: Principal): Promise<readonly WorkerInfo[]> {
  const workers = await netpulse.workers()
  return workers.filter(({ device }) => device === undefined || seesDevice(principal, device))
}

const whatEnds =
  'What runs may end first. A pinned worker gives its device up; the next job for the device begins anew. A FIFO worker takes no further job until its process is started again. The worker of a node ends with all its workers, and begins anew: `netpulse-worker` starts another process, a server that runs jobs itself another node.'

/** `GET /workers`: who is working on what. */
export function workersRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.get<{ Querystring: ListWorkersQuery }>(
    '/workers',
    {
      config: { netpulseScope: 'worker:read' },
      schema: {
        tags: ['workers'],
        operationId: 'listWorkers',
        summary: 'List workers',
        description: 'Filters combine.',
        querystring: listWorkersQuery,
        response: {
          200: {
            ...Type.Array(WorkerInResponse),
            examples: [answerExamples.workers],
            description: 'All workers that fit.',
          },
          ...commonErrors,
        },
      },
    },
    async (request) => {
      const workers = await visibleWorkers(netpulse, principalOf(request))
      return workers.filter((worker) => fits(worker, request.query)).map((worker) => workerOnWire(worker, timestamp))
    },
  )
}

/** `DELETE /workers/{name}`: ends one worker, on whichever node it is. */
export function endWorkerRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.delete<{ Params: WorkerParams }>(
    '/workers/:name',
    {
      config: { netpulseScope: 'worker:admin' },
      schema: {
        tags: ['workers'],
        operationId: 'endWorker',
        summary: 'End a worker',
        description: `The name is that of \`GET /workers\`, URL-encoded. ${whatEnds}`,
        params: workerParams,
        response: {
          200: {
            ...EndedWorker,
            examples: [answerExamples.endedWorker],
            'x-response-description': 'It was told to end.',
          },
          ...commonErrors,
          404: errorAnswer(404, 'No such worker.'),
        },
      },
    },
    async (request) => {
      const { name } = request.params
      const isVisible = (await visibleWorkers(netpulse, principalOf(request))).some((worker) => worker.name === name)
      if (!isVisible || !(await netpulse.endWorker(name)))
        throw apiError('WORKER_NOT_FOUND', `Worker ${name} not found`)
      await recordAct(netpulse, request, { action: 'worker.ended', details: { name } })
      return { name }
    },
  )
}

/** `DELETE /workers`: ends all workers of a queue, a node or a host. */
export function endWorkersRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.delete<{ Querystring: ListWorkersQuery }>(
    '/workers',
    {
      config: { netpulseScope: 'worker:admin' },
      schema: {
        tags: ['workers'],
        operationId: 'endWorkers',
        summary: 'End the workers of a queue, a node or a host',
        description: `Filters combine; without one nothing is ended. ${whatEnds}`,
        querystring: listWorkersQuery,
        response: {
          200: {
            ...Type.Array(Type.String()),
            examples: [answerExamples.workerNames],
            description: 'Names of the workers that were told to end.',
          },
          ...commonErrors,
        },
      },
    },
    async (request) => {
      const { queue, node, host } = request.query
      if (queue === undefined && node === undefined && host === undefined) return []
      const workers = (await visibleWorkers(netpulse, principalOf(request))).filter((worker) =>
        fits(worker, request.query),
      )
      const names = await endAll(netpulse, workers)
      if (names.length > 0) await recordAct(netpulse, request, { action: 'worker.ended', details: { names } })
      return names
    },
  )
}

/** The workers of a node whose own worker ends need no order of their own. */
async function endAll(netpulse: NetPulse, workers: readonly WorkerInfo[]): Promise<string[]> {
  const ending = new Set(workers.filter(({ type }) => type === 'node').map(({ node }) => node.node))
  const told = workers.filter(({ type, node }) => type === 'node' || !ending.has(node.node))
  const ended = await Promise.all(told.map(({ name }) => netpulse.endWorker(name)))
  const gone = new Set(told.filter((_, index) => !ended[index]).map(({ name }) => name))
  return workers.map(({ name }) => name).filter((name) => !gone.has(name))
}
