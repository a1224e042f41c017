import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isNetPulseError } from '@netpulse/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PlatformCatalog } from '@netpulse/platforms'
import { loadPlatforms, modeOf } from '@netpulse/platforms'

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
