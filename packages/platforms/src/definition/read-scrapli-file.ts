import type { CompiledPrompt } from '../engine/prompt-matcher.js'
import { anyPrompt, literalMatcher, promptMatcher } from '../engine/prompt-matcher.js'
import { compilePattern, translatePattern } from '../pattern/compile-pattern.js'
import { literal } from '../pattern/escapes.js'
import type { ConfigDialect, FailureIndicator, Mode, Platform, PromptMatcher, Step } from '../platform.js'
import { ProblemList } from './definition-error.js'
import { readPlatformFile } from './read-platform-file.js'
import type { ScrapliFile, ScrapliInstruction, ScrapliMode } from './scrapli-file.js'

const neverPrompt: CompiledPrompt = { lines: 1, matches: () => false, start: () => undefined }

/** Names of secrets there, and what requests call them here. */
const secretNames: Readonly<Record<string, string>> = { enable: 'secret' }

/** Words of a refusal may stand in longer output too, so they count only in answers as short as refusals are. */
const longestRefusalLines = 6

const kinds: readonly (readonly [RegExp, string])[] = [
  [/ambiguous/i, 'ambiguous'],
  [/incomplete|missing/i, 'incomplete'],
  [/unknown|not found|unrecognized|no valid completions/i, 'unknown_command'],
  [/authoriz|denied|permission|privilege/i, 'denied'],
  [/commit/i, 'commit_failed'],
  [/invalid|syntax|wrong|bad /i, 'invalid_input'],
]

function indicatorOf(words: string): FailureIndicator {
  const kind = kinds.find(([pattern]) => pattern.test(words))?.[1] ?? 'other'
  const escaped = [...words].map(literal).join('')
  return words.startsWith('%')
    ? { kind, pattern: new RegExp(`^\\s*${escaped}`) }
    : { kind, pattern: new RegExp(escaped), longestAnswerLines: longestRefusalLines }
}

/** What the format has no word for: taken from a platform of ours with the same name, or from the defaults. */
export interface ScrapliDefaults {
  readonly name: string
  readonly base?: Platform
}

class ScrapliReader {
  readonly #file: ScrapliFile
  readonly #problems: ProblemList

  constructor(file: ScrapliFile, source: string) {
    this.#file = file
    this.#problems = new ProblemList(source)
  }

  read({ name, base }: ScrapliDefaults): Platform {
    const file = this.#file
    this.#knownMode('default_mode', file.default_mode)
    // Never run, see `readScrapliFile`, so that it has to be right but not quick.
    this.#problems.pattern('prompt_pattern', '', () => translatePattern(file.prompt_pattern))
    const prompts = file.modes.map((mode) => this.#prompt(mode))
    const modes = new Map(file.modes.map((mode, index) => [mode.name, this.#mode(mode, prompts[index]!)]))
    const prompt = anyPrompt(prompts)
    const onOpen = this.#steps('on_open_instructions', file.on_open_instructions)
    const onClose = this.#steps('on_close_instructions', file.on_close_instructions)
    const failureIndicators = (file.failure_indicators ?? []).map(indicatorOf)
    this.#problems.assertNone()
    const { config: _, ntcPlatform: __, ...rest } = base ?? plainPlatform(name)
    const config = this.#config(base)
    return {
      ...rest,
      name,
      aliases: [],
      ...(file.ntc_templates_platform === undefined ? {} : { ntcPlatform: file.ntc_templates_platform }),
      promptLines: prompt.lines,
      prompt,
      defaultMode: file.default_mode,
      modes,
      onOpen,
      onClose,
      failureIndicators,
      ...(config === undefined ? {} : { config }),
    }
  }

  #matcher(pattern: string, excludes: readonly string[] = []): CompiledPrompt {
    return promptMatcher({ pattern, excludes, ignoreCase: true })
  }

  #prompt({ name, prompt_pattern: pattern, prompt_excludes: excludes }: ScrapliMode): CompiledPrompt {
    return this.#problems.pattern(`modes.${name}.prompt_pattern`, neverPrompt, () => this.#matcher(pattern, excludes))
  }

  #mode(mode: ScrapliMode, prompt: CompiledPrompt): Mode {
    const moves = new Map<string, readonly Step[]>()
    for (const { name, instructions } of mode.accessible_modes ?? []) {
      const path = `modes.${mode.name}.accessible_modes.${name}`
      this.#knownMode(path, name)
      moves.set(name, this.#steps(path, instructions))
    }
    return { name: mode.name, prompt, moves }
  }

  #steps(path: string, instructions: readonly ScrapliInstruction[] = []): readonly Step[] {
    return instructions.map((instruction, index) => this.#step(`${path}[${index}]`, instruction))
  }

  #step(path: string, step: ScrapliInstruction): Step {
    if (step.enter_mode !== undefined) {
      this.#knownMode(path, step.enter_mode.requested_mode)
      return { type: 'enter_mode', mode: step.enter_mode.requested_mode }
    }
    if (step.write !== undefined) return { type: 'write', input: step.write.input }
    if (step.send_input !== undefined) return { type: 'send_input', input: step.send_input.input }
    const { input, response, prompt_exact: exact, prompt_pattern: pattern } = step.send_prompted_input!
    const secret = /^__lookup::(.+)$/.exec(response)?.[1]
    return {
      type: 'send_prompted_input',
      input,
      question: this.#question(path, exact, pattern),
      answer: secret === undefined ? { text: response } : { secret: secretNames[secret] ?? secret },
    }
  }

  /** `prompt_exact` is literal text, but some definitions write a pattern there: `^Password:\s?$`. */
  #question(path: string, exact: string | undefined, pattern: string | undefined): PromptMatcher {
    const isPattern = exact === undefined || exact.startsWith('^') || exact.endsWith('$')
    if (exact !== undefined && !isPattern) return literalMatcher(exact)
    const written = pattern ?? exact
    if (written === undefined) this.#problems.add(path, 'needs prompt_exact or prompt_pattern')
    return this.#problems.pattern(path, neverPrompt, () => this.#matcher(written ?? ''))
  }

  #config(base: Platform | undefined): ConfigDialect | undefined {
    const names = this.#file.modes.map((mode) => mode.name)
    if (base !== undefined)
      return base.config !== undefined && names.includes(base.config.mode) ? base.config : undefined
    return names.includes('configuration') ? { mode: 'configuration', blocks: lineLiveBlocks() } : undefined
  }

  #knownMode(path: string, mode: string): void {
    const known = this.#file.modes.map((one) => one.name)
    if (!known.includes(mode)) this.#problems.add(path, `no mode "${mode}"; modes has: ${known.join(', ')}`)
  }
}

/** Banners with a delimiter, which most line-live platforms know. */
function lineLiveBlocks(): ConfigDialect['blocks'] {
  const start = compilePattern('^ *banner +\\w+ +(\\^C|[^\\s\\w])').regexp
  return [{ start, end: { type: 'delimiter' } }]
}

const plainPlatform = (name: string): Platform =>
  readPlatformFile({ name, default_mode: 'cli', modes: { cli: { prompt: '>' } } }, name)

/**
 * Makes a platform of a checked file in the `scrapli_definitions` layout. Its patterns ignore case and match at each
 * line, as that project compiles them. The prompts of the modes count, not the general `prompt_pattern`, which would
 * take much output for a prompt.
 * @throws PLATFORM_INVALID
 */
export function readScrapliFile(file: ScrapliFile, source: string, defaults: ScrapliDefaults): Platform {
  return new ScrapliReader(file, source).read(defaults)
}
