import type { JunosHandler } from '../cli/junos-session.js'
import { clockText } from '../cli/clock-text.js'

export const closeJunos: JunosHandler = () => ({ output: '', close: true })

const showVersion: JunosHandler = (session) =>
  session.show(
    `Hostname: ${session.device.hostname}
Model: vmx
Junos: 22.4R3.25
JUNOS OS Kernel 64-bit  [20231122.2d9e7f4_builder_stable_12_224]
JUNOS OS libs [20231122.2d9e7f4_builder_stable_12_224]
JUNOS OS runtime [20231123.124539_builder_junos_224_r3]
`,
  )

const showChassisHardware: JunosHandler = (session) => {
  const { serial } = session.device.setup.persona
  return session.show(
    `Hardware inventory:
Item             Version  Part number  Serial number     Description
Chassis                                ${serial}       VMX
Midplane
Routing Engine 0                                         RE-VMX
`,
  )
}

interface Unit {
  readonly name: string
  readonly address: string
  readonly isUp: boolean
}

function unitsOf(statements: readonly string[]): Unit[] {
  const down = new Set(statements.flatMap((one) => /^interfaces (\S+) disable$/.exec(one)?.[1] ?? []))
  return statements.flatMap((one) => {
    const [, port, unit, address] = /^interfaces (\S+) unit (\d+) family inet address (\S+)/.exec(one) ?? []
    if (port === undefined || address === undefined) return []
    return [{ name: `${port}.${unit}`, address, isUp: !down.has(port) }]
  })
}

const showInterfacesTerse: JunosHandler = (session) => {
  const statements = session.device.running.statements
  const units = unitsOf(statements)
  const ports = new Set(statements.flatMap((one) => /^interfaces (\S+) /.exec(one)?.[1] ?? []))
  const head = 'Interface               Admin Link Proto    Local                 Remote\n'
  const rows = [...ports].sort().map((port) => {
    const isUp = !statements.includes(`interfaces ${port} disable`)
    const own = `${port.padEnd(23)} ${isUp ? 'up    up' : 'down  down'}\n`
    const below = units.filter((unit) => unit.name.startsWith(`${port}.`))
    return own + below.map((unit) => `${unit.name.padEnd(23)} up    up   inet     ${unit.address}\n`).join('')
  })
  return session.show(head + rows.join(''))
}

const showIdentity: JunosHandler = (session) => {
  const { name, platform, persona } = session.device.setup
  const { user, session: number } = session.login
  return session.show(
    `Device: ${name}\nPlatform: ${platform}\nSerial: ${persona.serial}\nUser: ${user}\nSession: ${number}\n`,
  )
}

export const junosShowCommands: readonly (readonly [string, JunosHandler])[] = [
  ['show version', showVersion],
  ['show chassis hardware', showChassisHardware],
  ['show interfaces terse', showInterfacesTerse],
  ['show identity', showIdentity],
  ['show system uptime', (session) => session.show(`Current time: ${clockText(session.device.setup.clock.now())}\n`)],
  [
    'show configuration [*]',
    (session, [path = '']) =>
      session.show(`## Last commit: by ${session.login.user}\n${session.device.render(session.device.running, path)}`),
  ],
  [
    'set cli screen-length <rows>',
    ({ login }, [rows]) => {
      login.screen.rows = Number(rows)
      return `Screen length set to ${rows}\n`
    },
  ],
  [
    'set cli screen-width <columns>',
    ({ login }, [columns]) => {
      login.screen.columns = Number(columns)
      return `Screen width set to ${columns}\n`
    },
  ],
  ['set cli complete-on-space <switch>', () => 'Disabling complete-on-space\n'],
  [
    'ping <host> [*]',
    (_session, [host]) =>
      `PING ${host} (${host}): 56 data bytes\n5 packets transmitted, 5 packets received, 0% packet loss\n`,
  ],
]
