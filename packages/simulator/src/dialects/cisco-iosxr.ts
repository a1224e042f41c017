import type { Answer } from '../cli/cli-session.js'
import type { Dialect } from '../cli/dialect.js'
import { LineDialect } from '../cli/line-dialect.js'
import type { BlockRule, LineCommands, LineHandler, SectionRule } from '../cli/line-grammar.js'
import type { LineSession } from '../cli/line-session.js'
import type { Persona } from '../device/persona.js'
import { morePager } from '../terminal/pager.js'
import { interfacesOf } from './interfaces.js'
import { caretErrors, iosPrompt, ping, showInterfaces, showUsers } from './ios-show.js'
import { innerWords, iosSections, rootOnly, rootWords, singleValue } from './ios-words.js'
import { closeSession, runExec, showIdentity, terminalCommands } from './line-commands.js'

const failedCommit = `
% Failed to commit one or more configuration items during a pseudo-atomic operation. All changes made have been reverted. Please issue 'show configuration failed [inheritance]' from this session to view the errors
`

/** `Tue Nov 24 09:14:02.123 UTC`: XR prints the time before each answer. */
function stamp(session: LineSession): string {
  const [time, zone, weekday, month, day] = session.clockText().split(' ')
  return `${weekday} ${month} ${day?.padStart(2)} ${time} ${zone}\n`
}

function commit(session: LineSession, seconds?: number): Answer {
  const { config, device, login } = session
  const holder = device.lockedBy
  if (holder !== undefined && holder !== session) {
    return session.refused(
      `${stamp(session)}% Failed to commit. The configuration database is locked by another session (user ${holder.login.user})\n`,
    )
  }
  const waited = device.confirmTimer.confirm()
  if (!config.isDirty) {
    if (waited) login.record.commit('confirm')
    return { output: `${stamp(session)}${waited ? '' : '% No configuration changes to commit.\n'}` }
  }
  if (config.commit(seconds === undefined ? 'commit' : 'commit_confirmed').failed) {
    return session.refused(`${stamp(session)}${failedCommit}`)
  }
  if (seconds !== undefined) device.awaitConfirmation(seconds, login.record)
  return { output: stamp(session) }
}

const commitConfirmed: LineHandler = (session, [seconds = '600']) => {
  const count = Number(seconds)
  if (!Number.isInteger(count) || count < 30 || count > 65535) {
    return session.invalid(`commit confirmed ${seconds}`, 17, seconds)
  }
  return commit(session, count)
}

function leave(session: LineSession): Answer {
  const { config } = session
  if (!config.isDirty) {
    config.leave()
    return { output: '' }
  }
  const answer = (text: string): Answer => {
    if (/^n(o)?$/i.test(text.trim())) config.leave()
    if (!/^y(es)?$/i.test(text.trim())) return { output: '' }
    const committed = commit(session)
    if (committed.refused !== true) config.leave()
    return committed
  }
  const prompt = 'Uncommitted changes found, commit them before exiting(yes/no/cancel)? [cancel]:'
  return { output: '', ask: { prompt, answer } }
}

const exit: LineHandler = (session) => (session.config.up() ? '' : leave(session))
const abort: LineHandler = (session) => {
  session.config.leave()
  return ''
}
const configure =
  (exclusive: boolean): LineHandler =>
  (session) => {
    const holder = session.device.lockedBy
    if (exclusive && holder !== undefined) {
      return session.refused(`Configuration database already locked by user ${holder.login.user}\n`)
    }
    session.config.enter(exclusive)
    return ''
  }

const building = (text: string): string => `Building configuration...\n!! IOS XR Configuration 7.9.2\n${text}end\n\n`

const showVersion: LineHandler = (session) => {
  const { persona } = session.device.setup
  return session.show(
    `Cisco IOS XR Software, Version 7.9.2
Copyright (c) 2013-2023 by Cisco Systems, Inc.

Build Information:
 Built By     : ingunawa
 Built On     : Fri Aug 11 03:12:56 UTC 2023
 Version      : 7.9.2
 Location     : /opt/cisco/XR/packages/
 Label        : 7.9.2

cisco IOS-XRv 9000 () processor
System uptime is ${Math.floor(persona.uptimeDays / 7)} weeks ${persona.uptimeDays % 7} days 4 hours 12 minutes

`,
  )
}

const showInventory: LineHandler = (session) =>
  session.show(
    `NAME: "Rack 0", DESCR: "Cisco IOS-XRv 9000 Centralized Virtual Router"
PID: R-IOSXRV9000-CC   , VID: V01, SN: ${session.device.setup.persona.serial}

`,
  )

const showInterfaceBrief: LineHandler = (session) => {
  const rows = interfacesOf(session.device.running).map(({ name, address, isUp }) => {
    const [status, protocol] = isUp ? ['Up', 'Up'] : ['Shutdown', 'Down']
    return `${name.padEnd(30)} ${address.padEnd(15)} ${status.padEnd(15)} ${protocol.padEnd(8)} default \n`
  })
  const head = '\nInterface                      IP-Address      Status          Protocol Vrf-Name\n'
  return session.show(head + rows.join(''))
}

const showRunning: LineHandler = (session) => session.show(building(session.device.runningConfig))
const rollback: LineHandler = (session, [steps = '1']) => {
  if (!session.device.rollBack(Number(steps))) return session.refused('% No such commit\n')
  session.login.record.commit('rollback')
  return 'Loading Rollback Changes.\nLoaded Rollback Changes in 1 sec \nCommitting.\nConfiguration successfully rolled back.\n'
}

const exec: LineCommands = [
  ...terminalCommands,
  ['exit', closeSession],
  ['logout', closeSession],
  ['ping <host> [*]', ping],
  ['show version', showVersion],
  ['show identity', showIdentity],
  ['show inventory', showInventory],
  ['show users', showUsers],
  ['show clock', (session) => session.show(`${session.clockText()}\n`)],
  ['show ipv4 interface brief', showInterfaceBrief],
  ['show ip interface brief', showInterfaceBrief],
  ['show interfaces [*]', showInterfaces],
  ['show running-config', showRunning],
  ['configure', configure(false)],
  ['configure terminal', configure(false)],
  ['configure exclusive', configure(true)],
  ['rollback configuration last <steps>', rollback],
]

const config: LineCommands = [
  ['commit', (session) => commit(session)],
  ['commit replace', (session) => commit(session)],
  ['commit comment [*]', (session) => commit(session)],
  ['commit label [*]', (session) => commit(session)],
  ['commit confirmed', commitConfirmed],
  ['commit confirmed <seconds>', commitConfirmed],
  ['abort', abort],
  ['end', leave],
  ['exit', exit],
  [
    'clear',
    (session) => {
      session.config.discard()
      return ''
    },
  ],
  [
    'root',
    (session) => {
      session.config.toTop()
      return ''
    },
  ],
  ['do [*]', runExec],
  ['show configuration', (session) => session.show(`${stamp(session)}${building(session.config.pendingText())}`)],
  ['show configuration failed', (session) => session.show(`${stamp(session)}${session.config.failedText()}`)],
  ['show commit changes diff', (session) => session.show(`${stamp(session)}${building(differences(session))}`)],
  ['show running-config', (session) => showRunning(session, [])],
]

const differences = (session: LineSession): string =>
  session.config
    .pendingText()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `+  ${line}\n`)
    .join('')

const banner: BlockRule = {
  pattern: /^banner (?:motd|login|exec) (\S)(.*)$/,
  intro: 'Enter TEXT message.  End with the character given.\n',
  isWhole: ([, delimiter = '', rest = '']) => rest.includes(delimiter),
  endsAt: (text, [, delimiter = '']) => text.includes(delimiter),
}

const firstConfig = (hostname: string, persona: Persona): string => `hostname ${hostname}
interface Loopback0
 ipv4 address ${persona.routerId} 255.255.255.255
interface MgmtEth0/RP0/CPU0/0
 ipv4 address ${persona.address} 255.255.255.0
interface GigabitEthernet0/0/0/0
 description uplink ${persona.tag}
 ipv4 address 172.16.${Number.parseInt(persona.tag, 16) % 256}.1 255.255.255.252
interface GigabitEthernet0/0/0/1
 shutdown
router ospf 1
 router-id ${persona.routerId}
ssh server v2
`

/** Interfaces stand below areas and IS-IS here, and neighbours have sections. */
const nestedSections: readonly SectionRule[] = [
  { pattern: /^area \S+$/, name: 'ospf-ar', inside: /^router ospf/ },
  { pattern: /^interface /, name: 'ospf-ar-if', inside: /^area / },
  { pattern: /^interface /, name: 'isis-if', inside: /^router isis/ },
  { pattern: /^neighbor \S+$/, name: 'bgp-nbr', inside: /^router bgp/ },
]

const plain = iosPrompt('')

/** Cisco IOS XR: a target configuration per session, `commit`, `abort`, `show configuration failed`. Words of 7.9. */
export function ciscoIosxr(): Dialect {
  return new LineDialect({
    platforms: ['cisco_iosxr', 'cisco_xr'],
    negation: 'no',
    comment: /^!/,
    candidate: true,
    hostnameWords: 'hostname',
    prompt: (host, mode) =>
      `RP/0/RP0/CPU0:${plain(host, { ...mode, level: mode.level === 'user' ? 'exec' : mode.level })}`,
    errors: caretErrors,
    user: exec,
    privileged: [],
    config,
    rootWords: `${rootWords} domain+ extcommunity-set+ l2vpn multicast-routing segment-routing tftp+`,
    innerWords: `${innerWords} ipv4+ family+ interface+ remote-as+ soft-reconfiguration+ use+`,
    rootOnly,
    sections: [...nestedSections, ...iosSections],
    blocks: [banner],
    singleValue,
    separator: '!',
    pager: morePager,
    identityMark: '!',
    preamble: stamp,
    isPaged: true,
    firstConfig,
    interfaces: {
      gi: 'GigabitEthernet',
      te: 'TenGigE',
      hu: 'HundredGigE',
      lo: 'Loopback',
      be: 'Bundle-Ether',
      mg: 'MgmtEth',
    },
  })
}
