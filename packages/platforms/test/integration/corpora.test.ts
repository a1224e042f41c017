import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { candidateModes, loadPlatforms } from '@netpulse/platforms'
import type { Platform, PlatformCatalog } from '@netpulse/platforms'

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

/** A level of the table of prompts that is the mode of another name, in both kinds of definitions or in one platform. */
interface OtherName {
  readonly level: string
  readonly mode: string
  /** Absent: on every platform. */
  readonly platform?: string
  readonly reason: string
}

const otherNames: readonly OtherName[] = [
  {
    level: 'privilege_exec',
    mode: 'privileged_exec',
    reason: 'the table was made for definitions with the older name',
  },
  {
    platform: 'cumulus_linux',
    level: 'configuration',
    mode: 'root',
    reason: 'what is meant is the shell of root; nothing is configured by lines there',
  },
  {
    platform: 'cumulus_vtysh',
    level: 'exec',
    mode: 'privileged_exec',
    reason: 'its prompt ends in #: vtysh is in enable mode from the start',
  },
  {
    platform: 'raisecom_ros',
    level: 'exec',
    mode: 'privileged_exec',
    reason: 'the prompt given, Raisecom#, is that of enable mode; exec ends in >',
  },
  {
    platform: 'huawei_vrp',
    level: 'privilege_exec',
    mode: 'exec',
    reason: 'VRP has the user view only, without enable',
  },
  {
    platform: 'nokia_sros',
    level: 'configuration_with_path',
    mode: 'configuration',
    reason: 'a path within the configuration is no mode of its own',
  },
]

interface PromptException {
  readonly platform: string
  readonly prompt: string
  readonly reason: string
}

/** Rows of the table that are wrong: neither kind of definition finds the level there. */
const exceptions: readonly PromptException[] = [
  {
    platform: 'nokia_sros',
    prompt: '*A:sr1>config#',
    reason: 'a prompt of the classic CLI, whose platform is nokia_sros_classic; this one is for MD-CLI',
  },
]

const isException = (one: PromptCase): boolean =>
  exceptions.some(({ platform, prompt }) => platform === one.platform && prompt === one.prompt)

/** The names of modes that a level may have. */
const namesOf = ({ platform, level }: PromptCase): readonly string[] => [
  level,
  ...otherNames
    .filter((other) => other.level === level && (other.platform ?? platform) === platform)
    .map(({ mode }) => mode),
]

type FoundCase = PromptCase & { readonly found: Platform }

const modesAt = ({ found, prompt }: FoundCase): readonly string[] =>
  candidateModes(found, prompt).map(({ name }) => name)

const isLevel = (one: FoundCase): boolean => modesAt(one).some((mode) => namesOf(one).includes(mode))

describe.skipIf(!isHere)('known definitions and prompts', () => {
  const place = isHere ? mkdtempSync(join(tmpdir(), 'netpulse-definitions-')) : ''
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
    : []
  const knownTo = (catalog: PlatformCatalog): FoundCase[] =>
    prompts.flatMap((one) => {
      const found = catalog.find(one.platform)
      return found === undefined ? [] : [{ ...one, found }]
    })
  const casesOf = (catalog: PlatformCatalog): FoundCase[] => knownTo(catalog).filter((one) => !isException(one))

  function expectLevel(one: FoundCase): void {
    const modes = modesAt(one).join(', ') || 'nothing'
    expect(isLevel(one), `${JSON.stringify(one.prompt)} is ${modes}`).toBe(one.match)
  }

  it('are complete: every platform of the prompts has a definition', () => {
    expect(files.length).toBeGreaterThanOrEqual(44)
    expect(prompts.length).toBeGreaterThanOrEqual(128)
    expect(knownTo(theirs)).toHaveLength(prompts.length)
  })

  it.each(casesOf(theirs))('$platform, as defined there: $prompt is $level', expectLevel)
  it.each(casesOf(ours))('$platform, as shipped: $prompt is $level', expectLevel)

  it.each(exceptions)('$platform does not know $prompt: $reason', ({ platform, prompt }) => {
    const rows = [...knownTo(theirs), ...knownTo(ours)].filter(
      (one) => one.platform === platform && one.prompt === prompt && one.match,
    )
    expect(rows.map(isLevel)).toEqual([false, false])
  })

  it.each(otherNames)('$level is called $mode somewhere: $reason', ({ platform, level, mode }) => {
    const rows = [...casesOf(theirs), ...casesOf(ours)].filter(
      (one) => one.level === level && (platform ?? one.platform) === one.platform,
    )
    expect(rows.some((one) => modesAt(one).includes(mode))).toBe(true)
  })
})
