import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const sshdPath = '/usr/sbin/sshd'
const userComment = 'netpulse session test'

/** Why real OpenSSH cannot be used here; `undefined` when it can. */
export function whyNoOpenSsh(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'needs root: sshd logs users in'
  const missing = [sshdPath, '/usr/bin/ssh-keygen', '/usr/bin/ssh-agent', '/usr/sbin/useradd'].filter(
    (file) => !existsSync(file),
  )
  if (missing.length === 0) return undefined
  return `${missing.join(', ')} missing: apt-get install -y --no-install-recommends openssh-server openssh-client`
}

/** A folder, two users and their keys, for any number of servers. */
export class OpenSshLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'netpulse-openssh-'))
  readonly password = 'lab-pass-1'
  readonly user = `npa${process.pid}`
  readonly otherUser = `npb${process.pid}`
  readonly #servers: OpenSshServer[] = []
  #agent: ChildProcess | undefined

  constructor() {
    removeLeftovers()
    chmodSync(this.folder, 0o755)
    mkdirSync('/run/sshd', { recursive: true })
    for (const user of [this.user, this.otherUser]) {
      execFileSync('useradd', ['-M', '-d', this.folder, '-s', '/bin/bash', '-c', userComment, user])
      execFileSync('chpasswd', { input: `${user}:${this.password}\n` })
    }
    this.#makeKey('ed25519', ['-t', 'ed25519', '-N', ''])
    this.#makeKey('rsa', ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', ''])
    this.#makeKey('encrypted', ['-t', 'ed25519', '-N', 'open sesame'])
    this.#makeKey('ecdsa', ['-t', 'ecdsa', '-b', '256', '-N', ''])
    const publicKeys = ['ed25519', 'rsa', 'encrypted', 'ecdsa'].map((name) =>
      readFileSync(this.#keyPath(`${name}.pub`), 'utf8'),
    )
    writeFileSync(join(this.folder, 'authorized_keys'), publicKeys.join(''), { mode: 0o644 })
  }

  privateKey(name: 'ed25519' | 'rsa' | 'encrypted' | 'ecdsa'): string {
    return readFileSync(this.#keyPath(name), 'utf8')
  }

  /** An agent that holds the ed25519 key; the path of its socket. */
  async startAgent(): Promise<string> {
    const path = join(this.folder, 'agent.sock')
    this.#agent = spawn('ssh-agent', ['-D', '-a', path], { stdio: ['ignore', 'pipe', 'ignore'] })
    await once(this.#agent.stdout!, 'data')
    execFileSync('ssh-add', ['-q', this.#keyPath('ed25519')], { env: { SSH_AUTH_SOCK: path }, stdio: 'ignore' })
    return path
  }

  /** `lines` go first: sshd takes the first value of a setting. */
  async start(lines: readonly string[] = []): Promise<OpenSshServer> {
    const server = new OpenSshServer(this.folder, this.#servers.length, lines)
    this.#servers.push(server)
    await server.start()
    return server
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()))
    this.#agent?.kill()
    for (const user of [this.user, this.otherUser]) execFileSync('userdel', [user], { stdio: 'ignore' })
    rmSync(this.folder, { recursive: true })
  }

  #keyPath(name: string): string {
    return join(this.folder, `id_${name}`)
  }

  #makeKey(name: string, how: readonly string[]): void {
    execFileSync('ssh-keygen', ['-q', ...how, '-f', this.#keyPath(name)])
  }
}

/** Ends and removes what a run that was killed has left: its sshd, its users, its folder. */
function removeLeftovers(): void {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user = '', , , , comment, home = ''] = line.split(':')
    const owner = /^np[ab](\d+)$/.exec(user)?.[1]
    if (owner === undefined || comment !== userComment || existsSync(`/proc/${owner}`)) continue
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (commandOf(pid).includes(`${home}/`)) process.kill(Number(pid), 'SIGKILL')
    }
    execFileSync('userdel', ['-f', user], { stdio: 'ignore' })
    rmSync(home, { recursive: true, force: true })
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // ended since it was listed
  }
}

/** One sshd of our own on 127.0.0.1, with host keys of its own. */
export class OpenSshServer {
  readonly #folder: string
  readonly #authorizedKeys: string
  readonly #lines: readonly string[]
  #process: ChildProcess | undefined
  #log = ''
  port = 0

  constructor(labFolder: string, index: number, lines: readonly string[]) {
    this.#folder = join(labFolder, `server-${index}`)
    this.#authorizedKeys = join(labFolder, 'authorized_keys')
    this.#lines = lines
    mkdirSync(this.#folder)
    this.newHostKeys()
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** What sshd has logged so far, at level VERBOSE. */
  get log(): string {
    return this.#log
  }

  fingerprint(type: 'ed25519' | 'rsa'): string {
    const line = execFileSync('ssh-keygen', ['-l', '-f', this.#hostKey(type)]).toString()
    return /SHA256:(\S+)/.exec(line)![1]!
  }

  newHostKeys(): void {
    for (const type of ['ed25519', 'rsa'] as const) {
      rmSync(this.#hostKey(type), { force: true })
      execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', this.#hostKey(type)])
    }
  }

  async start(): Promise<void> {
    if (this.port === 0) this.port = await freePort()
    const path = join(this.#folder, 'sshd.conf')
    writeFileSync(path, this.#config())
    const sshd = spawn(sshdPath, ['-D', '-e', '-f', path], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = sshd
    sshd.stderr.on('data', (text: Buffer) => (this.#log += text.toString()))
    while (!this.#log.includes('Server listening')) await once(sshd.stderr, 'data')
  }

  /** Ends sshd and its sessions at once. */
  async stop(): Promise<void> {
    const sshd = this.#process
    if (sshd?.pid === undefined || sshd.exitCode !== null || sshd.signalCode !== null) return
    const ended = once(sshd, 'exit')
    sshd.kill('SIGSTOP') // no new sessions while the old ones are ended
    this.dropSessions()
    sshd.kill('SIGKILL')
    await ended
    this.#log = ''
  }

  /** Ends the sessions at once, as a lost connection does. */
  dropSessions(): void {
    for (const pid of descendantsOf(this.#process!.pid!)) signalIfThere(pid, 'SIGKILL')
  }

  /** Stops every session in its tracks, with its connection open. */
  freeze(): void {
    for (const pid of descendantsOf(this.#process!.pid!)) signalIfThere(pid, 'SIGSTOP')
  }

  /** The kernel goes on to accept connections; nobody answers them. */
  freezeListener(): void {
    this.#process!.kill('SIGSTOP')
  }

  #hostKey(type: string): string {
    return join(this.#folder, `host_${type}`)
  }

  #config(): string {
    return [
      ...this.#lines,
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${this.#hostKey('ed25519')}`,
      `HostKey ${this.#hostKey('rsa')}`,
      'PidFile none',
      'StrictModes no',
      `AuthorizedKeysFile ${this.#authorizedKeys}`,
      'UsePAM no',
      'PasswordAuthentication yes',
      'PrintMotd no',
      'PrintLastLog no',
      'UseDNS no',
      'LogLevel VERBOSE',
      'Subsystem sftp internal-sftp',
      '',
    ].join('\n')
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** Every process below one, children last. */
function descendantsOf(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = parentOf(name)
    if (parent !== undefined) parents.set(Number(name), parent)
  }
  const childrenOf = (pid: number): number[] =>
    [...parents].filter(([, parent]) => parent === pid).map(([child]) => child)
  const below = (pid: number): number[] => childrenOf(pid).flatMap((child) => [child, ...below(child)])
  return below(root)
}

function parentOf(pid: string): number | undefined {
  try {
    // pid (name) state ppid: the name may hold anything, a parenthesis too.
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) \S /s, '')
        .split(' ')[0],
    )
  } catch {
    return undefined // ended since it was listed
  }
}

/** A process may end by itself between the look and the signal. */
function signalIfThere(pid: number, signal: 'SIGKILL' | 'SIGSTOP'): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
