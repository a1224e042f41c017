/**
 * A configuration of indented lines, as IOS-like devices keep it: each line once per section, in order of entry. A
 * section is a line with lines below it.
 */
export class ConfigTree {
  readonly #sections = new Map<string, ConfigTree>()

  /**
   * Adds `line` to the section at `path`, making the sections on the way. `key`: words that name a value; other lines
   * of the section that start with them give way.
   */
  set(path: readonly string[], line: string, key?: string): void {
    const section = this.#open(path)
    if (section.#sections.has(line)) return
    if (key !== undefined && key !== line) section.#removeByPrefix(key)
    section.#sections.set(line, new ConfigTree())
  }

  /** Removes the line, and every line that continues it. `false`: there was none. */
  remove(path: readonly string[], line: string): boolean {
    const section = this.#find(path)
    return section === undefined ? false : section.#removeByPrefix(line)
  }

  has(path: readonly string[], line: string): boolean {
    return this.lines(path).includes(line)
  }

  /** The lines of the section at `path`, without what is below them. */
  lines(path: readonly string[] = []): readonly string[] {
    const section = this.#find(path)
    return section === undefined ? [] : [...section.#sections.keys()]
  }

  /** The first line of the section that starts with the words, without them. */
  value(path: readonly string[], words: string): string | undefined {
    const found = this.lines(path).find((line) => line.startsWith(`${words} `))
    return found?.slice(words.length + 1)
  }

  get isEmpty(): boolean {
    return this.#sections.size === 0
  }

  clone(): ConfigTree {
    const copy = new ConfigTree()
    for (const [line, section] of this.#sections) copy.#sections.set(line, section.clone())
    return copy
  }

  /** Text with `\n` ends. `separator` stands between top-level sections, alone on its line. */
  render(separator?: string, step = ' '): string {
    let text = ''
    for (const [line, section] of this.#sections) {
      const isSection = !section.isEmpty
      text += `${line}\n${section.#renderBelow(step, step)}`
      if (separator !== undefined && isSection) text += `${separator}\n`
    }
    return text
  }

  #renderBelow(indent: string, step: string): string {
    let text = ''
    for (const [line, section] of this.#sections) {
      text += `${indent}${line}\n${section.#renderBelow(indent + step, step)}`
    }
    return text
  }

  #find([head, ...rest]: readonly string[]): ConfigTree | undefined {
    if (head === undefined) return this
    const section = this.#sections.get(head)
    return section === undefined ? undefined : section.#find(rest)
  }

  #open([head, ...rest]: readonly string[]): ConfigTree {
    if (head === undefined) return this
    let section = this.#sections.get(head)
    if (section === undefined) this.#sections.set(head, (section = new ConfigTree()))
    return section.#open(rest)
  }

  #removeByPrefix(prefix: string): boolean {
    let removed = this.#sections.delete(prefix)
    for (const line of [...this.#sections.keys()]) {
      if (line.startsWith(`${prefix} `)) removed = this.#sections.delete(line) || removed
    }
    return removed
  }
}
