import { Type, type Static } from 'typebox'

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

/** Answers that every route may give. */
export const commonErrors = {
  403: { ...ErrorBody, 'x-response-description': 'No valid API key, or it may not do this.' },
  422: { ...ErrorBody, 'x-response-description': 'The request does not fit; `errors` says where.' },
  429: { ...ErrorBody, 'x-response-description': 'Too many requests; see `Retry-After`.' },
  500: { ...ErrorBody, 'x-response-description': 'A bug in NetPulse; the log has the details.' },
}

/** Answers of routes that make jobs, beside `submitErrors`. */
export const repeatErrors = {
  409: { ...ErrorBody, 'x-response-description': 'The `Idempotency-Key` belongs to another request.' },
}

/** Answers of routes that hand work to the engine. */
export const submitErrors = {
  ...commonErrors,
  400: {
    ...ErrorBody,
    'x-response-description': 'No host, no such driver, or a credential reference that leads nowhere.',
  },
  413: { ...ErrorBody, 'x-response-description': 'The body is too large.' },
  415: { ...ErrorBody, 'x-response-description': 'The body is not sent as JSON.' },
  429: { ...ErrorBody, 'x-response-description': 'Too many jobs wait, or too many requests came; see `Retry-After`.' },
  503: {
    ...ErrorBody,
    'x-response-description':
      'No node has room, the store is not writable, or a credential provider is away; see `Retry-After`.',
  },
}
