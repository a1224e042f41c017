export { driverChecks, driverContract, runDriverCheck } from './driver-contract.js'
export type { DriverCheck } from './driver-check.js'
export type { DriverAbilities, DriverUnderTest, TestDevice } from './driver-under-test.js'
