import { createHmac } from 'node:crypto'
import type { Keyring } from '@netpulse/credentials'
import type { SharedRecords } from '@netpulse/queue-redis'
import { engineError } from '../errors.js'

const fingerprintOf = (key: Uint8Array): string =>
  createHmac('sha256', key).update('netpulse keyring').digest('base64url').slice(0, 22)

/**
 * All processes of a deployment must open what any of them seals. The first says which key it seals with, and any later
 * one must have it.
 * @throws KEYRING_MISMATCH
 */
export async function checkKeyring(records: SharedRecords, { keys, current }: Keyring, file: string): Promise<void> {
  const own = new Map(keys.map(({ id, key }) => [`${id}.${fingerprintOf(key)}`, id]))
  const mine = [...own].find(([, id]) => id === current)?.[0]
  if (mine !== undefined && (await records.add('keyring', mine))) return
  const theirs = await records.get('keyring')
  if (theirs !== undefined && !own.has(theirs))
    throw engineError(
      'KEYRING_MISMATCH',
      `The keyring ${file} lacks the key "${theirs.split('.')[0]}" that this deployment seals with. Give every server and worker the same file.`,
    )
}
