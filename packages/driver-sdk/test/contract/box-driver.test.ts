import { driverContract } from '../../src/testing/driver-contract.js'
import { boxDriver } from '../support/box-driver.js'
import { startBox } from '../support/box.js'

driverContract({
  name: 'box',
  manifest: boxDriver,
  declares: { config: true, candidate: true, save: true, readTimeout: true, files: true },
  device: startBox,
})
