import { Agent } from 'node:http'
import { flawsOf } from './checks.mjs'
import { tryOddBytes } from './raw.mjs'
import { requestOf } from './requests.mjs'
import { send } from './send.mjs'
import { settle } from './settle.mjs'
import { Tally } from './tally.mjs'

/** Requests on their way at once. */
const atOnce = 24

/** Nothing that is sent asks for more than some seconds of a device; the machine may have other work. */
const deadlineMs = 30_000

/** Memory of the server that no run may leave behind. MiB. */
const mostMemory = 700

const shortened = (text) => (text.length > 1_500 ? `${text.slice(0, 1_500)}... (${text.length} characters)` : text)

/** A request as it was sent, to be tried by hand. */
function shown({ number, kind, method, path, headers, content = '' }) {
  return `request ${number} (${kind}): ${method} ${shortened(path)} ${shortened(JSON.stringify(headers))} ${shortened(String(content))}`
}

/**
 * Sends the requests `from` to `from + requests` of a seed to a world's server and checks every answer, then that the
 * server lives and has not grown, that all jobs end, and that no secret is in its log.
 */
export async function fuzz(world, { seed, requests, from = 0, onViolation = () => undefined }) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  const violations = []
  const tally = new Tally()
  const { known, url } = world
  let next = from
  const one = async (number) => {
    const request = requestOf(number, { seed, world, known })
    const answer = await send(request, { url, agent, deadlineMs })
    tally.note(request, answer)
    for (const flaw of flawsOf(request, answer, known.secrets)) {
      violations.push(`${flaw}\n  ${shown(request)}\n  answer ${answer.status}: ${shortened(answer.text ?? '')}`)
      onViolation(violations.at(-1))
    }
    if (request.method === request.operation.method) known.learn(request.operation, answer)
  }
  const loop = async () => {
    while (next < from + requests) await one(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, loop))
  agent.destroy()
  violations.push(...(await tryOddBytes(world)))
  return { ...(await endOf(world, violations)), ...tally }
}

async function endOf(world, violations) {
  const { server, receiver, log, errors } = world
  const alive = await server.call('GET', '/health/ready')
  if (alive.status !== 200) violations.push(`the server is not ready: ${alive.status}`)
  const settled = await settle(server)
  violations.push(...settled.violations)
  const memory = Math.round(await world.memory())
  if (memory > mostMemory) violations.push(`the server has ${memory} MiB`)
  world.readWorkerLog()
  for (const text of receiver.leaks) violations.push(`a webhook holds a secret: ${text}`)
  for (const text of log.found) violations.push(`the log holds a secret: ${text}`)
  for (const line of errors) violations.push(`an error was logged: ${line}`)
  return { violations, memory, jobs: settled.jobs, webhooks: receiver.count }
}
