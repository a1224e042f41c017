export { notifierContract } from './notifier-contract.js'
export { endless, Receiver, silence, status } from './receiver.js'
export type { Answer, Received } from './receiver.js'
