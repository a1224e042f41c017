import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** A TCP proxy before Redis for one process: it can be cut off, and tells what the process sends. */
export async function startProxy({ host, port }) {
  const sockets = new Set()
  const listeners = new Set()
  let open = true
  const keep = (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    keep(client)
    // A cut line: packets go nowhere, nobody is told.
    if (!open) return
    const upstream = connect(port, host)
    keep(upstream)
    client.on('data', (bytes) => {
      // What comes after a lost piece would be answered in its place.
      for (const listener of listeners) if (listener(bytes) === 'cut') open = false
      if (open) upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (open) client.write(bytes)
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `redis://127.0.0.1:${server.address().port}`,
    /** Nothing passes from here on; connections stay. */
    cut: () => (open = false),
    /** Old connections are dead, new ones pass. */
    mend() {
      open = true
      for (const socket of sockets) socket.destroy()
    },
    /** Calls the listener with each piece on its way to Redis; `'cut'` keeps it, and all after it. Returns the end of that. */
    onSent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
