import { join } from 'node:path'
import Libsql from 'libsql'
import LibsqlAsync from 'libsql/promise'
import type { SqlValue } from './sql-text.js'
import { storable } from './sql-text.js'

/** A row as the database gives it, by column name. */
export type Row = Readonly<Record<string, SqlValue>>

/** The subset of SQL access that the store needs. */
export interface Database {
  /** Runs statements without results: a transaction, the schema. Off the event loop where the store is a file. */
  write(script: string): Promise<void>
  /** Reads what is committed. Synchronous: callers bound the number of rows. */
  read(sql: string, ...values: readonly SqlValue[]): readonly Row[]
  /** Moves committed pages from the log into the file, beside the writes. */
  checkpoint(): Promise<void>
  close(): Promise<void>
}

/** Whether a commit waits for the disk (`full`) or for the operating system only (`normal`). */
export type Durability = 'normal' | 'full'

/** Prepares each text once; the texts are few and constant. */
class Statements {
  readonly #db: Libsql.Database
  readonly #prepared = new Map<string, Libsql.Statement>()

  constructor(db: Libsql.Database) {
    this.#db = db
  }

  all(sql: string, values: readonly SqlValue[]): readonly Row[] {
    let statement = this.#prepared.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      this.#prepared.set(sql, statement)
    }
    return statement.all(values.map(storable)) as Row[]
  }
}

/** Everything in memory; gone at the end of the process. */
export function openMemoryDatabase(): Database {
  const db = new Libsql(':memory:')
  const statements = new Statements(db)
  return {
    write: async (script) => void db.exec(script),
    read: (sql, ...values) => statements.all(sql, values),
    checkpoint: async () => undefined,
    close: async () => void db.close(),
  }
}

/** The writer's own checkpoint, for when the one beside it cannot keep up. Pages of 8 KiB: 64 MiB. */
const writerCheckpointPages = 8192

/**
 * A file in write-ahead mode, with three connections: reads on the caller's thread, which never wait for a writer;
 * writes and checkpoints on libsql's own threads, so that no disk stalls the event loop.
 */
export async function openFileDatabase(folder: string, durability: Durability): Promise<Database> {
  const file = join(folder, 'jobs.db')
  const reader = new Libsql(file)
  reader.exec('PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA busy_timeout=5000; PRAGMA cache_size=-16000')
  const writer = new LibsqlAsync(file, {})
  await writer.exec(
    `PRAGMA synchronous=${durability.toUpperCase()}; PRAGMA busy_timeout=5000; PRAGMA cache_size=-32000; PRAGMA wal_autocheckpoint=${writerCheckpointPages}`,
  )
  const checkpointer = new LibsqlAsync(file, {})
  await checkpointer.exec(`PRAGMA synchronous=${durability.toUpperCase()}; PRAGMA busy_timeout=0`)
  const statements = new Statements(reader)
  return {
    write: (script) => writer.exec(script) as Promise<void>,
    read: (sql, ...values) => statements.all(sql, values),
    checkpoint: () => checkpointer.exec('PRAGMA wal_checkpoint(PASSIVE)') as Promise<void>,
    close: async () => {
      checkpointer.close()
      writer.close()
      reader.close()
    },
  }
}
