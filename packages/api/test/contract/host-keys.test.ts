import { describe, expect, it } from 'vitest'
import { startTestApi } from '../support/test-api.js'

const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'
/** What `ssh-keygen -l` prints for that key. */
const fingerprint = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU'
const path = `/host-keys/${encodeURIComponent('[2001:db8::1]:22')}`

describe('the host keys', () => {
  it('are pinned, listed, replaced and forgotten', async () => {
    await using api = await startTestApi()
    const pinned = await api.send('PUT', path, { public_key: `${line} root@r1` })
    const first = { address: '[2001:db8::1]:22', type: 'ssh-ed25519', fingerprint, first_seen_at: expect.any(String) }
    expect([pinned.statusCode, pinned.json()]).toEqual([200, first])
    const other = { type: 'ssh-rsa', fingerprint: `SHA256:${'A'.repeat(43)}` }
    expect((await api.send('PUT', path, other)).json()).toMatchObject(other)
    await api.send('PUT', '/host-keys/10.0.0.1:22', { public_key: line })
    expect((await api.get('/host-keys')).json<{ address: string }[]>().map(({ address }) => address)).toEqual([
      '10.0.0.1:22',
      '[2001:db8::1]:22',
    ])
    expect((await api.delete(path)).json()).toEqual({ address: '[2001:db8::1]:22' })
    const again = await api.delete(path)
    expect([again.statusCode, again.json()]).toMatchObject([404, { code: 'HOST_KEY_NOT_PINNED' }])
  })

  it.each([
    { name: 'neither key nor fingerprint', body: {} },
    { name: 'a type alone', body: { type: 'ssh-rsa' } },
    { name: 'both', body: { public_key: line, type: 'ssh-ed25519' } },
    { name: 'a key of another type than it says', body: { public_key: line.replace('ed25519', 'rsa') } },
    { name: 'a key that was cut off', body: { public_key: 'ssh-ed25519 AAAA' } },
    { name: 'a key that is no base64', body: { public_key: 'ssh-ed25519 ???' } },
    { name: 'a private key', body: { public_key: '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz' } },
    { name: 'a fingerprint of another kind', body: { type: 'ssh-rsa', fingerprint: 'MD5:aa:bb' } },
  ])('are not pinned with $name', async ({ body }) => {
    await using api = await startTestApi()
    const answer = await api.send('PUT', path, body)
    expect([answer.statusCode, answer.json()]).toMatchObject([422, { code: 'INVALID_INPUT' }])
    expect(await api.netpulse.hostKeys.list()).toEqual([])
  })

  it('need an address with its port', async () => {
    await using api = await startTestApi()
    expect((await api.send('PUT', '/host-keys/r1', { public_key: line })).statusCode).toBe(422)
  })

  it('are read by anybody with a key, and changed by admins', async () => {
    await using api = await startTestApi()
    const as = (role: string) => ({ 'x-api-key': `key-of-${role}` })
    expect((await api.send('GET', '/host-keys', undefined, as('viewer'))).statusCode).toBe(200)
    expect((await api.send('PUT', path, { public_key: line }, as('operator'))).statusCode).toBe(403)
    expect((await api.send('DELETE', path, undefined, as('operator'))).statusCode).toBe(403)
  })
})
