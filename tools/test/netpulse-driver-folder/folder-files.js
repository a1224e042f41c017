import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { appendFile, chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const sizeOf = async (path) => (await stat(path).catch(() => undefined))?.size
const isFolder = async (path) => (await stat(path).catch(() => undefined))?.isDirectory() === true

async function hashOf(path, algorithm) {
  const hash = createHash(algorithm)
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

const sameHash = async (one, other, algorithm) => (await hashOf(one, algorithm)) === (await hashOf(other, algorithm))

/** Every file below a path, relative to it; the path itself when it is a file. */
async function filesBelow(path) {
  if (!(await isFolder(path))) return ['']
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(path.length))
}

/** The files of a device that is a folder: copies them chunk by chunk, aside first, and renames at the end. */
export class FolderFiles {
  #root
  #log
  #stopAfter
  #damage

  /**
   * @param {{ root: string, log?: string, stopAfter?: number, damage?: boolean }} options `stopAfter`: bytes after which
   * a transfer waits until it is aborted; `damage`: what arrives is not what was sent
   */
  constructor({ root, log, stopAfter = Infinity, damage = false }) {
    this.#root = root
    this.#log = log
    this.#stopAfter = stopAfter
    this.#damage = damage
  }

  upload({ localPath, remotePath, options }, context) {
    return this.#copy('upload', { from: localPath, to: this.#on(remotePath), options }, context)
  }

  download({ localPath, remotePath, options }, context) {
    return this.#copy('download', { from: this.#on(remotePath), to: localPath, options }, context)
  }

  async remove(remotePath) {
    await this.#note(`remove ${remotePath}`)
    if ((await sizeOf(this.#on(remotePath))) === undefined) return { kind: 'not_found', message: 'No such file.' }
    await rm(this.#on(remotePath))
    return null
  }

  #on(remotePath) {
    return join(this.#root, remotePath)
  }

  async #note(line) {
    if (this.#log !== undefined) await appendFile(this.#log, `${line}\n`)
  }

  async #copy(direction, { from, to, options }, context) {
    await this.#note(`${direction} ${direction === 'upload' ? to : from}`)
    const startedAt = performance.now()
    const reply = (rest) => ({
      transferredBytes: 0,
      skipped: false,
      hashVerified: null,
      failure: null,
      elapsedMs: performance.now() - startedAt,
      ...rest,
    })
    const refused = (kind, message) => reply({ failure: { kind, message } })
    if ((await sizeOf(from)) === undefined) return refused('not_found', 'No such file or directory.')
    if ((await isFolder(from)) && !options.recursive) return refused('other', 'Is a directory.')
    if (!options.overwrite && (await sizeOf(to)) !== undefined) return refused('exists', 'File exists.')
    const names = await filesBelow(from)
    const sizes = await Promise.all(names.map((name) => sizeOf(from + name)))
    const run = { transferred: 0, total: sizes.reduce((sum, size) => sum + size, 0), skipped: 0, verified: true }
    for (const name of names) await this.#copyFile({ from: from + name, to: to + name, options }, context, run)
    const skipped = names.length > 0 && run.skipped === names.length
    return reply({
      transferredBytes: run.transferred,
      skipped,
      hashVerified: options.verify || skipped ? run.verified : null,
    })
  }

  async #copyFile({ from, to, options }, context, run) {
    const { hashAlgorithm, syncMode, verify, mode } = options
    if (syncMode === 'hash' && (await sizeOf(to)) !== undefined && (await sameHash(from, to, hashAlgorithm))) {
      run.skipped += 1
      return
    }
    await mkdir(dirname(to), { recursive: true })
    const part = `${to}.part`
    await this.#copyBytes({ from, part, options }, context, run)
    await rename(part, to)
    if (this.#damage) await appendFile(to, '!')
    if (mode !== undefined) await chmod(to, Number.parseInt(mode, 8))
    if (verify) run.verified &&= await sameHash(from, to, hashAlgorithm)
  }

  async #copyBytes({ from, part, options }, { signal, onProgress }, run) {
    const begun = options.resume ? ((await sizeOf(part)) ?? 0) : 0
    const source = await open(from, 'r')
    const target = await open(part, begun > 0 ? 'r+' : 'w')
    try {
      const buffer = Buffer.alloc(options.chunkSizeBytes)
      for (let at = begun; ;) {
        signal.throwIfAborted()
        const { bytesRead } = await source.read(buffer, 0, buffer.length, at)
        if (bytesRead === 0) break
        await target.write(buffer, 0, bytesRead, at)
        at += bytesRead
        run.transferred += bytesRead
        onProgress?.({ transferredBytes: run.transferred, totalBytes: run.total })
        if (run.transferred >= this.#stopAfter) await aborted(signal)
      }
    } finally {
      await source.close()
      await target.close()
    }
  }
}

/** Tells a parent process, and never answers. */
function aborted(signal) {
  process.send?.({ type: 'stopped' })
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}
