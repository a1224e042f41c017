import { execFileSync } from 'node:child_process'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { completionScripts } from '../../src/completion/scripts.js'
import { wordsOf } from '../../src/completion/words.js'

function words() {
  const program = new Command('netpulse').option('--url <url>').option('--json')
  program.command('jobs').summary("list: it's there").option('--status <words>')
  program.command('job').summary('one').option('-f, --follow')
  program.command('audit').summary('who').command('verify').option('--head <hash>')
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
    expect(offered('')).toEqual(['jobs', 'job', 'audit'])
    expect(offered('audit', 've')).toEqual(['verify'])
    expect(offered('jo')).toEqual(['jobs', 'job'])
    expect(offered('jobs', '--')).toEqual(['--help', '--json', '--status', '--url'])
    expect(offered('--json', 'job', '--f')).toEqual(['--follow'])
  })

  it('knows what the program knows', () => {
    expect(words()).toEqual([
      { name: 'jobs', summary: "list: it's there", flags: ['--help', '--json', '--status', '--url'] },
      { name: 'job', summary: 'one', flags: ['--follow', '--help', '--json', '--url'] },
      { name: 'audit', summary: 'who', flags: ['--head', '--help', '--json', '--url', 'verify'] },
    ])
  })

  it.each([
    { shell: 'zsh', line: `'jobs:list\\: it'\\''s there'` },
    { shell: 'fish', line: `'__fish_seen_subcommand_from audit' -a verify` },
    { shell: 'fish', line: `-a jobs -d 'list: it'\\''s there'` },
  ])('of $shell quotes what people read', ({ shell, line }) => {
    expect(completionScripts[shell]!(words())).toContain(line)
  })
})
