import { Type, type Static } from 'typebox'
import { errorExamples } from './answer-examples.js'

const Violation = Type.Object({
  path: Type.String({ description: 'Where, as the client wrote it: `connection_args.port`.' }),
  message: Type.String({ description: 'What is allowed there.' }),
})

/** Every answer that is not a success. */
export const ErrorBody = Type.Object(
  {
    detail: Type.String({ description: 'What is wrong, on which device or job, and what to do next.' }),
    code: Type.String({ description: 'Stable code, see the reference of errors.' }),
    errors: Type.Optional(Type.Array(Violation, { description: 'One per field that is wrong.' })),
  },
  { title: 'ErrorBody', description: 'Every answer that is not a success.' },
)
export type ErrorBody = Static<typeof ErrorBody>

/** The answer of a status, with what it means on its route. */
export const errorAnswer = (status: keyof typeof errorExamples, description: string) => ({
  ...ErrorBody,
  'x-response-description': description,
  examples: [errorExamples[status]],
})

/** A status that says when to come back. */
const laterAnswer = (status: 429 | 503, description: string) => ({
  ...errorAnswer(status, description),
  headers: { 'Retry-After': { type: 'integer', description: 'Seconds until a further try makes sense.' } },
})

/** Answers that every route may give. */
export const commonErrors = {
  403: errorAnswer(403, 'No valid API key, or it may not do this.'),
  422: errorAnswer(422, 'The request does not fit; `errors` says where.'),
  429: laterAnswer(429, 'Too many requests; see `Retry-After`.'),
  500: errorAnswer(500, 'A bug in NetPulse; the log has the details.'),
  503: laterAnswer(503, 'The store of the jobs is away; see `Retry-After`.'),
}

/** Answers of every route with a body, beside `commonErrors`. */
export const bodyErrors = {
  413: errorAnswer(413, 'The body is too large.'),
  415: errorAnswer(415, 'The body is not sent as JSON.'),
}

/** Answers of routes that make jobs, beside `submitErrors`. */
export const repeatErrors = {
  409: errorAnswer(409, 'The `Idempotency-Key` belongs to another request.'),
}

/** Answers of routes that take files, beside `submitErrors`. */
export const uploadErrors = {
  408: errorAnswer(408, 'The body stopped coming.'),
}

/** Answers of routes that hand work to the engine. */
export const submitErrors = {
  ...commonErrors,
  ...bodyErrors,
  400: errorAnswer(400, 'No host, no such driver, or a credential reference that leads nowhere.'),
  413: errorAnswer(413, 'The body, or its file, is too large.'),
  415: errorAnswer(415, 'The body is sent as something that this path does not take.'),
  429: laterAnswer(429, 'Too many jobs wait, or too many requests came; see `Retry-After`.'),
  503: laterAnswer(
    503,
    'No node has room, the store is not writable, or a credential provider is away; see `Retry-After`.',
  ),
}

/** Answers of routes that ask the device of a task. */
export const taskErrors = {
  ...commonErrors,
  404: errorAnswer(404, 'No such task, or its device has lost it.'),
  429: submitErrors[429],
  424: errorAnswer(424, 'The device refused the login.'),
  503: errorAnswer(503, 'The device is out of reach, or no node has room for it.'),
  504: errorAnswer(504, 'The device did not answer in time: it is busy with an earlier job, for one.'),
}
