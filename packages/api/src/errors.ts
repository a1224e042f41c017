import { defineErrors } from '@netpulse/core'

export const apiError = defineErrors({
  INVALID_API_KEY: {
    kind: 'denied',
    summary:
      'The request has no API key, or one that does not exist, has expired or was revoked. Send it in the header `X-API-KEY` or as `Authorization: Bearer`.',
  },
  ROLE_TOO_LOW: {
    kind: 'denied',
    summary:
      'The API key is right, and neither its role nor its own scopes let it do this: a `viewer` reads, an `operator` also runs jobs. The message names the scope.',
  },
  DEVICE_NOT_ALLOWED: {
    kind: 'denied',
    summary: 'The API key is limited to some devices, and the device of the request is none of them.',
  },
  RATE_LIMITED: {
    kind: 'limited',
    retryable: true,
    summary:
      'The API key sends more requests than `limits.requests_per_second` allows, or wrong keys keep coming from the address. `Retry-After` says when to try again.',
  },
  LAST_ADMIN_KEY: {
    kind: 'conflict',
    summary: 'The key is the last one that may manage keys, and would lock everybody out. Make another one first.',
  },
  NOT_AVAILABLE: {
    kind: 'invalid',
    summary:
      'The request uses a documented field whose capability this version does not have. `errors` names the field; nothing was done.',
  },
  HOST_REQUIRED: { kind: 'invalid', summary: "The request does not say which device: 'host' in connection_args." },
  INVALID_JSON: { kind: 'invalid', summary: 'The body is not JSON.' },
  UNSUPPORTED_MEDIA_TYPE: {
    kind: 'invalid',
    summary: 'The body has another content type than `application/json`, or none; `multipart/form-data` is for files.',
  },
  BODY_TOO_LARGE: { kind: 'invalid', summary: 'The body is longer than the server takes (`server.body_limit`).' },
  BAD_REQUEST: { kind: 'invalid', summary: 'The request breaks HTTP itself: a bad URL, a wrong length, bad headers.' },
  INVALID_MULTIPART: {
    kind: 'invalid',
    summary:
      'The body is no `multipart/form-data` of the parts `request` (JSON) and `file`, or broke off. Nothing of it was kept.',
  },
  UPLOAD_STALLED: { kind: 'timeout', summary: 'The body of the request stopped coming. Nothing of it was kept.' },
  RANGE_NOT_SATISFIABLE: { kind: 'invalid', summary: 'The `Range` of the request lies behind the end of the file.' },
  ROUTE_NOT_FOUND: { kind: 'not-found', summary: 'The API has no such path. See `/docs`.' },
  METHOD_NOT_ALLOWED: {
    kind: 'invalid',
    summary: 'The path exists and does not take this method; the header `Allow` lists those that it takes.',
  },
  JOB_ALREADY_ENDED: { kind: 'conflict', summary: 'The job has ended and can no longer be canceled.' },
  WORKER_NOT_FOUND: {
    kind: 'not-found',
    summary: 'No worker has this name: it never had, or it has ended. `GET /workers` lists them.',
  },
  DEVICE_NOT_HELD: { kind: 'not-found', summary: 'No modifications of this device are held back.' },
  PAUSE_NOT_FOUND: { kind: 'not-found', summary: 'No pause of logins has this id: it is over, or was ended.' },
  DELIVERY_NOT_DEAD: {
    kind: 'not-found',
    summary: 'No dead delivery of a webhook has this id: it was delivered, is pending, or is no longer kept.',
  },
  HOST_KEY_NOT_PINNED: {
    kind: 'not-found',
    summary: 'No host key is pinned for this address; `GET /host-keys` lists them.',
  },
  API_KEY_WEAK: {
    kind: 'invalid',
    summary: 'A configured API key is empty, a placeholder, or too short to be a secret.',
  },
  API_KEY_UNKNOWN: { kind: 'not-found', summary: 'No API key has this id.' },
  API_KEYS_UNREADABLE: {
    kind: 'internal',
    summary: 'The file of API keys cannot be read or written, or does not hold API keys.',
  },
})
