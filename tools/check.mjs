// npm run check: every check that needs no device and no server.
import { prepare } from './setup/prepare.mjs'

prepare()
// Not before: the checks import what has just been installed.
const { runChecks } = await import('./checks/run.mjs')
await runChecks('static')
