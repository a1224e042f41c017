import { defineDriver } from '@netpulse/driver-sdk'

const nothing = { type: 'object', additionalProperties: false, properties: {} }
const seconds = { type: 'number', exclusiveMinimum: 0, default: 10 }

/** A driver for the box of `box.mjs`, as a third party would write it. */
export default defineDriver({
  name: 'task-box',
  apiVersion: 1,
  defaultPort: 7070,
  defaultStrategy: 'fifo',
  tasks: true,
  optionsSchema: nothing,
  connectionSchema: {
    ...nothing,
    properties: {
      username: { type: 'string', default: 'box' },
      password: { type: 'string', writeOnly: true },
    },
  },
  commandSchema: {
    ...nothing,
    properties: { read_timeout: seconds, sudo_password: { type: 'string', writeOnly: true } },
  },
  configSchema: nothing,
  switchesSchema: nothing,
  load: async () => {
    const { openBoxSession } = await import('./driver.mjs')
    return ({ clock }) => ({ open: (request, context) => openBoxSession(request, context, clock) })
  },
})
