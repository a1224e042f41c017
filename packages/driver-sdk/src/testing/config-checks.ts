import assert from 'node:assert/strict'
import type { ConfigAccess, Session } from '../session.js'
import type { Bench } from './bench.js'
import type { DriverCheck } from './driver-check.js'
import type { TestDevice } from './driver-under-test.js'

const configOf = (session: Session): ConfigAccess => session.config ?? assert.fail('the session has no config')
const linesOf = (bench: Bench): NonNullable<TestDevice['config']> =>
  bench.target.config ?? assert.fail('the ability config is declared, and the device says nothing about it')

/** Enters config mode and sends the lines block by block; every answer must be an acceptance. */
async function enterAndApply(bench: Bench, config: ConfigAccess, lines: readonly string[]): Promise<void> {
  await config.enter(bench.context(), bench.configOptions())
  for (const block of config.blocksOf(lines)) {
    const reply = await config.apply(block, bench.context(), bench.configOptions())
    assert.equal(reply.failure, null, `"${block.lines[0]}" was refused: ${reply.failure?.message}`)
  }
}

/** A query works: the session is back in its base mode. */
async function assertBack(bench: Bench, session: Session): Promise<void> {
  const { command, holds } = bench.target.commands.accepted
  const reply = await session.send(command, bench.context(), bench.commandOptions())
  assert.ok(reply.output.includes(holds), 'the session is not back in its base mode')
}

export const configChecks: readonly DriverCheck[] = [
  {
    name: 'has exactly the abilities that are declared',
    async run(bench) {
      const { config } = await bench.open()
      const found = {
        config: config !== undefined,
        candidate: config?.candidate !== undefined,
        save: config?.save !== undefined,
      }
      const { config: isConfigurable, candidate, save } = bench.under.declares
      assert.deepEqual(
        found,
        { config: isConfigurable, candidate, save },
        `the abilities differ: declared ${JSON.stringify(bench.under.declares)}, found ${JSON.stringify(found)}`,
      )
    },
  },
  {
    name: 'splits lines into blocks without losing, adding or reordering any',
    needs: 'config',
    async run(bench) {
      const lines = linesOf(bench).accepted
      const blocks = configOf(await bench.open()).blocksOf(lines)
      assert.deepEqual(
        blocks.flatMap((block) => block.lines),
        lines,
        'lines were lost, added or reordered',
      )
      let next = 0
      for (const block of blocks) {
        assert.equal(block.firstLine, next, 'firstLine is not the index of the first line')
        next += block.lines.length
      }
    },
  },
  {
    name: 'applies accepted lines and is back in the base mode',
    needs: 'config',
    async run(bench) {
      const lines = linesOf(bench)
      const session = await bench.open()
      const config = configOf(session)
      assert.equal(await lines.isApplied(), false, 'the lines are in force before they were sent')
      await enterAndApply(bench, config, lines.accepted)
      if (config.candidate !== undefined) {
        assert.equal(await lines.isApplied(), false, 'the candidate is in force before the commit')
        assert.equal((await config.candidate.commit(bench.context())).failure, null)
      }
      await config.leave(bench.context())
      assert.equal(await lines.isApplied(), true, 'the lines are not in force')
      await assertBack(bench, session)
    },
  },
  {
    name: 'takes a refused line for an answer',
    needs: 'config',
    async run(bench) {
      const session = await bench.open()
      const config = configOf(session)
      await config.enter(bench.context(), bench.configOptions())
      const [block] = config.blocksOf([linesOf(bench).refused])
      const reply = await config.apply(block!, bench.context(), bench.configOptions())
      assert.notEqual(reply.failure, null, 'the refusal is not in the reply')
      await config.candidate?.discard(bench.context())
      await config.leave(bench.context())
      await assertBack(bench, session)
    },
  },
  {
    name: 'shows what a candidate changes, and leaves nothing of a discarded one',
    needs: 'candidate',
    async run(bench) {
      const lines = linesOf(bench)
      const session = await bench.open()
      const config = configOf(session)
      const candidate = config.candidate ?? assert.fail('the session has no candidate')
      await enterAndApply(bench, config, lines.accepted)
      assert.notEqual((await candidate.compare(bench.context())).trim(), '', 'the difference is empty')
      await candidate.discard(bench.context())
      await config.leave(bench.context())
      assert.equal(await lines.isApplied(), false, 'the discarded lines are in force')
      await assertBack(bench, session)
    },
  },
  {
    name: 'saves when told to, and not before',
    needs: 'save',
    async run(bench) {
      const lines = linesOf(bench)
      const isSaved = lines.isSaved ?? assert.fail('the ability save is declared, and the device says nothing about it')
      const session = await bench.open()
      const config = configOf(session)
      await enterAndApply(bench, config, lines.accepted)
      await config.candidate?.commit(bench.context())
      await config.leave(bench.context())
      assert.equal(await isSaved.call(lines), false, 'the lines were saved without being told')
      const reply = await config.save!(bench.context())
      assert.equal(reply.failure, null, 'the device refused to save')
      assert.equal(await isSaved.call(lines), true, 'the lines were not saved')
      await assertBack(bench, session)
    },
  },
]
