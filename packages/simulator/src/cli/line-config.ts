import { applyEdit } from '../config/edit.js'
import type { Edit } from '../config/edit.js'
import { ConfigTree } from '../config/config-tree.js'
import type { Answer } from './cli-session.js'
import type { BlockRule, LineGrammar, SectionRule } from './line-grammar.js'
import type { LineSession } from './line-session.js'

interface OpenSection {
  readonly line: string
  readonly name: string
}

/** A config line in parts. */
interface Parts {
  readonly negated: boolean
  /** The line without the negation, its first word in full. */
  readonly line: string
  /** Taken at the top, whatever section is open. */
  readonly atRoot: boolean
}

/** Config mode of one session: the open sections, and the candidate where the platform has one. */
export class ConfigReader {
  readonly #session: LineSession
  #open: OpenSection[] = []
  #edits: Edit[] = []
  #failed: Edit[] = []
  #isCandidate: boolean
  #label = ''

  constructor(session: LineSession) {
    this.#session = session
    this.#isCandidate = session.device.compiled.grammar.candidate
  }

  /** Names of the open section and of the configuration session, for the prompt. */
  get section(): string {
    const name = this.#open.at(-1)?.name ?? ''
    return [this.#label, name].filter((part) => part !== '').join('-')
  }

  /** Lines go into a candidate. */
  get isCandidate(): boolean {
    return this.#isCandidate
  }

  get path(): readonly string[] {
    return this.#open.map((section) => section.line)
  }

  /** Lines wait for a commit. */
  get isDirty(): boolean {
    return this.#edits.length > 0
  }

  /** Enters config mode, at the top. */
  enter(exclusive = false): void {
    this.#session.level = 'config'
    this.#open = []
    if (exclusive) this.#session.device.lockedBy = this.#session
  }

  /** Enters config mode on a candidate of its own, on platforms where that is a choice. `label` is for the prompt. */
  enterCandidate(label: string): void {
    this.enter()
    this.#isCandidate = true
    this.#label = label
  }

  /** Leaves the innermost section; `false` at the top. */
  up(): boolean {
    return this.#open.pop() !== undefined
  }

  toTop(): void {
    this.#open = []
  }

  /** Back to the privileged mode. What waits for a commit is dropped. */
  leave(): void {
    if (this.isDirty) this.discard()
    this.#open = []
    this.#label = ''
    this.#isCandidate = this.#grammar.candidate
    this.#session.level = 'exec'
    const { device } = this.#session
    if (device.lockedBy === this.#session) device.lockedBy = undefined
  }

  /** Whether the line's first word could also be a config line's first word. `exit` is never one. */
  isAmbiguous(line: string): boolean {
    const word = line.trim().split(/\s+/)[0] ?? ''
    const { root, inner } = this.#session.device.compiled
    const words = this.#open.length === 0 ? root : inner
    return words.expand(word) === word.toLowerCase()
  }

  take(line: string): Answer {
    const parts = this.#partsOf(line)
    if ('output' in parts) return parts
    const block = this.#blockOf(parts)
    if (block !== undefined) return this.#takeBlock(parts, line, block)
    this.#apply(parts, line)
    return { output: '' }
  }

  /** Puts the candidate into force; the answer is empty unless the device refuses. */
  commit(kind: 'commit' | 'commit_confirmed' = 'commit'): { readonly failed: boolean } {
    const { device, login } = this.#session
    this.#failed = this.#edits.filter((edit) => !edit.negated && device.setup.refusesAtCommit(edit.line))
    const failed = this.#failed.length > 0
    if (!failed) {
      device.checkpoint()
      device.apply(this.#edits)
      login.record.commit(kind)
    }
    this.#forget()
    return { failed }
  }

  discard(): void {
    if (this.isDirty) this.#session.login.record.discard()
    this.#forget()
  }

  /** The candidate's lines as configuration text. */
  pendingText(): string {
    return this.#render(this.#edits)
  }

  /** What the last commit refused, with the device's reason as comments. */
  failedText(): string {
    if (this.#failed.length === 0) return ''
    const why = '!! SEMANTIC ERRORS: This configuration was rejected by \n!! the system due to semantic errors. \n'
    return `${why}${this.#render(this.#failed)}!!% Invalid argument: the item was refused\n`
  }

  close(): void {
    const { device } = this.#session
    if (device.lockedBy === this.#session) device.lockedBy = undefined
    if (this.isDirty) this.discard()
  }

  get #grammar(): LineGrammar {
    return this.#session.grammar
  }

  #render(edits: readonly Edit[]): string {
    const tree = new ConfigTree()
    for (const { path, line, negated } of edits) {
      const shown = negated ? `${this.#grammar.negation} ${line}` : line
      applyEdit(tree, { path, line: shown, negated: false }, this.#grammar.singleValue)
    }
    return tree.render(this.#grammar.separator)
  }

  #forget(): void {
    this.#edits = []
    const { device } = this.#session
    if (device.editor === this.#session) device.editor = undefined
  }

  #partsOf(raw: string): Parts | Answer {
    const { negation } = this.#grammar
    const typed = raw.trim()
    const negated = typed.startsWith(`${negation} `) || typed.startsWith('default ')
    const bare = negated ? typed.slice(typed.indexOf(' ') + 1).trimStart() : typed
    const column = raw.indexOf(bare)
    const word = /^\S+/.exec(bare)?.[0] ?? ''
    const rest = bare.slice(word.length).trim()
    const full = this.#expand(word, rest)
    const { device } = this.#session
    if (full === null) return this.#session.ambiguous(raw)
    if (full === undefined) {
      if (device.setup.accepts(typed)) return { negated, line: bare, atRoot: false }
      return this.#session.invalid(raw, column, word)
    }
    if (rest === '' && !negated && full.needsArgument) return this.#session.incomplete(raw)
    return { negated, line: this.#normalise(full.word, rest), atRoot: full.atRoot }
  }

  #expand(word: string, rest: string): { word: string; atRoot: boolean; needsArgument: boolean } | null | undefined {
    const { root, inner } = this.#session.device.compiled
    const isInside = this.#open.length > 0
    const rootWord = root.expand(word)
    const full = `${rootWord ?? ''} ${rest}`
    const forced = this.#grammar.rootOnly.test(full) && this.#sectionRule(full)?.inside === undefined
    if (isInside && !forced) {
      const innerWord = inner.expand(word)
      if (innerWord === null) return null
      if (innerWord !== undefined) {
        return { word: innerWord, atRoot: false, needsArgument: inner.needsArgument(innerWord) }
      }
    }
    if (rootWord === null || rootWord === undefined) return rootWord
    return { word: rootWord, atRoot: true, needsArgument: root.needsArgument(rootWord) }
  }

  /** `interface Gi1` as the configuration shows it: `interface GigabitEthernet1`. */
  #normalise(word: string, rest: string): string {
    if (rest === '') return word
    if (word !== 'interface') return `${word} ${rest}`
    const [, short = '', unit = ''] = /^([A-Za-z-]+)\s*(.*)$/.exec(rest) ?? []
    const name = expandInterface(short, this.#grammar.interfaces)
    return `${word} ${name === undefined ? rest : `${name}${unit}`}`
  }

  #blockOf({ line, negated }: Parts): { rule: BlockRule; first: RegExpExecArray } | undefined {
    if (negated) return undefined
    for (const rule of this.#grammar.blocks) {
      const first = rule.pattern.exec(line)
      if (first !== null) return { rule, first }
    }
    return undefined
  }

  #takeBlock(parts: Parts, raw: string, block: { rule: BlockRule; first: RegExpExecArray }): Answer {
    const { rule, first } = block
    if (rule.isWhole(first)) {
      this.#apply(parts, raw)
      return { output: '' }
    }
    const rows = [raw]
    const collect = (text: string): Answer => {
      rows.push(text)
      if (!rule.endsAt(text, first)) return { output: '', ask: { prompt: '', answer: collect } }
      this.#applyBlock(parts, rows)
      return { output: '' }
    }
    return { output: rule.intro, ask: { prompt: '', answer: collect } }
  }

  /** A block is one line of the configuration, with line ends in it; the evidence has each line. */
  #applyBlock(parts: Parts, rows: readonly string[]): void {
    const line = [parts.line, ...rows.slice(1)].join('\n')
    this.#put({ path: parts.atRoot ? [] : this.path, line, negated: false })
    for (const row of rows) this.#record(row)
  }

  #apply(parts: Parts, raw: string): void {
    if (parts.atRoot) this.#open = []
    const rule = this.#sectionRule(parts.line)
    if (rule !== undefined) this.#open = this.#parents(rule)
    else if (parts.line.startsWith('exit-')) this.#open.pop()
    this.#put({ path: this.path, line: parts.line, negated: parts.negated })
    if (rule !== undefined && !parts.negated) this.#open.push({ line: parts.line, name: nameOf(rule, parts.line) })
    this.#record(raw)
  }

  #sectionRule(line: string): SectionRule | undefined {
    const fits = ({ pattern, inside }: SectionRule): boolean =>
      pattern.test(line) && (inside === undefined || this.#open.some((section) => inside.test(section.line)))
    return this.#grammar.sections.find(fits)
  }

  /** The open sections that a section of this rule stands in. */
  #parents({ inside }: SectionRule): OpenSection[] {
    if (inside === undefined) return []
    const depth = this.#open.findLastIndex((section) => inside.test(section.line))
    return this.#open.slice(0, depth + 1)
  }

  #put(edit: Edit): void {
    if (edit.line.startsWith('exit-')) return
    const { device } = this.#session
    if (!this.#isCandidate) {
      device.apply([edit])
      return
    }
    this.#edits.push(edit)
    device.editor = this.#session
  }

  #record(raw: string): void {
    const target = this.#isCandidate ? 'candidate' : 'running'
    this.#session.login.record.configLine(raw.trim(), this.#session.mode, target)
  }
}

/** The rule's name, with the groups of its pattern put in. */
function nameOf({ name, pattern }: SectionRule, line: string): string {
  if (!name.includes('$')) return name
  const groups = pattern.exec(line) ?? []
  return name.replace(/\$(\d)/g, (_all, index: string) => groups[Number(index)] ?? '')
}

function expandInterface(short: string, names: Readonly<Record<string, string>>): string | undefined {
  const typed = short.toLowerCase()
  const full = Object.values(names).find((name) => name.toLowerCase() === typed)
  return full ?? names[typed] ?? Object.values(names).find((name) => name.toLowerCase().startsWith(typed))
}
