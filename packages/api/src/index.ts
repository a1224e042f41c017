export type { ApiMetrics } from './routes/metrics.js'
export { createServer } from './create-server.js'
export type { CreateServerOptions } from './create-server.js'
export { statusOf, statusOfKind } from './error-status.js'
export { apiError } from './errors.js'
export { llmsText } from './llms-text.js'
export type { LlmsTextOptions } from './llms-text.js'
export { createApiKeyStore } from './keys/api-key-store.js'
export type {
  ApiKeyInfo,
  ApiKeyStore,
  ApiKeyStoreOptions,
  NewApiKey,
  NewKeyWish,
  RotateOptions,
} from './keys/api-key-store.js'
export { fixedApiKey } from './keys/fixed-api-key.js'
export { createSharedApiKeyStore } from './keys/shared-api-key-store.js'
export type { SharedApiKeyRecords } from './keys/shared-api-key-store.js'
export { netpulseApi } from './netpulse-api.js'
export type { NetPulseApiOptions } from './netpulse-api.js'
export type { DeviceSelector } from './access/device-selectors.js'
export { scopes, scopesOfRole } from './access/scopes.js'
export type { Scope } from './access/scopes.js'
export type { RequestLimits } from './limits/request-limits.js'
export { roles } from './principal.js'
export type { Authenticate, Principal, Role } from './principal.js'
export type { RequestDefaults } from './schemas/request-schemas.js'
