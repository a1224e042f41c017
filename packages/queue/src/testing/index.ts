export { queueBackendContract } from './contract.js'
export type { ContractSubject, Declarations } from './contract.js'
export { sampleJob, success } from './world.js'
export type { BackendLimits, BackendUnderTest, JobWish, MakeBackend } from './world.js'
