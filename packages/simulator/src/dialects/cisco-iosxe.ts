import { LineDialect } from '../cli/line-dialect.js'
import type { Dialect } from '../cli/dialect.js'
import type { BlockRule, LineCommands, LineHandler } from '../cli/line-grammar.js'
import type { Persona } from '../device/persona.js'
import { morePager } from '../terminal/pager.js'
import { caretErrors, iosPrompt, ping, showInterfaceBrief, showInterfaces, showIpRoute, showUsers } from './ios-show.js'
import {
  closeSession,
  disable,
  enableWith,
  endConfig,
  enterConfig,
  exitConfig,
  runExec,
  save,
  saveAfterQuestion,
  showIdentity,
  terminalCommands,
} from './line-commands.js'
import { innerWords, iosInterfaces, iosSections, rootOnly, rootWords, singleValue } from './ios-words.js'

const showVersion: LineHandler = (session) => {
  const { persona } = session.device.setup
  const host = session.device.hostname
  return session.show(
    `Cisco IOS XE Software, Version 17.09.04a
Cisco IOS Software [Cupertino], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.9.4a, RELEASE SOFTWARE (fc3)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2023 by Cisco Systems, Inc.
Compiled Fri 20-Oct-23 10:44 by mcpre

ROM: IOS-XE ROMMON

${host} uptime is ${Math.floor(persona.uptimeDays / 7)} weeks, ${persona.uptimeDays % 7} days, 4 hours, 12 minutes
Uptime for this control processor is ${Math.floor(persona.uptimeDays / 7)} weeks, ${persona.uptimeDays % 7} days, 4 hours, 13 minutes
System returned to ROM by reload
System image file is "bootflash:packages.conf"
Last reload reason: reload

License Type: Perpetual
License Level: network-advantage

cisco C8000V (VXE) processor (revision VXE) with 2028465K/3075K bytes of memory.
Processor board ID ${persona.serial}
Router operating mode: Autonomous
4 Gigabit Ethernet interfaces
32768K bytes of non-volatile configuration memory.
3965112K bytes of physical memory.
11526144K bytes of virtual hard disk at bootflash:.

Configuration register is 0x2102

`,
  )
}

const showRunning: LineHandler = (session) => {
  const text = session.device.runningConfig
  return session.show(
    `Building configuration...\n\nCurrent configuration : ${text.length} bytes\n!\nversion 17.9\n!\n${text}end\n\n`,
  )
}
const showStartup: LineHandler = (session) => {
  const text = session.device.startupConfig
  return session.show(`Using ${text.length} out of 33554432 bytes\n!\nversion 17.9\n!\n${text}end\n\n`)
}
const showInventory: LineHandler = (session) =>
  session.show(
    `NAME: "Chassis", DESCR: "Cisco Catalyst 8000V Edge Chassis"
PID: C8000V            , VID: V00  , SN: ${session.device.setup.persona.serial}

`,
  )
const showPrivilege: LineHandler = (session) =>
  session.show(`Current privilege level is ${session.level === 'user' ? 1 : 15}\n`)
const showClock: LineHandler = (session) => session.show(`*${session.clockText()}\n`)
const reload: LineHandler = () => ({
  output: '',
  ask: { prompt: 'Proceed with reload? [confirm]', answer: () => ({ output: '', close: true }) },
})

const iosUserCommands: LineCommands = [
  ...terminalCommands,
  ['enable', enableWith(3)],
  ['exit', closeSession],
  ['logout', closeSession],
  ['quit', closeSession],
  ['ping <host> [*]', ping],
  ['show version', showVersion],
  ['show identity', showIdentity],
  ['show clock', showClock],
  ['show users', showUsers],
  ['show privilege', showPrivilege],
  ['show inventory', showInventory],
  ['show ip interface brief', showInterfaceBrief],
  ['show ip route', showIpRoute],
  ['show interfaces [*]', showInterfaces],
]

const privileged: LineCommands = [
  ['disable', disable],
  ['configure terminal', enterConfig('Enter configuration commands, one per line.  End with CNTL/Z.\n')],
  ['configure', enterConfig('Enter configuration commands, one per line.  End with CNTL/Z.\n')],
  ['show running-config', showRunning],
  ['show startup-config', showStartup],
  ['write', save('Building configuration...\n[OK]\n')],
  ['write memory', save('Building configuration...\n[OK]\n')],
  [
    'copy running-config startup-config',
    saveAfterQuestion('Destination filename [startup-config]? ', 'Building configuration...\n[OK]\n'),
  ],
  ['reload [*]', reload],
]

const iosConfigCommands: LineCommands = [
  ['end', endConfig],
  ['exit', exitConfig],
  ['do [*]', runExec],
]

/** `banner motd ^C...`: the block ends at the next line that holds the delimiter. */
const banner: BlockRule = {
  pattern: /^banner (?:motd|login|exec|incoming) (\^C|\S)(.*)$/,
  intro: "Enter TEXT message.  End with the character '^'.\n",
  isWhole: ([, delimiter = '', rest = '']) => rest.includes(delimiter),
  endsAt: (text, [, delimiter = '']) => text.includes(delimiter),
}
const certificate: BlockRule = {
  pattern: /^certificate (?:ca|self-signed|rollover)? ?\S+$/,
  intro: 'Enter the certificate in hexadecimal representation....\n',
  isWhole: () => false,
  endsAt: (text) => text.trim() === 'quit',
}

const firstConfig = (hostname: string, persona: Persona): string => `hostname ${hostname}
ip domain name example.net
interface Loopback0
 description router id
 ip address ${persona.routerId} 255.255.255.255
interface GigabitEthernet1
 description management
 ip address ${persona.address} 255.255.255.0
interface GigabitEthernet2
 description uplink ${persona.tag}
 ip address 172.16.${Number.parseInt(persona.tag, 16) % 256}.1 255.255.255.252
interface GigabitEthernet3
 shutdown
router ospf 1
 router-id ${persona.routerId}
 network 172.16.0.0 0.0.255.255 area 0
ip route 0.0.0.0 0.0.0.0 ${persona.address.replace(/\d+$/, '254')}
ntp server 192.0.2.123
line vty 0 4
 login local
 transport input ssh
`

/** Cisco IOS and IOS XE: lines are in force at once. Wording as a C8000V with 17.9 has it. */
export function ciscoIosxe(): Dialect {
  return new LineDialect({
    platforms: ['cisco_iosxe', 'cisco_ios', 'cisco_xe'],
    negation: 'no',
    comment: /^!/,
    candidate: false,
    hostnameWords: 'hostname',
    prompt: iosPrompt(''),
    errors: caretErrors,
    user: iosUserCommands,
    privileged,
    config: iosConfigCommands,
    rootWords,
    innerWords,
    rootOnly,
    sections: iosSections,
    blocks: [banner, certificate],
    singleValue,
    separator: '!',
    pager: morePager,
    identityMark: '!',
    preamble: () => '',
    isPaged: true,
    firstConfig,
    interfaces: iosInterfaces,
  })
}
