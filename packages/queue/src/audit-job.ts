import type {
  AuditAct,
  AuditActor,
  AuditMode,
  CommandResult,
  ErrorData,
  JobAudit,
  JobResult,
  JsonObject,
  NewJob,
} from '@netpulse/core'
import { createRedactor } from '@netpulse/core'

/** What the entries of one job have in common. Survives JSON unchanged: a store keeps it until the job ends. */
export interface AuditBase {
  readonly actor: AuditActor
  readonly source: string | null
  readonly device: string
  readonly host: string
  readonly job: string
  readonly kind: string
  readonly driver: string
  readonly mode: Exclude<AuditMode, 'none'>
}

/** How a job ended, as its entry tells it. Survives JSON unchanged; instants in milliseconds since 1970. */
export interface AuditEnd {
  readonly status: string
  readonly outcome: string
  readonly attempt: number
  readonly startedAt?: number
  readonly endedAt: number
  readonly node?: string
  readonly worker?: string
  readonly error?: Pick<ErrorData, 'code' | 'message'>
  /** Only where it may be kept. */
  readonly results?: AuditResults
}

/** Masked results, cut to a bounded size. */
export interface AuditResults {
  readonly results: readonly JsonObject[]
  /** Results that found no room at all. */
  readonly omitted: number
}

/** Characters that an entry keeps: of one text, and of all results together. */
const longestText = 4096
const longestResults = 16_384

/** Results hold no known secret any more; config lines of a client may still look like one. */
const redactor = createRedactor([])

/** `undefined` for a job without entries. */
export function auditBaseOf(job: NewJob): AuditBase | undefined {
  const { audit, owner, request, id, kind } = job
  if (audit === undefined) return undefined
  return {
    actor: { id: owner, name: audit.name },
    source: audit.source ?? null,
    device: request.device.id,
    host: request.device.host,
    job: id,
    kind,
    driver: request.driver,
    mode: audit.mode,
  }
}

/** The job as it is stored: its masked request is in its entry, and nowhere else. */
export function withoutAuditRequest(job: NewJob): NewJob {
  const { audit, ...rest } = job
  if (audit?.request === undefined) return job
  const { request: _, ...kept } = audit
  return { ...rest, audit: kept satisfies JobAudit }
}

const commonOf = ({
  actor,
  source,
  device,
  host,
  job,
}: AuditBase): Omit<AuditAct, 'action' | 'outcome' | 'details'> => ({
  actor,
  source,
  device,
  host,
  job,
})

/** The act of a job that is accepted. */
export function acceptedAct(base: AuditBase, request: JsonObject = {}): AuditAct {
  const { mode, kind, driver } = base
  return { action: 'job.accepted', ...commonOf(base), outcome: null, details: { mode, kind, driver, request } }
}

const isoOf = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString())

/** The act of a job that has ended. */
export function endedAct(base: AuditBase, end: AuditEnd): AuditAct {
  const { mode, kind, driver } = base
  const { status, outcome, attempt, startedAt, endedAt, node, worker, error, results } = end
  const shown = mode === 'full' && results !== undefined ? { ...results } : {}
  return {
    action: 'job.ended',
    ...commonOf(base),
    outcome,
    details: {
      ...{ mode, kind, driver, status },
      error: error === undefined ? null : { code: error.code, message: error.message },
      started_at: isoOf(startedAt),
      duration: startedAt === undefined ? null : (endedAt - startedAt) / 1000,
      attempts: attempt,
      node: node ?? null,
      worker: worker ?? null,
      ...shown,
    },
  }
}

/** A text of an entry, masked, and no longer than there is room for. */
function fitted(text: string, room: number): string {
  const most = Math.min(longestText, room)
  // What is cut off need not be masked; what stands at the cut is masked as a whole.
  const masked = redactor.redact(text.length > 2 * most ? text.slice(0, 2 * most) : text)
  if (masked.length <= most && text.length <= 2 * most) return masked
  return `${masked.slice(0, most)}[cut: ${text.length} characters in all]`
}

function resultOf({ command, stdout, stderr, exitStatus, failure }: CommandResult, room: number): JsonObject {
  const said = fitted(stdout, room)
  return {
    command: fitted(command, room),
    exit_status: exitStatus,
    failure: failure === null ? null : { kind: failure.kind, message: failure.message },
    stdout: said,
    ...(stderr === '' ? {} : { stderr: fitted(stderr, Math.max(0, room - said.length)) }),
  }
}

/** Results as an entry keeps them. */
export function auditResultsOf({ results }: Pick<JobResult, 'results'>): AuditResults {
  const kept: JsonObject[] = []
  let room = longestResults
  for (const result of results) {
    if (room <= 0) break
    const shown = resultOf(result, room)
    kept.push(shown)
    room -= JSON.stringify(shown).length
  }
  return { results: kept, omitted: results.length - kept.length }
}
