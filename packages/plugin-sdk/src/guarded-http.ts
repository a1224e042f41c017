/** A request that somebody else may have chosen the URL of. */
export interface GuardedRequest {
  /** `http` or `https`, without a login in it. */
  readonly url: string
  /** @defaultValue 'GET' */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Ends everything, from the name look-up to the last byte. */
  readonly signal: AbortSignal
  /**
   * Bytes of the answer's body that are read; what is longer is cut off. With 0 the status is all that matters, and a
   * body that does not end is no failure.
   * @defaultValue 65536
   */
  readonly maxBodyBytes?: number
  /**
   * Redirects that are followed, each checked like the first URL: 307 and 308, and for a GET also 301, 302 and 303. To
   * another origin neither a login nor cookies go along; from `https` to `http` none is followed.
   * @defaultValue 0
   */
  readonly maxRedirects?: number
}

export interface GuardedAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** The body is longer than what was read of it. */
  readonly isCut: boolean
}

/**
 * HTTP for URLs that users give. Every address that a name has is checked, and the connection goes to one that was
 * checked: no private, loopback or otherwise special address is reached, unless the operator allows its range.
 */
export interface GuardedHttp {
  /** Any status is an answer. @throws ADDRESS_FORBIDDEN, URL_REFUSED, RECEIVER_UNREACHABLE; the signal's reason */
  request(request: GuardedRequest): Promise<GuardedAnswer>
}
