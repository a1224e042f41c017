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

const workIn = ({ command, config, file_transfer }: Readonly<Record<string, unknown>>): JsonObject =>
  withoutNulls({ command, config, file_transfer })

/** A device's own work replaces all of the request's. */
function workOf(device: JsonObject, base: BulkExecutionRequest): JsonObject {
  const ofDevice = workIn(device)
  return Object.keys(ofDevice).length > 0 ? ofDevice : workIn(base)
}

function expand(device: JsonObject, base: BulkExecutionRequest, context: SubmitContext): SubmitRequest {
  deviceSchema.parse(device, 'Device')
  refuseUnavailable(device)
  const { command: _command, config: _config, file_transfer: _file, credential, ...connection } = withoutNulls(device)
  const { devices: _devices, ...shared } = base
  const work = { command: null, config: null, file_transfer: null, ...workOf(device, base) }
  const connectionArgs = { ...base.connection_args, ...connection }
  const own = credential === undefined ? {} : { credential: credential as CredentialRef }
  return submitRequestOf(
    { ...shared, ...own, ...stagedFor(work, base), ...work, connection_args: connectionArgs },
    context,
  )
}

/** The uploaded file of the request is for the devices that get one. */
const stagedFor = ({ file_transfer: transfer }: { readonly file_transfer: unknown }, base: BulkExecutionRequest) => {
  const isUpload = (transfer as { readonly operation?: unknown } | null)?.operation === 'upload'
  return { staged_file_id: isUpload ? (base.staged_file_id ?? null) : null }
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
