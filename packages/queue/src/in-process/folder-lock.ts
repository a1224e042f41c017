import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Libsql from 'libsql'
import { queueError } from '../errors.js'

/**
 * Takes the store's folder for this process, until the returned function is called. The lock is the operating system's
 * (of SQLite, on a file of its own), so that it ends with its holder however that dies; a file beside it names the
 * holder for the message.
 * @throws STORE_UNAVAILABLE
 */
export function lockFolder(folder: string): () => void {
  const lock = openLock(folder)
  const holderFile = join(folder, 'holder.json')
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    throw queueError(
      'STORE_UNAVAILABLE',
      `The job store ${folder} is in use by ${holderOf(holderFile)}. One process may use a store; stop the other one, or choose another folder.`,
      { cause },
    )
  }
  writeFileSync(holderFile, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }))
  return () => {
    lock.exec('ROLLBACK')
    lock.close()
  }
}

function openLock(folder: string): Libsql.Database {
  try {
    // Results hold what devices said: only this user may read them.
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return new Libsql(join(folder, 'lock.db'), { timeout: 0 })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw queueError('STORE_UNAVAILABLE', `The job store ${folder} cannot be opened: ${reason}`, { cause })
  }
}

function holderOf(file: string): string {
  try {
    const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number }
    return `process ${pid}`
  } catch {
    // The holder has the lock but has not yet written its name.
    return 'another process'
  }
}
