import type { CommandResult, JournalEntry } from '@netpulse/core'
import { asIncarnation, newJobId } from '@netpulse/core'
import { queueError } from '@netpulse/queue'
import { describe, expect, it } from 'vitest'
import { JournalWriter } from '../../src/run/journal-writer.js'

const claim = { jobId: newJobId(), attempt: 1, incarnation: asIncarnation('i') }
const answer = (command: string): CommandResult => ({
  command,
  stdout: '',
  stderr: '',
  exitStatus: 0,
  failure: null,
  metadata: { host: 'h', durationSeconds: 0, sessionReused: false },
})

/** A journal whose writes end when told to. */
function bench() {
  const writes: { entry: JournalEntry; answers: string[]; end: (error?: Error) => void }[] = []
  const journal = new JournalWriter(
    {
      journal: (_claim, entry, answers = []) =>
        new Promise((resolve, reject) =>
          writes.push({
            entry,
            answers: answers.map(({ command }) => command),
            end: (error) => (error === undefined ? resolve() : reject(error)),
          }),
        ),
    },
    claim,
  )
  return { journal, writes }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a journal', () => {
  it('joins what comes while one write is under way, and loses no answer', async () => {
    const { journal, writes } = bench()
    journal.note({ phase: 'line_acked', line: 0 }, [answer('a')])
    journal.note({ phase: 'line_acked', line: 1 }, [answer('b')])
    journal.note({ phase: 'line_acked', line: 2 }, [answer('c')])
    expect(writes.map(({ answers }) => answers)).toEqual([['a']])
    writes[0]!.end()
    await turn()
    expect(writes.map(({ entry, answers }) => [entry.line, answers])).toEqual([
      [0, ['a']],
      [2, ['b', 'c']],
    ])
  })

  it('resolves an awaited entry only when it and all before are stored', async () => {
    const { journal, writes } = bench()
    let stored = false
    journal.note({ phase: 'line_acked', line: 0 })
    const written = journal.write({ phase: 'commit_sent' }).then(() => (stored = true))
    writes[0]!.end()
    await turn()
    expect([stored, writes.at(-1)!.entry.phase]).toEqual([false, 'commit_sent'])
    writes[1]!.end()
    await written
    expect(stored).toBe(true)
  })

  it('shows a failed write at the next look, and writes nothing more', async () => {
    const { journal, writes } = bench()
    journal.note({ phase: 'line_acked', line: 0 })
    writes[0]!.end(queueError('STALE_CLAIM', 'taken over'))
    await turn()
    expect(() => journal.check()).toThrow('taken over')
    await expect(journal.write({ phase: 'commit_sent' })).rejects.toMatchObject({ code: 'STALE_CLAIM' })
    expect(writes).toHaveLength(1)
  })

  it('sends off what still waits when it is closed, and takes nothing more', () => {
    const { journal, writes } = bench()
    journal.note({ phase: 'line_acked', line: 0 }, [answer('a')])
    journal.note({ phase: 'line_acked', line: 1 }, [answer('b')])
    journal.close()
    journal.note({ phase: 'line_acked', line: 2 }, [answer('c')])
    expect(writes.map(({ answers }) => answers)).toEqual([['a'], ['b']])
  })
})
