import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/** A TCP proxy before Redis that can lose answers: the server does what it was asked, the client never hears of it. */
export interface LossyProxy {
  readonly url: string
  /** From here on nothing comes back; resolves when the server has answered something, which is lost. */
  loseAnswers(): Promise<void>
  /** Ends every connection; those that come next work again. */
  cut(): void
  close(): Promise<void>
}

export async function startLossyProxy(target: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let lost: (() => void) | undefined
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    keep(client)
    keep(upstream)
    client.on('data', (bytes) => upstream.write(bytes))
    upstream.on('data', (bytes) => (lost === undefined ? client.write(bytes) : lost()))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    lost = undefined
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswers: () => new Promise((resolve) => (lost = resolve)),
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        cut()
      }),
  }
}
