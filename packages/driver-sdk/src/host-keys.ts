/** A host key as it was seen. */
export interface HostKey {
  /** Key type as SSH names it: `ssh-ed25519`, `rsa-sha2-256`, ... */
  readonly type: string
  /** SHA-256 of the key blob, base64 without padding, as `ssh-keygen -l` prints it after `SHA256:`. */
  readonly fingerprint: string
}

/** A pinned host key. */
export interface PinnedHostKey extends HostKey {
  /** `host:port` as the client dials it. */
  readonly address: string
  readonly firstSeenAt: Date
}

/** Trusted host keys by the address that was dialled. */
export interface HostKeyStore {
  find(address: string): Promise<PinnedHostKey | undefined>
  /**
   * Pins the key unless the address has one already; answers with the key that is pinned afterwards. One step: two
   * first connections cannot trust two keys.
   */
  pin(address: string, key: HostKey): Promise<PinnedHostKey>
  /** Replaces or adds a key: an operator's act. */
  replace(address: string, key: HostKey): Promise<PinnedHostKey>
  /** Forgets the address. `false`: there was none. */
  remove(address: string): Promise<boolean>
  list(): Promise<readonly PinnedHostKey[]>
  /** Is told of a key that was taken without a check, as the request asked; before any login. */
  unchecked?(address: string, key: HostKey): Promise<void>
}
