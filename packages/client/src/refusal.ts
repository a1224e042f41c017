import type { FieldError, Refusal } from './errors.js'

/** Code of a refusal that did not come from NetPulse, but from something in front of it. */
const foreignCode = 'HTTP_ERROR'

/** Seconds of `Retry-After`, which is a number or a date (RFC 9110 10.2.3). */
function retryAfterOf(headers: Headers, now: Date): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d+$/.test(text)) return Number(text)
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000))
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {} // a proxy's page: its status says enough
  }
}

const isFieldError = (value: unknown): value is FieldError =>
  typeof (value as FieldError | null)?.path === 'string' && typeof (value as FieldError).message === 'string'

/** Reads an answer that is no success; also one of a proxy, which has no JSON. */
export async function refusalOf(answer: Response, now: Date): Promise<Refusal> {
  const { detail, code, errors } = jsonOf(await answer.text())
  return {
    status: answer.status,
    code: typeof code === 'string' ? code : foreignCode,
    detail: typeof detail === 'string' ? detail : `The server answered with the status ${answer.status}.`,
    errors: Array.isArray(errors) ? errors.filter(isFieldError) : [],
    retryAfterSeconds: retryAfterOf(answer.headers, now),
    requestId: answer.headers.get('x-request-id') ?? undefined,
  }
}
