import type { FastifyInstance } from 'fastify'
import { seesTask } from '../access/job-access.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { submitErrors, taskErrors } from '../schemas/error-schemas.js'
import type { DeviceLoginRequest } from '../schemas/request-schemas.js'
import { DetachedTaskDiscoveryRequest } from '../schemas/request-schemas.js'
import { DetachedTaskDiscoverResponse } from '../schemas/task-schemas.js'
import { deviceLoginOf } from '../submit-request.js'
import { whileConnected } from '../while-connected.js'
import { taskOnWire } from '../wire/task-on-wire.js'

/** `POST /detached-tasks/discover`: asks a device for its tasks, within ten seconds. */
export function discoverTasksRoute(app: FastifyInstance, { netpulse, timestamp, bodyLimitBytes }: ApiContext): void {
  app.post<{ Body: DeviceLoginRequest }>(
    '/detached-tasks/discover',
    {
      bodyLimit: bodyLimitBytes,
      config: { netpulseScope: 'shell:run' },
      schema: {
        tags: ['detached tasks'],
        operationId: 'discoverDetachedTasks',
        summary: 'Look for detached tasks on a device',
        description:
          'Finds every task of the login. One that nobody knew is known from here on, as a task of this key; one that was taken for running and is gone becomes `completed`.',
        body: DetachedTaskDiscoveryRequest,
        response: {
          200: {
            ...DetachedTaskDiscoverResponse,
            examples: [answerExamples.discovery],
            'x-response-description': 'What was found.',
          },
          ...submitErrors,
          424: taskErrors[424],
          504: taskErrors[504],
        },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const asked = { ...deviceLoginOf(request.body, principal), owner: principal.id }
      const found = await whileConnected(reply, (signal) => netpulse.tasks.discover(asked, { signal }))
      // A task that another key has launched is there for this login too; who may not know of it is not told.
      const tasks = found.tasks.filter((task) => seesTask(principal, task))
      return {
        discovered: tasks.length,
        synced_off: found.vanished,
        tasks: tasks.map((task) => taskOnWire(task, timestamp)),
      }
    },
  )
}
