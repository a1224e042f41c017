import type { GlobalOptions } from '../global-options.js'
import type { ProcessParts } from '../process-parts.js'
import type { FlatRow, Records } from './result-file.js'
import { assertResultFile, writeResultFile } from './result-file.js'

/** Shows results in the way that the command line asks for. */
export class Reporter {
  readonly #parts: ProcessParts
  readonly #options: GlobalOptions

  /** @throws COMMAND_LINE_INVALID */
  constructor(parts: ProcessParts, options: GlobalOptions) {
    assertResultFile(options.output)
    this.#parts = parts
    this.#options = options
  }

  get isForPeople(): boolean {
    return this.#options.json !== true && this.#options.ndjson !== true
  }

  get isQuiet(): boolean {
    return this.#options.quiet === true
  }

  /** Text for people on stdout. */
  say(text: string): void {
    this.#parts.stdout.write(text)
  }

  /** A remark beside the result, on stderr. */
  note(text: string): void {
    this.#parts.stderr.write(`${text}\n`)
  }

  /** One record as soon as it is there; for programs that read line by line. */
  line(record: unknown): void {
    if (this.#options.ndjson === true) this.say(`${JSON.stringify(record)}\n`)
  }

  /**
   * A list: into the file if one is asked for, as JSON or lines, else as text. With `told`, the lines have gone out already.
   * @throws FILE_UNREADABLE
   */
  async list(content: Records & { readonly text: () => string }, told = false): Promise<void> {
    const { output, json, ndjson } = this.#options
    if (output !== undefined) await writeResultFile(this.#parts, output, content)
    if (json === true) this.say(`${JSON.stringify(content.records, null, 2)}\n`)
    else if (ndjson !== true) this.say(content.text())
    else if (!told) for (const record of content.records) this.line(record)
  }

  /** What was done to each of several things, one line each. @throws FILE_UNREADABLE */
  done<Record extends FlatRow>(records: readonly Record[], text: (record: Record) => string): Promise<void> {
    return this.list({ records, rows: records, text: () => records.map((record) => `${text(record)}\n`).join('') })
  }

  /** One thing. */
  one(record: unknown, text: () => string): void {
    if (this.#options.json === true) this.say(`${JSON.stringify(record, null, 2)}\n`)
    else if (this.#options.ndjson === true) this.line(record)
    else this.say(text())
  }
}
