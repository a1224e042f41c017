import type { Readable } from 'node:stream'
import type { CancelTimer, Clock } from '@netpulse/core'

/** How long a body may bring nothing. */
const longestPauseMs = 60_000

/** Looks whether a stream still brings something. Returns the end of the watch. */
export function watchStall(source: Readable, clock: Clock, onStall: () => void): () => void {
  let lastMs = clock.monotonicMs()
  let cancel: CancelTimer = () => undefined
  const onData = (): void => void (lastMs = clock.monotonicMs())
  const look = (): void => {
    const restMs = lastMs + longestPauseMs - clock.monotonicMs()
    if (restMs <= 0) onStall()
    else cancel = clock.setTimer(restMs, look)
  }
  source.on('data', onData)
  look()
  return () => {
    cancel()
    source.off('data', onData)
  }
}
