import type { NodeId } from '@netpulse/core'
import { asNodeId } from '@netpulse/core'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

const newNodeId = (): NodeId => asNodeId(`${hostname()}-${randomBytes(4).toString('hex')}`)

/** The node's id, made at the first start: it stays the same over restarts. The caller holds the folder's lock. */
export async function stableNodeId(folder: string): Promise<NodeId> {
  const file = join(folder, 'node-id')
  try {
    return asNodeId((await readFile(file, 'utf8')).trim())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const id = newNodeId()
  await writeFile(file, `${id}\n`, { mode: 0o600 })
  return id
}

/** An id for one life only. */
export const passingNodeId = newNodeId

/** The id of one of several nodes of a folder. */
export const indexedNodeId = (node: NodeId, index: number | undefined): NodeId =>
  index === undefined ? node : asNodeId(`${node}.${index}`)
