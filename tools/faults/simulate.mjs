import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { root } from '../setup/prepare.mjs'
import { startRedis } from '../test/redis-server.mjs'

// Jobs, nodes and a store in a simulation under a virtual clock: see packages/engine/test/simulation.
//
//   node tools/faults/simulate.mjs --seeds 5000 [--from N]    scenarios with trouble of all kinds, one per seed
//   node tools/faults/simulate.mjs --every-step               fixed scenarios, each kind of trouble at every step
//
// `--backend redis` plays them on a redis-server of its own, each process with its own connections: slower, and what
// happens at the same virtual moment may come in another order each time.
//
// Prints what failed: the seed, the broken promises and everything that happened. The same seed does the same again.

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    backend: { type: 'string', default: 'in-process' },
    'every-step': { type: 'boolean', default: false },
  },
})

/** Failures whose trace is printed; of the others only what was broken. */
const shownTraces = 1

class Tally {
  runs = 0
  failures = 0
  outcomes = new Map()
  faults = 0
  slowestMs = 0
  #startedMs = performance.now()

  add(report, describe) {
    this.runs++
    this.faults += report.faults
    this.slowestMs = Math.max(this.slowestMs, report.settledAfterMs)
    for (const [outcome, count] of report.outcomes)
      this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + count)
    if (report.violations.length === 0) return
    if (this.failures++ < shownTraces) console.log(describe(report))
    const { name, faults } = report.scenario
    const broken = report.violations.map(({ invariant, message }) => `${invariant} ${message}`).join('; ')
    console.log(`FAILED ${name} ${JSON.stringify(faults)}: ${broken}`)
  }

  toString() {
    const seconds = (performance.now() - this.#startedMs) / 1000
    const outcomes = [...this.outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(', ')
    return [
      `${this.runs} runs in ${seconds.toFixed(1)} s (${(this.runs / seconds).toFixed(1)}/s), ${this.faults} faults`,
      `jobs: ${outcomes}`,
      `last end at most ${(this.slowestMs / 1000).toFixed(1)} s of virtual time after the last fault`,
      `failed: ${this.failures}`,
    ].join('\n')
  }
}

/** The simulation, bundled from its source: where its imports resolve, and nothing is committed or packed. */
async function loadSimulation() {
  const engine = join(root, 'packages', 'engine')
  const folder = join(engine, 'node_modules', '.cache', 'simulation')
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, 'simulation.mjs')
  const entryPoints = [join(engine, 'test', 'simulation', 'index.ts')]
  await build({ entryPoints, outfile, bundle: true, packages: 'external', platform: 'node', format: 'esm' })
  return import(pathToFileURL(outfile).href)
}

async function playSeeds({ simulateSeed, describeRun }, tally, options) {
  const from = Number(values.from)
  for (let seed = from; seed < from + Number(values.seeds); seed++)
    tally.add(await simulateSeed(seed, options), describeRun)
}

async function playEveryStep({ fixedScenarios, stepFaults, atEveryStep, simulate, describeRun }, tally, options) {
  for (const fault of Object.keys(stepFaults)) {
    for (const process of ['n1', 'n2', 'c1']) {
      const before = tally.runs
      for (const scenario of fixedScenarios) {
        for (const run of await atEveryStep(scenario, process, fault))
          tally.add(await simulate(run, options), describeRun)
      }
      console.log(`${fault} of ${process}: ${tally.runs - before} steps`)
    }
  }
}

/** Plays on the store that was asked for. */
async function play(simulation, tally) {
  const playAll = values['every-step'] ? playEveryStep : playSeeds
  if (values.backend === 'in-process') return playAll(simulation, tally, { openStore: simulation.memoryStore })
  if (values.backend !== 'redis') throw new Error(`--backend is in-process or redis, not ${values.backend}`)
  const redis = await startRedis()
  try {
    await playAll(simulation, tally, { openStore: simulation.redisStore(redis.url) })
  } finally {
    await redis.stop()
  }
}

const tally = new Tally()
await play(await loadSimulation(), tally)
console.log(String(tally))
process.exitCode = tally.failures === 0 ? 0 : 1
