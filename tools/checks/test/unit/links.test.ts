import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anchorsIn, flawOfLink, linksIn } from '../../links.mjs'

const targetsOf = (text: string): readonly string[] => linksIn(text).map(({ target }) => target)

describe('links of a document', () => {
  it.each([
    { name: 'plain', text: 'see [this](a.md#b)', targets: ['a.md#b'] },
    { name: 'with a title and brackets in its text', text: '[a [b]](c.md "title")', targets: ['c.md'] },
    { name: 'several in a line', text: '[a](b) and ![c](d.png)', targets: ['b', 'd.png'] },
    { name: 'around code', text: '[`store`](configuration.md#general)', targets: ['configuration.md#general'] },
    { name: 'defined apart', text: '[a]\n\n[a]: b.md', targets: ['b.md'] },
    { name: 'of HTML', text: '<a href="b.md">a</a>', targets: ['b.md'] },
    { name: 'in code, which is none', text: 'pattern `[a](b)`\n\n```ts\nx[0](y)\n```\n', targets: [] },
  ])('are found: $name', ({ text, targets }) => {
    expect(targetsOf(text)).toEqual(targets)
  })

  it('have the line in which they stand, also below code', () => {
    expect(linksIn('one\n\n```sh\na\nb\n```\n\n[x](y)\n')).toEqual([{ target: 'y', line: 8 }])
  })
})

describe('anchors of a document', () => {
  it.each([
    { heading: '## What a job’s end means', anchor: 'what-a-jobs-end-means' },
    { heading: '### POST /device/exec', anchor: 'post-deviceexec' },
    { heading: '## `driver_args` of commands', anchor: 'driver_args-of-commands' },
    { heading: '# A [link](b.md) in it', anchor: 'a-link-in-it' },
  ])('are those that GitHub makes of $heading', ({ heading, anchor }) => {
    expect([...anchorsIn(`${heading}\n`)]).toEqual([anchor])
  })

  it('count headings of one name, and none in code', () => {
    expect([...anchorsIn('# a\n## a\n```sh\n# no heading\n```\n<a id="own"></a>\n')]).toEqual(['own', 'a', 'a-1'])
  })
})

describe('a link', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'np-links-'))
    mkdirSync(join(folder, 'docs'))
    writeFileSync(join(folder, 'docs/a.md'), '# One\n')
    writeFileSync(join(folder, 'b.json'), '{}')
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(['a.md', 'a.md#one', '#one', '../b.json', '../docs', 'https://example.net/x#y', 'mailto:a@example.net'])(
    'leads somewhere: %s',
    (target) => {
      expect(flawOfLink(target, 'docs/a.md', folder)).toBeUndefined()
    },
  )

  it.each([
    { target: 'c.md', flaw: 'leads to docs/c.md, which does not exist' },
    { target: 'a.md#two', flaw: 'has no heading #two' },
    { target: '#two', flaw: 'has no heading #two' },
    { target: '../../outside.md', flaw: 'leads out of the repository' },
    { target: '/docs/a.md', flaw: 'leads out of the repository' },
    { target: '../b.json#x', flaw: 'is no Markdown' },
  ])('leads nowhere: $target', ({ target, flaw }) => {
    expect(flawOfLink(target, 'docs/a.md', folder)).toContain(flaw)
  })
})
