import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { classifyCommand } from '../engine/classify-command.js'
import { findFailure } from '../engine/find-failure.js'
import { candidateModes, modeOf } from '../engine/mode-of.js'
import { nextPager } from '../engine/next-pager.js'
import { findRoute } from '../engine/route.js'
import type { Platform } from '../platform.js'
import type { ContractCheck } from './platform-contract.js'
import type { PlatformTable } from './platform-table.js'

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)

/** Beginnings of a text, as pieces of output may end. */
function* beginnings(text: string): Generator<string> {
  for (let end = 1; end < text.length; end++) yield text.slice(0, end)
}

function promptChecks(platform: Platform, table: PlatformTable): ContractCheck[] {
  return Object.entries(table.prompts).flatMap(([mode, prompts]) =>
    prompts.map((prompt) => ({
      name: `${shown(prompt)} is a prompt of ${mode}`,
      run: () => {
        ok(platform.prompt.matches(prompt), 'it is a prompt')
        const names = candidateModes(platform, prompt).map(({ name }) => name)
        ok(names.includes(mode), `it belongs to ${mode}, not only to ${names.join(', ') || 'no mode'}`)
        strictEqual(modeOf(platform, prompt, mode)?.name, mode)
        ok(platform.prompt.matches(`last line of output\n${prompt}`), 'also after output')
        ok(!platform.prompt.matches(`${prompt}\n`), 'not with a line end after it')
        const text = prompt.trimEnd()
        for (const start of beginnings(text)) ok(!platform.prompt.matches(start), `not yet at ${shown(start)}`)
      },
    })),
  )
}

function notPromptChecks(platform: Platform, { notPrompts }: PlatformTable): ContractCheck[] {
  return notPrompts.map((text) => ({
    name: `${shown(text)} is no prompt, wherever it is cut`,
    run: () => {
      for (const start of [...beginnings(text), text]) ok(!platform.prompt.matches(start), `matches ${shown(start)}`)
    },
  }))
}

function failureChecks(platform: Platform, table: PlatformTable): ContractCheck[] {
  const refusals = Object.entries(table.failures).flatMap(([kind, answers]) =>
    answers.map((answer) => ({
      name: `${shown(answer)} is a refusal: ${kind}`,
      run: () => strictEqual(findFailure(platform, answer)?.kind, kind),
    })),
  )
  const others = table.notFailures.map((answer) => ({
    name: `${shown(answer)} is no refusal`,
    run: () => deepStrictEqual(findFailure(platform, answer), null),
  }))
  return [...refusals, ...others]
}

function commandChecks(platform: Platform, { queries, opaque }: PlatformTable): ContractCheck[] {
  const check = (command: string, expected: 'query' | 'opaque'): ContractCheck => ({
    name: `${shown(command)} is ${expected === 'query' ? 'a query' : 'opaque'}`,
    run: () => strictEqual(classifyCommand(platform, command), expected),
  })
  return [...queries.map((one) => check(one, 'query')), ...opaque.map((one) => check(one, 'opaque'))]
}

function pagerChecks(platform: Platform, { pagers }: PlatformTable): ContractCheck[] {
  return pagers.map((text) => ({
    name: `${shown(text)} waits at a pager`,
    run: () => {
      ok(nextPager(platform, text), 'a pager is found')
      ok(!platform.prompt.matches(text), 'it is no prompt')
    },
  }))
}

/** Ways between modes, as far as the table speaks of the modes. */
function graphChecks(platform: Platform, { prompts }: PlatformTable): ContractCheck[] {
  const modes = [...platform.modes.keys()]
  return [
    {
      name: 'the table has a prompt for every mode',
      run: () =>
        deepStrictEqual(
          modes.filter((mode) => (prompts[mode]?.length ?? 0) === 0),
          [],
        ),
    },
    {
      name: 'every mode with moves leads back to the default mode',
      run: () => {
        for (const [name, mode] of platform.modes) {
          if (mode.moves.size > 0) ok(findRoute(platform, name, platform.defaultMode), `no way back from ${name}`)
        }
      },
    },
    {
      name: 'the mode for configuration can be reached from the default mode, and left',
      run: () => {
        const mode = platform.config?.mode ?? platform.defaultMode
        ok(findRoute(platform, platform.defaultMode, mode), `no way to ${mode}`)
        ok(findRoute(platform, mode, platform.defaultMode), `no way back from ${mode}`)
      },
    },
  ]
}

/** Texts that make careless patterns backtrack. */
const hostileUnits = ['a', '@:', 'a@', '> ', '#', ' ', '[ ]', '--{ ', '(', '(a)', 'a ', 'root@ ', '\n', '{a}\n', 'a.(']

/** Generous, so that a slow machine does not fail it; a pattern that backtracks without limit takes minutes. */
const hostileLimitMs = 250

function hostileChecks(platform: Platform): ContractCheck[] {
  return [
    {
      name: 'no output makes the patterns run for long',
      run: () => {
        for (const unit of hostileUnits) {
          for (const end of ['', ' !', '>x', '#\u0001', '#']) {
            const text = unit.repeat(Math.ceil(100_000 / unit.length)) + end
            const started = performance.now()
            platform.prompt.matches(text)
            candidateModes(platform, text)
            nextPager(platform, text)
            findFailure(platform, text)
            const tookMs = performance.now() - started
            ok(tookMs < hostileLimitMs, `${shown(unit)} repeated, then ${shown(end)}: ${tookMs.toFixed(0)} ms`)
          }
        }
      },
    },
  ]
}

/** The checks of a platform against its table. */
export function tableChecks(platform: Platform, table: PlatformTable): readonly ContractCheck[] {
  return [
    ...graphChecks(platform, table),
    ...promptChecks(platform, table),
    ...notPromptChecks(platform, table),
    ...failureChecks(platform, table),
    ...commandChecks(platform, table),
    ...pagerChecks(platform, table),
    ...hostileChecks(platform),
  ]
}
