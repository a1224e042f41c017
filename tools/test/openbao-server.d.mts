export type OpenBaoSource =
  { readonly kind: 'program'; readonly path: string } | { readonly kind: 'none'; readonly reason: string }

export interface OpenBao {
  readonly address: string
  readonly rootToken: string
  /** PEM text of the authority, and its file; set with `tls`. */
  readonly ca: string | undefined
  readonly caFile: string | undefined
  /** One call of its API, as root unless `as` has another token. @throws for every status from 400 on */
  api(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    options?: { readonly namespace?: string; readonly as?: string },
  ): Promise<{ readonly data?: Readonly<Record<string, unknown>>; readonly auth?: Readonly<Record<string, unknown>> }>
  seal(): Promise<unknown>
  unseal(): Promise<unknown>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

export function openBaoSource(env?: NodeJS.ProcessEnv): OpenBaoSource
export function startOpenBao(options?: { readonly tls?: boolean }): Promise<OpenBao>
