import type { HostKeyPolicy } from '../host-keys/host-key-check.js'

/** Exact algorithm lists, in order of preference; an absent list keeps its default. */
export interface SshAlgorithms {
  readonly kex?: readonly string[]
  readonly hostKey?: readonly string[]
  readonly cipher?: readonly string[]
  readonly mac?: readonly string[]
}

/** An answer to a question that a server asks during a keyboard-interactive login. */
export interface KeyboardAnswer {
  /** Part of the question; case does not matter. */
  readonly prompt: string
  readonly answer: string
}

/** One SSH server and how to log in to it. Every secret is in clear: never log a target. */
export interface SshEndpoint {
  readonly host: string
  /** @defaultValue 22 */
  readonly port?: number
  readonly username: string
  /** For password logins, and for each password question of a keyboard-interactive login. */
  readonly password?: string
  /** Text of a private key: OpenSSH, PEM or PPK. */
  readonly privateKey?: string
  /** Opens `privateKey` when it is encrypted. */
  readonly passphrase?: string
  /** Path of the socket of an SSH agent, whose keys are tried in its order. */
  readonly agentSocket?: string
  /** Answers to questions that are neither for the user name nor for the password: tokens, menus. */
  readonly keyboardAnswers?: readonly KeyboardAnswer[]
  /** @defaultValue 'tofu' */
  readonly hostKeyPolicy?: HostKeyPolicy
  /**
   * What the host key is pinned to. Give a name of your own where one address stands for several machines: equal
   * private addresses behind different jump hosts.
   * @defaultValue host:port
   */
  readonly hostKeyAddress?: string
  /**
   * Offers SHA-1 key exchange and signatures, CBC ciphers, MD5 and SHA-1 MACs, after the modern ones.
   * @defaultValue false
   */
  readonly legacyAlgorithms?: boolean
  readonly algorithms?: SshAlgorithms
  /** @defaultValue false */
  readonly compress?: boolean
  /**
   * Milliseconds between transport keepalives (`keepalive@openssh.com`, answered by every server that follows RFC 4254
   * section 4); 0 sends none.
   * @defaultValue 0
   */
  readonly keepaliveIntervalMs?: number
  /**
   * Keepalives in a row without an answer after which the connection is lost.
   * @defaultValue 3
   */
  readonly keepaliveMaxMisses?: number
  /**
   * From dialling (name lookup included) to the TCP connection; also for the forwarding by a jump host.
   * @defaultValue 10000
   */
  readonly connectTimeoutMs?: number
  /**
   * From the TCP connection to the end of the first key exchange.
   * @defaultValue 15000
   */
  readonly bannerTimeoutMs?: number
  /**
   * From the end of the key exchange to the end of the login; also for opening a shell, a command or a subsystem.
   * @defaultValue 20000
   */
  readonly authTimeoutMs?: number
}

/** A device behind any number of jump hosts. */
export interface SshTarget extends SshEndpoint {
  /** In the order of dialling; each with its own login, host key policy, algorithms and timeouts. */
  readonly jumpHosts?: readonly SshEndpoint[]
}

/** The port of an SSH server that gives none. */
export const defaultSshPort = 22

/** Defaults of `SshEndpoint` that are numbers. */
export const sshDefaults = {
  keepaliveIntervalMs: 0,
  keepaliveMaxMisses: 3,
  connectTimeoutMs: 10_000,
  bannerTimeoutMs: 15_000,
  authTimeoutMs: 20_000,
} as const
