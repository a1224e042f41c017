import { queueError } from '../errors.js'
import type { Database } from './database.js'

/** Version of the tables below, kept in the file's `user_version`. */
const schemaVersion = 4

/**
 * What changes often is apart from what is written once: `job` is narrow, `request` and `result` hold the texts, and
 * `secret` what is sealed, until the job ends.
 * `job.seq` is the order of submission and the key of all others. Instants are milliseconds since 1970.
 *
 * There is no index by host or device: with each commit it would dirty one page per host, which was measured as half of
 * all writing. A list by host looks through the narrow rows of `job` instead, in bounded reads.
 */
const tables = `
CREATE TABLE job(
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, queue TEXT NOT NULL, host TEXT NOT NULL,
  device TEXT NOT NULL, driver TEXT NOT NULL, kind TEXT NOT NULL, lane TEXT NOT NULL, created INTEGER NOT NULL,
  expires INTEGER NOT NULL, max_attempts INTEGER NOT NULL,
  node TEXT, attempt INTEGER NOT NULL, due INTEGER, purge_at INTEGER, state TEXT NOT NULL);
CREATE INDEX job_status ON job(status, seq);
CREATE INDEX job_purge ON job(purge_at) WHERE purge_at IS NOT NULL;
CREATE TABLE request(seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE secret(seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE result(seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE answer(job INTEGER, n INTEGER, body TEXT NOT NULL, PRIMARY KEY(job, n)) WITHOUT ROWID;
CREATE TABLE tag(job INTEGER, tag TEXT, PRIMARY KEY(job, tag)) WITHOUT ROWID;
CREATE TABLE event(seq INTEGER PRIMARY KEY, job INTEGER NOT NULL, job_id TEXT NOT NULL, at INTEGER NOT NULL,
  type TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX event_job ON event(job, seq);
CREATE TABLE hold(device TEXT PRIMARY KEY, reason TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('epoch', 0), ('last_job', 0);`

/**
 * The outbox, since version 2. `due`: when a pending delivery is to be attempted. `dead`: the order of its death, and
 * `dead_at` its instant. `log`: a JSON list of attempts.
 */
const outboxTable = `
CREATE TABLE delivery(
  job INTEGER, n INTEGER, job_id TEXT NOT NULL, event TEXT NOT NULL, origin TEXT NOT NULL, at INTEGER NOT NULL,
  timeout INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER, dead INTEGER, dead_at INTEGER,
  log TEXT NOT NULL, PRIMARY KEY(job, n)) WITHOUT ROWID;
CREATE INDEX delivery_due ON delivery(due) WHERE due IS NOT NULL;
CREATE INDEX delivery_dead ON delivery(dead) WHERE dead IS NOT NULL;`

/** The audit record, since version 3: entries as they are exported, by their number. */
const auditTable = `
CREATE TABLE audit(n INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL);`

/**
 * Tasks, since version 4, and which jobs are errands for them. `n`: the order in which they were put in. `due`: when
 * somebody is to look after it.
 */
const taskTable = `
CREATE TABLE task(
  id TEXT PRIMARY KEY, n INTEGER NOT NULL, revision INTEGER NOT NULL, due INTEGER NOT NULL, body TEXT NOT NULL)
  WITHOUT ROWID;
ALTER TABLE job ADD COLUMN errand INTEGER NOT NULL DEFAULT 0;`

/** What each version has more than the one before, from version 1. */
const additions = [tables, outboxTable, auditTable, taskTable]

/**
 * Makes the tables in a new store, and those that an old one lacks.
 * @throws STORE_TOO_NEW when a later version of NetPulse wrote the store
 */
export async function prepareSchema(db: Database, where: string): Promise<void> {
  const found = Number(db.read('PRAGMA user_version')[0]?.['user_version'] ?? 0)
  if (found === schemaVersion) return
  if (found > schemaVersion) {
    throw queueError(
      'STORE_TOO_NEW',
      `The job store ${where} has format ${found}; this version of NetPulse knows ${schemaVersion}. Run the newer version, or choose another folder.`,
    )
  }
  const missing = additions.slice(found).join('')
  await db.write(`BEGIN IMMEDIATE;${missing}PRAGMA user_version=${schemaVersion};COMMIT`)
}
