export { defaultScheduler, schedulers } from './schedulers.js'
export type { SchedulerName } from './schedulers.js'
