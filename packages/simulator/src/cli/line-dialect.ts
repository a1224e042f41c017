import type { DeviceModel } from './cli-session.js'
import { CommandTable } from './command-table.js'
import type { DeviceSetup, Dialect } from './dialect.js'
import type { CompiledGrammar } from './line-device.js'
import { LineDevice } from './line-device.js'
import type { LineCommands, LineGrammar, LineHandler } from './line-grammar.js'
import { LineVocabulary } from './line-vocabulary.js'

function tableOf(...lists: readonly LineCommands[]): CommandTable<LineHandler> {
  const table = new CommandTable<LineHandler>()
  for (const [pattern, handler] of lists.flat()) table.add(pattern, handler)
  return table
}

/** Makes a dialect of a grammar. Its tables are built with the first device. */
export class LineDialect implements Dialect {
  readonly #grammar: LineGrammar
  #compiled: CompiledGrammar | undefined

  constructor(grammar: LineGrammar) {
    this.#grammar = grammar
  }

  get platforms(): readonly string[] {
    return this.#grammar.platforms
  }

  createDevice(setup: DeviceSetup): DeviceModel {
    return new LineDevice(setup, (this.#compiled ??= compile(this.#grammar)))
  }
}

function compile(grammar: LineGrammar): CompiledGrammar {
  return {
    grammar,
    user: tableOf(grammar.user),
    privileged: tableOf(grammar.user, grammar.privileged),
    config: tableOf(grammar.config),
    root: new LineVocabulary(grammar.rootWords),
    inner: new LineVocabulary(grammar.innerWords),
  }
}
