import type { JsonObject, Redactor } from '@netpulse/core'
import { createRedactor, linesOf, redacted } from '@netpulse/core'
import { connectionSecrets } from '../credentials/resolved-connection.js'
import { redactJson } from '../run/redaction.js'
import type { CheckedRequest } from '../submit/checked-request.js'
import { replaceSecrets, secretValues } from '../submit/secret-values.js'

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

/**
 * A request as the audit record keeps it, in the words of the wire: without what the driver's schemas mark as secret,
 * and without the values of those wherever else they stand. To be called before a reference is resolved: nobody has asked
 * for its values.
 */
export function maskedRequest(checked: CheckedRequest): JsonObject {
  const { driver, device, connection, driverOptions, operation, switches, strategy, request } = checked
  const { definition } = driver.optionsSchema(operation.type)
  const secrets = [...connectionSecrets(driver, connection), ...secretValues(definition, driverOptions)]
  const redactor = createRedactor(secrets)
  const hide = (): string => redacted
  const webhook = request.webhook === undefined ? {} : { webhook: new URL(request.webhook.url).origin }
  return {
    ...redactJson(
      {
        connection_args: replaceSecrets(driver.manifest.connectionSchema, connection, hide),
        driver_args: replaceSecrets(definition, driverOptions, hide),
        ...switches,
      },
      redactor,
    ),
    ...workOf(checked, redactor),
    ...credentialOf(checked),
    device_type: device.platform ?? null,
    queue_strategy: strategy,
    tags: redactJson(request.tags ?? [], redactor),
    ...webhook,
  }
}
