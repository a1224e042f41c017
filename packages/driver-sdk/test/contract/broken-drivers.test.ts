import { stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { driverError } from '../../src/errors.js'
import type {
  CallContext,
  Driver,
  DriverManifest,
  FileAccess,
  FileCopy,
  Reply,
  Session,
  TransferContext,
} from '../../src/index.js'
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

type Upload = FileAccess['upload']

function withUploads(
  change: (upload: Upload, copy: FileCopy, context: TransferContext) => ReturnType<Upload>,
): DriverManifest {
  return withSessions((session) => {
    const good = session.files!
    const upload: Upload = (copy, context) => good.upload(copy, context)
    const files: FileAccess = {
      upload: (copy, context) => change(upload, copy, context),
      download: (copy, context) => good.download(copy, context),
      remove: (path, context) => good.remove(path, context),
    }
    Object.assign(session, { files })
  })
}

const faults: {
  name: string
  manifest: DriverManifest
  /** The check that finds it, and what it says. */
  fails: string
  says: string
  declares?: Partial<DriverUnderTest['declares']>
}[] = [
  {
    name: 'leaves its connection open',
    says: 'somebody is still connected',
    manifest: withSessions((session) => {
      Object.assign(session, {
        [Symbol.asyncDispose]: () => Promise.resolve(void Object.assign(session, { usable: false })),
      })
    }),
    fails: 'opens a usable session and leaves no connection when it is closed, twice if need be',
  },
  {
    name: 'throws what is no error of NetPulse for a closed port',
    says: 'what is no NetPulse error',
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
    says: 'shows the credential',
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
    says: 'echo of the command',
    manifest: editReplies((reply) => ({ ...reply, output: `${reply.input}\n${reply.output}` })),
    fails: 'answers an accepted command with clean text',
  },
  {
    name: 'leaves carriage returns in its output',
    says: 'carriage return',
    manifest: editReplies((reply) => ({ ...reply, output: `${reply.output}\r\n` })),
    fails: 'answers an accepted command with clean text',
  },
  {
    name: 'hides a refusal',
    says: 'refusal is not in the reply',
    manifest: editReplies((reply) => ({ ...reply, failure: null })),
    fails: 'takes a refusal for an answer, and goes on',
  },
  {
    name: 'calls a session usable whose answer may still come',
    says: 'the answer may still come',
    manifest: withSessions((session) => Object.defineProperty(session, 'usable', { get: () => true, set: () => {} })),
    fails: 'gives up on a command with READ_TIMEOUT, and is not usable afterwards',
  },
  {
    name: 'gives an aborted command up with an error of its own',
    says: 'what is no NetPulse error',
    manifest: withSessions((session) => {
      const send = session.send.bind(session)
      session.send = (...args) => send(...args).catch(() => Promise.reject(new Error('gone')))
    }),
    fails: 'ends an aborted command, and does not call the session usable while an answer may be on its way',
  },
  {
    name: 'does not tell that the device hung up',
    says: 'was not told',
    manifest: withSessions((session) => Object.assign(session, { onLost: () => {} })),
    fails: 'tells when the device hangs up, and is not usable afterwards',
  },
  {
    name: 'loses a line of a push',
    says: 'lost, added or reordered',
    manifest: withSessions((session) => {
      const blocksOf = session.config!.blocksOf
      Object.assign(session.config!, { blocksOf: (lines: readonly string[]) => blocksOf(lines.slice(1)) })
    }),
    fails: 'splits lines into blocks without losing, adding or reordering any',
  },
  {
    name: 'saves without being told',
    says: 'saved without being told',
    manifest: withSessions((session) => {
      const { config } = session
      const { commit } = config!.candidate!
      Object.assign(config!.candidate!, {
        commit: async (context: CallContext) => {
          const reply = await commit(context)
          await config!.save!(context)
          return reply
        },
      })
    }),
    fails: 'saves when told to, and not before',
  },
  {
    name: 'probes with something whose answer is left behind',
    says: 'left something behind',
    manifest: withSessions((session) => {
      session.probe = async () => {}
      const send = session.send.bind(session)
      let before: Reply | undefined
      session.send = async (...args) => {
        const reply = await send(...args)
        const shown = before ?? { ...reply, output: '' }
        before = reply
        return shown
      }
    }),
    fails: 'probes a session that is at a prompt',
  },
  {
    name: 'commits each line at once behind a candidate',
    says: 'in force before the commit',
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
    says: 'the discarded lines are in force',
    manifest: withSessions((session) => {
      Object.assign(session.config!.candidate!, {
        discard: (context: CallContext) => session.config!.candidate!.commit(context).then(() => undefined),
      })
    }),
    fails: 'shows what a candidate changes, and leaves nothing of a discarded one',
  },
  {
    name: 'has an ability that it does not declare',
    says: 'the abilities differ',
    manifest: boxDriver,
    declares: { candidate: false },
    fails: 'has exactly the abilities that are declared',
  },
  {
    name: 'takes unknown keys',
    says: 'takes the unknown key',
    manifest: { ...boxDriver, commandSchema: { type: 'object', properties: {} } },
    fails: 'refuses unknown keys in every schema, and suggests the right one',
  },
  {
    name: 'does not mark its secret',
    says: 'token is not writeOnly',
    manifest: {
      ...boxDriver,
      connectionSchema: { type: 'object', additionalProperties: false, properties: { token: { type: 'string' } } },
    },
    fails: 'marks what looks like a secret as writeOnly, so that it is sealed and redacted',
  },
  {
    name: 'speaks another plugin API',
    says: 'speaks plugin API 99',
    manifest: { ...boxDriver, apiVersion: 99 },
    fails: 'speaks this plugin API, and names itself as a request would',
  },
  {
    name: 'loses the end of a file',
    says: 'a file of 1 bytes is not what was sent',
    fails: 'sends files byte for byte, and tells how far it is',
    manifest: withUploads(async (upload, copy, context) => {
      const reply = await upload(copy, context)
      const { size } = await stat(copy.localPath)
      if (size > 0) await upload({ ...copy, localPath: '/dev/null' }, { signal: context.signal })
      return { ...reply, transferredBytes: size }
    }),
  },
  {
    name: 'replaces a file that was to be kept',
    says: 'an existing file is no refusal of the kind exists',
    fails: 'replaces a file, and keeps it when it must not',
    manifest: withUploads((upload, copy, context) =>
      upload({ ...copy, options: { ...copy.options, overwrite: true } }, context),
    ),
  },
  {
    name: 'does not end an aborted upload',
    says: 'expected ABORTED, and nothing was thrown',
    fails: 'ends an aborted upload, and goes on where it ended',
    manifest: withUploads((upload, copy, context) =>
      upload(copy, { ...context, signal: new AbortController().signal }),
    ),
  },
  {
    name: 'copies what both sides have',
    says: 'Expected values to be strictly deep-equal',
    fails: 'copies nothing that both sides have, when hashes are compared first',
    manifest: withUploads((upload, copy, context) =>
      upload({ ...copy, options: { ...copy.options, syncMode: 'full' } }, context),
    ),
  },
  {
    name: 'has files and does not say so',
    says: 'the session has files',
    fails: 'has files exactly when that is declared, and says so in its manifest',
    manifest: boxDriver,
    declares: { files: false },
  },
]

const all = { config: true, candidate: true, save: true, readTimeout: true, files: true }

describe('the conformance kit finds a driver that', () => {
  it.each(faults)('$name', async ({ manifest, fails, says, declares }) => {
    const check = driverChecks.find(({ name }) => name === fails)
    if (check === undefined) throw new Error(`no check is called "${fails}"`)
    const under: DriverUnderTest = {
      name: 'broken',
      manifest,
      declares: { ...all, ...declares },
      device: startBox,
    }
    await expect(runDriverCheck(under, check)).rejects.toThrow(says)
    await runDriverCheck({ ...under, manifest: boxDriver, declares: all }, check)
  })
})
