/** Applies what stands behind the pipe of a show command: `include`, `exclude`, `begin`, `section`, `count`, ... */
type PipeFilter = (text: string, argument: string) => string

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n')
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

/** The argument as an expression; text that is none is looked for literally. */
function expression(argument: string): RegExp {
  const bare = argument.replace(/^"(.*)"$/, '$1')
  try {
    return new RegExp(bare)
  } catch {
    return new RegExp(bare.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  }
}

/** Sections whose head matches, with what is indented below them. */
function sections(lines: readonly string[], pattern: RegExp): string[] {
  const kept: string[] = []
  let inside = false
  for (const line of lines) {
    if (!line.startsWith(' ')) inside = pattern.test(line)
    if (inside || pattern.test(line)) kept.push(line)
  }
  return kept
}

const include: PipeFilter = (text, argument) => {
  const pattern = expression(argument)
  return textOf(linesOf(text).filter((line) => pattern.test(line)))
}
const exclude: PipeFilter = (text, argument) => {
  const pattern = expression(argument)
  return textOf(linesOf(text).filter((line) => !pattern.test(line)))
}
const begin: PipeFilter = (text, argument) => {
  const lines = linesOf(text)
  const start = lines.findIndex((line) => expression(argument).test(line))
  return start < 0 ? '' : textOf(lines.slice(start))
}

/** Filters that most CLIs share, by their full names. */
const pipeFilters: Readonly<Record<string, PipeFilter>> = {
  include,
  grep: include,
  match: include,
  exclude,
  except: exclude,
  begin,
  find: begin,
  section: (text, argument) => textOf(sections(linesOf(text), expression(argument))),
  count: (text) => `Count: ${linesOf(text).length} lines\n`,
  last: (text, argument) => textOf(linesOf(text).slice(-(Number.parseInt(argument, 10) || 10))),
  'no-more': (text) => text,
}

/** A line split at its pipes: the command, then each filter. */
export function splitPipes(line: string): readonly [command: string, ...filters: string[]] {
  const [command = '', ...filters] = line.split(/\s\|\s*/)
  return [command, ...filters.map((filter) => filter.trim())]
}

/** The text after one filter; `undefined`: no such filter. Filters may be abbreviated. */
export function applyPipe(text: string, filter: string): string | undefined {
  const [word = '', argument = ''] = /^(\S+)\s*(.*)$/.exec(filter)?.slice(1) ?? []
  const name = Object.keys(pipeFilters).find((known) => word !== '' && known.startsWith(word))
  return name === undefined ? undefined : pipeFilters[name]?.(text, argument)
}
