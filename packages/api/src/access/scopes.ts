import type { Role } from '../principal.js'

/**
 * One thing that a key may do.
 *
 * | scope | lets |
 * |---|---|
 * | `query:run` | run commands that the platform knows to only read; test a login |
 * | `shell:run` | run any other command: what nobody knows to only read may change the device |
 * | `config:plan` | load config lines for a dry run |
 * | `config:apply` | apply config lines |
 * | `file:read`, `file:write` | fetch files from devices, send files to them |
 * | `secret:use` | name a stored credential in a request |
 * | `job:read:own`, `job:read:all` | read the jobs of this key, of every key |
 * | `job:cancel:own`, `job:cancel:all` | cancel the same |
 * | `device:read`, `device:release` | see held devices and pauses of logins, lift one |
 * | `worker:read`, `worker:admin` | see workers, end them |
 * | `host-key:admin` | pin and forget host keys |
 * | `webhook:admin` | send webhook deliveries again that were given up |
 * | `system:read` | health, counters and events of the server |
 * | `audit:read` | read who did what, of all devices |
 * | `key:admin` | make, list, rotate and revoke API keys |
 * | `system:admin` | every route that names no other scope |
 */
export const scopes = [
  'query:run',
  'shell:run',
  'config:plan',
  'config:apply',
  'file:read',
  'file:write',
  'secret:use',
  'job:read:own',
  'job:read:all',
  'job:cancel:own',
  'job:cancel:all',
  'device:read',
  'device:release',
  'worker:read',
  'worker:admin',
  'host-key:admin',
  'webhook:admin',
  'system:read',
  'audit:read',
  'key:admin',
  'system:admin',
] as const

export type Scope = (typeof scopes)[number]

const viewer: readonly Scope[] = ['job:read:own', 'job:read:all', 'device:read', 'worker:read', 'system:read']

const operator: readonly Scope[] = [
  ...viewer,
  'query:run',
  'shell:run',
  'config:plan',
  'config:apply',
  'file:read',
  'file:write',
  'secret:use',
  'job:cancel:own',
  'job:cancel:all',
  'device:release',
]

/** What each role may do. */
export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = { viewer, operator, admin: scopes }

/** Scopes that include another: who sees everything sees what is its own, who applies a change may try it. */
const included: Readonly<Partial<Record<Scope, Scope>>> = {
  'job:read:all': 'job:read:own',
  'job:cancel:all': 'job:cancel:own',
  'config:apply': 'config:plan',
}

/** Texts that a key may be given: scopes, and `file:*` for all that begin so. */
export const scopeWords: readonly string[] = [
  ...scopes,
  ...new Set(scopes.map((scope) => `${scope.slice(0, scope.indexOf(':'))}:*`)),
]

const fits = (word: string, scope: Scope): boolean =>
  word === scope || (word.endsWith(':*') && scope.startsWith(word.slice(0, -1)))

/** The scopes that texts such as `file:*` stand for. Texts that stand for none give nothing. */
export function scopesOf(words: readonly string[]): ReadonlySet<Scope> {
  const granted = new Set(scopes.filter((scope) => words.some((word) => fits(word, scope))))
  for (const scope of [...granted]) {
    const also = included[scope]
    if (also !== undefined) granted.add(also)
  }
  return granted
}
