import type { LookupAddress } from 'node:dns'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { GuardedHttpOptions, OpenGuardedHttp } from '../../src/index.js'
import { createGuardedHttp } from '../../src/index.js'
import { endless, Receiver, silence, status } from '../../src/testing/index.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const loopback = { allow: ['127.0.0.1'] }
const signal = (): AbortSignal => AbortSignal.timeout(10_000)

function http(options: GuardedHttpOptions = loopback): OpenGuardedHttp {
  const guarded = createGuardedHttp(options)
  ends.push(() => guarded.close())
  return guarded
}

async function receiver(...args: Parameters<typeof Receiver.start>): Promise<Receiver> {
  const started = await Receiver.start(...args)
  ends.push(() => started.stop())
  return started
}

/** Resolves names as a test says, and counts. */
function names(answers: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = []
  const resolve: GuardedHttpOptions['resolve'] = (name, _options, answer) => {
    asked.push(name)
    const addresses = answers[name]?.map((address): LookupAddress => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }))
    if (addresses === undefined) answer(Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' }), [])
    else answer(null, addresses)
  }
  return { asked, resolve }
}

const portOf = (url: string): string => new URL(url).port

describe('guarded HTTP', () => {
  it('sends what it is given and reads the answer', async () => {
    const target = await receiver((response) => response.writeHead(201, { 'x-one': '1' }).end('taken'))
    const headers = { 'x-two': '2' }
    const answer = await http().request({
      url: `${target.url}/a?b`,
      method: 'PUT',
      headers,
      body: 'hi',
      signal: signal(),
    })
    expect(answer).toMatchObject({ status: 201, headers: { 'x-one': '1' }, isCut: false })
    expect(Buffer.from(answer.body).toString()).toBe('taken')
    expect(target.received).toMatchObject([{ method: 'PUT', path: '/a?b', headers, body: 'hi' }])
  })

  it.each(['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'])(
    'reaches no loopback address, however it is written: %s',
    async (host) => {
      const target = await receiver()
      const url = `http://${host}:${portOf(target.url)}/`
      await expect(http({}).request({ url, signal: signal() })).rejects.toMatchObject({ code: 'ADDRESS_FORBIDDEN' })
      expect(target.received).toEqual([])
    },
  )

  it('reaches no name of the system that leads to loopback', async () => {
    const target = await receiver()
    const url = `http://localhost:${portOf(target.url)}/`
    const refusal = { code: 'ADDRESS_FORBIDDEN', retryable: false }
    await expect(http({}).request({ url, signal: signal() })).rejects.toMatchObject(refusal)
    expect(target.received).toEqual([])
    expect((await http({ allow: ['127.0.0.1', '::1'] }).request({ url, signal: signal() })).status).toBe(204)
  })

  it('refuses a name of which one address is forbidden, and does not say which', async () => {
    const { resolve } = names({ 'two.example.net': ['93.184.215.14', '10.0.0.7'] })
    const failure = http({ resolve }).request({ url: 'http://two.example.net/', signal: signal() })
    await expect(failure).rejects.toMatchObject({
      code: 'ADDRESS_FORBIDDEN',
      message: expect.not.stringContaining('10.'),
    })
  })

  it('connects to the address that was checked: a name is looked up once', async () => {
    const target = await receiver()
    const { asked, resolve } = names({ 'hooks.example.net': ['127.0.0.1'] })
    const url = `http://hooks.example.net:${portOf(target.url)}/x`
    expect((await http({ ...loopback, resolve }).request({ url, signal: signal() })).status).toBe(204)
    expect(asked).toEqual(['hooks.example.net'])
    expect(target.received[0]?.headers.host).toBe(`hooks.example.net:${portOf(target.url)}`)
  })

  it('checks each new connection: a name that changes its address is refused', async () => {
    const target = await receiver(status(204, { connection: 'close' }))
    let address = '127.0.0.1'
    const resolve: GuardedHttpOptions['resolve'] = (_name, _options, answer) => answer(null, [{ address, family: 4 }])
    const guarded = http({ ...loopback, resolve })
    const url = `http://hooks.example.net:${portOf(target.url)}/`
    expect((await guarded.request({ url, signal: signal() })).status).toBe(204)
    address = '127.0.0.2'
    await expect(guarded.request({ url, signal: signal() })).rejects.toMatchObject({ code: 'ADDRESS_FORBIDDEN' })
  })

  it.each(['ftp://example.net/', 'file:///etc/passwd', 'example.net', '//example.net', 'http://a:b@example.net/', ''])(
    'takes no such URL: %s',
    async (url) => {
      await expect(http().request({ url, signal: signal() })).rejects.toMatchObject({ code: 'URL_REFUSED' })
    },
  )

  it('follows no redirect unless it is told to', async () => {
    const target = await receiver(status(307, { location: '/other' }))
    expect((await http().request({ url: target.url, signal: signal() })).status).toBe(307)
    expect(target.received).toHaveLength(1)
  })

  it('checks where a redirect leads', async () => {
    const inner = await receiver()
    const { resolve } = names({ 'outer.example.net': ['127.0.0.1'], 'inner.example.net': ['127.0.0.2'] })
    const outer = await receiver(status(307, { location: `http://inner.example.net:${portOf(inner.url)}/` }))
    const url = `http://outer.example.net:${portOf(outer.url)}/`
    const request = { url, signal: signal(), maxRedirects: 3 }
    await expect(http({ ...loopback, resolve }).request(request)).rejects.toMatchObject({ code: 'ADDRESS_FORBIDDEN' })
    outer.answer = status(307, { location: 'http://[::1]/' })
    await expect(http({ ...loopback, resolve }).request(request)).rejects.toMatchObject({ code: 'ADDRESS_FORBIDDEN' })
    outer.answer = status(307, { location: 'file:///etc/passwd' })
    await expect(http({ ...loopback, resolve }).request(request)).rejects.toMatchObject({ code: 'URL_REFUSED' })
    expect(inner.received).toEqual([])
  })

  it('takes the body along a redirect that keeps it, and a login to the same origin only', async () => {
    const second = await receiver()
    const first = await receiver((response, { path }) =>
      response.writeHead(308, { location: path === '/start' ? '/again' : `${second.url}/end` }).end(),
    )
    const headers = { authorization: 'Basic x', cookie: 'a=b', 'x-kept': '1' }
    const request = { method: 'POST', headers, body: 'text', signal: signal(), maxRedirects: 3 } as const
    expect((await http().request({ ...request, url: `${first.url}/start` })).status).toBe(204)
    expect(first.received.map(({ headers: sent }) => sent.authorization)).toEqual(['Basic x', 'Basic x'])
    expect(second.received).toMatchObject([{ method: 'POST', path: '/end', body: 'text', headers: { 'x-kept': '1' } }])
    expect(second.received[0]?.headers).not.toHaveProperty('authorization')
    expect(second.received[0]?.headers).not.toHaveProperty('cookie')
    first.answer = status(302, { location: '/again' })
    expect((await http().request({ ...request, url: first.url })).status).toBe(302)
  })

  it('ends a circle of redirects', async () => {
    const target = await receiver(status(307, { location: '/' }))
    expect((await http().request({ url: target.url, signal: signal(), maxRedirects: 3 })).status).toBe(307)
    expect(target.received).toHaveLength(4)
  })

  it('cuts a body off that does not end, and needs none when only the status counts', async () => {
    const target = await receiver(endless)
    const cut = await http().request({ url: target.url, signal: signal(), maxBodyBytes: 1000 })
    expect([cut.body.length, cut.isCut]).toEqual([1000, true])
    expect(await http().request({ url: target.url, signal: signal(), maxBodyBytes: 0 })).toMatchObject({ status: 200 })
  })

  it('ends with its signal while nobody answers', async () => {
    const target = await receiver(silence)
    const reason = new Error('enough')
    const controller = new AbortController()
    const request = http().request({ url: target.url, signal: controller.signal })
    await target.got(1)
    controller.abort(reason)
    await expect(request).rejects.toBe(reason)
  })

  it('says why a receiver cannot be reached, without addresses', async () => {
    const { resolve } = names({})
    const server = createServer((socket) =>
      socket.on('error', () => undefined).end('no HTTP at all\r\n\r\n', () => socket.destroy()),
    )
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    ends.push(() => new Promise((done) => server.close(done)))
    const guarded = http({ ...loopback, resolve })
    const failure = (url: string) => guarded.request({ url, signal: signal() })
    await expect(failure('http://nobody.example.net/')).rejects.toMatchObject({
      code: 'RECEIVER_UNREACHABLE',
      message: 'http://nobody.example.net cannot be reached (ENOTFOUND).',
    })
    await expect(failure('http://127.0.0.1:1/')).rejects.toMatchObject({ details: { reason: 'ECONNREFUSED' } })
    await expect(failure(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'RECEIVER_UNREACHABLE' })
    await expect(failure(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'RECEIVER_UNREACHABLE' })
  })
})
