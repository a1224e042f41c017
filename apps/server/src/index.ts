export type { DemoDevice } from './demo.js'
export { serverError } from './errors.js'
export { startServer } from './start-server.js'
export type { RunningServer, StartOptions } from './start-server.js'
