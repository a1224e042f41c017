import type { WorkerInfo } from '@netpulse/engine'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { ApiContext } from '../api-context.js'
import { commonErrors } from '../schemas/error-schemas.js'
import type { ListWorkersQuery } from '../schemas/query-schemas.js'
import { ListWorkersQuery as listWorkersQuery } from '../schemas/query-schemas.js'
import { WorkerInResponse } from '../schemas/response-schemas.js'
import { workerOnWire } from '../wire/worker-on-wire.js'

function fits(worker: WorkerInfo, { queue, node, host }: ListWorkersQuery): boolean {
  if (queue !== undefined && worker.queue !== queue) return false
  if (node !== undefined && worker.node.node !== node && worker.node.hostname !== node) return false
  return host === undefined || worker.queue === `HostQ_${host}` || worker.device === host
}

/** `GET /workers`: who is working on what. */
export function workersRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.get<{ Querystring: ListWorkersQuery }>(
    '/workers',
    {
      config: { netpulseRole: 'viewer' },
      schema: {
        tags: ['workers'],
        operationId: 'listWorkers',
        summary: 'List workers',
        description: 'Filters combine.',
        querystring: listWorkersQuery,
        response: { 200: { ...Type.Array(WorkerInResponse), description: 'All workers that fit.' }, ...commonErrors },
      },
    },
    async (request) => {
      const workers = await netpulse.workers()
      return workers.filter((worker) => fits(worker, request.query)).map((worker) => workerOnWire(worker, timestamp))
    },
  )
}
