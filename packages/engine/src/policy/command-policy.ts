import type { JobKind, JsonObject, JsonValue, NetPulseError, Operation, SchemaViolation } from '@netpulse/core'
import { coreError, linesOf } from '@netpulse/core'
import type { CommandDialect, TypedText } from '@netpulse/driver-sdk'
import type { CommandRule } from '@netpulse/platforms'
import { commonDenied, parseRule, ruleProblem, takesCommand } from '@netpulse/platforms'
import { engineError } from '../errors.js'
import type { RequestPolicy } from '../netpulse.js'
import { plainDialect } from './plain-dialect.js'

/** What an operator says about commands, beside what each platform denies. */
export interface CommandPolicyRules {
  /** Rules of further commands that nobody may send. */
  readonly deny: readonly string[]
  /** Rules of commands that may be sent although a platform denies them. Does not lift `deny`. */
  readonly allow: readonly string[]
}

/** What of a checked request the policy looks at. */
export interface PolicySubject {
  readonly operation: Operation
  readonly switches: JsonObject
  readonly kind: JobKind
  readonly dialect?: CommandDialect
  readonly typed?: readonly TypedText[]
  readonly policy?: RequestPolicy
}

const shownInMessage = 5

interface NamedRule {
  readonly text: string
  readonly rule: CommandRule
}

const named = (texts: readonly string[]): readonly NamedRule[] => texts.map((text) => ({ text, rule: parseRule(text) }))

/** @throws INVALID_INPUT for a rule that is none */
function assertRules(texts: readonly string[], path: string): void {
  for (const [index, text] of texts.entries()) {
    const problem = ruleProblem(text)
    if (problem === undefined) continue
    const at = `${path}[${index}]`
    throw coreError('INVALID_INPUT', `${at}: ${problem}`, { details: { errors: [{ path: at, message: problem }] } })
  }
}

/** The rules that hold for one request. */
interface LineRules {
  readonly builtIn: readonly NamedRule[]
  readonly own: readonly NamedRule[]
  readonly liftsBuiltIn: readonly NamedRule[]
  readonly liftsAll: readonly NamedRule[]
}

/** The rule that a line falls under and that nobody lifted. */
function deniedBy(line: string, dialect: CommandDialect, rules: LineRules): string | undefined {
  for (const words of dialect.statements(line)) {
    const rule = ruleFor(words, rules.own, rules.liftsAll) ?? ruleFor(words, rules.builtIn, rules.liftsBuiltIn)
    if (rule !== undefined) return rule
  }
  return undefined
}

const takes = (rules: readonly NamedRule[], words: readonly string[]): NamedRule | undefined =>
  rules.find(({ rule }) => takesCommand(rule, words))

function ruleFor(
  words: readonly string[],
  denied: readonly NamedRule[],
  lifted: readonly NamedRule[],
): string | undefined {
  const found = takes(denied, words)
  return found === undefined || takes(lifted, words) !== undefined ? undefined : found.text
}

/** What a caller that may only read must not send. */
function readingProblem(line: string, subject: PolicySubject, dialect: CommandDialect): string | undefined {
  if (subject.operation.type !== 'config')
    return dialect.reads(line) ? undefined : 'is not known to only read, and this caller may only read'
  if (subject.switches['dry_run'] !== true) return 'changes the device, and this caller may only try changes'
  return dialect.staysInCandidate(line) ? undefined : 'would leave the candidate, and this caller may only try changes'
}

/** Answers that can do no more than go on or stop. */
const harmlessAnswer = /^(?:|y|yes|n|no|q)$/i

const typingProblem = (text: string): string | undefined =>
  harmlessAnswer.test(text.trim()) ? undefined : 'may be a command, and this caller may only read'

/**
 * Which commands may be sent at all. Holds for every interface: it is asked before a job is stored.
 *
 * | command | request may only read | otherwise |
 * |---|---|---|
 * | known to only read | sent | sent |
 * | not known | denied | sent |
 * | denied by the platform | denied | denied, unless `allow` of the operator or of the request takes it |
 * | denied by the operator | denied | denied, unless `allow` of the request takes it |
 */
export class CommandPolicy {
  readonly #deny: readonly NamedRule[]
  readonly #allow: readonly NamedRule[]
  readonly #builtIn = new WeakMap<CommandDialect, readonly NamedRule[]>()

  /** @throws INVALID_INPUT */
  constructor(rules: CommandPolicyRules) {
    assertRules(rules.deny, 'policy.deny')
    assertRules(rules.allow, 'policy.allow')
    this.#deny = named(rules.deny)
    this.#allow = named(rules.allow)
  }

  /** @throws COMMAND_DENIED, with the place of each such line and its rule, never the line itself; INVALID_INPUT */
  assertAllowed(subject: PolicySubject): void {
    const { operation, policy = {} } = subject
    const dialect = subject.dialect ?? plainDialect(subject.kind)
    const rules = this.#rulesFor(dialect, policy.allow ?? [])
    const violations: SchemaViolation[] = []
    const note = (path: string, text: string, problem: string | undefined): void => {
      const rule = deniedBy(text, dialect, rules)
      const message = rule === undefined ? problem : `is denied by the rule "${rule}"`
      if (message !== undefined) violations.push({ path, message })
    }
    for (const [index, line] of linesOf(operation).entries())
      note(
        operation.type === 'file_transfer' ? 'file_transfer.execute_command' : `${operation.type}[${index}]`,
        line,
        policy.readOnly === true ? readingProblem(line, subject, dialect) : undefined,
      )
    for (const { path, text } of subject.typed ?? [])
      note(path, text, policy.readOnly === true ? typingProblem(text) : undefined)
    if (violations.length > 0) throw denied(violations)
  }

  /** @throws INVALID_INPUT for a rule of the request that is none */
  #rulesFor(dialect: CommandDialect, allow: readonly string[]): LineRules {
    assertRules(allow, 'policy.allow')
    const liftsAll = named(allow)
    return {
      builtIn: this.#builtInOf(dialect),
      own: this.#deny,
      liftsAll,
      liftsBuiltIn: [...this.#allow, ...liftsAll],
    }
  }

  /** Also the common ones: a request says itself which platform its device is. */
  #builtInOf(dialect: CommandDialect): readonly NamedRule[] {
    const known = this.#builtIn.get(dialect)
    if (known !== undefined) return known
    const rules = named([...new Set([...dialect.denied, ...commonDenied])])
    this.#builtIn.set(dialect, rules)
    return rules
  }
}

function denied(violations: readonly SchemaViolation[]): NetPulseError {
  const shown = violations.slice(0, shownInMessage).map(({ path, message }) => `${path} ${message}`)
  const more = violations.length > shown.length ? ` (and ${violations.length - shown.length} more)` : ''
  return engineError('COMMAND_DENIED', `The command policy refuses the request: ${shown.join('; ')}${more}.`, {
    details: { errors: violations.map(({ path, message }) => ({ path, message })) as JsonValue },
  })
}
