/** What a typed line means in a table of commands. */
export type Resolution<Handler> =
  | { readonly type: 'found'; readonly handler: Handler; readonly args: readonly string[]; readonly words: string }
  /** `column`: where the first word that means nothing starts, from 0. */
  | { readonly type: 'invalid'; readonly column: number; readonly token: string }
  | { readonly type: 'incomplete' }
  | { readonly type: 'ambiguous' }

class Node<Handler> {
  readonly words = new Map<string, Node<Handler>>()
  argument: Node<Handler> | undefined
  handler: Handler | undefined
  /** The handler takes what is left of the line, as one argument. */
  takesRest = false
}

interface Walk<Handler> {
  node: Node<Handler>
  readonly args: string[]
  readonly words: string[]
}

/**
 * Commands by their words, with the abbreviations that routers take: a word may be cut as long as it stays
 * unambiguous. Patterns: `show version`, `terminal length <n>` (one argument), `ping <host> [*]` (optional rest).
 */
export class CommandTable<Handler> {
  readonly #root = new Node<Handler>()

  /** Adds a command, or replaces it. */
  add(pattern: string, handler: Handler): this {
    let node = this.#root
    for (const word of pattern.split(' ')) {
      if (word === '[*]') node.takesRest = true
      else node = this.#below(node, word)
    }
    node.handler = handler
    return this
  }

  resolve(line: string): Resolution<Handler> {
    const walk: Walk<Handler> = { node: this.#root, args: [], words: [] }
    const tokens = /\S+/g
    for (let match = tokens.exec(line); match !== null; match = tokens.exec(line)) {
      const next = step(walk, match[0])
      if (next === 'rest') return found(walk, line.slice(match.index).trimEnd())
      if (next === 'ambiguous') return { type: 'ambiguous' }
      if (next === 'invalid') return { type: 'invalid', column: match.index, token: match[0] }
    }
    return found(walk)
  }

  #below(node: Node<Handler>, word: string): Node<Handler> {
    if (word.startsWith('<')) return (node.argument ??= new Node())
    let next = node.words.get(word)
    if (next === undefined) node.words.set(word, (next = new Node()))
    return next
  }
}

function found<Handler>({ node, args, words }: Walk<Handler>, rest?: string): Resolution<Handler> {
  if (node.handler === undefined) return { type: 'incomplete' }
  return {
    type: 'found',
    handler: node.handler,
    args: rest === undefined ? args : [...args, rest],
    words: words.join(' '),
  }
}

function step<Handler>(walk: Walk<Handler>, token: string): 'on' | 'rest' | 'ambiguous' | 'invalid' {
  const word = expandWord(token, walk.node.words.keys())
  if (word === null) return 'ambiguous'
  if (word !== undefined) {
    walk.node = walk.node.words.get(word) as Node<Handler>
    walk.words.push(word)
    return 'on'
  }
  if (walk.node.argument !== undefined) {
    walk.node = walk.node.argument
    walk.args.push(token)
    return 'on'
  }
  return walk.node.takesRest ? 'rest' : 'invalid'
}

/** The known word that `token` abbreviates. `null`: several; `undefined`: none. Case does not matter. */
export function expandWord(token: string, known: Iterable<string>): string | null | undefined {
  const typed = token.toLowerCase()
  let candidate: string | undefined
  let several = false
  for (const word of known) {
    if (word === typed) return word
    if (!word.startsWith(typed)) continue
    several ||= candidate !== undefined
    candidate ??= word
  }
  return several ? null : candidate
}
