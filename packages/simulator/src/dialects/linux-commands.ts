import type { Answer, Question } from '../cli/cli-session.js'
import type { LinuxSession } from './linux.js'

export interface LinuxResult {
  readonly output: string
  readonly errorOutput?: string
  readonly status: number
  readonly ask?: Question
  readonly close?: boolean
}

type LinuxCommand = (session: LinuxSession, args: readonly string[]) => LinuxResult

const done = (output = ''): LinuxResult => ({ output, status: 0 })
const fails = (errorOutput: string, status = 1): LinuxResult => ({ output: '', errorOutput, status })

const cat: LinuxCommand = (session, args) => {
  const missing = args.find((path) => !session.server.files.has(session.resolve(path)))
  if (missing !== undefined) return fails(`cat: ${missing}: No such file or directory\n`)
  return session.show(args.map((path) => session.server.files.get(session.resolve(path)) ?? '').join(''))
}

const ls: LinuxCommand = (session, args) => {
  const path = session.resolve(args.find((arg) => !arg.startsWith('-')) ?? '.')
  const prefix = path === '/' ? '/' : `${path}/`
  const names = [...session.server.files.keys()]
    .filter((file) => file.startsWith(prefix))
    .map((file) => file.slice(prefix.length).split('/')[0])
  return done(
    [...new Set(names)]
      .sort()
      .map((name) => `${name}\n`)
      .join(''),
  )
}

const remove: LinuxCommand = (session, args) => {
  const isForced = args.includes('-f')
  const paths = args.filter((arg) => !arg.startsWith('-'))
  for (const path of paths) {
    if (!session.server.files.delete(session.resolve(path)) && !isForced) {
      return fails(`rm: cannot remove '${path}': No such file or directory\n`)
    }
  }
  return done()
}

const changeDirectory: LinuxCommand = (session, [path = '~']) => {
  session.directory = session.resolve(path)
  return done()
}

const uname: LinuxCommand = (session, args) => {
  const host = session.server.hostname
  if (args.includes('-n')) return done(`${host}\n`)
  if (args.includes('-r')) return done('6.1.0-28-amd64\n')
  if (args.length === 0) return done('Linux\n')
  return session.show(`Linux ${host} 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 x86_64 GNU/Linux\n`)
}

const ip: LinuxCommand = (session) => {
  const { persona } = session.server.setup
  return session.show(
    `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000
    link/ether ${persona.mac} brd ff:ff:ff:ff:ff:ff
    inet ${persona.address}/24 brd ${persona.address.replace(/\d+$/, '255')} scope global eth0
`,
  )
}

const hostnamectl: LinuxCommand = (session, [verb, name]) => {
  if (verb === 'set-hostname' && name !== undefined) {
    if (session.user !== 'root') return fails('Could not set property: Access denied\n')
    session.write('/etc/hostname', `${name}\n`, false)
    return done()
  }
  return session.show(` Static hostname: ${session.server.hostname}\n       Chassis: vm\n`)
}

/** Asks for one of the accepted passwords, three times at most, and goes on as root. */
function asRoot(session: LinuxSession, prompt: string, accepted: readonly string[], then: () => Answer): LinuxResult {
  if (session.user === 'root') return { status: 0, ...then() }
  const question = (left: number): Question => ({
    prompt,
    hidden: true,
    answer: (text) => {
      if (accepted.includes(text)) return then()
      if (left > 1) return { output: 'Sorry, try again.\n', ask: question(left - 1) }
      session.status = 1
      return { output: '', errorOutput: 'sudo: 3 incorrect password attempts\n', exitStatus: 1, refused: true }
    },
  })
  return { output: '', status: 0, ask: question(3) }
}

function enterRoot(session: LinuxSession): Answer {
  session.users.push('root')
  session.directory = session.home
  return { output: '' }
}

const sudo: LinuxCommand = (session, args) => {
  const isShell = ['-i', '-s'].includes(args[0] ?? '') || args[0] === 'su'
  const run = (): Answer => {
    if (isShell) return enterRoot(session)
    session.users.push('root')
    const answer = session.run(args.filter((arg) => arg !== '-S').join(' '))
    session.users.pop()
    return answer
  }
  // Some servers ask for root's password (`Defaults rootpw`): both are right.
  const accepted = [session.login.password, session.server.setup.secret]
  return asRoot(session, `[sudo] password for ${session.user}: `, accepted, run)
}

const su: LinuxCommand = (session) =>
  asRoot(session, 'Password: ', [session.server.setup.secret], () => enterRoot(session))

const exit: LinuxCommand = (session) => {
  if (session.users.length > 1) {
    session.users.pop()
    session.directory = session.home
    return done()
  }
  return { output: 'logout\n', status: session.status, close: true }
}

const setVariable: LinuxCommand = (session, args) => {
  for (const arg of args) {
    const [name = '', value = ''] = arg.split(/=(.*)/s)
    session.variables.set(name, value)
  }
  return done()
}

const show: LinuxCommand = (session) => {
  const { name, platform, persona } = session.server.setup
  return session.show(`Device: ${name}\nPlatform: ${platform}\nSerial: ${persona.serial}\nUser: ${session.user}\n`)
}

/** Programs of the simulated shell. */
export const linuxCommands: ReadonlyMap<string, LinuxCommand> = new Map<string, LinuxCommand>([
  ['cat', cat],
  ['cd', changeDirectory],
  ['date', (session) => done(`${session.server.setup.clock.now().toUTCString()}\n`)],
  ['echo', (_session, args) => done(args[0] === '-n' ? args.slice(1).join(' ') : `${args.join(' ')}\n`)],
  ['exit', exit],
  ['export', setVariable],
  ['false', () => ({ output: '', status: 1 })],
  ['hostname', (session) => done(`${session.server.hostname}\n`)],
  ['hostnamectl', hostnamectl],
  ['id', ({ user }) => done(user === 'root' ? 'uid=0(root) gid=0(root)\n' : `uid=1000(${user}) gid=1000(${user})\n`)],
  ['identity', show],
  ['ip', ip],
  ['logout', exit],
  ['ls', ls],
  ['pwd', ({ directory }) => done(`${directory}\n`)],
  ['rm', remove],
  ['stty', () => done()],
  ['su', su],
  ['sudo', sudo],
  ['true', () => done()],
  ['uname', uname],
  ['unset', () => done()],
  [
    'uptime',
    ({ server }) =>
      done(` 09:14:02 up ${server.setup.persona.uptimeDays} days,  4:12,  1 user,  load average: 0.00, 0.01, 0.00\n`),
  ],
  ['whoami', ({ user }) => done(`${user}\n`)],
])
