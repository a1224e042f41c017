export { loadPlatforms } from './catalog.js'
export type { LoadPlatformsOptions, PlatformCatalog, PlatformEntry, PlatformFileReference } from './catalog.js'
export { parseDefinition } from './definition/definition-file.js'
export type { DefinitionFile, PlatformNames } from './definition/definition-file.js'
export { failureKinds, platformFileSchema } from './definition/platform-file.js'
export { commonCommandPrefixes, commonDenied } from './definition/defaults.js'
export { classifyCommand } from './engine/classify-command.js'
export { parseRule, ruleProblem, takesCommand, wordsOf } from './engine/command-rule.js'
export type { CommandRule } from './engine/command-rule.js'
export { configBlocks } from './engine/config-blocks.js'
export type { LineBlock } from './engine/config-blocks.js'
export { findFailure } from './engine/find-failure.js'
export type { PlatformFailure } from './engine/find-failure.js'
export { candidateModes, modeOf } from './engine/mode-of.js'
export { nextPager } from './engine/next-pager.js'
export { promptMatcher } from './engine/prompt-matcher.js'
export type { CompiledPrompt, PromptPattern } from './engine/prompt-matcher.js'
export { findPath, findRoute } from './engine/route.js'
export { statementReader } from './engine/statements.js'
export { platformError } from './errors.js'
export { compilePattern } from './pattern/compile-pattern.js'
export type { CompiledPattern, CompileOptions } from './pattern/compile-pattern.js'
export type {
  ConfigBlockRule,
  ConfigDialect,
  FailureIndicator,
  LoginDialogue,
  Mode,
  Pager,
  Platform,
  PlatformPolicy,
  PromptMatcher,
  QuestionAnswer,
  Step,
} from './platform.js'
