import type { JsonObject, Redactor } from '@netpulse/core'
import { createRedactor, inKeyOrder, linesOf } from '@netpulse/core'
import { redactJson } from '../run/redaction.js'
import type { CheckedRequest } from '../submit/checked-request.js'

/** Characters of commands or config lines that an entry keeps. */
const longestLines = 16_384

interface MaskedLines {
  readonly lines: readonly string[]
  readonly omitted: number
}

function maskedLines(lines: readonly string[], redactor: Redactor): MaskedLines {
  const kept: string[] = []
  let room = longestLines
  for (const line of lines) {
    room -= line.length
    if (room < 0) break
    kept.push(redactor.redact(line))
  }
  return { lines: kept, omitted: lines.length - kept.length }
}

function workOf({ operation }: CheckedRequest, redactor: Redactor): JsonObject {
  const { lines, omitted } = maskedLines(linesOf(operation), redactor)
  if (operation.type !== 'file_transfer') return { [operation.type]: lines, ...(omitted === 0 ? {} : { omitted }) }
  const { direction, remotePath } = operation.transfer
  const path = { operation: direction, remote_path: redactor.redact(remotePath) }
  return { file_transfer: { ...path, ...(lines[0] === undefined ? {} : { execute_command: lines[0] }) } }
}

/** A reference is no secret: it says where one is. */
function credentialOf({ request: { credential } }: CheckedRequest): JsonObject {
  if (credential === undefined) return {}
  const { fieldMapping, ...reference } = credential
  return { credential: { ...reference, ...(fieldMapping === undefined ? {} : { field_mapping: fieldMapping }) } }
}

/** The data without values that are secret elsewhere: mostly there are none, and a look at the whole is quick. */
export function withoutValues(data: JsonObject, secrets: readonly string[], redactor: Redactor): JsonObject {
  const text = JSON.stringify(data)
  const parts = secrets.flatMap((secret) => secret.split(/\r?\n/))
  const isThere = parts.some((part) => part !== '' && text.includes(JSON.stringify(part).slice(1, -1)))
  return isThere ? redactJson(data, redactor) : data
}

/**
 * A request as the audit record keeps it, in the words of the wire: without what the driver's schemas mark as secret,
 * and without the values of those wherever else they stand. To be called before a reference is resolved: nobody has asked
 * for its values.
 */
export function maskedRequest(checked: CheckedRequest): JsonObject {
  const { driver, device, operation, switches, strategy, request } = checked
  const connection = driver.connectionMask.mask(checked.connection)
  const options = driver.optionsMask(operation.type).mask(checked.driverOptions)
  const secrets = [...connection.secrets, ...options.secrets]
  const redactor = createRedactor(secrets)
  const shown = {
    connection_args: connection.data,
    ...credentialOf(checked),
    device_type: device.platform ?? null,
    driver_args: options.data,
    queue_strategy: strategy,
    ...switches,
    tags: request.tags ?? [],
    ...(request.webhook === undefined ? {} : { webhook: new URL(request.webhook.url).origin }),
  }
  return inKeyOrder({ ...withoutValues(shown, secrets, redactor), ...workOf(checked, redactor) })
}
