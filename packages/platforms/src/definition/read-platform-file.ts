import { ruleProblem } from '../engine/command-rule.js'
import { anyPrompt, promptMatcher } from '../engine/prompt-matcher.js'
import type { CompiledPrompt } from '../engine/prompt-matcher.js'
import { compilePattern, longestLine, tooAmbiguous } from '../pattern/compile-pattern.js'
import type { FailureIndicator, LoginDialogue, Mode, Pager, Platform, PlatformPolicy, Step } from '../platform.js'
import {
  commonCommandPrefixes,
  commonDenied,
  commonLogin,
  commonPagers,
  commonShowExcludes,
  commonShowFilters,
  commonShowPrefixes,
} from './defaults.js'
import { ProblemList } from './definition-error.js'
import type { PlatformFile, StepFile } from './platform-file.js'
import { readConfigDialect } from './read-config-dialect.js'

/** Never matches: stands in for a pattern that is a problem. */
const never = /(?!)/
const neverPrompt: CompiledPrompt = { lines: 1, matches: () => false, start: () => undefined }

/** A pattern that leaves this package as a regular expression, so that nobody has to shorten its text. */
function fullPattern(source: string, atEnd: boolean): RegExp {
  const { regexp, longestText } = compilePattern(source, { atEnd })
  if (longestText < longestLine) throw tooAmbiguous(source)
  return regexp
}

/** Turns the parts of a checked platform file into what the engine runs. */
class PlatformReader {
  readonly #file: PlatformFile
  readonly #problems: ProblemList

  constructor(file: PlatformFile, source: string) {
    this.#file = file
    this.#problems = new ProblemList(source)
  }

  read(): Platform {
    const file = this.#file
    this.#knownMode('default_mode', file.default_mode)
    const prompts = this.#prompts()
    const prompt = anyPrompt([...prompts.values()])
    const platform: Platform = {
      name: file.name,
      aliases: file.aliases ?? [],
      ...(file.ntc_platform === undefined ? {} : { ntcPlatform: file.ntc_platform }),
      promptLines: prompt.lines,
      prompt,
      defaultMode: file.default_mode,
      modes: this.#modes(prompts),
      onOpen: this.#steps('on_open', file.on_open ?? []),
      onClose: this.#steps('on_close', file.on_close ?? []),
      failureIndicators: this.#failures(),
      pagers: this.#pagers(),
      ...this.#config(),
      showPrefixes: file.show_prefixes ?? commonShowPrefixes,
      showFilters: file.show_filters ?? commonShowFilters,
      showExcludes: [...commonShowExcludes, ...(file.show_excludes ?? [])].map((pattern, index) =>
        this.#regexp(`show_excludes[${index - commonShowExcludes.length}]`, pattern, false),
      ),
      policy: this.#policy(),
      login: this.#login(),
      returnKey: file.return_key ?? '\n',
      ...(file.interrupt_key === null ? {} : { interruptKey: file.interrupt_key ?? '\x03' }),
    }
    this.#problems.assertNone()
    return platform
  }

  #policy(): PlatformPolicy {
    const { denied = commonDenied, prefixes = commonCommandPrefixes, separators = [] } = this.#file.policy ?? {}
    const rules = { denied, prefixes }
    for (const [name, texts] of Object.entries(rules)) {
      for (const [index, text] of texts.entries()) {
        const problem = ruleProblem(text)
        if (problem !== undefined) this.#problems.add(`policy.${name}[${index}]`, problem)
      }
    }
    return { denied, prefixes, separators }
  }

  #prompts(): ReadonlyMap<string, CompiledPrompt> {
    const prompts = new Map<string, CompiledPrompt>()
    for (const [name, mode] of Object.entries(this.#file.modes)) prompts.set(name, this.#prompt(name, mode))
    return prompts
  }

  #prompt(name: string, mode: { readonly prompt: string; readonly excludes?: readonly string[] }): CompiledPrompt {
    return this.#problems.pattern(`modes.${name}.prompt`, neverPrompt, () =>
      promptMatcher({ pattern: mode.prompt, excludes: mode.excludes ?? [] }),
    )
  }

  #modes(prompts: ReadonlyMap<string, CompiledPrompt>): ReadonlyMap<string, Mode> {
    const modes = new Map<string, Mode>()
    for (const [name, file] of Object.entries(this.#file.modes)) {
      const moves = new Map<string, readonly Step[]>()
      for (const [to, steps] of Object.entries(file.moves ?? {})) {
        const path = `modes.${name}.moves.${to}`
        this.#knownMode(path, to)
        moves.set(to, this.#steps(path, steps))
      }
      modes.set(name, { name, prompt: prompts.get(name)!, moves })
    }
    return modes
  }

  #steps(path: string, steps: readonly StepFile[]): readonly Step[] {
    return steps.map((step, index) => this.#step(`${path}[${index}]`, step))
  }

  #step(path: string, step: StepFile): Step {
    if (typeof step === 'string') return { type: 'send_input', input: step }
    const kinds = ['enter', 'write', 'send'].filter((kind) => kind in step)
    if (kinds.length !== 1) this.#problems.add(path, 'must have exactly one of enter, write, send')
    if ('enter' in step) {
      this.#knownMode(path, step.enter)
      return { type: 'enter_mode', mode: step.enter }
    }
    if ('write' in step) return { type: 'write', input: step.write }
    return this.#send(path, step)
  }

  #send(path: string, step: Exclude<StepFile, string | { enter: string } | { write: string }>): Step {
    const { send: input, question, answer, secret } = step
    const answers = [answer, secret].filter((one) => one !== undefined).length
    if (question === undefined && answers === 0) return { type: 'send_input', input }
    if (question === undefined || answers !== 1) {
      this.#problems.add(path, 'a question needs exactly one of answer, secret; and they need a question')
    }
    const matcher = this.#problems.pattern(`${path}.question`, neverPrompt, () =>
      promptMatcher({ pattern: question ?? '' }),
    )
    return {
      type: 'send_prompted_input',
      input,
      question: matcher,
      answer: secret === undefined ? { text: answer ?? '' } : { secret },
    }
  }

  #failures(): readonly FailureIndicator[] {
    return Object.entries(this.#file.failures ?? {}).flatMap(([kind, patterns]) =>
      patterns.map((pattern, index) => ({ kind, pattern: this.#regexp(`failures.${kind}[${index}]`, pattern, false) })),
    )
  }

  #pagers(): readonly Pager[] {
    return (this.#file.pagers ?? commonPagers).map(({ pattern, answer }, index) => ({
      pattern: this.#regexp(`pagers[${index}].pattern`, pattern, true),
      answer,
    }))
  }

  #login(): LoginDialogue {
    const login = { ...commonLogin, ...this.#file.login }
    return {
      username: this.#regexp('login.username', login.username, true),
      password: this.#regexp('login.password', login.password, true),
      refused: this.#regexp('login.refused', login.refused, false),
    }
  }

  #config(): Pick<Platform, 'config'> {
    const { config } = this.#file
    if (config === undefined) return {}
    this.#knownMode('config.mode', config.mode)
    if (config.exclusive_mode !== undefined) this.#knownMode('config.exclusive_mode', config.exclusive_mode)
    if (config.save?.mode !== undefined) this.#knownMode('config.save.mode', config.save.mode)
    return { config: readConfigDialect(config, (path, pattern, atEnd) => this.#regexp(path, pattern, atEnd)) }
  }

  #knownMode(path: string, mode: string): void {
    const known = Object.keys(this.#file.modes)
    if (!known.includes(mode)) this.#problems.add(path, `no mode "${mode}"; modes has: ${known.join(', ')}`)
  }

  #regexp(path: string, pattern: string, atEnd: boolean): RegExp {
    return this.#problems.pattern(path, never, () => fullPattern(pattern, atEnd))
  }
}

/**
 * Makes a platform of a checked file. `source` names the file in errors.
 * @throws PLATFORM_INVALID for a mode that is not there, a bad pattern, a step without sense
 */
export function readPlatformFile(file: PlatformFile, source: string): Platform {
  return new PlatformReader(file, source).read()
}
