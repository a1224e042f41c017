/** Names a secret that a configured credential provider keeps. Holds none itself, so that it may be stored and shown. */
export interface CredentialReference {
  /** Configured name of the provider; absent: the only one there is. */
  readonly name?: string
  /** Where the provider keeps the secret: a path below its mount, or a name. */
  readonly ref: string
  /** Secrets engine of the provider; absent: the provider's default. */
  readonly mount?: string
  /** From 1; absent: the newest. */
  readonly version?: number
  /** Absent: the one that the provider is configured with. */
  readonly namespace?: string
  /**
   * Field of the secret by the option of `connection_args` that gets its value.
   * @defaultValue `{ username: 'username', password: 'password' }`, and `pkey` where the secret has one
   */
  readonly fieldMapping?: Readonly<Record<string, string>>
}
