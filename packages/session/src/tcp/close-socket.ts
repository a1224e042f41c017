import type { Socket } from 'node:net'
import type { Clock } from '@netpulse/core'

/** How long the other side may take to read what was written before the socket is dropped. */
const graceMs = 1000

/** Sends what is still to be written, then closes; drops the socket when a frozen peer does not take it. */
export function closeSocket(socket: Socket, clock: Clock): void {
  if (socket.destroyed) return
  const cancel = clock.setTimer(graceMs, () => socket.destroy())
  socket.once('close', cancel)
  socket.destroySoon()
}
