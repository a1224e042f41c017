import type { CredentialManifest, CredentialProvider } from '@netpulse/plugin-sdk'

/** One configured provider, not opened yet. */
export interface ProviderSetup {
  readonly manifest: Pick<CredentialManifest, 'accepts' | 'defaultMount'>
  /** Prefixes by segment, the mount first where there are mounts; empty: no limit. See `allowedPaths`. */
  readonly allowedPaths: readonly string[]
  /** How long a fetched secret is remembered. Seconds, 0 to 3600; 0: not at all. */
  readonly cacheTtlSeconds: number
  /** Namespace of a reference that names none, where the provider has namespaces. */
  readonly namespace?: string
  /** Called once, at the first reference. */
  readonly open: () => Promise<CredentialProvider>
}
