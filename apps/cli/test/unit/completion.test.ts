import { execFileSync } from 'node:child_process'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { completionScripts } from '../../src/completion/scripts.js'
import { wordsOf } from '../../src/completion/words.js'

function words() {
  const program = new Command('netpulse').option('--url <url>').option('--json')
  program.command('jobs').summary("list: it's there").option('--status <words>')
  program.command('job').summary('one').option('-f, --follow')
  const keys = program.command('keys').summary('of the API')
  keys.command('create').summary('make').option('--role <role>')
  keys.command('list').summary('list')
  return wordsOf(program)
}

/** What bash offers for the words so far. */
function offered(...typed: readonly string[]): string[] {
  const script = `${completionScripts['bash']!(words())}
COMP_WORDS=(netpulse ${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length}
_netpulse; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n')
}

describe('completion', () => {
  it('of bash offers commands, then the flags of the command', () => {
    expect(offered('')).toEqual(['jobs', 'job', 'keys'])
    expect(offered('jo')).toEqual(['jobs', 'job'])
    expect(offered('jobs', '--')).toEqual(['--help', '--json', '--status', '--url'])
    expect(offered('--json', 'job', '--f')).toEqual(['--follow'])
  })

  it('of bash offers what stands below a command, then its flags', () => {
    expect(offered('keys', 'c')).toEqual(['create'])
    expect(offered('--json', 'keys', '--url', 'x', 'create', '--r')).toEqual(['--role'])
    expect(offered('keys', 'list', '--r')).toEqual([''])
  })

  it('knows what the program knows', () => {
    const global = ['--help', '--json', '--url']
    expect(words()).toEqual([
      { name: 'jobs', summary: "list: it's there", flags: ['--help', '--json', '--status', '--url'], commands: [] },
      { name: 'job', summary: 'one', flags: ['--follow', ...global], commands: [] },
      {
        ...{ name: 'keys', summary: 'of the API', flags: global },
        commands: [
          { name: 'create', summary: 'make', flags: ['--help', '--json', '--role', '--url'], commands: [] },
          { name: 'list', summary: 'list', flags: global, commands: [] },
        ],
      },
    ])
  })

  it.each([
    { shell: 'zsh', line: `'jobs:list\\: it'\\''s there'` },
    { shell: 'fish', line: `-a jobs -d 'list: it'\\''s there'` },
    {
      shell: 'zsh',
      line: 'if (( CURRENT == 3 )); then compadd -- create list; else case $words[3] in create) compadd -- ',
    },
    { shell: 'fish', line: `-n '__fish_seen_subcommand_from keys; and __fish_seen_subcommand_from create' -l role` },
  ])('of $shell has the line $line', ({ shell, line }) => {
    expect(completionScripts[shell]!(words())).toContain(line)
  })
})
