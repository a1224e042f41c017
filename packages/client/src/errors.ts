/** What every error of the client is: `code` is stable, `message` may change. */
export class NetPulseClientError extends Error {
  /** Stable: a code of the server's reference, or one that the class names. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.name = new.target.name
  }
}

/** One field that is wrong. */
export interface FieldError {
  /** Where, as it was written: `connection_args.port`. */
  readonly path: string
  /** What is allowed there. */
  readonly message: string
}

/** What a server said when it refused. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors: readonly FieldError[]
  readonly retryAfterSeconds: number | undefined
  readonly requestId: string | undefined
}

/** The server answered, and the answer is a refusal. */
export class NetPulseApiError extends NetPulseClientError {
  /** HTTP status. */
  readonly status: number
  /** The server's sentence. */
  readonly detail: string
  /** One entry per field that is wrong; empty for other refusals. */
  readonly errors: readonly FieldError[]
  /** Seconds until a further try makes sense, if the server said so. */
  readonly retryAfterSeconds: number | undefined
  /** Under which the server's log has a bug. */
  readonly requestId: string | undefined

  constructor(refusal: Refusal) {
    super(refusal.code, refusal.detail)
    this.status = refusal.status
    this.detail = refusal.detail
    this.errors = refusal.errors
    this.retryAfterSeconds = refusal.retryAfterSeconds
    this.requestId = refusal.requestId
  }
}

/** 401, 403: no valid API key, or its role may not do this. */
export class AuthenticationError extends NetPulseApiError {}

/** 404: no such job, worker, device or path. */
export class NotFoundError extends NetPulseApiError {}

/** 400, 405, 413, 415, 422: the request does not fit; `errors` says where. */
export class ValidationError extends NetPulseApiError {}

/** 409: the job has ended, or an idempotency key was used for another request. */
export class ConflictError extends NetPulseApiError {}

/** 429: too many jobs wait, or too many requests came. */
export class TooManyRequestsError extends NetPulseApiError {}

/** 502, 503, 504: no node has room, the store is not writable, or the server is not there. */
export class UnavailableError extends NetPulseApiError {}

/** `CONNECTION_FAILED`: no answer came; whether the request arrived is not known. */
export class ConnectionError extends NetPulseClientError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONNECTION_FAILED', message, options)
  }
}

/** `REQUEST_TIMEOUT`: an answer took too long. `WAIT_TIMEOUT`: a job did not end in time; it goes on. */
export class TimeoutError extends NetPulseClientError {
  constructor(code: 'REQUEST_TIMEOUT' | 'WAIT_TIMEOUT', message: string) {
    super(code, message)
  }
}

/** `INVALID_ANSWER`: what answered is not a NetPulse server. */
export class InvalidAnswerError extends NetPulseClientError {
  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_ANSWER', message, options)
  }
}

const classes: readonly { readonly statuses: readonly number[]; readonly type: typeof NetPulseApiError }[] = [
  { statuses: [401, 403], type: AuthenticationError },
  { statuses: [404], type: NotFoundError },
  { statuses: [400, 405, 413, 415, 422], type: ValidationError },
  { statuses: [409], type: ConflictError },
  { statuses: [429], type: TooManyRequestsError },
  { statuses: [502, 503, 504], type: UnavailableError },
]

/** The error of a refusal's status. */
export function errorOf(refusal: Refusal): NetPulseApiError {
  const { type: ErrorType = NetPulseApiError } = classes.find(({ statuses }) => statuses.includes(refusal.status)) ?? {}
  return new ErrorType(refusal)
}
