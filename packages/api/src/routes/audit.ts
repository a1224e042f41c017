import { Readable } from 'node:stream'
import { NetPulseError } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { AuditFilter, AuditLog } from '@netpulse/queue'
import { largestAuditSlice } from '@netpulse/queue'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { apiError } from '../errors.js'
import { linkNextPage, pageHeaders, pageOf } from '../paging.js'
import { answerExamples } from '../schemas/answer-examples.js'
import type { AuditExportQuery, AuditQuery } from '../schemas/audit-schemas.js'
import {
  AuditEntry,
  AuditExportQuery as auditExportQuery,
  AuditHead,
  AuditQuery as auditQuery,
} from '../schemas/audit-schemas.js'
import { commonErrors } from '../schemas/error-schemas.js'
import { periodOf } from '../wire/moments.js'

/**
 * The record, for a key that may see all of it: what a key that is limited to some devices may see of it is no chain.
 * @throws NOT_AVAILABLE, DEVICE_NOT_ALLOWED
 */
function recordFor({ audit }: NetPulse, request: FastifyRequest): AuditLog {
  const { id, devices } = principalOf(request)
  if (devices !== undefined)
    throw apiError('DEVICE_NOT_ALLOWED', `The API key ${id} is limited to some devices; the audit record is of all.`)
  if (audit === undefined) throw apiError('NOT_AVAILABLE', 'This server keeps no audit record: `audit.enabled`.')
  return audit
}

function filterOf({ since, until, limit: _l, cursor: _c, ...words }: AuditQuery): AuditFilter {
  return { ...words, ...periodOf({ since, until }) }
}

/** `GET /audit`: who did what, newest first, in pages. */
export function listAuditRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.get<{ Querystring: AuditQuery }>(
    '/audit',
    {
      config: { netpulseScope: 'audit:read' },
      schema: {
        tags: ['audit'],
        operationId: 'listAudit',
        summary: 'List who did what to which device, newest first',
        description:
          'Filters combine. When there are more, `X-Next-Cursor` and `Link` lead to the next page; where few entries fit, a page may be short, also empty, and have a next one.',
        querystring: auditQuery,
        response: {
          200: {
            ...Type.Array(AuditEntry),
            examples: [answerExamples.auditEntries],
            description: 'A page of entries.',
            headers: pageHeaders,
          },
          ...commonErrors,
        },
      },
    },
    async (request, reply) => {
      const page = await recordFor(netpulse, request).list(filterOf(request.query), pageOf(request.query))
      linkNextPage(request, reply, page.nextCursor)
      return page.items
    },
  )
}

/** Lines of the record, slice by slice. @throws INTERNAL when entries went meanwhile: what follows would be no chain */
async function* linesOf(audit: AuditLog, after: number): AsyncGenerator<string, void, undefined> {
  for (let last = after, first = true; ; first = false) {
    const lines = await audit.lines(last, largestAuditSlice)
    const next = lines[0]
    if (next === undefined) return
    // The connection is cut, so that nobody takes what came for the whole.
    if (!first && next.number !== last + 1) throw new NetPulseError(cutMeanwhile)
    last = lines.at(-1)!.number
    yield `${lines.map(({ text }) => text).join('\n')}\n`
    if (lines.length < largestAuditSlice) return
  }
}

const cutMeanwhile = {
  code: 'INTERNAL',
  kind: 'internal',
  retryable: true,
  message: 'Old entries went while they were exported.',
} as const

/** `GET /audit/export`: the whole record as JSON lines, oldest first. */
export function exportAuditRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.get<{ Querystring: AuditExportQuery }>(
    '/audit/export',
    {
      config: { netpulseScope: 'audit:read' },
      schema: {
        tags: ['audit'],
        operationId: 'exportAudit',
        summary: 'Export the audit record as JSON lines, oldest first',
        description:
          'One `AuditEntry` a line, as its hash was made of it: `netpulse audit verify` proves that none was changed, taken out or moved.',
        querystring: auditExportQuery,
        response: {
          200: {
            description: 'The entries.',
            content: {
              'application/x-ndjson': {
                schema: { type: 'string', description: 'An `AuditEntry` as canonical JSON on each line.' },
                example: `${JSON.stringify(answerExamples.auditEntries[0])}\n`,
              },
            },
          },
          ...commonErrors,
        },
      },
    },
    async (request, reply) => {
      const lines = linesOf(recordFor(netpulse, request), request.query.after ?? 0)
      return reply.type('application/x-ndjson').send(Readable.from(lines))
    },
  )
}

/** `GET /audit/head`: what to note outside, so that an end that was cut off is found. */
export function auditHeadRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.get(
    '/audit/head',
    {
      config: { netpulseScope: 'audit:read' },
      schema: {
        tags: ['audit'],
        operationId: 'readAuditHead',
        summary: 'Read where the audit record ends now',
        description:
          'Note it where nobody who may change the record can: a later export that does not hold this hash was cut off or rewritten.',
        response: {
          200: {
            ...AuditHead,
            examples: [answerExamples.auditHead],
            'x-response-description': 'Number and hash of the latest entry.',
          },
          ...commonErrors,
        },
      },
    },
    (request) => recordFor(netpulse, request).head(),
  )
}
