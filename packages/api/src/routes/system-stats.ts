import type { JobStatus } from '@netpulse/core'
import type { WorkerInfo } from '@netpulse/engine'
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../api-context.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors } from '../schemas/error-schemas.js'
import { SystemStatsResponse } from '../schemas/response-schemas.js'

function workerStats(workers: readonly WorkerInfo[]): SystemStatsResponse['workers'] {
  const of = (wanted: (worker: WorkerInfo) => boolean): number => workers.filter(wanted).length
  return {
    total: workers.length,
    pinned: of(({ type }) => type === 'pinned'),
    fifo: of(({ type }) => type === 'fifo'),
    node: of(({ type }) => type === 'node'),
    idle: of(({ state }) => state === 'idle'),
    busy: of(({ state }) => state === 'busy'),
  }
}

function jobStats(counts: Readonly<Record<JobStatus, number>>): SystemStatsResponse['jobs'] {
  return {
    succeeded: counts.finished,
    failed: counts.failed + counts.stopped + counts.expired,
    in_progress: counts.started,
    queued: counts.queued + counts.scheduled + counts.deferred,
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),
  }
}

function nodeStats(workers: readonly WorkerInfo[]): SystemStatsResponse['nodes'] {
  const capacities = new Map(workers.map(({ node }) => [node.node, node.capacity]))
  return { active: capacities.size, total_capacity: [...capacities.values()].reduce((sum, one) => sum + one, 0) }
}

/** `GET /system/stats`: the whole deployment at a glance. */
export function systemStatsRoute(app: FastifyInstance, { netpulse, clock }: ApiContext): void {
  const startedMs = clock.monotonicMs()
  app.get(
    '/system/stats',
    {
      config: { netpulseScope: 'system:read' },
      schema: {
        tags: ['system'],
        operationId: 'systemStats',
        summary: 'Count workers, jobs and nodes',
        description: 'Of the whole deployment; `uptime_seconds` is that of the server that answers.',
        response: {
          200: {
            ...SystemStatsResponse,
            examples: [answerExamples.systemStats],
            'x-response-description': 'The numbers.',
          },
          ...commonErrors,
        },
      },
    },
    async () => {
      const [workers, counts, holds] = await Promise.all([netpulse.workers(), netpulse.counts(), netpulse.holds()])
      return {
        status: 'online',
        workers: workerStats(workers),
        jobs: jobStats(counts),
        nodes: nodeStats(workers),
        // Workers do not end themselves here: a dead session is replaced within its worker, see `/metrics`.
        self_healing: { total_triggers: 0 },
        devices: { held: holds.length },
        uptime_seconds: Math.round(clock.monotonicMs() - startedMs) / 1000,
      }
    },
  )
}
