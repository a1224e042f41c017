import { describe, expect, it } from 'vitest'
import { CommandTable } from '../../src/cli/command-table.js'

const table = new CommandTable<string>()
  .add('show version', 'version')
  .add('show ip interface brief', 'brief')
  .add('show ip route', 'route')
  .add('show interfaces [*]', 'interfaces')
  .add('terminal length <rows>', 'length')
  .add('write', 'write')
  .add('write memory', 'write memory')
  .add('exit', 'exit')
  .add('exit configuration-mode', 'exit mode')

describe('command table', () => {
  it.each([
    { name: 'full words', line: 'show version', handler: 'version', args: [] },
    { name: 'abbreviated words', line: 'sh ip int br', handler: 'brief', args: [] },
    { name: 'other case and more blanks', line: '  SHOW   Ver ', handler: 'version', args: [] },
    { name: 'an argument', line: 'term len 0', handler: 'length', args: ['0'] },
    { name: 'no rest', line: 'show interfaces', handler: 'interfaces', args: [] },
    { name: 'a rest of several words', line: 'show int Gi 1', handler: 'interfaces', args: ['Gi 1'] },
    { name: 'a word that is a command and a prefix of others', line: 'write', handler: 'write', args: [] },
    { name: 'the longer command', line: 'wr mem', handler: 'write memory', args: [] },
  ])('finds $name', ({ line, handler, args }) => {
    expect(table.resolve(line)).toMatchObject({ type: 'found', handler, args })
  })

  it.each([
    {
      name: 'an unknown word at its column',
      line: 'show bogus',
      expected: { type: 'invalid', column: 5, token: 'bogus' },
    },
    { name: 'a word too many', line: 'show version now', expected: { type: 'invalid', column: 13, token: 'now' } },
    { name: 'a line that stops too early', line: 'show ip', expected: { type: 'incomplete' } },
    { name: 'a missing argument', line: 'terminal length', expected: { type: 'incomplete' } },
    { name: 'a word with several meanings', line: 'show i', expected: { type: 'ambiguous' } },
  ])('refuses $name', ({ line, expected }) => {
    expect(table.resolve(line)).toEqual(expected)
  })
})
