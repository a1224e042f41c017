import type { Dialect } from '../cli/dialect.js'
import { LineDialect } from '../cli/line-dialect.js'
import type { LineCommands, LineErrors, LineHandler } from '../cli/line-grammar.js'
import type { Persona } from '../device/persona.js'
import { morePager } from '../terminal/pager.js'
import { interfacesOf } from './interfaces.js'
import { iosPrompt } from './ios-show.js'
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
  invalid: ({ line }) => `% Unknown command: ${line.trim()}\n`,
  incomplete: (line) => `% Command incomplete: ${line.trim()}\n`,
  ambiguous: (line) => `% Ambiguous command: ${line.trim()}\n`,
  badSecret: '% Bad enable passwords, too many failures!\n',
}

const showVersion: LineHandler = (session) =>
  session.show(
    `FRRouting 8.4.4 (${session.device.hostname}) on Linux(6.1.0-28-amd64).
Copyright 1996-2005 Kunihiro Ishiguro, et al.
configured with:
    '--build=x86_64-linux-gnu' '--prefix=/usr' '--localstatedir=/var/run/frr' '--enable-user=frr'
`,
  )

const showInterfaceBrief: LineHandler = (session) => {
  const rows = interfacesOf(session.device.running).map(({ name, address, isUp }) => {
    const shown = address === 'unassigned' ? '' : address
    return `${name.padEnd(15)} ${(isUp ? 'up' : 'down').padEnd(7)} ${'default'.padEnd(15)} ${shown}\n`
  })
  const rule = '---------       ------  ---             ---------\n'
  return session.show(`Interface       Status  VRF             Addresses\n${rule}${rows.join('')}\n`)
}

const showRunning: LineHandler = (session) => {
  const text = session.device.runningConfig.replace(/^(\S.*\n(?: .*\n)+)/gm, '$1exit\n')
  return session.show(`Building configuration...\n\nCurrent configuration:\n!\nfrr version 8.4.4\n${text}end\n`)
}

const written = `Note: this version of vtysh never writes vtysh.conf
Building Configuration...
Integrated configuration saved to /etc/frr/frr.conf
[OK]
`

const exec: LineCommands = [
  ...terminalCommands,
  ['enable', () => ''],
  ['exit', closeSession],
  ['quit', closeSession],
  ['configure terminal', enterConfig('')],
  ['configure', enterConfig('')],
  ['show version', showVersion],
  ['show identity', showIdentity],
  ['show interface brief', showInterfaceBrief],
  ['show running-config', showRunning],
  ['write', save(written)],
  ['write memory', save(written)],
  ['write file', save(written)],
  ['copy running-config startup-config', save(written)],
]

const config: LineCommands = [
  ['end', endConfig],
  ['exit', exitConfig],
  ['quit', exitConfig],
  ['do [*]', runExec],
]

const firstConfig = (hostname: string, persona: Persona): string => `frr defaults traditional
hostname ${hostname}
service integrated-vtysh-config
interface eth0
 description uplink ${persona.tag}
 ip address ${persona.address}/24
interface lo
 ip address ${persona.routerId}/32
router bgp 65001
 bgp router-id ${persona.routerId}
 neighbor 172.16.1.2 remote-as 65002
`

/** FRRouting's vtysh: as IOS, without a pager and without `enable` passwords. Words of FRR 8.4 on Debian 12. */
export function frrVtysh(): Dialect {
  return new LineDialect({
    platforms: ['frr_vtysh', 'cumulus_vtysh'],
    negation: 'no',
    comment: /^[!#]/,
    candidate: false,
    hostnameWords: 'hostname',
    prompt: iosPrompt(' '),
    errors,
    user: exec,
    privileged: [],
    config,
    rootWords: `${rootWords} agentx bfd bgp+ debug+ frr+ log+ password+ pbr-map+`,
    innerWords,
    rootOnly,
    sections: iosSections,
    blocks: [],
    singleValue,
    separator: '!',
    pager: morePager,
    identityMark: '!',
    preamble: () => '',
    isPaged: false,
    firstConfig,
    interfaces: {},
  })
}
