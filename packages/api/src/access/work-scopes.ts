import type { Principal } from '../principal.js'
import { hasScope } from '../principal.js'
import { assertScope } from '../authentication.js'
import type { Scope } from './scopes.js'

/** Of these a key needs at least one to send work at all; which one, the request decides. */
export const scopesOfWork: readonly Scope[] = [
  ...(['query:run', 'shell:run', 'config:plan', 'config:apply', 'file:read', 'file:write'] as const),
]

/** What of a request decides about its scopes. */
export interface WorkToDo {
  readonly command?: unknown
  readonly config?: unknown
  readonly dry_run?: unknown
  readonly file_transfer?: unknown
  readonly detach?: unknown
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null

const runsCommand = (file: unknown): boolean =>
  isGiven(file) && (file as { readonly execute_after_upload?: unknown }).execute_after_upload === true

function scopeOfOperation({ config, dry_run: dryRun, file_transfer: file }: WorkToDo): readonly Scope[] {
  if (isGiven(config)) return dryRun === true ? ['config:plan'] : ['config:apply']
  if (isGiven(file)) {
    const { operation } = file as { operation?: unknown }
    return operation === 'download' ? ['file:read'] : ['file:write']
  }
  return ['query:run', 'shell:run']
}

/**
 * Whether the key may send this work. Which commands only read is known to the engine alone: a key that may only read
 * says so to it by `readOnly` of the submit.
 * @throws ROLE_TOO_LOW
 */
export function assertMayDo(principal: Principal, work: WorkToDo): void {
  assertScope(principal, scopeOfOperation(work))
  if (runsCommand(work.file_transfer)) assertScope(principal, ['query:run', 'shell:run'])
  // What goes on by itself is looked at by nobody, whatever it does.
  if (work.detach === true) assertScope(principal, ['shell:run'])
}

/** Whether commands of this key must be known to only read, and config lines must only be tried. */
export const isReadOnly = (principal: Principal, { config }: WorkToDo): boolean =>
  isGiven(config) ? !hasScope(principal, 'config:apply') : !hasScope(principal, 'shell:run')
