// npm run check: every check that needs no device and no server.
import { runChecks } from './checks/run.mjs'
import { prepare } from './setup/prepare.mjs'

prepare()
await runChecks('static')
