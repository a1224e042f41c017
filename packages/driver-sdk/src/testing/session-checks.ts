import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { coreError } from '@netpulse/core'
import type { DriverCheck } from './driver-check.js'
import { assertClean, assertThrows } from './driver-check.js'

/** A port of this machine on which nothing listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export const sessionChecks: readonly DriverCheck[] = [
  {
    name: 'opens a usable session and leaves no connection when it is closed, twice if need be',
    async run(bench) {
      const session = await bench.open()
      assert.equal(session.usable, true, 'the opened session is not usable')
      await session[Symbol.asyncDispose]()
      await session[Symbol.asyncDispose]()
      assert.equal(session.usable, false, 'the closed session is called usable')
      await bench.target.noConnections()
    },
  },
  {
    name: 'refuses a wrong credential with AUTH_FAILED, without the credential in the error, and leaves no connection',
    async run(bench) {
      const wrong = bench.target.wrongCredential
      await assertThrows(bench.open(wrong), ['AUTH_FAILED'])
      const error: unknown = await bench.open(wrong).catch((reason: unknown) => reason)
      const shown = `${String(error)} ${JSON.stringify((error as { details?: unknown }).details ?? {})}`
      for (const value of changedValues(bench.target.connection, wrong))
        assert.ok(!shown.includes(value), 'the error shows the credential')
      await bench.target.noConnections()
    },
  },
  {
    name: 'says CONNECT_FAILED where nothing listens',
    async run(bench) {
      const device = { ...bench.target.device, host: '127.0.0.1', port: await closedPort() }
      const opened = bench.open(bench.target.connection, bench.context(), device)
      await assertThrows(opened, ['CONNECT_FAILED'])
    },
  },
  {
    name: 'ends an opening that is aborted, and leaves no connection',
    async run(bench) {
      const abort = new AbortController()
      const opening = bench.open(bench.target.connection, bench.context(abort.signal))
      abort.abort(coreError('ABORTED', 'The check ended the opening.'))
      await assertThrows(opening, ['ABORTED'])
      await bench.target.noConnections()
    },
  },
  {
    name: 'answers an accepted command with clean text',
    async run(bench) {
      const session = await bench.open()
      const { command, holds } = bench.target.commands.accepted
      for (let turn = 0; turn < 3; turn++) {
        const reply = await session.send(command, bench.context(), bench.commandOptions())
        assert.equal(reply.input, command, 'the reply is to another input')
        assert.equal(reply.failure, null, 'the command was refused')
        assert.ok(reply.output.includes(holds), `the output does not hold "${holds}": ${reply.output.slice(0, 200)}`)
        assertClean(reply.output, command)
        assert.ok(reply.elapsedMs >= 0)
      }
    },
  },
  {
    name: 'takes a refusal for an answer, and goes on',
    async run(bench) {
      const session = await bench.open()
      const reply = await session.send(bench.target.commands.refused, bench.context(), bench.commandOptions())
      assert.notEqual(reply.failure, null, 'the refusal is not in the reply')
      assert.ok(reply.failure!.message.length > 0 && !reply.failure!.message.includes('\n'))
      const next = await session.send(bench.target.commands.accepted.command, bench.context(), bench.commandOptions())
      assert.equal(next.failure, null)
    },
  },
  {
    name: 'probes a session that is at a prompt',
    async run(bench) {
      const session = await bench.open()
      await session.probe(bench.context())
      const { command, holds } = bench.target.commands.accepted
      const reply = await session.send(command, bench.context(), bench.commandOptions())
      assert.ok(reply.output.includes(holds), 'the probe has left something behind')
    },
  },
  {
    name: 'ends an aborted command, and does not call the session usable while an answer may be on its way',
    async run(bench) {
      const session = await bench.open()
      const abort = new AbortController()
      const sent = session.send(bench.target.commands.hanging, bench.context(abort.signal), bench.commandOptions())
      setImmediate(() => abort.abort(coreError('ABORTED', 'The check ended the command.')))
      await assertThrows(sent, ['ABORTED'])
      if (!session.usable) return
      const { command, holds } = bench.target.commands.accepted
      const next = await session.send(command, bench.context(), bench.commandOptions())
      assert.ok(next.output.includes(holds), 'the next command got the answer of the aborted one')
    },
  },
  {
    name: 'gives up on a command with READ_TIMEOUT, and is not usable afterwards',
    needs: 'readTimeout',
    async run(bench) {
      const { hanging, hangingOptions } = bench.target.commands
      assert.ok(hangingOptions !== undefined, 'the ability readTimeout is declared, and the device says no options')
      const session = await bench.open()
      const sent = session.send(hanging, bench.context(), bench.commandOptions(hangingOptions))
      await assertThrows(sent, ['READ_TIMEOUT'])
      assert.equal(session.usable, false, 'the session is called usable, and the answer may still come')
    },
  },
  {
    name: 'tells when the device hangs up, and is not usable afterwards',
    async run(bench) {
      const session = await bench.open()
      const lost = new Promise<void>((resolve) => session.onLost(resolve))
      await bench.target.hangUp()
      await bench.within(lost, 'the listener of onLost was not told')
      assert.equal(session.usable, false, 'the lost session is called usable')
      const sent = session.send(bench.target.commands.accepted.command, bench.context(), bench.commandOptions())
      await assertThrows(sent, ['SESSION_LOST'])
    },
  },
  {
    name: 'ends a command with SESSION_LOST when the device hangs up under it',
    async run(bench) {
      const session = await bench.open()
      const sent = session.send(bench.target.commands.hanging, bench.context(), bench.commandOptions())
      const ended = assertThrows(sent, ['SESSION_LOST'])
      await bench.target.hangUp()
      await ended
      assert.equal(session.usable, false, 'the lost session is called usable')
    },
  },
]

/** Texts that stand in the second object and not in the first: what makes the credential wrong. */
function changedValues(right: object, wrong: object): string[] {
  return Object.entries(wrong)
    .filter(([key, value]) => typeof value === 'string' && (right as Record<string, unknown>)[key] !== value)
    .map(([, value]) => value as string)
}
