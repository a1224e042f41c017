import { coreError } from '@netpulse/core'
import type { CommandDialect, DriverPlan, DriverPlanner, DriverRequest, TypedText } from '@netpulse/driver-sdk'
import { driverError } from '@netpulse/driver-sdk'
import type { Platform } from '@netpulse/platforms'
import { classifyCommand, configBlocks } from '@netpulse/platforms'
import type { CliConnection } from './cli-connection.js'
import { transportOf } from './cli-connection.js'
import { cliDialect } from './cli-dialect.js'
import { commandOptionsOf, configOptionsOf } from './cli-options.js'
import type { PlatformSource } from './platform-source.js'
import { platformOf } from './platform-source.js'

const controlCharacter = /[\x00-\x08\x0a-\x1f\x7f]/

/** What requests would do, by the platform's data alone. */
export class CliPlanner implements DriverPlanner {
  readonly #platforms: PlatformSource
  readonly #dialects = new WeakMap<Platform, CommandDialect>()

  constructor(platforms: PlatformSource) {
    this.#platforms = platforms
  }

  plan(request: DriverRequest): Promise<DriverPlan> {
    return Promise.resolve().then(() => this.#plan(request))
  }

  #plan(request: DriverRequest): DriverPlan {
    const connection = request.connection as CliConnection
    const platform = platformOf(this.#platforms, connection.device_type)
    checkLogin(connection)
    const { operation } = request
    if (operation.type === 'config') {
      checkConfig(platform, request, operation.lines)
      return { kind: 'modification', ...this.#policyOf(platform, request) }
    }
    if (operation.type === 'file_transfer') throw driverError('NOT_SUPPORTED', 'The driver cli copies no files.')
    checkCommands(request, operation.commands)
    const reads = operation.commands.every((command) => classifyCommand(platform, command) === 'query')
    return { kind: reads ? 'query' : 'opaque', ...this.#policyOf(platform, request) }
  }

  /** What the command policy has to know. */
  #policyOf(platform: Platform, { operation, options }: DriverRequest): Omit<DriverPlan, 'kind'> {
    return {
      platform: platform.name,
      dialect: this.#dialectOf(platform),
      typed: operation.type === 'config' ? typedByConfig(options) : typedAnswers(commandOptionsOf(options).answers),
    }
  }

  #dialectOf(platform: Platform): CommandDialect {
    const known = this.#dialects.get(platform)
    if (known !== undefined) return known
    const dialect = cliDialect(platform)
    this.#dialects.set(platform, dialect)
    return dialect
  }
}

const typedAnswers = (answers: readonly { readonly answer: string }[]): readonly TypedText[] =>
  answers.map(({ answer }, index) => ({ path: `driver_args.answers[${index}]`, text: answer }))

function typedByConfig(options: DriverRequest['options']): readonly TypedText[] {
  const { answers, modeCommand } = configOptionsOf(options)
  const typed = typedAnswers(answers)
  return modeCommand === undefined ? typed : [...typed, { path: 'driver_args.config_mode_command', text: modeCommand }]
}

function invalid(path: string, message: string): Error {
  return coreError('INVALID_INPUT', `${path}: ${message}`, { details: { errors: [{ path, message }] } })
}

function checkLogin(connection: CliConnection): void {
  if (transportOf(connection) === 'ssh' && connection.username === undefined)
    throw invalid('connection_args.username', 'is required')
}

function checkCommands(request: DriverRequest, commands: readonly string[]): void {
  refuseControl('command', commands)
  commandOptionsOf(request.options)
  if (request.switches['save'] === true) throw invalid('save', 'goes with config, not with command')
  if (request.switches['dry_run'] === true) throw invalid('dry_run', 'goes with config, not with command')
}

function checkConfig(platform: Platform, request: DriverRequest, lines: readonly string[]): void {
  refuseControl('config', lines)
  const dialect = platform.config
  if (dialect === undefined)
    throw driverError('NOT_SUPPORTED', `${platform.name} cannot be configured by lines; send commands instead.`)
  const { exclusive } = configOptionsOf(request.options)
  if (exclusive === true && dialect.exclusiveMode === undefined)
    throw driverError('NOT_SUPPORTED', `${platform.name} has no exclusive configuration mode.`)
  if (request.switches['dry_run'] === true && dialect.candidate === undefined)
    throw driverError('NOT_SUPPORTED', `${platform.name} has no candidate configuration, so there is no dry run.`)
  if (request.switches['save'] === true && dialect.save === undefined && dialect.candidate === undefined)
    throw driverError('NOT_SUPPORTED', `${platform.name} has no step that saves the configuration.`)
  configBlocks(dialect, lines)
}

/** Several lines in one command, or keys that a device acts on, would run what nobody sees. A tab is a blank. */
function refuseControl(what: string, inputs: readonly string[]): void {
  const index = inputs.findIndex((input) => controlCharacter.test(input))
  if (index === -1) return
  throw invalid(`${what}[${index}]`, 'holds a control character or a line end; give each line as an item of its own')
}
