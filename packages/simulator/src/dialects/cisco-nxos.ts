import type { Dialect } from '../cli/dialect.js'
import { LineDialect } from '../cli/line-dialect.js'
import type { BlockRule, LineCommands, LineErrors, LineHandler } from '../cli/line-grammar.js'
import type { Persona } from '../device/persona.js'
import { morePager } from '../terminal/pager.js'
import { interfacesOf } from './interfaces.js'
import { caretErrors, iosPrompt, ping, showInterfaces, showUsers } from './ios-show.js'
import { innerWords, iosSections, rootOnly, rootWords, singleValue } from './ios-words.js'
import {
  closeSession,
  endConfig,
  enterConfig,
  exitConfig,
  runExec,
  save,
  showIdentity,
  terminalCommands,
} from './line-commands.js'

const errors: LineErrors = {
  ...caretErrors,
  invalid: ({ column, prompt }) => `${' '.repeat(prompt.length + column)}^\n% Invalid command at '^' marker.\n`,
  incomplete: () => "% Incomplete command at '^' marker.\n",
  ambiguous: () => "% Ambiguous command at '^' marker.\n",
}

const showVersion: LineHandler = (session) => {
  const { persona } = session.device.setup
  return session.show(
    `Cisco Nexus Operating System (NX-OS) Software
TAC support: http://www.cisco.com/tac
Copyright (C) 2002-2023, Cisco and/or its affiliates.
All rights reserved.

Software
  BIOS: version
 NXOS: version 10.3(4a) [Maintenance Release]
  NXOS image file is: bootflash:///nxos64-cs.10.3.4a.M.bin
  NXOS compile time:  10/30/2023 12:00:00 [10/30/2023 20:54:45]

Hardware
  cisco Nexus9000 C9300v Chassis
  Intel(R) Xeon(R) CPU with 10211596 kB of memory.
  Processor Board ID ${persona.serial}
  Device name: ${session.device.hostname}
  bootflash:    4287040 kB

Kernel uptime is ${persona.uptimeDays} day(s), 4 hour(s), 12 minute(s), 33 second(s)

Last reset
  Reason: Unknown
  System version:
`,
  )
}

const showInterfaceBrief: LineHandler = (session) => {
  const rows = interfacesOf(session.device.running)
    .filter(({ address }) => address !== 'unassigned')
    .map(({ name, address, isUp }) => {
      const state = isUp ? 'protocol-up/link-up/admin-up' : 'protocol-down/link-down/admin-down'
      return `${name.padEnd(20)} ${address.padEnd(15)} ${state}\n`
    })
  return session.show(
    `IP Interface Status for VRF "default"(1)\nInterface            IP Address      Interface Status\n${rows.join('')}`,
  )
}

const showRunning: LineHandler = (session) =>
  session.show(`\n!Command: show running-config\nversion 10.3(4a) Bios:version\n${session.device.runningConfig}\n`)
const showStartup: LineHandler = (session) =>
  session.show(`\n!Command: show startup-config\nversion 10.3(4a) Bios:version\n${session.device.startupConfig}\n`)

const user: LineCommands = [
  ...terminalCommands,
  ['exit', closeSession],
  ['ping <host> [*]', ping],
  ['show version', showVersion],
  ['show identity', showIdentity],
  ['show users', showUsers],
  ['show clock', (session) => session.show(`${session.clockText()}\n`)],
  ['show ip interface brief', showInterfaceBrief],
  ['show interface [*]', showInterfaces],
  ['show running-config', showRunning],
  ['show startup-config', showStartup],
]

const copied =
  '[########################################] 100%\nCopy complete, now saving to disk (please wait)...\nCopy complete.\n'

const privileged: LineCommands = [
  ['enable', () => ''],
  ['configure terminal', enterConfig('Enter configuration commands, one per line. End with CNTL/Z.\n')],
  ['configure', enterConfig('Enter configuration commands, one per line. End with CNTL/Z.\n')],
  ['copy running-config startup-config', save(copied)],
]

const banner: BlockRule = {
  pattern: /^banner (?:motd|exec) (\S)(.*)$/,
  intro: '',
  isWhole: ([, delimiter = '', rest = '']) => rest.includes(delimiter),
  endsAt: (text, [, delimiter = '']) => text.includes(delimiter),
}

const firstConfig = (hostname: string, persona: Persona): string => `hostname ${hostname}
feature ospf
vrf context management
 ip route 0.0.0.0/0 ${persona.address.replace(/\d+$/, '254')}
interface Ethernet1/1
 description uplink ${persona.tag}
 no switchport
 ip address 172.16.${Number.parseInt(persona.tag, 16) % 256}.1/30
interface Ethernet1/2
 shutdown
interface loopback0
 ip address ${persona.routerId}/32
interface mgmt0
 vrf member management
 ip address ${persona.address}/24
router ospf 1
 router-id ${persona.routerId}
`

/** Cisco NX-OS: as IOS, with prompts that end in a blank and words of its own. Sighted on a Nexus 9300v with 10.3. */
export function ciscoNxos(): Dialect {
  return new LineDialect({
    platforms: ['cisco_nxos'],
    negation: 'no',
    comment: /^!/,
    candidate: false,
    hostnameWords: 'hostname',
    prompt: iosPrompt(' '),
    errors,
    user,
    privileged,
    // Show commands need no `do` in config mode.
    config: [
      ['end', endConfig],
      ['exit', exitConfig],
      ['do [*]', runExec],
      ['show [*]', showInConfig],
    ],
    rootWords,
    innerWords: `${innerWords} member+`,
    rootOnly,
    sections: iosSections,
    blocks: [banner],
    singleValue,
    separator: '',
    pager: morePager,
    identityMark: '!',
    preamble: () => '',
    isPaged: true,
    firstConfig,
    interfaces: { eth: 'Ethernet', lo: 'loopback', po: 'port-channel', mgmt: 'mgmt', vl: 'Vlan' },
  })
}

const showInConfig: LineHandler = (session, [rest]) => session.runExec(`show ${rest ?? ''}`)
