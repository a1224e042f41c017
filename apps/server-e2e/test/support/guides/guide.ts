/** Shell lines that a reader pastes; they run in the shell of the steps before. */
export interface RunStep {
  readonly kind: 'run'
  /** Line of the guide, from 1. */
  readonly line: number
  readonly code: string
  /** What the guide says that they print. */
  readonly output?: ShownOutput
}

/** A file that a reader saves under its name, where the shell stands. */
export interface FileStep {
  readonly kind: 'file'
  readonly line: number
  readonly language: string
  readonly name: string
  readonly text: string
}

export interface ShownOutput {
  readonly line: number
  readonly format: 'text' | 'json'
  readonly text: string
}

export type GuideStep = RunStep | FileStep

interface Fence {
  readonly line: number
  readonly language: string
  readonly words: readonly string[]
  readonly text: string
  /** The last line of prose before it. */
  readonly before: string
}

const opening = /^(\s*)(`{3,}|~{3,})(.*)$/

/** Every fence of a document. @throws Error for one that is indented, never closed, or made of tildes */
function fencesOf(guide: string): readonly Fence[] {
  const lines = guide.split('\n')
  const fences: Fence[] = []
  let before = ''
  for (let index = 0; index < lines.length; index++) {
    const [, indent, marks = '', info = ''] = opening.exec(lines[index]!) ?? []
    if (indent === undefined) {
      if (lines[index]!.trim() !== '') before = lines[index]!
      continue
    }
    if (indent !== '' || marks.startsWith('~')) throw flaw(index + 1, 'a fence begins with ``` at the margin')
    const end = lines.indexOf(marks, index + 1)
    if (end === -1) throw flaw(index + 1, 'the fence is never closed')
    const [language = '', ...words] = info.trim().split(/\s+/)
    const text = lines.slice(index + 1, end).join('\n')
    fences.push({ line: index + 1, language, words, text: `${text}\n`, before })
    index = end
    before = ''
  }
  return fences
}

const flaw = (line: number, what: string): Error => new Error(`line ${line}: ${what}`)

/** Languages of a shell, of which only `sh` is run: another would be a shell fence that nobody tries. */
const otherShells: ReadonlySet<string> = new Set(['bash', 'shell', 'zsh', 'console', 'shell-session', 'powershell'])

/**
 * The steps of a guide, in order: `sh` fences run, fences with a file name are saved, `text output` and `json output` are
 * what the fence before printed, and what is marked `not-run` is for reading.
 * @throws Error with the line of a fence that is none of these
 */
export function stepsOf(guide: string): readonly GuideStep[] {
  const steps: GuideStep[] = []
  for (const fence of fencesOf(guide)) {
    const { line, language, words, text, before } = fence
    const [word] = words
    if (language === 'sh') {
      if (words.length > 0) throw flaw(line, 'a sh fence is run as it is: no words behind it')
      steps.push({ kind: 'run', line, code: text })
    } else if (word === 'not-run' && !otherShells.has(language)) {
      continue
    } else if (otherShells.has(language) || word === undefined) {
      throw flaw(
        line,
        `nothing runs this ${language || 'nameless'} fence: make it sh, name its file, or mark it not-run`,
      )
    } else if (word === 'output') {
      steps.push(withOutput(steps.pop(), fence))
    } else {
      if (!before.includes(`\`${word}\``)) throw flaw(line, `the sentence before the file does not name \`${word}\``)
      steps.push({ kind: 'file', line, language, name: word, text })
    }
  }
  return steps
}

function withOutput(step: GuideStep | undefined, { line, language, text }: Fence): RunStep {
  if (step?.kind !== 'run' || step.output !== undefined) throw flaw(line, 'this output follows no sh fence')
  if (language !== 'text' && language !== 'json') throw flaw(line, 'output is text or json')
  return { ...step, output: { line, format: language, text } }
}
