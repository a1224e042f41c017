import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { candidateModes, loadPlatforms } from '@netpulse/platforms'
import type { Platform } from '@netpulse/platforms'

const folder =
  process.env['NETPULSE_CORPORA'] ?? fileURLToPath(new URL('../../../../../shared/corpora', import.meta.url))
const isHere = existsSync(join(folder, 'cli/definitions.json.gz'))
if (!isHere) console.warn('Platform corpora tests skipped: no recorded cases; NETPULSE_CORPORA names their folder.')

const text = (file: string): string => gunzipSync(readFileSync(join(folder, 'cli', file))).toString()

interface PromptCase {
  readonly platform: string
  readonly level: string
  readonly prompt: string
  readonly match: boolean
}

/** Names of levels in the table of prompts, which an older project made, and of the same modes in some definitions. */
const modeNames: Readonly<Record<string, string>> = {
  privilege_exec: 'privileged_exec',
  'cumulus_linux/configuration': 'root',
  'cumulus_vtysh/exec': 'privileged_exec',
  'raisecom_ros/exec': 'privileged_exec',
  'huawei_vrp/privilege_exec': 'exec',
  'nokia_sros/configuration_with_path': 'configuration',
}

/** A prompt of the classic CLI under the name of the other one, for which neither definition is meant. */
const ofAnotherPlatform = (one: PromptCase): boolean => one.platform === 'nokia_sros' && one.prompt === '*A:sr1>config#'

describe.skipIf(!isHere)('known definitions and prompts', () => {
  const place = mkdtempSync(join(tmpdir(), 'netpulse-definitions-'))
  afterAll(() => rmSync(place, { recursive: true }))

  const definitions = isHere ? (JSON.parse(text('definitions.json.gz')) as Record<string, unknown>) : {}
  // JSON is YAML: the files are what their authors wrote.
  const files = Object.entries(definitions).map(([name, definition]) => {
    const path = join(place, `${name}.yaml`)
    writeFileSync(path, JSON.stringify(definition))
    return { path, name, replaces: true }
  })
  const theirs = loadPlatforms({ files })
  const ours = loadPlatforms()

  it.each(files.map(({ name }) => name))('%s loads unchanged', (name) => {
    const platform = theirs.get(name)
    expect(platform.modes.size).toBeGreaterThan(0)
    expect(platform.modes.has(platform.defaultMode)).toBe(true)
  })

  const prompts = isHere
    ? text('prompts.jsonl.gz')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as PromptCase)
        .filter((one) => !ofAnotherPlatform(one))
    : []
  const knownTo = (platforms: typeof ours): (PromptCase & { readonly found: Platform })[] =>
    prompts.flatMap((one) => {
      const found = platforms.find(one.platform)
      return found === undefined ? [] : [{ ...one, found }]
    })

  function expectLevel(one: PromptCase & { readonly found: Platform }): void {
    const { found, platform, level, prompt, match } = one
    const modes = candidateModes(found, prompt).map(({ name }) => name)
    const names = [level, modeNames[level], modeNames[`${platform}/${level}`]]
    const isLevel = modes.some((mode) => names.includes(mode))
    expect(isLevel, `${JSON.stringify(prompt)} is ${modes.join(', ') || 'nothing'}`).toBe(match)
  }

  it.each(knownTo(theirs))('$platform, as defined there: $prompt is $level', expectLevel)
  it.each(knownTo(ours))('$platform, as shipped: $prompt is $level', expectLevel)
})
