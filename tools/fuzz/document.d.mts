/** An operation of the OpenAPI document. */
export interface FuzzOperation {
  readonly id: string
  readonly method: string
  readonly path: string
}

export const operations: readonly FuzzOperation[]
