import type { JobKind } from '@netpulse/core'
import type { CommandDialect } from '@netpulse/driver-sdk'
import { commonCommandPrefixes, commonDenied, statementReader } from '@netpulse/platforms'

const plain = { prefixes: commonCommandPrefixes, separators: [';'] }

const dialect = (reads: boolean): CommandDialect => ({
  denied: commonDenied,
  statements: statementReader(plain),
  reads: () => reads,
  staysInCandidate: () => false,
})

const [reading, other] = [dialect(true), dialect(false)]

/** For drivers that say nothing about their devices' language: what most have, and no way to only try a change. */
export const plainDialect = (kind: JobKind): CommandDialect => (kind === 'query' ? reading : other)
