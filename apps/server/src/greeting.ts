import type { RunningServer } from './start-server.js'

/** For pasting into a shell: a single quote ends, is written by itself, and begins again. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** A command that shows something at once: a job on the first simulated device, else the workers. */
function curlLine({ url, newKey, config, demoDevices: [device] }: RunningServer): string {
  const header = config.server.api_key_name
  const key = newKey === undefined ? `"${header}: $NETPULSE_API_KEY"` : quoted(`${header}: ${newKey}`)
  if (device === undefined) return `curl -s ${quoted(`${url}/workers`)} -H ${key}`
  const { connectionArgs } = device
  const body = JSON.stringify({ driver: 'cli', connection_args: connectionArgs, command: 'show version' })
  const sent = `-H ${quoted('content-type: application/json')} -d ${quoted(body)}`
  return `curl -s ${quoted(`${url}/device/exec?wait=10`)} -H ${key} ${sent}`
}

function keyLines({ newKey, config }: RunningServer): readonly string[] {
  if (config.demo > 0) return [`  API key   ${newKey ?? ''}   (admin, until the next start)`]
  if (newKey !== undefined) return [`  API key   ${newKey}   (admin; shown this once, keep it)`]
  if (config.server.api_key !== undefined) return ['  API key   as configured in server.api_key']
  return ['  API key   as made before; `netpulse-server keys add` makes another']
}

function deviceLines({ demoDevices }: RunningServer): readonly string[] {
  if (demoDevices.length === 0) return []
  const shown = demoDevices.slice(0, 10).map(({ name, connectionArgs }) => {
    const { device_type, host, port, username, password } = connectionArgs
    return `  ${name.padEnd(8)}  ${device_type.padEnd(16)}  ${host}:${port}  user ${username}  password ${password}`
  })
  const more = demoDevices.length - shown.length
  return ['', 'Simulated devices:', ...shown, ...(more > 0 ? [`  and ${more} more`] : [])]
}

/** What a person reads at the start, ending with a line to paste. */
export function greeting(server: RunningServer): string {
  return [
    'NetPulse is ready.',
    '',
    `  API       ${server.url}`,
    `  Docs      ${server.url}/docs`,
    ...keyLines(server),
    ...deviceLines(server),
    '',
    'Try it:',
    '',
    curlLine(server),
    '',
    '',
  ].join('\n')
}
