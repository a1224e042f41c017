import { describe, expect, it } from 'vitest'
import { classifyCommand } from '../../src/engine/classify-command.js'
import { configBlocks } from '../../src/engine/config-blocks.js'
import { findFailure } from '../../src/engine/find-failure.js'
import { candidateModes, modeOf } from '../../src/engine/mode-of.js'
import { findPath } from '../../src/engine/route.js'
import { loadPlatforms } from '../../src/index.js'

const platforms = loadPlatforms()
const ios = platforms.get('cisco_iosxe')
const junos = platforms.get('juniper_junos')
const frr = platforms.get('frr_vtysh')

describe('modeOf', () => {
  it('keeps to the expected mode where several have one prompt', () => {
    const names = candidateModes(junos, '[edit]\nadmin@mx1# ').map(({ name }) => name)
    expect(names).toContain('configuration_exclusive')
    expect(modeOf(junos, '[edit]\nadmin@mx1# ', 'configuration_exclusive')?.name).toBe('configuration_exclusive')
    expect(modeOf(junos, '[edit]\nadmin@mx1# ')?.name).toBe('configuration')
  })

  it.each(['', 'Interface status: up>', '% Unknown command#', 'r1(config)# show', '!'])(
    'takes %j for no prompt',
    (tail) => {
      expect(modeOf(ios, tail)).toBeUndefined()
    },
  )
})

describe('findPath', () => {
  it('goes the shortest way through the graph, and none where there is none', () => {
    expect(findPath(ios, 'exec', 'configuration')).toEqual(['privileged_exec', 'configuration'])
    expect(findPath(ios, 'configuration', 'configuration')).toEqual([])
    expect(findPath(ios, 'exec', 'no_such_mode')).toBeUndefined()
  })
})

describe('classifyCommand', () => {
  it.each([
    { command: 'show version', kind: 'query' },
    { command: 'sh ip int br', kind: 'query' },
    { command: '  show running-config | include hostname', kind: 'query' },
    { command: 'show running-config | redirect flash:x', kind: 'opaque' },
    { command: 'show tech-support | append flash:x', kind: 'opaque' },
    { command: 'reload', kind: 'opaque' },
    { command: 'write erase', kind: 'opaque' },
    { command: 'copy running-config startup-config', kind: 'opaque' },
    { command: 'clear counters', kind: 'opaque' },
    { command: 'showx', kind: 'opaque' },
    { command: 'show version\nreload', kind: 'opaque' },
    { command: 'show version\u0003reload', kind: 'opaque' },
  ])('takes $command for $kind', ({ command, kind }) => {
    expect(classifyCommand(ios, command)).toBe(kind)
  })

  it('does not take a file that Junos writes for reading', () => {
    expect(classifyCommand(junos, 'show configuration | match ge-')).toBe('query')
    expect(classifyCommand(junos, 'show configuration | save /tmp/x')).toBe('opaque')
  })
})

describe('findFailure', () => {
  it.each([
    {
      name: 'the marked place',
      platform: ios,
      output: "     ^\n% Invalid input detected at '^' marker.\n",
      kind: 'invalid_input',
    },
    { name: 'a missing word', platform: ios, output: '% Incomplete command.\n', kind: 'incomplete' },
    { name: 'an ambiguous word', platform: ios, output: '% Ambiguous command:  "s"', kind: 'ambiguous' },
    {
      name: 'an unknown command of vtysh',
      platform: frr,
      output: '% Unknown command: show x',
      kind: 'unknown_command',
    },
    {
      name: 'an incomplete command of vtysh',
      platform: frr,
      output: '% Command incomplete: show ip',
      kind: 'incomplete',
    },
  ])('finds $name', ({ platform, output, kind }) => {
    expect(findFailure(platform, output)?.kind).toBe(kind)
  })

  it('takes an answer that quotes a refusal within a line for an answer', () => {
    const log = Array.from({ length: 50 }, (_, i) => `Jan  1 00:00:${i} r1: user typed: % Invalid input detected`).join(
      '\n',
    )
    expect(findFailure(ios, log)).toBeNull()
    expect(findFailure(ios, 'description % Invalid input\n')).toBeNull()
  })

  it('looks at megabytes at the cost of their length', () => {
    expect(findFailure(ios, 'x'.repeat(1000).concat('\n').repeat(5000))).toBeNull()
  })
})

describe('configBlocks', () => {
  const blocks = (...lines: string[]): string[][] => configBlocks(ios.config!, lines).map((block) => [...block.lines])

  it('takes ordinary lines one by one', () => {
    expect(blocks('interface Gi1', ' shutdown')).toEqual([['interface Gi1'], [' shutdown']])
  })

  it('takes a banner with its end as one', () => {
    expect(blocks('banner motd ^C', 'Keep out', '', 'really', '^C', 'hostname x')).toEqual([
      ['banner motd ^C', 'Keep out', '', 'really', '^C'],
      ['hostname x'],
    ])
    expect(blocks('banner motd #one line#', 'hostname x')).toEqual([['banner motd #one line#'], ['hostname x']])
  })

  it('refuses a banner without its end', () => {
    expect(() => blocks('banner motd ^', 'Keep out')).toThrow('line 1 begins a block that has no end')
  })
})
