import type { Answer, DeviceModel } from '../cli/cli-session.js'
import { CommandTable } from '../cli/command-table.js'
import type { DeviceSetup, Dialect } from '../cli/dialect.js'
import { JunosDevice } from '../cli/junos-device.js'
import type { ConfigureKind, JunosHandler, JunosSession, JunosTables } from '../cli/junos-session.js'
import type { Persona } from '../device/persona.js'
import { closeJunos, junosShowCommands } from './juniper-junos-show.js'

const topWords = `access accounting-options applications apply-groups bridge-domains chassis class-of-service event-options
  firewall forwarding-options groups interfaces multicast-snooping-options policy-options poe protocols routing-instances
  routing-options security services snmp switch-options system virtual-chassis vlans`

const lockText = (user: string): string =>
  `error: configuration database locked by:\n  ${user} terminal p0 (pid 1001) on since now\n      exclusive [edit]\n`

function configure(kind: ConfigureKind): JunosHandler {
  return (session) => {
    const holder = session.device.lockedBy
    if (holder !== undefined) return session.refused(lockText(holder.login.user))
    const isChanged = kind === 'shared' && session.device.candidateConfig !== ''
    if (kind !== 'shared' && session.device.candidateConfig !== '') {
      return session.refused(
        "error: shared configuration database modified\n\nPlease temporarily use 'configure shared' to commit\noutstanding changes in the shared database, exit,\nand return to configuration mode using 'configure private'\n",
      )
    }
    session.enter(kind)
    const warning = kind === 'shared' ? '' : 'warning: uncommitted changes will be discarded on exit\n'
    const changed = isChanged ? 'The configuration has been changed but not committed\n' : ''
    return `${warning}Entering configuration mode\n${changed}`
  }
}

function leaveAfterQuestion(session: JunosSession): Answer {
  const leaving = 'Exiting configuration mode\n\n'
  const leave = (output: string): Answer => {
    session.leave()
    return { output }
  }
  if (!session.isDirty()) return leave(leaving)
  const answer = (text: string): Answer => (/^(?:y|yes|)$/i.test(text.trim()) ? leave(leaving) : { output: '' })
  return {
    output: 'The configuration has been changed but not committed\n',
    ask: { prompt: 'Exit with uncommitted changes? [yes,no] (yes) ', answer },
  }
}

const exitConfiguration: JunosHandler = (session) => {
  if (session.path.length === 0) return leaveAfterQuestion(session)
  session.path.pop()
  return ''
}

/** Checks the candidate and puts it into force, for some time only when `seconds` is given. */
function commit(session: JunosSession, seconds?: number): Answer {
  const refused = session.refusedStatements()
  if (refused.length > 0) {
    const reasons = refused.map((one) => {
      const words = one.split(' ')
      return `[edit ${words.slice(0, -1).join(' ')}]\n  '${words.at(-1) ?? ''}'\n    statement is not allowed here\n`
    })
    return session.refused(`${reasons.join('')}error: configuration check-out failed\n`)
  }
  session.device.commit(session.candidate, session.login.record, seconds)
  if (seconds === undefined) return { output: 'commit complete\n' }
  return {
    output: `commit confirmed will be automatically rolled back in ${seconds / 60} minutes unless confirmed\ncommit complete\n\n# commit confirmed will be rolled back in ${seconds / 60} minutes\n`,
  }
}

const commitConfirmed: JunosHandler = (session, [minutes = '10']) => {
  const count = Number(minutes)
  if (!Number.isInteger(count) || count < 1 || count > 65535) {
    return session.refused(`invalid numeric value: '${minutes}'\n`)
  }
  return commit(session, count * 60)
}

const commitCheck: JunosHandler = (session) => {
  const refused = session.refusedStatements()
  if (refused.length > 0) return session.refused('error: configuration check-out failed\n')
  return 'configuration check succeeds\n'
}

const commitAndQuit: JunosHandler = (session) => {
  const answer = commit(session)
  if (answer.refused === true) return answer
  session.leave()
  return { output: `${answer.output}Exiting configuration mode\n\n` }
}

const rollback: JunosHandler = (session, [steps = '0']) => {
  const earlier = session.device.earlier(Number(steps))
  if (earlier === undefined) return session.refused(`error: rollback ${steps}: file does not exist\n`)
  if (Number(steps) === 0) session.discard()
  else session.replaceCandidate(earlier)
  return 'load complete\n'
}

const showCandidate: JunosHandler = (session, [path = '']) => {
  const where = [...session.path, path].join(' ').trim()
  return session.show(session.device.render(session.candidate, where))
}

/** Only the words after the verb count; the raw line is kept for the evidence. */
const editing =
  (verb: 'set' | 'delete'): JunosHandler =>
  (session, [rest = '']) =>
    session.edit(verb, rest, `${verb} ${rest}`)

const configurationCommands: readonly (readonly [string, JunosHandler])[] = [
  ['set [*]', editing('set')],
  ['delete [*]', editing('delete')],
  ['show [*]', showCandidate],
  ['commit', (session) => commit(session)],
  ['commit confirmed', commitConfirmed],
  ['commit confirmed <minutes>', commitConfirmed],
  ['commit check', commitCheck],
  ['commit and-quit', commitAndQuit],
  ['commit comment [*]', (session) => commit(session)],
  ['rollback', rollback],
  ['rollback <steps>', rollback],
  ['run [*]', (session, [line = '']) => session.runOperational(line)],
  [
    'edit [*]',
    (session, [words = '']) => {
      session.path.push(...words.split(/\s+/).filter((word) => word !== ''))
      return ''
    },
  ],
  [
    'top',
    (session) => {
      session.path = []
      return ''
    },
  ],
  [
    'up',
    (session) => {
      session.path.pop()
      return ''
    },
  ],
  ['exit', exitConfiguration],
  ['quit', exitConfiguration],
  ['exit configuration-mode', leaveAfterQuestion],
]

const operationalCommands: readonly (readonly [string, JunosHandler])[] = [
  ['configure', configure('shared')],
  ['configure shared', configure('shared')],
  ['configure exclusive', configure('exclusive')],
  ['configure private', configure('private')],
  ['edit', configure('shared')],
  ['exit', closeJunos],
  ['quit', closeJunos],
  ...junosShowCommands,
]

const firstConfig = (name: string, persona: Persona): string => `set version 22.4R3.25
set system host-name ${name}
set system services ssh
set system services netconf ssh
set interfaces ge-0/0/0 description "uplink ${persona.tag}"
set interfaces ge-0/0/0 unit 0 family inet address 172.16.${Number.parseInt(persona.tag, 16) % 256}.1/30
set interfaces ge-0/0/1 disable
set interfaces fxp0 unit 0 family inet address ${persona.address}/24
set interfaces lo0 unit 0 family inet address ${persona.routerId}/32
set routing-options router-id ${persona.routerId}
set protocols ospf area 0.0.0.0 interface ge-0/0/0.0
`

function tableOf(commands: readonly (readonly [string, JunosHandler])[]): CommandTable<JunosHandler> {
  const table = new CommandTable<JunosHandler>()
  for (const [pattern, handler] of commands) table.add(pattern, handler)
  return table
}

class JunosDialect implements Dialect {
  readonly platforms = ['juniper_junos']
  #tables: JunosTables | undefined

  createDevice(setup: DeviceSetup): DeviceModel {
    this.#tables ??= {
      operational: tableOf(operationalCommands),
      configuration: tableOf(configurationCommands),
      topWords: new Set([...topWords.split(/\s+/), 'version']),
    }
    return new JunosDevice(setup, this.#tables, firstConfig(setup.name, setup.persona))
  }
}

/** Juniper Junos: a candidate of statements, `commit`, `commit confirmed`, `rollback`. */
export const juniperJunos = (): Dialect => new JunosDialect()
