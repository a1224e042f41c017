// npm test: installs what the tests need and runs everything. The last line counts: "N passed, M failed, K skipped".
import { runChecks } from './checks/run.mjs'
import { installLab } from './setup/lab.mjs'
import { prepare } from './setup/prepare.mjs'

prepare()
installLab()
await runChecks('all')
