export type RedisSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'program'; readonly path: string }
  | { readonly kind: 'none'; readonly reason: string }

export interface RedisServerOptions {
  /** Keep data across a restart and a kill. Default `false`. */
  readonly appendonly?: boolean
  /** `requirepass`. */
  readonly password?: string
  /** Lines of an ACL file. */
  readonly acl?: readonly string[]
  /** Takes TLS only, with certificates made on the spot; clients must show one too, unless `args` say otherwise. */
  readonly tls?: boolean
  /** Makes it a Sentinel: lines of its configuration. Data, password, ACL and TLS options are not for one. */
  readonly sentinel?: readonly string[]
  /** Further arguments of redis-server. */
  readonly args?: readonly string[]
}

export interface RedisServer {
  readonly host: string
  readonly port: number
  readonly folder: string
  readonly pid: number
  /** `redis://…` or `rediss://…`, with the password of `requirepass`. */
  readonly url: string
  /** PEM texts: the authority, and a certificate with its key that a client may show. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string } | undefined
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** Ends it where it still runs, and starts it on the same port and folder. */
  restart(): Promise<void>
  /** SIGSTOP: connections stay, nothing is answered. */
  pause(): void
  /** SIGCONT. */
  resume(): void
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

export function redisSource(env?: NodeJS.ProcessEnv): RedisSource
export function startRedis(options?: RedisServerOptions): Promise<RedisServer>
