const mayFail = /: (429|503) |ECONNREFUSED|ECONNRESET|EPIPE|socket hang up/

/** What a call answers; `undefined` when it failed as one may while faults strike: a controller is dead, or has no Redis. */
export async function unlessStruck(call) {
  try {
    return await call
  } catch (error) {
    if (!mayFail.test(error.message)) throw error
    return undefined
  }
}
