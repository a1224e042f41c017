import { appendFileSync } from 'node:fs'
import { FolderFiles } from './folder-files.js'

const text = { type: 'string' }
const object = (properties, required = []) => ({ type: 'object', properties, required, additionalProperties: false })

/** A session with a device that is a folder: copies files, and notes each command instead of running it. */
class FolderSession {
  info = { device_type: 'folder' }
  usable = true
  #log

  constructor({ root, log, stop_after: stopAfter, damage }) {
    this.#log = log
    this.files = new FolderFiles({ root, log, damage, ...(stopAfter === undefined ? {} : { stopAfter }) })
  }

  onLost() {}

  async probe() {}

  async send(input, { onOutput }) {
    appendFileSync(this.#log, `run ${input}\n`)
    onOutput?.(`did ${input}\n`)
    const failure = input.includes('refused') ? { kind: 'other', message: 'exit status 3' } : null
    return { input, output: `did ${input}`, exitStatus: failure === null ? 0 : 3, failure, elapsedMs: 1 }
  }

  async [Symbol.asyncDispose]() {
    this.usable = false
  }
}

export default {
  kind: 'driver',
  name: 'folder',
  apiVersion: 1,
  defaultPort: 22,
  defaultStrategy: 'fifo',
  optionsSchema: object({}),
  connectionSchema: object(
    {
      root: text,
      log: text,
      username: text,
      password: { ...text, writeOnly: true },
      stop_after: { type: 'integer' },
      damage: { type: 'boolean', default: false },
    },
    ['root', 'log'],
  ),
  commandSchema: object({}),
  configSchema: object({}),
  fileSchema: object({ sudo_password: { ...text, writeOnly: true } }),
  switchesSchema: object({}),
  load: async () => () => ({ open: async ({ connection }) => new FolderSession(connection) }),
}
