import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/command-line.js'

const settingsOf = (...args: string[]) =>
  Object.fromEntries(parseCommandLine(args).settings.map(({ path, value }) => [path, value]))

describe('the command line', () => {
  const rows: readonly { args: string[]; settings: Record<string, unknown> }[] = [
    { args: [], settings: {} },
    { args: ['--port', '0', '--host', '0.0.0.0'], settings: { 'server.port': 0, 'server.host': '0.0.0.0' } },
    { args: ['--port=80', '--store', 'memory:', '--embedded'], settings: { 'server.port': 80, store: 'memory:' } },
    { args: ['--demo'], settings: { demo: 3 } },
    { args: ['--demo', '5'], settings: { demo: 5 } },
    { args: ['--demo=5'], settings: { demo: 5 } },
    { args: ['--demo', '--port', '7'], settings: { demo: 3, 'server.port': 7 } },
    { args: ['--demo', '7', '--port', '8'], settings: { demo: 7, 'server.port': 8 } },
    { args: ['--log-level', 'debug'], settings: { 'log.level': 'debug' } },
    { args: ['--port', 'http'], settings: { 'server.port': 'http' } },
  ]
  it.each(rows)('reads $args', ({ args, settings }) => {
    expect(settingsOf(...args)).toEqual(settings)
  })

  it('reads the words and flags of a command', () => {
    const flags = parseCommandLine(['keys', 'add', '--name', 'ci', '--role', 'viewer', '--store', 's'])
    expect(flags.words).toEqual(['keys', 'add'])
    expect([flags.text('name'), flags.text('role'), flags.has('embedded')]).toEqual(['ci', 'viewer', false])
  })

  it.each([
    { args: ['--prot', '1'], says: /Unknown flag --prot\. Did you mean --port\?/ },
    { args: ['--zzzzzzz'], says: /Unknown flag --zzzzzzz\.$/ },
    { args: ['-x'], says: /Unknown flag -x/ },
    { args: ['--port'], says: /--port needs a value/ },
    { args: ['--store='], says: /--store needs a value/ },
    { args: ['--embedded=yes'], says: /--embedded takes no value/ },
  ])('refuses $args', ({ args, says }) => {
    expect(() => parseCommandLine(args)).toThrow(says)
  })
})
