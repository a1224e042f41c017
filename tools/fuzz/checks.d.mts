import type { FuzzOperation } from './document.mjs'

/** What came back; `failure` when nothing did, `left` when nobody waited. */
export interface FuzzAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>
  readonly type?: string
  readonly text?: string
  readonly failure?: string
  readonly left?: boolean
  readonly ms: number
}

export interface FuzzRequest {
  readonly number: number
  readonly kind: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly content?: string | Buffer
  readonly operation: FuzzOperation
}

/** What is wrong with an answer, in words; `secrets` are words that it must not have, beside the marker. */
export function flawsOf(request: FuzzRequest, answer: FuzzAnswer, secrets: readonly string[]): string[]
