import type { ShownOutput } from './guide.js'

/** What differs from run to run, compared by its shape. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/(?<![0-9a-f-])[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])/g, '<id>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<instant>'],
  [/\bnp_[a-z0-9]{8}_[A-Za-z0-9_-]{43}/g, '<key>'],
  [/(?<![\w.])\d+\.\d+(?![\w.])/g, '<decimal>'],
]

const shaped = (text: string): string =>
  shapes.reduce((whole, [pattern, name]) => whole.replaceAll(pattern, name), text)

/** Colours, which a reader sees and a page does not show. */
const colours = /\x1b\[[0-9;]*m/g

/** Columns of a table move with what is in them. */
const plain = (text: string): string =>
  shaped(text.replaceAll(colours, ''))
    .split('\n')
    .map((line) => line.trimEnd().replaceAll(/ {2,}/g, '  '))
    .join('\n')
    .trim()

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** `...` on a line of its own stands for any lines, within a line for any text of it. */
function patternOf(shown: string): RegExp {
  const lines = plain(shown)
    .split('\n')
    .map((line) =>
      line.trim() === '...' ? '(?:[^\\n]*\\n)*?' : `${line.split('...').map(escaped).join('[^\\n]*')}\\n`,
    )
  return new RegExp(`^${lines.join('')}$`)
}

/** Whether a text fits one that is shown; a shown `...` stands for any text. */
const fits = (shown: string, actual: string): boolean => patternOf(shown).test(`${plain(actual)}\n`)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where a JSON value is not what is shown of it; fields that are not shown do not count. */
function differences(shown: unknown, actual: unknown, path = ''): readonly string[] {
  if (Array.isArray(shown) && Array.isArray(actual)) {
    if (shown.length !== actual.length) return [`${path} has ${actual.length} entries`]
    return shown.flatMap((one, index) => differences(one, actual[index], `${path}[${index}]`))
  }
  if (isObject(shown) && isObject(actual))
    return Object.entries(shown).flatMap(([key, value]) => differences(value, actual[key], `${path}.${key}`))
  return isSame(shown, actual) ? [] : [`${path} is ${JSON.stringify(actual)}`]
}

function isSame(shown: unknown, actual: unknown): boolean {
  if (typeof shown === 'string' && typeof actual === 'string') return fits(shown, actual)
  // A time that is shown as 0.25 may be a whole second the next day.
  if (typeof shown === 'number' && typeof actual === 'number' && !Number.isInteger(shown)) return true
  return Object.is(shown, actual)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // told by the caller, with the text
  }
}

/** What is wrong with an output that a guide shows; `undefined` when it is what was printed. */
export function flawOfOutput({ format, text }: ShownOutput, actual: string): string | undefined {
  if (format === 'text') return fits(text, actual) ? undefined : `it printed\n${actual}`
  const [shown, printed] = [jsonOf(text), jsonOf(actual)]
  if (shown === undefined) return 'what is shown is not JSON'
  if (printed === undefined) return `it printed no JSON but\n${actual}`
  const found = differences(shown, printed)
  return found.length === 0 ? undefined : `${found.join('; ')}\nof\n${actual}`
}
