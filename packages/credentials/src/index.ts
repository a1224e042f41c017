export { credentialError } from './errors.js'
export { loadKeyring, temporaryKeyring } from './keyring-file.js'
export { createSealer } from './sealer.js'
export type { Keyring, Sealer, SealKey } from './sealer.js'
