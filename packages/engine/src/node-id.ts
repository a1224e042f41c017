import type { NodeId } from '@netpulse/core'
import { asNodeId } from '@netpulse/core'
import { randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

const newNodeId = (): NodeId => asNodeId(`${hostname()}-${randomBytes(4).toString('hex')}`)

/** The node's id, made at the first start: it stays the same over restarts. Several processes may ask at once. */
export async function stableNodeId(folder: string): Promise<NodeId> {
  const file = join(folder, 'node-id')
  try {
    return asNodeId((await readFile(file, 'utf8')).trim())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  await writeOnce(file, `${newNodeId()}\n`)
  return asNodeId((await readFile(file, 'utf8')).trim())
}

/** Written aside and linked into place: of several writers one wins, and nobody reads half of it. */
async function writeOnce(file: string, text: string): Promise<void> {
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(aside, text, { mode: 0o600 })
  try {
    await link(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(aside, { force: true })
  }
}

/** An id for one life only. */
export const passingNodeId = newNodeId

/** The id of one of several nodes of a folder. */
export const indexedNodeId = (node: NodeId, index: number | undefined): NodeId =>
  index === undefined ? node : asNodeId(`${node}.${index}`)
