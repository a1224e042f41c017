export { credentialOption } from './credential-schema.js'
export type { Driver, DriverServices, OpenRequest } from './driver.js'
export { defineDriver } from './driver-manifest.js'
export type {
  CommandDialect,
  DriverFactory,
  DriverManifest,
  DriverPlan,
  DriverPlanner,
  DriverRequest,
  TypedText,
} from './driver-manifest.js'
export { driverError } from './errors.js'
export type { FileAccess, FileCopy, TransferContext, TransferReply } from './files.js'
export { hostKeyOf } from './host-key-of.js'
export type { HostKey, HostKeyStore, PinnedHostKey } from './host-keys.js'
export { logTextOf } from './log-text.js'
export type { LogText } from './log-text.js'
export type { LaunchReply, LogRange, TaskAccess, TaskReading } from './tasks.js'
export type { CallContext, CandidateConfig, ConfigAccess, ConfigBlock, Reply, SendOptions, Session } from './session.js'
