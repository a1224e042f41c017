import { describe, expect, it } from 'vitest'
import { driverError } from '../../src/errors.js'
import type { CallContext, Driver, DriverManifest, Reply, Session } from '../../src/index.js'
import { driverChecks, runDriverCheck } from '../../src/testing/driver-contract.js'
import type { DriverUnderTest } from '../../src/testing/driver-under-test.js'
import { boxDriver } from '../support/box-driver.js'
import { startBox } from '../support/box.js'

/** The good driver with one fault in its sessions. */
function withSessions(change: (session: Session) => void): DriverManifest {
  return {
    ...boxDriver,
    async load(options) {
      const make = await boxDriver.load(options)
      return (services): Driver => {
        const driver = make(services)
        return {
          async open(request, context) {
            const session = await driver.open(request, context)
            change(session)
            return session
          },
        }
      }
    },
  }
}

function withOpen(open: (good: Driver, ...args: Parameters<Driver['open']>) => Promise<Session>): DriverManifest {
  return {
    ...boxDriver,
    async load(options) {
      const make = await boxDriver.load(options)
      return (services): Driver => {
        const driver = make(services)
        return { open: (request, context) => open(driver, request, context) }
      }
    },
  }
}

function editReplies(edit: (reply: Reply) => Reply): DriverManifest {
  return withSessions((session) => {
    const send = session.send.bind(session)
    session.send = async (...args) => edit(await send(...args))
  })
}

const faults: {
  name: string
  manifest: DriverManifest
  fails: string
  declares?: Partial<DriverUnderTest['declares']>
}[] = [
  {
    name: 'leaves its connection open',
    manifest: withSessions((session) => {
      Object.assign(session, { usable: true, [Symbol.asyncDispose]: () => Promise.resolve() })
    }),
    fails: 'opens a usable session and leaves no connection when it is closed, twice if need be',
  },
  {
    name: 'throws what is no error of NetPulse for a closed port',
    manifest: withOpen(async (good, request, context) => {
      try {
        return await good.open(request, context)
      } catch {
        throw new Error('no')
      }
    }),
    fails: 'says CONNECT_FAILED where nothing listens',
  },
  {
    name: 'shows the credential in its error',
    manifest: withOpen(async (good, request, context) => {
      try {
        return await good.open(request, context)
      } catch {
        throw driverError('AUTH_FAILED', `refused ${String(request.connection['token'])}`)
      }
    }),
    fails: 'refuses a wrong credential with AUTH_FAILED, without the credential in the error, and leaves no connection',
  },
  {
    name: 'leaves the echo in its output',
    manifest: editReplies((reply) => ({ ...reply, output: `${reply.input}\n${reply.output}` })),
    fails: 'answers an accepted command with clean text',
  },
  {
    name: 'leaves carriage returns in its output',
    manifest: editReplies((reply) => ({ ...reply, output: `${reply.output}\r\n` })),
    fails: 'answers an accepted command with clean text',
  },
  {
    name: 'hides a refusal',
    manifest: editReplies((reply) => ({ ...reply, failure: null })),
    fails: 'takes a refusal for an answer, and goes on',
  },
  {
    name: 'commits each line at once behind a candidate',
    manifest: withSessions((session) => {
      const { config } = session
      const apply = config!.apply.bind(config)
      Object.assign(config!, {
        apply: async (...args: Parameters<typeof apply>) => {
          const reply = await apply(...args)
          await config!.candidate!.commit(args[1])
          return reply
        },
      })
    }),
    fails: 'applies accepted lines and is back in the base mode',
  },
  {
    name: 'discards nothing',
    manifest: withSessions((session) => {
      Object.assign(session.config!.candidate!, {
        discard: (context: CallContext) => session.config!.candidate!.commit(context).then(() => undefined),
      })
    }),
    fails: 'shows what a candidate changes, and leaves nothing of a discarded one',
  },
  {
    name: 'has an ability that it does not declare',
    manifest: boxDriver,
    declares: { candidate: false },
    fails: 'has exactly the abilities that are declared',
  },
  {
    name: 'takes unknown keys',
    manifest: { ...boxDriver, commandSchema: { type: 'object', properties: {} } },
    fails: 'refuses unknown keys in every schema, and suggests the right one',
  },
  {
    name: 'does not mark its secret',
    manifest: {
      ...boxDriver,
      connectionSchema: { type: 'object', additionalProperties: false, properties: { token: { type: 'string' } } },
    },
    fails: 'marks what looks like a secret as writeOnly, so that it is sealed and redacted',
  },
  {
    name: 'speaks another plugin API',
    manifest: { ...boxDriver, apiVersion: 99 },
    fails: 'speaks this plugin API, and names itself as a request would',
  },
]

describe('the conformance kit finds a driver that', () => {
  it.each(faults)('$name', async ({ manifest, fails, declares }) => {
    const check = driverChecks.find(({ name }) => name === fails)
    if (check === undefined) throw new Error(`no check is called "${fails}"`)
    const under: DriverUnderTest = {
      name: 'broken',
      manifest,
      declares: { config: true, candidate: true, save: true, ...declares },
      device: startBox,
    }
    await expect(runDriverCheck(under, check)).rejects.toThrow()
    await runDriverCheck(
      { ...under, manifest: boxDriver, declares: { config: true, candidate: true, save: true } },
      check,
    )
  })
})
