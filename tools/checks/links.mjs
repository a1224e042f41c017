import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { anchorOf } from '../docs/markdown.mjs'
import { root } from '../setup/prepare.mjs'

/** Documents whose links are looked at: all Markdown, and the text for agents. */
const documents = ['*.md', 'docs/llms.txt']

const fence = /^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\s*$/gm

/** Spans of code: what looks like a link in one is none. */
const codeSpan = /(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g

const withoutCode = (text) => text.replaceAll(fence, keepLines).replaceAll(codeSpan, '')

const keepLines = (text) => text.replaceAll(/[^\n]/g, '')

const inlineLink =
  /!?\[(?:[^[\]]|\[[^[\]]*\])*\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+["'(][^)]*)?\s*\)/g
const definition = /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm
const htmlLink = /<[a-z]+\s[^>]*?(?:href|src)="([^"]*)"/gi

/** Targets of a document's links, each with its line, from 1. */
export function linksIn(text) {
  const plain = withoutCode(text)
  const found = [inlineLink, definition, htmlLink].flatMap((pattern) => [...plain.matchAll(pattern)])
  return found.map(({ index, 1: target }) => ({ target, line: plain.slice(0, index).split('\n').length }))
}

/** Text of a heading as a reader sees it. */
const shownText = (heading) =>
  heading
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .replace(/\s+#+\s*$/, '')
    .trim()

/** Anchors that a document has, as GitHub makes them: of headings, the second of a name with `-1`, and of `id`. */
export function anchorsIn(text) {
  const plain = text.replaceAll(fence, keepLines)
  const anchors = new Set([...plain.matchAll(/<[a-z]+\s[^>]*?(?:id|name)="([^"]+)"/gi)].map(([, id]) => id))
  const seen = new Map()
  for (const [, heading] of plain.matchAll(/^ {0,3}#{1,6}\s+(.*)$/gm)) {
    const base = anchorOf(shownText(heading))
    const count = seen.get(base) ?? 0
    seen.set(base, count + 1)
    anchors.add(count === 0 ? base : `${base}-${count}`)
  }
  return anchors
}

const isElsewhere = (target) => /^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith('//')

/** What is wrong with a link; `undefined` when it leads somewhere. `file` is the document's path below `folder`. */
export function flawOfLink(target, file, folder = root) {
  if (isElsewhere(target)) return undefined
  const [path, anchor] = target.split('#', 2).map(decodeURIComponent)
  const aim = path === '' ? file : normalize(join(dirname(file), path))
  if (path.startsWith('/') || aim.startsWith('..')) return 'leads out of the repository'
  const place = join(folder, aim)
  if (!existsSync(place)) return `leads to ${aim}, which does not exist`
  if (anchor === undefined) return undefined
  if (statSync(place).isDirectory() || !aim.endsWith('.md')) return `has an anchor, and ${aim} is no Markdown`
  return anchorsIn(readFileSync(place, 'utf8')).has(anchor) ? undefined : `${aim} has no heading #${anchor}`
}

/** Every link of every document within the repository leads to a file, and to a heading where it names one. */
export function checkLinks() {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', ...documents], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))
  const links = files.flatMap((file) =>
    linksIn(readFileSync(join(root, file), 'utf8')).map(({ target, line }) => ({ file, target, line })),
  )
  const failures = links.flatMap(({ file, target, line }) => {
    const flaw = flawOfLink(target, file)
    return flaw === undefined ? [] : [`${file}:${line}: ${target} ${flaw}`]
  })
  return { passed: links.length - failures.length, failures }
}
