/**
 * What the call resolves with, or the signal's reason as soon as it is aborted, whether or not the call obeys.
 * @throws the signal's reason, at once when it is aborted already; what the call throws
 */
export async function unlessAborted<Value>(signal: AbortSignal, call: () => Promise<Value>): Promise<Value> {
  signal.throwIfAborted()
  let onAbort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error)
    // Before the call begins: its own answer to the abort must not come first.
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([call(), aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
