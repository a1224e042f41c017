import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isNetPulseError } from '@netpulse/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PlatformCatalog } from '@netpulse/platforms'
import { findFailure, loadPlatforms, modeOf } from '@netpulse/platforms'

const acme = `
name: acme_os
aliases: [acme]
default_mode: exec
modes:
  exec:
    prompt: '^[\\w.\\-]{1,63}>$'
    moves: { configuration: [configure] }
  configuration:
    prompt: '^[\\w.\\-]{1,63}\\(config\\)#$'
    moves: { exec: [end] }
config: { mode: configuration, save: { command: write } }
show_prefixes: ['sh[ow]']
`

describe("an operator's own platform", () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'netpulse-platforms-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  function load(...texts: string[]): PlatformCatalog {
    const files = texts.map((text, index) => {
      const file = join(folder, `own${index}.yaml`)
      writeFileSync(file, text)
      return file
    })
    return loadPlatforms({ files })
  }

  function refusal(run: () => unknown): { code: string; message: string } {
    try {
      run()
    } catch (error) {
      if (isNetPulseError(error)) return { code: error.code, message: error.message }
      throw error
    }
    throw new Error('nothing was refused')
  }

  it('is found by name and alias beside the shipped ones', () => {
    const platforms = load(acme)
    expect(platforms.get('acme')).toBe(platforms.get('acme_os'))
    expect(modeOf(platforms.get('acme'), 'box(config)#')?.name).toBe('configuration')
    expect(platforms.find('cisco_iosxe')?.name).toBe('cisco_iosxe')
  })

  it.each([
    {
      name: 'an unknown key',
      text: acme.replace('show_prefixes', 'show_prefixs'),
      code: 'PLATFORM_INVALID',
      says: 'did you mean "show_prefixes"',
    },
    {
      name: 'a move to a mode that is not there',
      text: acme.replace('exec: [end]', 'exce: [end]'),
      code: 'PLATFORM_INVALID',
      says: 'exce',
    },
    {
      name: 'a pattern that does not parse',
      text: acme.replace('\\(config\\)', '(config'),
      code: 'PLATFORM_INVALID',
      says: 'modes.configuration.prompt',
    },
    { name: 'broken YAML', text: 'name: [', code: 'PLATFORM_INVALID', says: 'own0.yaml' },
    {
      name: 'broken YAML in its third line',
      text: 'name: acme_os\ndefault_mode: exec\nmodes: exec: 1\n',
      code: 'PLATFORM_INVALID',
      says: 'line 3',
    },
    {
      name: 'an unknown key deep in it',
      text: acme.replace('prompt:', 'promt:'),
      code: 'PLATFORM_INVALID',
      says: 'modes.exec',
    },
    { name: 'a text that is no platform', text: 'just text', code: 'PLATFORM_INVALID', says: 'own0.yaml' },
    {
      name: 'an alias of a shipped platform',
      text: acme.replace('[acme]', '[ios]'),
      code: 'PLATFORM_CLASH',
      says: 'cisco_iosxe',
    },
    {
      name: 'the name of a shipped platform',
      text: acme.replace('acme_os', 'cisco_iosxe'),
      code: 'PLATFORM_CLASH',
      says: 'cisco_iosxe',
    },
  ])('is refused for $name, by file and place', ({ text, code, says }) => {
    const { code: found, message } = refusal(() => load(text).get('acme'))
    expect(found).toBe(code)
    expect(message).toContain(says)
  })

  it('may take the place of a shipped one when it says so', () => {
    const platforms = load(`replaces: true\n${acme.replace('acme_os', 'cisco_iosxe')}`)
    expect(platforms.get('cisco_iosxe').modes.size).toBe(2)
  })

  const foreign = JSON.stringify({
    prompt_pattern: '^.*[>#]\\s?+$',
    default_mode: 'exec',
    modes: [
      {
        name: 'exec',
        prompt_pattern: '^[a-z0-9]{1,63}>\\s?+$',
        accessible_modes: [
          {
            name: 'configuration',
            instructions: [
              {
                send_prompted_input: { input: 'enable', prompt_exact: '^Password:\\s?$', response: '__lookup::enable' },
              },
            ],
          },
        ],
      },
      { name: 'configuration', prompt_pattern: '^[a-z0-9]{1,63}#$', prompt_excludes: ['tcl'] },
    ],
    failure_indicators: ['% Invalid input', 'syntax error'],
  })

  it('may be in the layout of scrapli_definitions, named after its file', () => {
    const platform = load(foreign).get('own0')
    expect(modeOf(platform, 'R1> ')?.name).toBe('exec')
    expect(modeOf(platform, 'tcl1#')).toBeUndefined()
    expect(platform.config?.mode).toBe('configuration')
    const step = platform.modes.get('exec')?.moves.get('configuration')?.[0]
    expect(step).toMatchObject({ type: 'send_prompted_input', answer: { secret: 'secret' } })
    expect(step?.type === 'send_prompted_input' && step.question.matches('Password: ')).toBe(true)
    expect(findFailure(platform, 'syntax error')?.kind).toBe('invalid_input')
    expect(findFailure(platform, `a log\n${'line\n'.repeat(10)}with a syntax error`)).toBeNull()
  })

  it('in that layout takes the place of a shipped one with one more line, and keeps what the layout cannot say', () => {
    const file = join(folder, 'cisco_iosxr.yaml')
    writeFileSync(file, foreign)
    expect(refusal(() => loadPlatforms({ files: [file] })).code).toBe('PLATFORM_CLASH')
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(foreign) as object), replaces: true }))
    const platform = loadPlatforms({ files: [file] }).get('cisco_xr')
    expect(modeOf(platform, 'r1>')?.name).toBe('exec')
    expect(platform.config?.candidate?.commit).toEqual(['commit'])
  })

  it('is refused when its file is not there', () => {
    const file = join(folder, 'missing.yaml')
    expect(refusal(() => loadPlatforms({ files: [file] }))).toEqual({
      code: 'PLATFORM_INVALID',
      message: `platform file ${file} is invalid: cannot be read (ENOENT)`,
    })
  })

  it('is refused when two files claim one name', () => {
    expect(refusal(() => load(acme, acme.replace('acme_os', 'other_os'))).code).toBe('PLATFORM_CLASH')
  })

  it('is asked for by the nearest name when misspelt', () => {
    expect(refusal(() => load(acme).get('acme_so'))).toMatchObject({
      code: 'PLATFORM_UNKNOWN',
      message: expect.stringContaining('acme_os') as string,
    })
  })
})
