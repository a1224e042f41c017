import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TransferOptions, TransferProgress } from '@netpulse/core'
import { coreError } from '@netpulse/core'
import type { FileAccess, TransferReply } from '../files.js'
import type { Session } from '../session.js'
import type { Bench } from './bench.js'
import type { DriverCheck } from './driver-check.js'
import { assertThrows } from './driver-check.js'
import type { TestDevice } from './driver-under-test.js'

const standard: TransferOptions = {
  overwrite: true,
  resume: false,
  recursive: false,
  syncMode: 'full',
  hashAlgorithm: 'md5',
  verify: true,
  chunkSizeBytes: 4096,
}

/** Nothing, less than a chunk, exactly one, and many with a rest. */
const sizes = [0, 1, 4096, 300_001]

/** One check's files: the session's, the device's, and a folder on this machine. */
class Exchange {
  readonly session: Session
  readonly files: FileAccess
  readonly device: NonNullable<TestDevice['files']>
  readonly #bench: Bench
  readonly #folder: string

  constructor(bench: Bench, session: Session, folder: string) {
    this.session = session
    this.files = session.files ?? assert.fail('the session has no files')
    this.device =
      bench.target.files ?? assert.fail('the ability files is declared, and the device says nothing about it')
    this.#bench = bench
    this.#folder = folder
  }

  here(name: string): string {
    return join(this.#folder, name)
  }

  there(name: string): string {
    return `${this.device.folder}/${name}`
  }

  async put(name: string, content: Uint8Array): Promise<void> {
    await mkdir(dirname(this.here(name)), { recursive: true })
    await writeFile(this.here(name), content)
  }

  upload(name: string, options: Partial<TransferOptions> = {}, context: object = {}): Promise<TransferReply> {
    const copy = { localPath: this.here(name), remotePath: this.there(name), options: { ...standard, ...options } }
    return this.files.upload(copy, { ...this.#bench.context(), ...context })
  }

  download(name: string, options: Partial<TransferOptions> = {}): Promise<TransferReply> {
    const copy = { localPath: this.here(name), remotePath: this.there(name), options: { ...standard, ...options } }
    return this.files.download(copy, this.#bench.context())
  }

  remove(name: string) {
    return this.files.remove(this.there(name), this.#bench.context())
  }
}

async function withExchange(bench: Bench, run: (exchange: Exchange) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'netpulse-driver-kit-'))
  try {
    await run(new Exchange(bench, await bench.open(), folder))
  } finally {
    await rm(folder, { recursive: true })
  }
}

const check = (name: string, run: (exchange: Exchange) => Promise<void>): DriverCheck => ({
  name,
  needs: 'files',
  run: (bench) => withExchange(bench, run),
})

function assertDone(reply: TransferReply, bytes: number): void {
  assert.equal(reply.failure, null, `the transfer was refused: ${reply.failure?.message}`)
  assert.equal(reply.transferredBytes, bytes, 'transferredBytes is not what went over')
  assert.notEqual(reply.hashVerified, false, 'the hashes differ')
  assert.ok(reply.elapsedMs >= 0)
}

const same = (found: Uint8Array | undefined, right: Uint8Array, what: string): void =>
  assert.ok(found !== undefined && Buffer.from(right).equals(found), `${what} is not what was sent`)

export const fileChecks: readonly DriverCheck[] = [
  {
    name: 'has files exactly when that is declared, and says so in its manifest',
    async run(bench) {
      const { files } = await bench.open()
      const declared = bench.under.declares.files === true
      assert.equal(files !== undefined, declared, `the session has ${files === undefined ? 'no ' : ''}files`)
      assert.equal(bench.under.manifest.fileSchema !== undefined, declared, 'fileSchema of the manifest says otherwise')
    },
  },
  check('sends files byte for byte, and tells how far it is', async (exchange) => {
    for (const size of sizes) {
      const content = randomBytes(size)
      await exchange.put(`up-${size}`, content)
      const told: TransferProgress[] = []
      const onProgress = (progress: TransferProgress): unknown => told.push(progress)
      assertDone(await exchange.upload(`up-${size}`, {}, { onProgress }), size)
      same(await exchange.device.read(exchange.there(`up-${size}`)), content, `a file of ${size} bytes`)
      const counts = told.map(({ transferredBytes }) => transferredBytes)
      assert.deepEqual(
        counts,
        counts.toSorted((a, b) => a - b),
        'the progress goes back',
      )
      if (size > 0) assert.equal(counts.at(-1), size, 'the last progress is not the whole file')
    }
  }),
  check('fetches files byte for byte', async (exchange) => {
    for (const size of sizes) {
      const content = randomBytes(size)
      await exchange.device.write(exchange.there(`down-${size}`), content)
      assertDone(await exchange.download(`down-${size}`), size)
      same(await readFile(exchange.here(`down-${size}`)), content, `a file of ${size} bytes`)
    }
  }),
  check('replaces a file, and keeps it when it must not', async (exchange) => {
    const [first, second] = [randomBytes(5000), randomBytes(100)]
    await exchange.device.write(exchange.there('taken'), first)
    await exchange.put('taken', second)
    const reply = await exchange.upload('taken', { overwrite: false })
    assert.equal(reply.failure?.kind, 'exists', 'an existing file is no refusal of the kind exists')
    same(await exchange.device.read(exchange.there('taken')), first, 'the file that was to be kept')
    assertDone(await exchange.upload('taken'), 100)
    same(await exchange.device.read(exchange.there('taken')), second, 'the file that was to be replaced')
  }),
  check('takes a missing file for an answer, leaves nothing, and goes on', async (exchange) => {
    const reply = await exchange.download('missing')
    assert.equal(reply.failure?.kind, 'not_found')
    assert.ok(reply.failure!.message.length > 0 && !reply.failure!.message.includes('\n'))
    assert.equal(await stat(exchange.here('missing')).catch(() => undefined), undefined, 'a file was left')
    assert.equal((await exchange.remove('missing'))?.kind, 'not_found')
    await exchange.put('next', randomBytes(10))
    assertDone(await exchange.upload('next'), 10)
  }),
  check('ends an aborted upload, and goes on where it ended', async (exchange) => {
    const content = randomBytes(300_001)
    await exchange.put('long', content)
    const abort = new AbortController()
    const onProgress = ({ transferredBytes }: TransferProgress): void => {
      if (transferredBytes >= 100_000) abort.abort(coreError('ABORTED', 'The check ended the upload.'))
    }
    await assertThrows(exchange.upload('long', {}, { signal: abort.signal, onProgress }), ['ABORTED'])
    if (!exchange.session.usable) return
    const reply = await exchange.upload('long', { resume: true })
    assert.equal(reply.failure, null)
    assert.ok(reply.transferredBytes <= content.length, 'more went over than the file has')
    same(await exchange.device.read(exchange.there('long')), content, 'the resumed file')
  }),
  check('copies nothing that both sides have, when hashes are compared first', async (exchange) => {
    const content = randomBytes(9000)
    await exchange.put('same', content)
    assertDone(await exchange.upload('same', { syncMode: 'hash' }), 9000)
    const again = await exchange.upload('same', { syncMode: 'hash', hashAlgorithm: 'sha256' })
    assert.deepEqual([again.failure, again.skipped, again.transferredBytes], [null, true, 0])
    await exchange.put('same', randomBytes(9000))
    assertDone(await exchange.upload('same', { syncMode: 'hash' }), 9000)
  }),
  check('copies a folder there and back', async (exchange) => {
    const files = { 'tree/a': randomBytes(5000), 'tree/b/c': randomBytes(10), 'tree/b/d e': randomBytes(0) }
    for (const [name, content] of Object.entries(files)) await exchange.put(name, content)
    assertDone(await exchange.upload('tree', { recursive: true }), 5010)
    for (const [name, content] of Object.entries(files))
      same(await exchange.device.read(exchange.there(name)), content, name)
    await rm(exchange.here('tree'), { recursive: true })
    assertDone(await exchange.download('tree', { recursive: true }), 5010)
    for (const [name, content] of Object.entries(files)) same(await readFile(exchange.here(name)), content, name)
  }),
  check('removes a file', async (exchange) => {
    await exchange.device.write(exchange.there('gone'), randomBytes(10))
    assert.equal(await exchange.remove('gone'), null)
    assert.equal(await exchange.device.read(exchange.there('gone')), undefined, 'the file is still there')
  }),
]
