import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { apiError } from './errors.js'
import type { Authenticate, Principal, Role } from './principal.js'
import { includesRole } from './principal.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request; set on every route of the NetPulse API that needs a key. */
    netpulsePrincipal: Principal | null
  }
  interface FastifyContextConfig {
    /** Least role that may use the route. */
    netpulseRole?: Role
  }
}

/** The key as sent; never from the URL, which ends up in logs. */
function keyIn(headers: IncomingHttpHeaders, headerName: string): string | undefined {
  const own = headers[headerName]
  if (typeof own === 'string') return own
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
}

/** Lets in only callers with a key whose role reaches that of the route. A route without a role is for `admin`. */
export function requireKey(app: FastifyInstance, authenticate: Authenticate, headerName: string): void {
  const header = headerName.toLowerCase()
  app.addHook('onRequest', async (request) => {
    const key = keyIn(request.headers, header)
    const principal = key === undefined ? undefined : await authenticate(key)
    if (principal === undefined) throw apiError('INVALID_API_KEY', 'Invalid or missing API key.')
    const needed = request.routeOptions.config.netpulseRole ?? 'admin'
    if (!includesRole(principal.role, needed))
      throw apiError(
        'ROLE_TOO_LOW',
        `This needs the role ${needed}; the API key ${principal.id} has ${principal.role}.`,
      )
    request.netpulsePrincipal = principal
  })
}

/** Id of the key that the request came with. */
export const ownerOf = (request: FastifyRequest): string => request.netpulsePrincipal?.id ?? ''
