export { schedulerContract } from './scheduler-contract.js'
