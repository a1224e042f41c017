import type { Dialect } from '../cli/dialect.js'
import { LineDialect } from '../cli/line-dialect.js'
import type { BlockRule, LineCommands, LineErrors, LineHandler, SectionRule } from '../cli/line-grammar.js'
import type { LineSession } from '../cli/line-session.js'
import type { Persona } from '../device/persona.js'
import { morePager } from '../terminal/pager.js'
import { interfacesOf } from './interfaces.js'
import { iosPrompt, ping, showInterfaces, showIpRoute, showUsers } from './ios-show.js'
import { innerWords, iosSections, rootOnly, rootWords, singleValue } from './ios-words.js'
import {
  closeSession,
  disable,
  enableWith,
  endConfig,
  enterConfig,
  exitConfig,
  runExec,
  save,
  showIdentity,
} from './line-commands.js'

const errors: LineErrors = {
  invalid: ({ line, token }) => {
    const index = line.trim().split(/\s+/).indexOf(token)
    return `% Invalid input (at token ${Math.max(0, index)}: '${token}')\n`
  },
  incomplete: (line) => `% Incomplete command (at token ${line.trim().split(/\s+/).length})\n`,
  ambiguous: (line) => `% Ambiguous command (at token 0: '${line.trim().split(/\s+/)[0] ?? ''}')\n`,
  badSecret: '% Bad secret\n',
}

const showVersion: LineHandler = (session) => {
  const { persona } = session.device.setup
  const mac = persona.mac.replaceAll(':', '').replace(/(.{4})(?=.)/g, '$1.')
  return session.show(
    `Arista vEOS-lab
Hardware version:
Serial number: ${persona.serial}
Hardware MAC address: ${mac}
System MAC address: ${mac}

Software image version: 4.30.4M
Architecture: x86_64
Internal build version: 4.30.4M-33989123.4304M
Image format version: 1.0

Uptime: ${persona.uptimeDays} days, 4 hours and 12 minutes
Total memory: 3964884 kB
Free memory: 2715584 kB

`,
  )
}

const showInterfaceBrief: LineHandler = (session) => {
  const rows = interfacesOf(session.device.running)
    .filter(({ address }) => address !== 'unassigned')
    .map(({ name, address, isUp }) => {
      const [status, protocol] = isUp ? ['up', 'up'] : ['admin down', 'down']
      return `${name.padEnd(17)} ${address.padEnd(21)} ${status.padEnd(12)} ${protocol.padEnd(14)} 1500\n`
    })
  const head = 'Interface         IP Address            Status       Protocol            MTU\n'
  return session.show(head + rows.join(''))
}

const heading = (session: LineSession, command: string): string =>
  `! Command: ${command}\n! device: ${session.device.hostname} (vEOS-lab, EOS-4.30.4M)\n!\n`
const showRunning: LineHandler = (session) =>
  session.show(`${heading(session, 'show running-config')}${session.device.runningConfig}end\n`)
const showStartup: LineHandler = (session) =>
  session.show(`${heading(session, 'show startup-config')}${session.device.startupConfig}end\n`)

const setRows: LineHandler = ({ login }, [rows]) => {
  login.screen.rows = Number(rows)
  return rows === '0' ? 'Pagination disabled.\n' : `Pagination set to ${rows} lines.\n`
}
const setColumns: LineHandler = ({ login }, [columns]) => {
  login.screen.columns = Number(columns)
  return `Width set to ${columns} columns.\n`
}

const user: LineCommands = [
  ['terminal length <rows>', setRows],
  ['terminal width <columns>', setColumns],
  ['enable', enableWith(3)],
  ['exit', closeSession],
  ['logout', closeSession],
  ['ping <host> [*]', ping],
  ['show version', showVersion],
  [
    'show hostname',
    (session) => session.show(`Hostname: ${session.device.hostname}\nFQDN:     ${session.device.hostname}\n`),
  ],
  ['show identity', showIdentity],
  ['show users', showUsers],
  ['show clock', (session) => session.show(`${session.clockText()}\n`)],
  ['show ip interface brief', showInterfaceBrief],
  ['show ip route', showIpRoute],
  ['show interfaces [*]', showInterfaces],
]

const configureSession: LineHandler = (session, [name = 'session']) => {
  session.config.enterCandidate(`s-${name.slice(0, 6)}`)
  return ''
}

const privileged: LineCommands = [
  ['disable', disable],
  ['configure', enterConfig('')],
  ['configure terminal', enterConfig('')],
  ['configure session <name>', configureSession],
  ['show running-config', showRunning],
  ['show startup-config', showStartup],
  ['write', save('Copy completed successfully.\n')],
  ['write memory', save('Copy completed successfully.\n')],
  ['copy running-config startup-config', save('Copy completed successfully.\n')],
]

/** Only in a configuration session. */
const inSession =
  (word: string, run: (session: LineSession) => ReturnType<LineHandler>): LineHandler =>
  (session) =>
    session.config.isCandidate ? run(session) : session.invalid(word, 0, word)

const commit = inSession('commit', (session) => {
  if (session.config.commit().failed) {
    return session.refused('% Error: the session has invalid commands\n% Cannot commit session due to errors\n')
  }
  session.config.leave()
  return ''
})
const abort = inSession('abort', (session) => {
  session.config.leave()
  return ''
})
const showDiffs = inSession('show', (session) => {
  const lines = session.config
    .pendingText()
    .split('\n')
    .filter((line) => line !== '')
  const difference = lines.map((line) => `+${line}\n`).join('')
  return difference === '' ? '' : `--- system:/running-config\n+++ session:/candidate-session-config\n${difference}`
})

const config: LineCommands = [
  ['end', endConfig],
  ['exit', exitConfig],
  ['do [*]', runExec],
  ['commit', commit],
  ['abort', abort],
  ['show session-config diffs', showDiffs],
  ['show [*]', (session, [rest]) => session.runExec(`show ${rest ?? ''}`)],
]

/** `banner motd`, then lines until `EOF`. */
const banner: BlockRule = {
  pattern: /^banner (?:motd|login)$/,
  intro: "Enter TEXT message. Type 'EOF' on its own line to end.\n",
  isWhole: () => false,
  endsAt: (text) => text.trim() === 'EOF',
}

/** Interfaces are named in the prompt: `(config-if-Et1)`. */
const sections: readonly SectionRule[] = [
  { pattern: /^interface Ethernet(\S+)$/, name: 'if-Et$1' },
  { pattern: /^interface Management(\S+)$/, name: 'if-Ma$1' },
  { pattern: /^interface Loopback(\S+)$/, name: 'if-Lo$1' },
  { pattern: /^interface Vlan(\S+)$/, name: 'if-Vl$1' },
  { pattern: /^interface Port-Channel(\S+)$/, name: 'if-Po$1' },
  { pattern: /^router bgp \S+$/, name: 'router-bgp' },
  { pattern: /^router ospf \S+$/, name: 'router-ospf' },
  { pattern: /^vlan (\S+)$/, name: 'vlan-$1' },
  { pattern: /^management (?:api http-commands|ssh|telnet)$/, name: 'mgmt' },
  ...iosSections,
]

const firstConfig = (hostname: string, persona: Persona): string => `hostname ${hostname}
spanning-tree mode mstp
interface Ethernet1
 description uplink ${persona.tag}
 no switchport
 ip address 172.16.${Number.parseInt(persona.tag, 16) % 256}.1/30
interface Ethernet2
 shutdown
interface Loopback0
 ip address ${persona.routerId}/32
interface Management1
 ip address ${persona.address}/24
ip routing
router ospf 1
 router-id ${persona.routerId}
`

/** Arista EOS: lines in force at once, or a configuration session with `commit` and `abort`. Words of vEOS 4.30. */
export function aristaEos(): Dialect {
  return new LineDialect({
    platforms: ['arista_eos'],
    negation: 'no',
    comment: /^!/,
    candidate: false,
    hostnameWords: 'hostname',
    prompt: iosPrompt(''),
    errors,
    user,
    privileged,
    config,
    rootWords,
    innerWords,
    rootOnly,
    sections,
    blocks: [banner],
    singleValue,
    separator: '!',
    pager: morePager,
    identityMark: '!',
    preamble: () => '',
    isPaged: true,
    firstConfig,
    interfaces: { et: 'Ethernet', ma: 'Management', lo: 'Loopback', vl: 'Vlan', po: 'Port-Channel' },
  })
}
