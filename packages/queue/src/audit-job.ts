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
/** Characters of a result beside its texts, about. */
const resultOverhead = 100

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
  const { audit } = job
  if (audit?.request === undefined) return job
  const { request: _, ...kept } = audit
  return { ...job, audit: kept satisfies JobAudit }
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
  return { action: 'job.accepted', ...commonOf(base), outcome: null, details: { driver, kind, mode, request } }
}

const isoOf = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString())

/** The act of a job that has ended. */
export function endedAct(base: AuditBase, end: AuditEnd): AuditAct {
  const { mode, kind, driver } = base
  const { status, outcome, attempt, startedAt, endedAt, node, worker, error, results } = end
  const shown = mode === 'full' && results !== undefined ? { omitted: results.omitted, results: results.results } : {}
  return {
    action: 'job.ended',
    ...commonOf(base),
    outcome,
    details: {
      attempts: attempt,
      driver,
      duration: startedAt === undefined ? null : (endedAt - startedAt) / 1000,
      error: error === undefined ? null : { code: error.code, message: error.message },
      kind,
      mode,
      node: node ?? null,
      ...shown,
      started_at: isoOf(startedAt),
      status,
      worker: worker ?? null,
    },
  }
}

/** A text no longer than there is room for. */
function fitted(text: string, room: number): string {
  const most = Math.min(longestText, room)
  return text.length <= most ? text : `${text.slice(0, most)}[cut: ${text.length} characters in all]`
}

function resultOf({ command, stdout, stderr, exitStatus, failure }: CommandResult, room: number): JsonObject {
  const said = fitted(stdout, room)
  return {
    command: fitted(command, room),
    exit_status: exitStatus,
    failure: failure === null ? null : { kind: failure.kind, message: failure.message },
    ...(stderr === '' ? {} : { stderr: fitted(stderr, Math.max(0, room - said.length)) }),
    stdout: said,
  }
}

/** Results as an entry keeps them. They are masked already: whoever runs a job masks what a device says. */
export function auditResultsOf({ results }: Pick<JobResult, 'results'>): AuditResults {
  const kept: JsonObject[] = []
  let room = longestResults
  for (const result of results) {
    if (room <= 0) break
    const shown = resultOf(result, room)
    kept.push(shown)
    room -= result.command.length + (shown['stdout'] as string).length + result.stderr.length + resultOverhead
  }
  return { results: kept, omitted: results.length - kept.length }
}
