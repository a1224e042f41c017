import type { AuditAct, AuditHead } from '@netpulse/core'
import { auditBeginning } from '@netpulse/core'
import type { AuditBase, AuditEnd, AuditLimits, AuditLine, AuditResults, TimedAct } from '@netpulse/queue'
import { AuditSealer, cutAct, endedAct, excessOf } from '@netpulse/queue'

/** An entry of the stream. */
export type AuditRow = readonly [id: string, fields: readonly [name: string, text: string]]

/** What `openAudit` answers. */
export type OpenedAudit = readonly [
  number: string,
  hash: string,
  first: AuditRow | null,
  now: string,
  waiting: readonly string[],
]

/** What waits for its place, as the scripts put it in line. */
type Waiting =
  | { readonly at: number; readonly act: AuditAct }
  | {
      readonly at: number
      readonly base: AuditBase
      readonly end: Omit<AuditEnd, 'endedAt'>
      readonly kept?: AuditResults
    }

/** What `sealAudit` is to do. */
export interface AuditStep {
  readonly before: AuditHead
  readonly waited: number
  /** Number of the last entry that goes; 0: none. */
  readonly cut: number
  readonly hash: string
  readonly texts: readonly string[]
}

export const lineOf = ([id, [, text]]: AuditRow): AuditLine => ({ number: Number.parseInt(id, 10), text })

function actOf(text: string): TimedAct {
  const waiting = JSON.parse(text) as Waiting
  const at = new Date(waiting.at)
  if ('act' in waiting) return { at, act: waiting.act }
  const { base, end, kept } = waiting
  return { at, act: endedAct(base, { ...end, endedAt: waiting.at, ...(kept === undefined ? {} : { results: kept }) }) }
}

export const headOf = ([number, hash]: OpenedAudit): AuditHead => ({
  number: Number(number),
  hash: hash === '' ? auditBeginning : hash,
})

/** Places for all that waits. */
export function stepFor(opened: OpenedAudit): AuditStep {
  const [, , , , waiting] = opened
  const before = headOf(opened)
  const sealer = new AuditSealer(before)
  const texts = waiting.map((text) => sealer.seal(actOf(text)).text)
  return { before, waited: waiting.length, cut: 0, hash: sealer.head.hash, texts }
}

/** An entry that says up to where the old end goes, and that it goes. */
export function cutStep(opened: OpenedAudit, last: AuditLine): AuditStep {
  const before = headOf(opened)
  const sealer = new AuditSealer(before)
  const from = lineOf(opened[2]!).number
  const { hash } = JSON.parse(last.text) as AuditHead
  const at = new Date(Number(opened[3]))
  const { text } = sealer.seal({ at, act: cutAct({ from, to: last.number, hash }) })
  return { before, waited: 0, cut: last.number, hash: sealer.head.hash, texts: [text] }
}

/** Number of the last entry that is one too many; 0: none. */
export const tooMany = (opened: OpenedAudit, limits: AuditLimits): number =>
  opened[2] === null ? 0 : excessOf(lineOf(opened[2]).number, headOf(opened).number, limits)

/** When an entry was put in line. */
export const atMsOf = (text: string): number => Date.parse((JSON.parse(text) as { readonly at: string }).at)
