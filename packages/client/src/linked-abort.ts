/**
 * Aborts `stop` when the caller's signal is aborted, until the answer is called. Not `AbortSignal.any`: a signal that lives as
 * long as a program would gather something of every request there, on Node 20.
 */
export function linkedAbort(signal: AbortSignal | undefined, stop: AbortController): () => void {
  if (signal === undefined) return () => undefined
  const onAbort = (): void => stop.abort(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  return () => signal.removeEventListener('abort', onAbort)
}
