import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Scope } from './access/scopes.js'
import { apiError } from './errors.js'
import type { AddressLimit } from './limits/address-limit.js'
import type { Authenticate, Principal } from './principal.js'
import { scopesOfPrincipal } from './principal.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request; set on every route of the NetPulse API that needs a key. */
    netpulsePrincipal: Principal | null
  }
  interface FastifyContextConfig {
    /** Scope that the route needs; of several, any one. A route that names none is for admins. */
    netpulseScope?: Scope | readonly Scope[]
    /** Whether a request brings another proof than a key, which the route itself checks. */
    netpulseOpensBy?: (request: FastifyRequest) => boolean
  }
}

/** How keys are looked for in requests, and at what pace. */
export interface AuthenticationOptions {
  readonly authenticate: Authenticate
  /** Header of the key, beside `Authorization: Bearer`. */
  readonly headerName: string
  /** Slows down addresses that send wrong keys. */
  readonly failures: AddressLimit
}

/** The key as sent; never from the URL, which ends up in logs. */
function keyIn(headers: IncomingHttpHeaders, headerName: string): string | undefined {
  const own = headers[headerName]
  if (typeof own === 'string') return own
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
}

/** @throws ROLE_TOO_LOW */
export function assertScope(principal: Principal, needed: readonly Scope[]): void {
  const granted = scopesOfPrincipal(principal)
  if (needed.some((scope) => granted.has(scope))) return
  const words = needed.join(' or ')
  throw apiError(
    'ROLE_TOO_LOW',
    `This needs the scope ${words}; the API key ${principal.id} with the role ${principal.role} does not have it.`,
  )
}

const opensOtherwise = (request: FastifyRequest): boolean =>
  request.routeOptions.config.netpulseOpensBy?.(request) === true

const invalidKey = (): Error => apiError('INVALID_API_KEY', 'Invalid or missing API key.')

/** Lets in only callers with a key. */
export function requireKey(app: FastifyInstance, { authenticate, headerName, failures }: AuthenticationOptions): void {
  const header = headerName.toLowerCase()
  app.addHook('onRequest', async (request) => {
    if (opensOtherwise(request)) return
    const key = keyIn(request.headers, header)
    if (key === undefined) throw invalidKey()
    failures.assertMayTry(request.ip, key)
    const principal = await authenticate(key)
    if (principal === undefined) {
      failures.noteFailure(request.ip, key)
      throw invalidKey()
    }
    failures.noteSuccess(key)
    request.netpulsePrincipal = principal
  })
}

/** Lets pass only keys that have the scope of the route. A route without a scope is for admins. */
export function requireScope(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (opensOtherwise(request)) return done()
    const needed = request.routeOptions.config.netpulseScope ?? 'system:admin'
    assertScope(principalOf(request), [needed].flat() as readonly Scope[])
    done()
  })
}

/** Who sent the request. Only for routes behind a key. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.netpulsePrincipal === null) throw invalidKey()
  return request.netpulsePrincipal
}

/** Id of the key that the request came with. */
export const ownerOf = (request: FastifyRequest): string => request.netpulsePrincipal?.id ?? ''
