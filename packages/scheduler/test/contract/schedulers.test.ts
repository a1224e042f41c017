import { schedulers } from '../../src/schedulers.js'
import { schedulerContract } from '../../src/testing/scheduler-contract.js'

for (const [name, scheduler] of Object.entries(schedulers)) schedulerContract(name, scheduler)
