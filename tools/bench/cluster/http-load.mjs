import { connect } from 'node:net'

/**
 * Sends one request again and again over some connections and counts the answers: plain sockets, so that the client
 * leaves the machine to the server.
 * @param {{ url: string, key: string, path: string, body: object, requests: number, connections?: number }} load
 */
export async function httpLoad({ url, key, path, body, requests, connections = 32 }) {
  const { hostname, port } = new URL(url)
  const text = JSON.stringify(body)
  const request = Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: ${hostname}\r\nx-api-key: ${key}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
  let left = requests
  const startedAt = performance.now()
  const statuses = new Map()
  const client = () =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      const next = () => (left-- > 0 ? socket.write(request) : socket.end())
      let answer = ''
      socket.setNoDelay(true)
      socket.on('connect', next)
      socket.on('data', (bytes) => {
        answer += bytes.toString('latin1')
        const end = answer.indexOf('\r\n\r\n')
        const length = /content-length: (\d+)/i.exec(answer)?.[1]
        if (end < 0 || length === undefined || answer.length < end + 4 + Number(length)) return
        const status = answer.slice(9, 12)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        answer = ''
        next()
      })
      socket.on('close', resolve)
      socket.on('error', reject)
    })
  await Promise.all(Array.from({ length: connections }, client))
  return { seconds: (performance.now() - startedAt) / 1000, statuses: Object.fromEntries(statuses) }
}
