/** How TLS is spoken with Redis. All texts are PEM. */
export interface RedisTlsOptions {
  /** Authorities to trust. @defaultValue those of Node */
  readonly ca?: string
  /** Certificate that the client shows, with `key`. @defaultValue none */
  readonly cert?: string
  readonly key?: string
  /** Name that the server's certificate must carry. @defaultValue the host of the address */
  readonly serverName?: string
  /** `false` accepts any certificate: whoever sits between can read and change everything. @defaultValue true */
  readonly rejectUnauthorized?: boolean
}

/** The Sentinels that know where the master is. */
export interface RedisSentinelOptions {
  /** `host:port` of each; port 26379 when absent. From 1. */
  readonly addresses: readonly string[]
  /** @defaultValue 'mymaster' */
  readonly masterName?: string
  /** Credentials of the Sentinels themselves; those of Redis stand beside `sentinel`. @defaultValue none */
  readonly username?: string
  readonly password?: string
  /** Speak TLS with the Sentinels, with the certificates of `tls`. @defaultValue false */
  readonly tls?: boolean
}

/** Where Redis is and how to talk to it: the one configuration of every connection. */
export interface RedisOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://…` for TLS. Either this or `sentinel`. */
  readonly url?: string
  readonly sentinel?: RedisSentinelOptions
  /** ACL user; wins over the one in `url`. @defaultValue Redis' `default` user */
  readonly username?: string
  /** Wins over the one in `url`. @defaultValue none */
  readonly password?: string
  /** Database number; wins over the one in `url`. @defaultValue 0 */
  readonly database?: number
  /** For a `rediss://` address, or for the master behind Sentinels. @defaultValue none: plain TCP, or the defaults with `rediss://` */
  readonly tls?: RedisTlsOptions
  /**
   * Begins every key, as the hash tag `{np}:`, so that all keys share one Cluster slot. Deployments that share a Redis
   * need one each. Letters, digits, `_`, `.` and `-`, up to 64. @defaultValue 'np'
   */
  readonly keyPrefix?: string
  /**
   * A command without an answer for this long fails with STORE_UNAVAILABLE; whether it took effect is then not known. It
   * is also how long a command waits while Redis is away. Milliseconds, 100 to 600000. @defaultValue 5000
   */
  readonly commandTimeoutMs?: number
  /** How long the process tries to reach Redis when it starts. Milliseconds, 100 to 600000. @defaultValue 10000 */
  readonly connectTimeoutMs?: number
}
