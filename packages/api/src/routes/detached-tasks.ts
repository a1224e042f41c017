import type { NetPulse } from '@netpulse/engine'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { mayEndTask } from '../access/job-access.js'
import { listVisibleTasks } from '../access/list-visible.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { allPages, linkNextPage, pageHeaders, pageOf } from '../paging.js'
import type { Principal } from '../principal.js'
import { recordAct } from '../record-act.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors } from '../schemas/error-schemas.js'
import type { ListTasksQuery } from '../schemas/task-schemas.js'
import { ClearedTasks, DetachedTaskInResponse, ListTasksQuery as listTasksQuery } from '../schemas/task-schemas.js'
import { taskOnWire } from '../wire/task-on-wire.js'

/** `GET /detached-tasks`: newest first, in pages. */
export function listTasksRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.get<{ Querystring: ListTasksQuery }>(
    '/detached-tasks',
    {
      config: { netpulseScope: 'job:read:own' },
      schema: {
        tags: ['detached tasks'],
        operationId: 'listDetachedTasks',
        summary: 'List detached tasks, newest first',
        description:
          'Those that the key may know of. One that has ended is listed for five minutes. When there are more, `X-Next-Cursor` and `Link` lead to the next page.',
        querystring: listTasksQuery,
        response: {
          200: {
            ...Type.Array(DetachedTaskInResponse),
            examples: [answerExamples.tasks],
            description: 'A page of tasks.',
            headers: pageHeaders,
          },
          ...commonErrors,
        },
      },
    },
    async (request, reply) => {
      const { status } = request.query
      const filter = status === undefined ? {} : { status }
      const page = await listVisibleTasks(netpulse, filter, pageOf(request.query), principalOf(request))
      linkNextPage(request, reply, page.nextCursor)
      return page.items.map((task) => taskOnWire(task, timestamp))
    },
  )
}

/** Forgets every task that the key may end. */
async function clear(netpulse: NetPulse, principal: Principal): Promise<number> {
  let count = 0
  for await (const tasks of allPages((page) => netpulse.tasks.list({}, page))) {
    const own = tasks.filter((task) => mayEndTask(principal, task))
    const gone = await Promise.all(own.map(({ id }) => netpulse.tasks.forget(id)))
    count += gone.filter(Boolean).length
  }
  return count
}

/** `DELETE /detached-tasks`: what runs at the devices runs on. */
export function clearTasksRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.delete(
    '/detached-tasks',
    {
      config: { netpulseScope: 'job:cancel:own' },
      schema: {
        tags: ['detached tasks'],
        operationId: 'clearDetachedTasks',
        summary: 'Forget all detached tasks',
        description:
          'Only the registry is cleared, of the tasks that the key may end: what runs on the devices runs on, is not told of any more, and can be found again by `POST /detached-tasks/discover`. To end a task, delete it by its id.',
        response: {
          200: {
            ...ClearedTasks,
            examples: [answerExamples.clearedTasks],
            'x-response-description': 'They are forgotten.',
          },
          ...commonErrors,
        },
      },
    },
    async (request) => {
      const count = await clear(netpulse, principalOf(request))
      if (count > 0) await recordAct(netpulse, request, { action: 'task.forgotten', details: { count } })
      return { status: 'cleared', count }
    },
  )
}
