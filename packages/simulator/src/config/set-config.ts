/** A configuration as Junos-like devices keep it: statements, each a path of words, in order of entry. */
export class SetConfig {
  readonly #statements: Set<string>

  constructor(statements: Iterable<string> = []) {
    this.#statements = new Set(statements)
  }

  /** Adds a statement. `single`: statements that start with it hold one value and give way. */
  set(statement: string, single?: string): void {
    if (single !== undefined) this.#removeBelow(single, statement)
    this.#statements.add(statement)
  }

  /** Removes the statement and all below it. `false`: there was none. */
  delete(path: string): boolean {
    return this.#removeBelow(path)
  }

  get statements(): readonly string[] {
    return [...this.#statements]
  }

  /** The word behind the path of the first statement that starts with it. */
  value(path: string): string | undefined {
    const found = this.statements.find((statement) => statement.startsWith(`${path} `))
    return found?.slice(path.length + 1)
  }

  equals(other: SetConfig): boolean {
    return (
      this.#statements.size === other.#statements.size && this.statements.every((one) => other.#statements.has(one))
    )
  }

  has(statement: string): boolean {
    return this.#statements.has(statement)
  }

  clone(): SetConfig {
    return new SetConfig(this.#statements)
  }

  /** `set ...` lines. */
  renderSet(): string {
    return this.statements.map((statement) => `set ${statement}\n`).join('')
  }

  #removeBelow(path: string, except?: string): boolean {
    let removed = false
    for (const statement of this.statements) {
      const isBelow = statement === path || statement.startsWith(`${path} `)
      if (isBelow && statement !== except) removed = this.#statements.delete(statement) || removed
    }
    return removed
  }
}

/** Words that start a node of two words: `unit 0`, `family inet`. */
const pairs =
  /^(?:unit|family|user|group|neighbor|area|interface|policy-statement|term|vlan|host|file|community|filter|prefix-list|routing-instance|rule|zone|policy|client|view|class)$/
/** Statements without a value. */
const flags =
  /^(?:disable|ssh|netconf|telnet|vlan-tagging|accept|reject|discard|then|passive|active|dhcp|inet|inet6|any|no-.*|compress)$/

interface Node {
  readonly below: Map<string, Node>
}

/** A statement's words as the nodes of the hierarchy; the last node is the leaf. */
function nodesOf(statement: string): string[] {
  const words = statement.match(/"[^"]*"|\[[^\]]*\]|\S+/g) ?? []
  const nodes: string[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string
    const next = words[index + 1]
    const isLastPair = index === words.length - 2 && next !== undefined && !flags.test(next)
    const takesNext = next !== undefined && (pairs.test(word) || isLastPair) && nodes.length > 0
    nodes.push(takesNext ? `${word} ${next}` : word)
    if (takesNext) index++
  }
  return nodes
}

/** The hierarchy in curly braces, as `show configuration` prints it. */
export function renderBraces(statements: readonly string[], indent = ''): string {
  const root: Node = { below: new Map() }
  for (const statement of statements) {
    let node = root
    for (const word of nodesOf(statement)) {
      let next = node.below.get(word)
      if (next === undefined) node.below.set(word, (next = { below: new Map() }))
      node = next
    }
  }
  return renderNode(root, indent)
}

function renderNode(node: Node, indent: string): string {
  let text = ''
  for (const [word, { below }] of node.below) {
    if (below.size === 0) text += `${indent}${word};\n`
    else text += `${indent}${word} {\n${renderNode({ below }, `${indent}    `)}${indent}}\n`
  }
  return text
}

/** What `show | compare` prints: added and removed statements below the heads of their hierarchy; `''` when equal. */
export function compareConfigs(before: SetConfig, after: SetConfig): string {
  const changes = [
    ...before.statements.filter((one) => !after.has(one)).map((one) => ['-', one] as const),
    ...after.statements.filter((one) => !before.has(one)).map((one) => ['+', one] as const),
  ]
  const groups = new Map<string, string[]>()
  for (const [mark, statement] of changes) {
    const nodes = nodesOf(statement)
    const head = nodes.slice(0, -1).join(' ')
    const lines = groups.get(head) ?? []
    groups.set(head, [...lines, `${mark}   ${nodes.at(-1) ?? ''};\n`])
  }
  return [...groups].map(([head, lines]) => `[edit${head === '' ? '' : ` ${head}`}]\n${lines.join('')}`).join('')
}
