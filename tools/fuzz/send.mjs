import { request } from 'node:http'

/** Longest part of a stream that is read: it need not end. */
const streamBytes = 2_000

/**
 * Sends one request. Resolves with its answer, or with `failure` when there is none: `deadline`, or what the connection
 * said. A stream of events is left after its first bytes. One that `leaves` hangs up after so many bytes of its body.
 */
export function send({ method, path, headers, content, leaves }, { url, agent, deadlineMs }) {
  return new Promise((resolve) => {
    const startedAt = performance.now()
    const done = (answer) => {
      clearTimeout(timer)
      resolve({ ...answer, ms: performance.now() - startedAt })
    }
    const timer = setTimeout(() => {
      done({ failure: 'deadline' })
      sent.destroy()
    }, deadlineMs)
    const bytes = content === undefined ? undefined : Buffer.from(content)
    const length = bytes === undefined ? {} : { 'content-length': bytes.length }
    const target = new URL(url)
    const sent = request({
      host: target.hostname,
      port: target.port,
      path,
      method,
      agent,
      headers: { ...length, ...headers },
    })
    sent.on('error', (error) => done({ failure: error.code ?? error.message }))
    sent.on('response', (answer) => read(answer, done, () => sent.destroy()))
    if (leaves === undefined) return void sent.end(bytes)
    sent.write(bytes?.subarray(0, leaves) ?? '')
    setImmediate(() => {
      done({ left: true })
      sent.destroy()
    })
  })
}

function read(answer, done, leave) {
  const chunks = []
  let size = 0
  const type = (answer.headers['content-type'] ?? '').split(';')[0]
  const finish = () =>
    done({ status: answer.statusCode, headers: answer.headers, type, text: Buffer.concat(chunks).toString() })
  answer.on('data', (chunk) => {
    chunks.push(chunk)
    size += chunk.length
    if (type !== 'text/event-stream' || size < streamBytes) return
    finish()
    leave()
  })
  answer.on('end', finish)
  answer.on('error', (error) => done({ failure: error.code ?? error.message }))
  if (type === 'text/event-stream') setImmediate(() => setImmediate(leaveSoon))
  function leaveSoon() {
    finish()
    leave()
  }
}
