import type {
  CredentialReference,
  Device,
  JobKind,
  JsonObject,
  JsonValue,
  Operation,
  QueueStrategy,
  Schema,
  SchemaViolation,
} from '@netpulse/core'
import { deviceIdOf } from '@netpulse/core'
import type { StagedFile } from '@netpulse/storage'
import type { CommandDialect, TypedText } from '@netpulse/driver-sdk'
import type { ReferencedLogin } from '../credentials/login-lists.js'
import { referencedLogins } from '../credentials/login-lists.js'
import { mappingViolations, realViolations, withoutResolved, withStandIns } from '../credentials/resolved-connection.js'
import type { ConnectionTestRequest, SubmitRequest } from '../netpulse.js'
import { splitConnection } from './connection-schema.js'
import type { DriverCatalog, DriverEntry } from './driver-catalog.js'
import { invalidRequest, within } from './invalid-request.js'
import type { TransferCheck } from './file-transfer.js'
import { operationOf } from './operation.js'

/** A driver's device and how to reach it: checked, defaults filled in, secrets in clear. */
export interface CheckedTarget {
  readonly driver: DriverEntry
  readonly device: Device
  readonly connection: JsonObject
}

/** A request that can be made into a job. */
export interface CheckedRequest extends CheckedTarget {
  readonly request: SubmitRequest
  readonly operation: Operation
  readonly driverOptions: JsonObject
  /** Texts of the connection that are secret whatever their options are; none unless a reference was resolved. */
  readonly secrets?: readonly string[]
  /** What the audit record keeps of the request; none unless it does. */
  readonly masked?: JsonObject
  readonly switches: JsonObject
  readonly kind: JobKind
  readonly strategy: QueueStrategy
  /** How the device reads a line, where the driver says so. */
  readonly dialect?: CommandDialect
  /** What the driver may type beside the operation. */
  readonly typed?: readonly TypedText[]
  /** The uploaded file that the operation sends. */
  readonly staged?: StagedFile
}

/** A transfer that was checked, and the uploaded file that it sends. */
export interface CheckedTransfer {
  readonly check: TransferCheck
  readonly staged: StagedFile | undefined
}

/** A copy that defaults can be written into: the caller's object stays as it was. */
function copyJson(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(copyJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyJson(item)]))
}

interface Part {
  readonly data: JsonObject
  readonly violations: readonly SchemaViolation[]
}

function checkPart(schema: Schema<JsonObject>, given: JsonObject | undefined, prefix: string): Part {
  const data = copyJson(given ?? {}) as JsonObject
  const violations = schema.check(data)
  return { data, violations: prefix === '' ? violations : within(prefix, violations) }
}

/** `connection_args`, and the logins among them that come from references. */
interface ConnectionPart extends Part {
  readonly logins: readonly ReferencedLogin[]
}

/** Options that a reference will set have a stand-in, until the plan is made. */
function checkConnection(
  driver: DriverEntry,
  args: JsonObject,
  reference: CredentialReference | undefined,
): ConnectionPart {
  const logins = referencedLogins(driver.loginLists, args, reference)
  const { data, violations } = checkPart(driver.connectionSchema, withStandIns(args, logins), 'connection_args')
  return {
    data,
    violations: [...mappingViolations(driver, logins), ...realViolations(violations, logins)],
    logins,
  }
}

function deviceOf(driver: DriverEntry, connectionArgs: JsonObject): Omit<CheckedTarget, 'driver'> {
  const { address, connection } = splitConnection(connectionArgs)
  const { defaultPort } = driver.manifest
  const device = { id: deviceIdOf(address, defaultPort), host: address.host, port: address.port ?? defaultPort }
  return { device, connection }
}

const withPlatform = (device: Device, platform: string | undefined): Device =>
  platform === undefined ? device : { ...device, platform }

/** An upload changes its device, and cannot be sent twice without anybody noticing; a download only reads. */
function kindOf(operation: Operation, planned: JobKind): JobKind {
  if (operation.type !== 'file_transfer') return planned
  return operation.transfer.direction === 'upload' ? 'opaque' : 'query'
}

/** What is wrong with a request that wants its commands to go on without it. */
function detachViolations(driver: DriverEntry, request: SubmitRequest): readonly SchemaViolation[] {
  const { detach = false, pushIntervalSeconds, command } = request
  if (!detach) return pushIntervalSeconds === undefined ? [] : [{ path: 'push_interval', message: 'needs detach' }]
  if (driver.manifest.tasks !== true)
    return [{ path: 'detach', message: `the driver ${driver.name} cannot leave work running at its devices` }]
  return command === undefined ? [{ path: 'detach', message: 'needs command, and takes nothing else' }] : []
}

/** What is started and left alone may change anything; its session is kept for those who ask how it goes. */
function orderOf(
  { manifest }: DriverEntry,
  { detach = false, queueStrategy }: SubmitRequest,
  planned: JobKind,
): Pick<CheckedRequest, 'kind' | 'strategy'> {
  const preset = detach ? 'pinned' : manifest.defaultStrategy
  return { kind: detach ? 'opaque' : planned, strategy: queueStrategy ?? preset }
}

/**
 * Checks a request of known shape against its driver, all parts at once.
 * @throws DRIVER_UNKNOWN, INVALID_INPUT, NOT_SUPPORTED for files where the driver copies none
 */
export async function checkRequest(
  catalog: DriverCatalog,
  request: SubmitRequest,
  transfer?: CheckedTransfer,
): Promise<CheckedRequest> {
  const driver = catalog.get(request.driver)
  const { command, config } = request
  const asked = operationOf({ command, config, fileTransfer: transfer?.check })
  const type = transfer !== undefined ? 'file_transfer' : config === undefined ? 'command' : 'config'
  const connectionArgs = checkConnection(driver, request.connectionArgs, request.credential)
  const options = checkPart(driver.optionsSchema(type), request.driverArgs, 'driver_args')
  const switches = checkPart(driver.switchesSchema, request.switches, '')
  const detached = { violations: detachViolations(driver, request) }
  const parts = [connectionArgs, 'violations' in asked ? asked : { violations: [] }, options, switches, detached]
  const violations = parts.flatMap((part) => part.violations)
  if (violations.length > 0 || 'violations' in asked) throw invalidRequest(violations)
  const { device, connection } = deviceOf(driver, connectionArgs.data)
  const { operation } = asked
  const plan = await driver.plan({ connection, operation, options: options.data, switches: switches.data })
  return {
    request,
    driver,
    device: withPlatform(device, plan.platform),
    connection: withoutResolved(connection, connectionArgs.logins),
    operation,
    driverOptions: options.data,
    switches: switches.data,
    ...orderOf(driver, request, kindOf(operation, plan.kind)),
    ...(plan.dialect === undefined ? {} : { dialect: plan.dialect }),
    ...(plan.typed === undefined ? {} : { typed: plan.typed }),
    ...(transfer?.staged === undefined ? {} : { staged: transfer.staged }),
  }
}

/**
 * Checks how to reach a device, for a connection test.
 * @throws DRIVER_UNKNOWN, INVALID_INPUT
 */
export async function checkTarget(catalog: DriverCatalog, request: ConnectionTestRequest): Promise<CheckedTarget> {
  const driver = catalog.get(request.driver)
  const { data, violations, logins } = checkConnection(driver, request.connectionArgs, request.credential)
  if (violations.length > 0) throw invalidRequest(violations)
  const { device, connection } = deviceOf(driver, data)
  const switches = checkPart(driver.switchesSchema, {}, '').data
  const { platform } = await driver.plan({
    connection,
    operation: { type: 'command', commands: [] },
    options: {},
    switches,
  })
  return { driver, device: withPlatform(device, platform), connection: withoutResolved(connection, logins) }
}
