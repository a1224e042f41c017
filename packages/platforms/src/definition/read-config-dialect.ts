import type { ConfigBlockRule, ConfigDialect, QuestionAnswer } from '../platform.js'
import type { ConfigFile, QuestionFile } from './platform-file.js'

/** Compiles a pattern of the file; `atEnd`: it must reach the end of the text. */
export type CompileAt = (path: string, pattern: string, atEnd: boolean) => RegExp

function questions(path: string, files: readonly QuestionFile[] | undefined, compile: CompileAt): QuestionAnswer[] {
  return (files ?? []).map(({ question, answer }, index) => ({
    question: compile(`${path}[${index}].question`, question, true),
    answer,
  }))
}

function candidateOf({ candidate }: ConfigFile): Pick<ConfigDialect, 'candidate'> {
  if (candidate === undefined) return {}
  const { commit, discard, compare, commit_confirmed: commitConfirmed, confirm } = candidate
  return {
    candidate: {
      commit,
      discard,
      ...(compare === undefined ? {} : { compare }),
      ...(commitConfirmed === undefined ? {} : { commitConfirmed }),
      ...(confirm === undefined ? {} : { confirm }),
    },
  }
}

function blocksOf(file: ConfigFile, compile: CompileAt): ConfigBlockRule[] {
  return (file.blocks ?? []).map(({ start, end }, index) => {
    const path = `config.blocks[${index}]`
    return {
      start: compile(`${path}.start`, start, false),
      end:
        end === 'delimiter'
          ? { type: 'delimiter' as const }
          : { type: 'pattern' as const, pattern: compile(`${path}.end`, end, false) },
    }
  })
}

function saveOf({ save }: ConfigFile, compile: CompileAt): Pick<ConfigDialect, 'save'> {
  if (save === undefined) return {}
  const answers = questions('config.save.answers', save.answers, compile)
  return { save: { command: save.command, answers, ...(save.mode === undefined ? {} : { mode: save.mode }) } }
}

/** The config part of a platform file, with patterns compiled by `compile`. */
export function readConfigDialect(file: ConfigFile, compile: CompileAt): ConfigDialect {
  const asked = questions('config.questions', file.questions, compile)
  return {
    mode: file.mode,
    ...(file.exclusive_mode === undefined ? {} : { exclusiveMode: file.exclusive_mode }),
    ...candidateOf(file),
    ...(asked.length === 0 ? {} : { questions: asked }),
    ...saveOf(file, compile),
    blocks: blocksOf(file, compile),
  }
}
