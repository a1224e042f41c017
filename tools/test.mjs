// npm test: installs what the tests need and runs everything. The last line counts: "N passed, M failed, K skipped".
import { installLab } from './setup/lab.mjs'
import { prepare } from './setup/prepare.mjs'

prepare()
installLab()
// Not before: the checks import what has just been installed.
const { runChecks } = await import('./checks/run.mjs')
await runChecks('all')
