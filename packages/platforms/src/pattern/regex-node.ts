/** A regular expression as a tree, in what JavaScript and PCRE have in common. */
export type RegexNode =
  /** Takes one character: a literal, an escape, a class, a dot. `source` is JavaScript. */
  | { readonly type: 'char'; readonly source: string }
  /** Takes nothing: `^`, `$`, `\b`. `source` is JavaScript. */
  | { readonly type: 'assertion'; readonly source: string }
  | { readonly type: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly type: 'choice'; readonly branches: readonly RegexNode[] }
  | RegexGroup
  | RegexRepeat
  /** The text of a capturing group, by its number or name in the source. */
  | { readonly type: 'reference'; readonly group: number | string }

export interface RegexGroup {
  readonly type: 'group'
  readonly kind: GroupKind
  /** Number in the source, of capturing groups. */
  readonly index?: number
  readonly name?: string
  readonly body: RegexNode
}

export type GroupKind =
  'capture' | 'plain' | 'atomic' | 'lookahead' | 'negative lookahead' | 'lookbehind' | 'negative lookbehind'

export interface RegexRepeat {
  readonly type: 'repeat'
  readonly body: RegexNode
  readonly min: number
  /** `Infinity`: no limit. */
  readonly max: number
  readonly mode: 'greedy' | 'lazy' | 'possessive'
}

/** Flags that change what a pattern means. */
export interface RegexFlags {
  readonly ignoreCase: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
}

/** Calls `visit` for the node and all below it, parents first. */
export function visitNodes(node: RegexNode, visit: (node: RegexNode) => void): void {
  visit(node)
  if (node.type === 'sequence') for (const item of node.items) visitNodes(item, visit)
  else if (node.type === 'choice') for (const branch of node.branches) visitNodes(branch, visit)
  else if (node.type === 'group' || node.type === 'repeat') visitNodes(node.body, visit)
}
