export { workerError } from './errors.js'
export { startWorker } from './start-worker.js'
export type { RunningWorker, StartWorkerOptions } from './start-worker.js'
export type { ProcessState } from './supervised-process.js'
