import { describe, expect, it } from 'vitest'
import { stepsOf } from '../support/guides/guide.js'

const fence = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\`\n`

describe('the steps of a guide', () => {
  it('are what is run with its output, and what is saved, in order; the rest is marked', () => {
    const guide = [
      fence('sh', 'echo one'),
      fence('text output', 'one'),
      'Save as `a.yaml`:\n',
      fence('yaml a.yaml', 'a: 1'),
      fence('ini not-run', '[Unit]'),
      fence('sh', 'cat a.yaml'),
    ].join('\n')
    expect(stepsOf(guide)).toEqual([
      { kind: 'run', line: 1, code: 'echo one\n', output: { line: 5, format: 'text', text: 'one\n' } },
      { kind: 'file', line: 11, language: 'yaml', name: 'a.yaml', text: 'a: 1\n' },
      { kind: 'run', line: 19, code: 'cat a.yaml\n' },
    ])
  })

  it.each([
    { name: 'a shell that is not run', guide: fence('bash', 'true'), says: 'line 1: nothing runs this bash fence' },
    { name: 'a shell that is saved', guide: `As \`x\`\n${fence('console x', '')}`, says: 'nothing runs this console' },
    { name: 'a shell that is marked not to run', guide: fence('bash not-run', 'true'), says: 'nothing runs this bash' },
    { name: 'a nameless fence', guide: fence('', 'true'), says: 'nothing runs this nameless fence' },
    { name: 'a program without a file name', guide: fence('ts', 'let a'), says: 'nothing runs this ts fence' },
    { name: 'words behind sh', guide: fence('sh not-run', 'true'), says: 'no words behind it' },
    { name: 'a file that the reader is not told of', guide: fence('ts a.mjs', ''), says: 'does not name `a.mjs`' },
    { name: 'an output of nothing', guide: fence('text output', 'x'), says: 'follows no sh fence' },
    {
      name: 'a second output',
      guide: fence('sh', 'x') + fence('text output', 'x') + fence('text output', 'x'),
      says: 'follows no sh fence',
    },
    { name: 'an output in another format', guide: fence('sh', 'x') + fence('csv output', 'x'), says: 'text or json' },
    { name: 'an indented fence', guide: `1. First:\n   ${fence('sh', 'true')}`, says: 'line 2: a fence begins' },
    { name: 'a fence of tildes', guide: '~~~sh\ntrue\n~~~\n', says: 'a fence begins with' },
    { name: 'a fence without an end', guide: '```sh\ntrue\n', says: 'never closed' },
  ])('are refused with the line: $name', ({ guide, says }) => {
    expect(() => stepsOf(guide)).toThrow(says)
  })
})
