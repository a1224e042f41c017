// What the runner in `tools/faults` plays.
export { fixedScenarios, stepFaults } from './scenarios.js'
export { atEveryStep, describeRun, simulate, simulateSeed } from './simulate.js'
export { memoryStore } from './simulate.js'
export { redisStore } from './redis-store.js'
