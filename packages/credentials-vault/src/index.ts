export { createVaultProvider } from './vault-provider.js'
