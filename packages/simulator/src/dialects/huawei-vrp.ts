import type { Answer } from '../cli/cli-session.js'
import type { Dialect } from '../cli/dialect.js'
import { LineDialect } from '../cli/line-dialect.js'
import type { LineCommands, LineErrors, LineHandler, LineMode, SectionRule } from '../cli/line-grammar.js'
import type { Persona } from '../device/persona.js'
import { interfacesOf } from './interfaces.js'
import { closeSession, endConfig, enterConfig, exitConfig, save, showIdentity } from './line-commands.js'

const at = (column: number, prompt: string): string => `${' '.repeat(prompt.length + column)}^\n`

const errors: LineErrors = {
  invalid: ({ column, prompt }) => `${at(column, prompt)}Error: Unrecognized command found at '^' position.\n`,
  incomplete: (line) => `${at(line.length, '')}Error:Incomplete command found at '^' position.\n`,
  ambiguous: (line) => `${at(line.length, '')}Error:Ambiguous command found at '^' position.\n`,
  badSecret: 'Error: The password is wrong.\n',
}

/** `<r1>` in the user view, `[r1-GigabitEthernet0/0/1]` in a system view. */
function prompt(host: string, { level, section }: LineMode): string {
  return level === 'config' ? `[${host}${section === '' ? '' : `-${section}`}]` : `<${host}>`
}

const displayVersion: LineHandler = (session) => {
  const { persona } = session.device.setup
  return session.show(
    `Huawei Versatile Routing Platform Software
VRP (R) software, Version 5.170 (AR651 V300R022C10)
Copyright (C) 2011-2022 HUAWEI TECH CO., LTD
Huawei AR651 Router uptime is ${Math.floor(persona.uptimeDays / 7)} weeks, ${persona.uptimeDays % 7} days, 4 hours, 12 minutes
`,
  )
}

const displayInterfaceBrief: LineHandler = (session) => {
  const rows = interfacesOf(session.device.running).map(({ name, address, mask, isUp }) => {
    const shown = address === 'unassigned' ? address : `${address}/${mask}`
    const state = isUp ? 'up         up' : '*down      down'
    return `${name.padEnd(33)} ${shown.padEnd(20)} ${state}\n`
  })
  const head = 'Interface                         IP Address/Mask      Physical   Protocol\n'
  return session.show(`*down: administratively down\n${head}${rows.join('')}`)
}

const displayCurrent: LineHandler = (session) =>
  session.show(`[V300R022C10]\n#\n${session.device.runningConfig}return\n`)
const displaySaved: LineHandler = (session) => session.show(`[V300R022C10]\n#\n${session.device.startupConfig}return\n`)

const saved = `It will take several minutes to save configuration file, please wait...
Configuration file has been saved successfully
Note: The configuration file will take effect after being activated
`

const saveAfterConfirmation: LineHandler = (session) => ({
  output: '  The current configuration will be written to the device.\n',
  ask: {
    prompt: '  Are you sure to continue? (y/n)[n]:',
    answer: (text): Answer => ({ output: /^y/i.test(text.trim()) ? String(save(saved)(session, [])) : '' }),
  },
})

const temporary = 'Info: The configuration takes effect on the current user terminal interface only.\n'
const setRows: LineHandler = ({ login }, [rows]) => {
  login.screen.rows = Number(rows)
  return temporary
}
const setColumns: LineHandler = ({ login }, [columns]) => ({
  output: 'Warning: This command will change the default screen width.\n',
  ask: {
    prompt: 'Continue? [Y/N]:',
    answer: (): Answer => {
      login.screen.columns = Number(columns)
      return { output: temporary }
    },
  },
})

const display: LineCommands = [
  ['display version', displayVersion],
  ['display identity', showIdentity],
  ['display clock', (session) => session.show(`${session.clockText()}\n`)],
  ['display ip interface brief', displayInterfaceBrief],
  ['display current-configuration', displayCurrent],
  ['display saved-configuration', displaySaved],
  ['display esn', (session) => session.show(`ESN of device: ${session.device.setup.persona.serial}\n`)],
]

const user: LineCommands = [
  ...display,
  ['screen-length <rows> temporary', setRows],
  ['screen-width <columns>', setColumns],
  ['undo terminal monitor', () => 'Info: Current terminal monitor is off.\n'],
  ['system-view', enterConfig('Enter system view, return user view with Ctrl+Z.\n')],
  ['save', saveAfterConfirmation],
  ['save force', save(saved)],
  ['quit', closeSession],
]

const config: LineCommands = [...display, ['return', endConfig], ['quit', exitConfig]]

const rootWords = `
  aaa acl+ arp+ bgp+ clock+ dhcp+ dns+ drop-profile+ ftp+ header+ http+ icmp+ info-center+ interface+ ip+ ipv6+ isis+
  lldp+ local-user+ mpls+ multicast+ nat+ ntp-service+ observe-port+ ospf+ password+ port-group+ qos+ rip+ route-policy+
  router+ rsa+ sftp+ snmp-agent stelnet+ stp+ super+ sysname+ telnet+ traffic+ undo+ user-interface+ vlan+ vrrp+`
const innerWords = `
  accounting-scheme+ area+ authentication-mode+ authentication-scheme+ authorization-scheme+ bandwidth+ default+
  description+ dhcp+ domain+ duplex+ group+ idle-timeout+ import-route+ ip+ ipv4-family+ ipv6+ ipv6-family+ local-user+
  mpls mtu+ name+ nat+ negotiation+ network+ ospf+ peer+ port+ protocol+ qos+ router-id+ rule+ screen-length+ shutdown
  silent-interface+ speed+ step+ stp+ traffic-policy+ trust+ user+ vrrp+`

/** The names in the prompt: `$1` is the first group of the pattern. */
const sections: readonly SectionRule[] = [
  { pattern: /^interface (\S+)$/, name: '$1' },
  { pattern: /^ospf (\d+)/, name: 'ospf-$1' },
  { pattern: /^area (\S+)$/, name: 'ospf-area-$1', inside: /^ospf / },
  { pattern: /^bgp \S+$/, name: 'bgp' },
  { pattern: /^vlan (\d+)$/, name: 'vlan$1' },
  { pattern: /^aaa$/, name: 'aaa' },
  { pattern: /^acl (?:number |name )?(\S+)/, name: 'acl-$1' },
  { pattern: /^user-interface vty (\d+) (\d+)$/, name: 'ui-vty$1-$2' },
  { pattern: /^route-policy /, name: 'route-policy' },
]

const firstConfig = (hostname: string, persona: Persona): string => `sysname ${hostname}
interface GigabitEthernet0/0/0
 description uplink ${persona.tag}
 ip address ${persona.address} 255.255.255.0
interface GigabitEthernet0/0/1
 shutdown
interface LoopBack0
 ip address ${persona.routerId} 255.255.255.255
ospf 1 router-id ${persona.routerId}
user-interface vty 0 4
 authentication-mode aaa
`

/** Huawei VRP with lines in force at once: views instead of modes, `undo` instead of `no`. Words of an AR651. */
export function huaweiVrp(): Dialect {
  return new LineDialect({
    platforms: ['huawei_vrp', 'huawei'],
    negation: 'undo',
    comment: /^#/,
    candidate: false,
    hostnameWords: 'sysname',
    prompt,
    errors,
    user,
    privileged: [],
    config,
    rootWords,
    innerWords,
    rootOnly: /^(?:ip (?:route-static|vpn-instance|pool)|interface|sysname|vlan \d|ospf \d+|bgp \d|stp mode)/,
    sections,
    blocks: [],
    singleValue: /^(?:sysname |description |ip address (?!.*sub)|mtu |port link-type |name |speed |duplex )/,
    separator: '#',
    pager: { text: '  ---- More ----', erase: `\x1b[42D${' '.repeat(42)}\x1b[42D` },
    identityMark: '#',
    preamble: () => '',
    isPaged: true,
    firstConfig,
    interfaces: { gi: 'GigabitEthernet', ge: 'GigabitEthernet', eth: 'Ethernet', lo: 'LoopBack', vlanif: 'Vlanif' },
  })
}
