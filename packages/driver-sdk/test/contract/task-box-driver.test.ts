import { startTaskBox } from '../../../../tools/test/task-box/box.mjs'
import taskBoxDriver from '../../../../tools/test/task-box/plugin.mjs'
import { driverContract } from '../../src/testing/driver-contract.js'

driverContract({
  name: 'task box',
  manifest: taskBoxDriver,
  declares: { config: false, candidate: false, save: false, readTimeout: true, tasks: true },
  device: startTaskBox,
})
