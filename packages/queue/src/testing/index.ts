export { queueBackendContract } from './contract.js'
export type { ContractSubject, Declarations } from './contract.js'
export type { BackendLimits, BackendUnderTest, MakeBackend } from './world.js'
