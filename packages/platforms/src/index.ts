export type {
  ConfigBlockRule,
  ConfigDialect,
  FailureIndicator,
  LoginDialogue,
  Mode,
  Pager,
  Platform,
  PromptMatcher,
  QuestionAnswer,
  Step,
} from './platform.js'
