import type { ErrorData, JsonObject } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import type { SubmitRequest } from '@netpulse/engine'
import type { CredentialRef } from './credential-reference.js'
import type { BulkExecutionRequest } from './schemas/request-schemas.js'
import { BulkDeviceRequest } from './schemas/request-schemas.js'
import type { SubmitContext } from './submit-request.js'
import { submitRequestOf } from './submit-request.js'
import { refuseUnavailable } from './unavailable-fields.js'
import { compileTyped } from './validation.js'
import { withoutNulls } from './without-nulls.js'

/** One device of a bulk: ready to submit, or refused by itself. */
export type BulkEntry = { readonly request: SubmitRequest } | { readonly host: string; readonly error: ErrorData }

const deviceSchema = compileTyped(BulkDeviceRequest)

const hostOf = (device: JsonObject): string => {
  const { host } = device
  return typeof host === 'string' ? host : ''
}

/** A device's own work replaces all of the request's. */
function workOf(device: JsonObject, base: BulkExecutionRequest): JsonObject {
  const ofDevice = withoutNulls({ command: device['command'], config: device['config'] })
  return Object.keys(ofDevice).length > 0 ? ofDevice : withoutNulls({ command: base.command, config: base.config })
}

function expand(device: JsonObject, base: BulkExecutionRequest, context: SubmitContext): SubmitRequest {
  deviceSchema.parse(device, 'Device')
  refuseUnavailable(device)
  const { command: _command, config: _config, credential, ...connection } = withoutNulls(device)
  const { devices: _devices, command: _baseCommand, config: _baseConfig, ...shared } = base
  const connectionArgs = { ...base.connection_args, ...connection }
  const own = credential === undefined ? {} : { credential: credential as CredentialRef }
  return submitRequestOf({ ...shared, ...own, ...workOf(device, base), connection_args: connectionArgs }, context)
}

/** The requests of a bulk, one per device, in order. A bad device is an entry with its error. */
export function bulkEntries(body: BulkExecutionRequest, context: SubmitContext): readonly BulkEntry[] {
  return body.devices.map((device) => {
    try {
      return { request: expand(device, body, context) }
    } catch (error) {
      return { host: hostOf(device), error: toErrorData(error) }
    }
  })
}
