import type { Notifier, WebhookTarget } from '@netpulse/plugin-sdk'
import { webhookError } from './errors.js'

/** Each is checked anew; more would be a loop. */
const mostRedirects = 3

/** Name of the built-in notifier, and its default in a request. */
export const basicNotifierName = 'basic'

function headersOf({ headers, cookies, auth }: WebhookTarget): Record<string, string> {
  const all: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'NetPulse', accept: '*/*' }
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value
  const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${value}`)
  if (pairs.length > 0) all['cookie'] = [...(all['cookie'] === undefined ? [] : [all['cookie']]), ...pairs].join('; ')
  if (auth !== undefined) all['authorization'] = `Basic ${Buffer.from(auth.join(':')).toString('base64')}`
  return all
}

/** Sends the payload as JSON; a status of 2xx says that it was taken. */
export const basicNotifier: Notifier = {
  async send({ payload, target }, { http, signal, sign }) {
    const body = JSON.stringify(payload)
    const { url, method } = target
    const headers = { ...headersOf(target), ...sign(body) }
    const { status } = await http.request({
      url,
      method,
      headers,
      body,
      signal,
      maxBodyBytes: 0,
      maxRedirects: mostRedirects,
    })
    if (status >= 200 && status < 300) return { status }
    if (status === 410)
      throw webhookError('RECEIVER_GONE', 'The receiver answered 410: it wants no more.', { details: { status } })
    const redirected = status >= 300 && status < 400 ? ', a redirect that is not followed' : ''
    throw webhookError('RECEIVER_REFUSED', `The receiver answered ${status}${redirected}.`, { details: { status } })
  },
}
