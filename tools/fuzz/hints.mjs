import { marker } from './marker.mjs'

/** An SSH key of nobody. */
export const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

const commands = ['show version', 'show clock', 'show running-config', 'show nothing at all', 'reload', 'write erase']
const lines = ['interface Loopback1', 'description made by a test', 'hostname fuzzed', 'no such line', 'router bgp 1']

/** Waits of a device are cut short: what takes long by right cannot be told from what hangs. */
const short = (random) => random.pick([1, 1.5, 2])

const texts = (list) => (random) =>
  random.pick([random.pick(list), Array.from({ length: 1 + random.below(3) }, () => random.pick(list)), null])

/** Better values for properties than their schemas can tell, so that requests come further than their check. */
export class Hints {
  #random
  #world
  #known

  constructor(random, world, known) {
    this.#random = random
    this.#world = world
    this.#known = known
  }

  /** For `valueOf`. */
  hint = (name) => {
    const own = this.#values[name]
    return own === undefined ? undefined : own(this.#random)
  }

  #of(list, fallback) {
    const value = this.#random.pick(this.#known[list])
    return value ?? fallback
  }

  #values = {
    driver: (random) => random.pick(['cli', 'netmiko', 'netmiko']),
    command: texts(commands),
    config: texts(lines),
    execution_timeout: (random) => random.pick([1, 2, 3]),
    ttl: (random) => random.pick([1, 5, 60, 86_400, null]),
    conn_timeout: short,
    banner_timeout: short,
    auth_timeout: short,
    timeout: short,
    read_timeout: short,
    commit_timeout: short,
    keepalive: (random) => random.pick([0, 30]),
    cli_keepalive: () => 0,
    pkey: () => `-----BEGIN OPENSSH PRIVATE KEY-----\n${marker}\n-----END OPENSSH PRIVATE KEY-----`,
    passphrase: () => marker,
    key_file: (random) => random.pick(['/etc/passwd', '/nowhere/key', '~/.ssh/id_rsa']),
    agent_socket: () => '/nowhere/agent',
    jump_hosts: () => [{ host: '127.0.0.1', port: 9, username: 'x', password: marker }],
    url: (random) =>
      random.pick([
        `${this.#world.receiver.url}/${marker}`,
        `${this.#world.receiver.url}/slow`,
        'http://10.0.0.1/',
        'http://127.0.0.1:9/',
      ]),
    headers: () => ({ 'X-Token': marker }),
    cookies: () => ({ session: marker }),
    auth: () => ['user', marker],
    max_retries: (random) => random.pick([0, 1]),
    retry_intervals: () => [0.1],
    ref: (random) => random.pick(['ROUTERS', 'NOBODY', 'routers/core', '../x']),
    field_mapping: (random) =>
      random.pick([{ username: 'USERNAME', password: 'PASSWORD' }, { password: 'nope' }, null]),
    expires_at: () => '2099-01-01T00:00:00Z',
    policy_allow: () => ['reload', 'wr[ite] er[ase]'],
    public_key: () => publicKey,
  }

  /** Of parameters whose names mean something else in a body. */
  #parameters = {
    wait: (random) => random.pick([0, 0.05, 0.2]),
    cursor: () => this.#of('cursors', 'MQ'),
    host: () => '127.0.0.1',
    queue: (random) => random.pick(['FifoQ', 'HostQ_127.0.0.1', 'NodeQ_nobody']),
    status: (random) => random.pick(['finished', 'failed', 'queued,started', 'expired']),
    name: () => this.#of('workers', 'pinned/nobody@nowhere'),
    address: (random) => this.#of('addresses', `192.0.2.${random.below(200)}:22`),
    node: () => 'no-such-node',
    'idempotency-key': (random) => `word-${random.below(2_000)}`,
  }

  /** What `id` names. */
  #ids = {
    readKey: ['keys', 'nobody'],
    revokeKey: ['keys', 'nobody'],
    rotateKey: ['keys', 'nobody'],
    replayDelivery: ['deliveries', 'no_1'],
    releaseHeldDevice: ['devices', '127.0.0.1'],
  }

  /** A good value of a parameter; nothing when its schema says enough. */
  parameter(operation, name) {
    if (name === 'id') return this.#of(...(this.#ids[operation.id] ?? ['jobs', 'no-such-job']))
    // Who ends the worker of all devices ends the run.
    if (operation.id === 'endWorkers' && name === 'queue') return 'HostQ_127.0.0.1'
    return this.#parameters[name]?.(this.#random)
  }
}
