import { model } from './document.mjs'
import { publicKey } from './hints.mjs'
import { valueOf } from './schema-values.mjs'

/** `connection_args` of a simulated device; mostly its own login. */
function connectionOf(random, world, hint) {
  const schema = model('cli.connection_args')
  const more = random.next() < 0.4 ? valueOf({ ...schema, required: [] }, random, hint) : {}
  const device = { ...random.pick(world.devices) }
  if (random.next() < 0.1) device.password += 'wrong'
  return { ...more, ...device, timeout: 2, conn_timeout: 2, banner_timeout: 2, auth_timeout: 2 }
}

const argumentsOf = ({ config }, random, hint) =>
  valueOf(model(`cli.driver_args.${config === undefined ? 'command' : 'config'}`), random, hint)

/** Fields that the schema lets stand together and that mean something only alone. */
function oneOfWork(body, random) {
  const { command, config, ...rest } = body
  return random.next() < 0.7
    ? { ...rest, command: command ?? 'show version' }
    : { ...rest, config: config ?? ['interface Loopback1'] }
}

/** Fields that the drivers of these devices do not take: now and then, or nothing else would be tried. */
const later = ['file_transfer', 'rendering', 'parsing', 'detach', 'push_interval', 'staged_file_id']

function withoutLater(body, random) {
  if (random.next() < 0.05) return body
  return Object.fromEntries(Object.entries(body).filter(([name]) => !later.includes(name)))
}

/** A body that the operation should take: by its schema, with a device that is there. */
export function bodyFor(operation, { random, world, hints }) {
  const { hint } = hints
  const body = valueOf(operation.body, random, hint)
  if (operation.id === 'pinHostKey' && random.next() < 0.7) return oneKey(body, random)
  if (!operation.path.startsWith('/device/')) return body
  const connection = connectionOf(random, world, hint)
  const made = operation.id === 'testConnection' ? body : oneOfWork(withoutLater(body, random), random)
  made.connection_args = connection
  if (made.driver_args) made.driver_args = argumentsOf(made, random, hint)
  if (made.credential && random.next() < 0.7) delete made.credential
  if (operation.id === 'executeOnDevices') {
    made.devices = devicesOf(random, world)
    delete made.connection_args.port
  }
  return made
}

/** A key itself, or its type and fingerprint; not both. */
function oneKey({ public_key = publicKey }, random) {
  return random.pick([{ public_key }, { type: 'ssh-ed25519', fingerprint: `SHA256:${'A'.repeat(43)}` }])
}

/** Devices of a bulk, one in ten of them a bad one. */
function devicesOf(random, world) {
  return Array.from({ length: random.below(6) }, () => {
    const device = random.pick(world.devices)
    return random.next() < 0.1 ? { ...device, port: 'none' } : device
  })
}
