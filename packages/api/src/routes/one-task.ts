import { asTaskId } from '@netpulse/core'
import { commandResultOnWire } from '@netpulse/webhooks'
import type { FastifyInstance } from 'fastify'
import { mayEndTask } from '../access/job-access.js'
import { visibleTask } from '../access/visible-task.js'
import type { ApiContext } from '../api-context.js'
import { assertScope, principalOf } from '../authentication.js'
import { recordAct } from '../record-act.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { errorAnswer, taskErrors } from '../schemas/error-schemas.js'
import type { ReadTaskQuery } from '../schemas/task-schemas.js'
import { DetachedTaskQueryResponse, KilledTask, ReadTaskQuery as query, TaskParams } from '../schemas/task-schemas.js'
import { whileConnected } from '../while-connected.js'

/** `GET /detached-tasks/{task_id}`: asks the device, and waits for it for five seconds. */
export function readTaskRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.get<{ Params: TaskParams; Querystring: ReadTaskQuery }>(
    '/detached-tasks/:task_id',
    {
      config: { netpulseScope: 'job:read:own' },
      schema: {
        tags: ['detached tasks'],
        operationId: 'readDetachedTask',
        summary: 'Read the log of a detached task',
        description:
          'Asks the device for the log from a byte on, behind the jobs that wait for it, and waits for five seconds. Go on with `next_offset` of the answer until `completed` is true.',
        params: TaskParams,
        querystring: query,
        response: {
          200: {
            ...DetachedTaskQueryResponse,
            examples: [answerExamples.taskLog],
            'x-response-description': 'How it stands, and what it has printed.',
          },
          ...taskErrors,
        },
      },
    },
    async (request, reply) => {
      const id = asTaskId(request.params.task_id)
      await visibleTask(netpulse, id, principalOf(request))
      const { offset = 0 } = request.query
      const { task, results } = await whileConnected(reply, (signal) => netpulse.tasks.read(id, { offset, signal }))
      return { task_id: id, status: task.status, result: results.map((one) => commandResultOnWire(one)) }
    },
  )
}

/** `DELETE /detached-tasks/{task_id}`: ends its whole process group, within ten seconds. */
export function killTaskRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.delete<{ Params: TaskParams }>(
    '/detached-tasks/:task_id',
    {
      config: { netpulseScope: 'shell:run' },
      schema: {
        tags: ['detached tasks'],
        operationId: 'killDetachedTask',
        summary: 'End a detached task',
        description:
          'Ends every process of its group, removes what it left on the device and forgets it; its webhook is told `detached.failed` with `TASK_KILLED`. After a 504 that is still done, as soon as the device can be asked.',
        params: TaskParams,
        response: {
          200: { ...KilledTask, examples: [answerExamples.killedTask], 'x-response-description': 'It is ended.' },
          ...taskErrors,
          409: errorAnswer(409, 'Too many change the task at once; try again.'),
        },
      },
    },
    async (request) => {
      const id = asTaskId(request.params.task_id)
      const principal = principalOf(request)
      const task = await visibleTask(netpulse, id, principal)
      if (!mayEndTask(principal, task)) assertScope(principal, ['job:cancel:all'])
      await netpulse.tasks.kill(id)
      await recordAct(netpulse, request, { action: 'task.killed', device: task.device.id, details: { task_id: id } })
      return { status: 'killed', task_id: id }
    },
  )
}
