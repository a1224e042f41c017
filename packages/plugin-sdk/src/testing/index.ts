export { credentialProviderContract } from './credential-contract.js'
export type { CredentialProviderUnderTest, ProviderFixture } from './credential-contract.js'
