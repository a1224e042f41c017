import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RecordedSession } from '@netpulse/platforms/testing'
import { createReplay, loadSession } from '@netpulse/platforms/testing'
import { describe, expect, it } from 'vitest'
import { replayDialect } from '../../src/cli/replay-session.js'
import { shellOf } from '../support/shell-under-test.js'

const sessions = join(
  dirname(fileURLToPath(import.meta.resolve('@netpulse/platforms/package.json'))),
  'fixtures',
  'sessions',
)
const names = readdirSync(sessions).flatMap((file) => /^(.+)\.session\.yaml$/.exec(file)?.[1] ?? [])

/** Types what was recorded in its order, as far as one exchange leads to the next; counts what came back. */
function replayAll(session: RecordedSession, chunked: boolean) {
  const behaviour = chunked ? { chunks: { seed: 7, maxBytes: 3 } } : {}
  const shell = shellOf({ dialect: replayDialect(session), behaviour })
  expect(shell.printed()).toBe(session.login)
  const expected = createReplay(session)
  let compared = 0
  for (const { mode, input, enter } of session.exchanges) {
    if (mode !== expected.state) continue
    const exchange = expected.receive(input, enter)
    expect(shell.type(enter ? `${input}\n` : input), input).toBe(exchange?.output)
    compared++
  }
  return { compared, link: shell.link, state: expected.state }
}

describe('recorded sessions', () => {
  it.each(names)('%s comes back byte by byte, in one piece or in many', (name) => {
    for (const chunked of [false, true]) {
      const { compared, link, state } = replayAll(loadSession(name), chunked)
      expect(compared).toBeGreaterThan(3)
      expect(link).toBe(state === undefined ? 'ended' : 'open')
    }
  })
})
