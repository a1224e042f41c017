export { credentialError } from './errors.js'
export { addKeyringKey, loadKeyring, temporaryKeyring } from './keyring-file.js'
export { openCredentialFile } from './providers/credential-file.js'
export type { CredentialEntryInfo, CredentialFile } from './providers/credential-file.js'
export { credentialVariables, envProvider } from './providers/env-provider.js'
export { fileProvider } from './providers/file-provider.js'
export { mappedOptions } from './reference/field-mapping.js'
export type { FieldMapping, ResolvedValue } from './reference/field-mapping.js'
export { createCredentialResolver } from './resolver/credential-resolver.js'
export type {
  CredentialInspection,
  CredentialResolver,
  CredentialResolverOptions,
} from './resolver/credential-resolver.js'
export type { ProviderSetup } from './resolver/provider-setup.js'
export { createSealer } from './sealer.js'
export type { Keyring, Sealer, SealKey } from './sealer.js'
