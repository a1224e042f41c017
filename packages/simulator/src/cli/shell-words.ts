/** A shell line split at `;`, `&&` and `||`, outside of quotes. */
export interface ShellStep {
  readonly command: string
  /** When it runs, by the exit status of the step before. */
  readonly when: 'always' | 'success' | 'failure'
}

export function splitSteps(line: string): readonly ShellStep[] {
  const steps: ShellStep[] = []
  let when: ShellStep['when'] = 'always'
  for (const part of line.match(/(?:"[^"]*"|'[^']*'|[^;&|"']|&(?!&)|\|(?!\|))+|;|&&|\|\|/g) ?? []) {
    if (part === ';') when = 'always'
    else if (part === '&&') when = 'success'
    else if (part === '||') when = 'failure'
    else steps.push({ command: part.trim(), when })
  }
  return steps
}

/** Words of a command, quotes removed. `$NAME` is replaced outside of single quotes. */
export function shellWords(command: string, value: (name: string) => string): string[] {
  const words = command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []
  return words.map((word) =>
    (word.match(/"[^"]*"|'[^']*'|[^"']+/g) ?? []).map((piece) => unquote(piece, value)).join(''),
  )
}

function unquote(piece: string, value: (name: string) => string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1)
  const bare = piece.startsWith('"') ? piece.slice(1, -1) : piece
  return bare.replace(/\$(\?|\w+)/g, (_all, name: string) => value(name))
}
