// npm start: installs what is missing, builds, and starts the server with a few simulated devices.
// Further arguments go to the server: npm start -- --port 9100
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { prepare, root } from './setup/prepare.mjs'

prepare()
const args = process.argv.slice(2)
const server = spawn(process.execPath, [join(root, 'apps/server/dist/main.js'), '--demo', ...args], {
  stdio: 'inherit',
})
// The server drains at the first signal and ends at once at the second; this process only passes them on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal))
server.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)))
