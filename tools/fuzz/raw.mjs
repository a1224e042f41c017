import { once } from 'node:events'
import { connect } from 'node:net'
import { flawsOfModel } from './document.mjs'
import { leaksIn, marker } from './marker.mjs'

const head = (key, ...lines) =>
  `POST /device/exec HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\n${lines.join('\r\n')}\r\n\r\n`

/** Bytes that no HTTP client sends. */
const oddBytes = [
  () => `GET /jobs HTTP/9.9\r\n\r\n`,
  () => `get /jobs http/1.1\r\n\r\n`,
  () => `GET /jobs\u0000x HTTP/1.1\r\nhost: x\r\n\r\n`,
  () => `GET http://evil.example/${marker} HTTP/1.1\r\nhost: x\r\n\r\n`,
  () => `GET /jobs HTTP/1.1\r\nx-api-key ${marker}\r\n\r\n`,
  () => `GET /jobs HTTP/1.1\r\nhost: x\r\nx-api-key: ${marker}\u0001\u0002\r\n\r\n`,
  () => `GET /jobs HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(100_000)}\r\n\r\n`,
  () => `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
  () => `GET /jobs HTTP/1.1\r\n${'x: y\r\n'.repeat(5_000)}\r\n`,
  () => `CONNECT 127.0.0.1:22 HTTP/1.1\r\nhost: x\r\n\r\n`,
  () => `\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc`,
  (key) => `${head(key, 'content-type: application/json', 'content-length: -5')}{}`,
  (key) => `${head(key, 'content-type: application/json', 'content-length: 2', 'content-length: 3')}{}`,
  (key) => `${head(key, 'content-type: application/json', 'content-length: 2', 'transfer-encoding: chunked')}{}`,
  (key) => `${head(key, 'content-type: application/json', 'transfer-encoding: chunked')}zz\r\n{}\r\n`,
  (key) => `${head(key, 'content-type: application/json', 'transfer-encoding: gzip, chunked')}2\r\n{}\r\n0\r\n\r\n`,
  (key) => `${head(key, 'content-type: application/json', 'content-length: 99999999999')}{}`,
  (key) => `${head(key, 'content-type: application/json', 'content-encoding: br', 'content-length: 2')}{}`,
  (key) => `${head(key, 'upgrade: websocket', 'connection: upgrade')}`,
]

/** The answer to some bytes; our side of the connection is closed after them, so that nobody waits for more. */
async function answerTo(bytes, { host, port }) {
  const socket = connect({ host, port, allowHalfOpen: true })
  const chunks = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => socket.destroy())
  socket.setTimeout(10_000, () => socket.destroy(new Error('deadline')))
  socket.end(Buffer.from(bytes, 'latin1'))
  await once(socket, 'close')
  return { text: Buffer.concat(chunks).toString(), late: socket.errored?.message === 'deadline' }
}

function flawsOf({ text, late }) {
  if (late) return ['the connection was not ended']
  if (leaksIn(text).length > 0) return ['the answer holds a secret']
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1])
  // A connection may be closed without a word.
  if (text === '' || (status >= 200 && status < 300)) return []
  if (!(status >= 400 && status < 500)) return [`it was answered with ${text.slice(0, 200)}`]
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  try {
    return flawsOfModel('ErrorBody', JSON.parse(body))
  } catch {
    return [`the answer is no JSON: ${text.slice(0, 200)}`]
  }
}

/** Sends each of the odd bytes to the server. Answers with what was wrong, in words. */
export async function tryOddBytes({ url, key }) {
  const { hostname: host, port } = new URL(url)
  const violations = []
  for (const make of oddBytes) {
    const bytes = make(key)
    const flaws = flawsOf(await answerTo(bytes, { host, port }))
    violations.push(...flaws.map((flaw) => `${flaw}: bytes ${JSON.stringify(bytes.slice(0, 200))}`))
  }
  return violations
}
