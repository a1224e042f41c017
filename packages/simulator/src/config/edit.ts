import type { ConfigTree } from './config-tree.js'

/** One config line, ready to be put into a tree. */
export interface Edit {
  readonly path: readonly string[]
  readonly line: string
  readonly negated: boolean
}

/** Words of lines that hold one value, as the first group or the whole match. */
export function applyEdit(tree: ConfigTree, edit: Edit, singleValue: RegExp): void {
  if (edit.negated) {
    tree.remove(edit.path, edit.line)
    return
  }
  const single = singleValue.exec(edit.line)
  tree.set(edit.path, edit.line, single === null ? undefined : (single[1] ?? single[0]).trimEnd())
}

/** Reads text of indented lines into edits. Lines of one character that only separate are left out. */
export function editsOf(text: string): Edit[] {
  const edits: Edit[] = []
  const open: { indent: number; line: string }[] = []
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line === '' || line === '!' || line === '#' || line === 'end') continue
    const indent = raw.length - raw.trimStart().length
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop()
    edits.push({ path: open.map((section) => section.line), line, negated: false })
    open.push({ indent, line })
  }
  return edits
}
