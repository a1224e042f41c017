import { describe, expect, it } from 'vitest'
import { classifyCommand } from '../../src/engine/classify-command.js'
import { configBlocks } from '../../src/engine/config-blocks.js'
import { findFailure } from '../../src/engine/find-failure.js'
import { candidateModes, modeOf } from '../../src/engine/mode-of.js'
import { findPath, findRoute } from '../../src/engine/route.js'
import { loadPlatforms } from '../../src/index.js'

const platforms = loadPlatforms()
const ios = platforms.get('cisco_iosxe')
const junos = platforms.get('juniper_junos')
const frr = platforms.get('frr_vtysh')
const nxos = platforms.get('cisco_nxos')

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
    expect(findPath(ios, 'no_such_mode', 'exec')).toBeUndefined()
  })
})

describe('findRoute', () => {
  it('gives the steps into each mode on the way', () => {
    const route = findRoute(ios, 'exec', 'configuration')
    expect(route).toMatchObject([
      [{ type: 'send_prompted_input', input: 'enable', answer: { secret: 'secret' } }],
      [{ type: 'send_input', input: 'configure terminal' }],
    ])
    const [enable] = route?.[0] ?? []
    expect(enable?.type === 'send_prompted_input' && enable.question.matches('Password: ')).toBe(true)
  })

  it('goes back by way of the modes between', () => {
    const steps = findRoute(ios, 'configuration', 'exec')?.flat()
    expect(steps).toEqual([
      { type: 'send_input', input: 'end' },
      { type: 'send_input', input: 'disable' },
    ])
  })

  it('leads from every mode of every shipped platform to its default mode', () => {
    for (const { name } of platforms.list()) {
      const platform = platforms.get(name)
      for (const mode of platform.modes.keys()) {
        expect(findRoute(platform, mode, platform.defaultMode), `${name}: ${mode}`).toBeDefined()
      }
    }
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

  it.each([
    { command: 'show interface | include up|down', kind: 'query' },
    { command: 'show running-config | sec bgp', kind: 'query' },
    { command: 'SHOW VERSION', kind: 'query' },
    { command: 'show running-config > bootflash:x', kind: 'opaque' },
    { command: 'show version ; reload', kind: 'opaque' },
    { command: 'show version | no-such-filter', kind: 'opaque' },
    { command: 'show version |', kind: 'opaque' },
    { command: 'show x | include a|redirect bootflash:x', kind: 'opaque' },
    { command: 'configure terminal', kind: 'opaque' },
    { command: 'show version\u007f', kind: 'opaque' },
    { command: 's', kind: 'opaque' },
    { command: '', kind: 'opaque' },
  ])('of NX-OS takes $command for $kind', ({ command, kind }) => {
    expect(classifyCommand(nxos, command)).toBe(kind)
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

  const log = (lines: number, at: number): string =>
    Array.from({ length: lines }, (_, line) =>
      line === at ? "% Invalid input detected at '^' marker." : `Jan  1 00:00:00 r1: line ${line}`,
    ).join('\n')

  it.each([
    { name: 'no line in the middle of a long answer', output: log(60, 30), kind: undefined },
    { name: 'no eleventh line of one', output: log(60, 10), kind: undefined },
    { name: 'the tenth line', output: log(60, 9), kind: 'invalid_input' },
    { name: 'the tenth line from the end', output: log(60, 50), kind: 'invalid_input' },
    // An answer of twenty lines has no middle: here a line that only quotes a refusal counts.
    { name: 'any line of a short answer', output: log(20, 10), kind: 'invalid_input' },
    { name: 'a line behind blank ones', output: `${'\n'.repeat(40)}${log(30, 0)}`, kind: 'invalid_input' },
    { name: 'nothing in nothing', output: '', kind: undefined },
  ])('takes for a refusal $name', ({ output, kind }) => {
    expect(findFailure(ios, output)?.kind).toBe(kind)
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

  it('takes a banner whose last line has text before and after the delimiter', () => {
    expect(blocks('banner login #Keep', 'out# and more', 'end')).toEqual([
      ['banner login #Keep', 'out# and more'],
      ['end'],
    ])
  })

  it('takes a certificate up to its quit', () => {
    const chain = ['crypto pki certificate chain CA', ' certificate ca 01', '  30820321 30820209', '  \tquit', 'end']
    expect(blocks(...chain)).toEqual([[chain[0]], chain.slice(1, 4), ['end']])
    expect(blocks(' certificate ca 01 nvram:CA#1CA.cer', 'end')).toHaveLength(2)
  })

  it('tells where in the list each block begins', () => {
    const lines = ['hostname x', 'banner motd #a', 'b#', 'end']
    expect(configBlocks(ios.config!, lines).map(({ firstLine }) => firstLine)).toEqual([0, 1, 3])
  })

  it.each([
    { name: 'a banner', lines: ['banner motd ^', 'Keep out'], at: 1 },
    { name: 'a certificate', lines: ['hostname x', ' certificate ca 01', '  30820321'], at: 2 },
  ])('refuses $name without its end', ({ lines, at }) => {
    expect(() => blocks(...lines)).toThrow(`line ${at} begins a block that has no end`)
  })
})
