import { isNetPulseError } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { createCredentialResolver } from '../../src/index.js'
import type { ProviderSetup } from '../../src/index.js'
import { ConstantProvider, setupOf } from '../support/test-provider.js'

function check(reference: object, setup: Partial<ProviderSetup> = {}): string {
  const providers = new Map([['vault', setupOf(new ConstantProvider({}), setup)]])
  const resolver = createCredentialResolver({ providers, clock: new FakeClock() })
  try {
    resolver.check(reference as { ref: string })
    return 'ok'
  } catch (error) {
    return isNetPulseError(error) ? error.code : String(error)
  }
}

describe('a credential reference', () => {
  const wrong = [
    { name: 'goes up', reference: { ref: 'netpulse/../other' } },
    { name: 'goes up at the end', reference: { ref: 'netpulse/..' } },
    { name: 'has a dot segment', reference: { ref: './netpulse' } },
    { name: 'has an empty segment', reference: { ref: 'netpulse//core' } },
    { name: 'begins with two slashes', reference: { ref: '//netpulse' } },
    { name: 'is empty', reference: { ref: '' } },
    { name: 'is a slash', reference: { ref: '/' } },
    { name: 'has an encoded slash', reference: { ref: 'netpulse%2f..%2fother' } },
    { name: 'has an encoded dot', reference: { ref: 'netpulse/%2E%2E/other' } },
    { name: 'is encoded twice', reference: { ref: 'netpulse%252fother' } },
    { name: 'has a backslash', reference: { ref: 'netpulse\\..\\other' } },
    { name: 'has a line end', reference: { ref: 'netpulse\nother' } },
    { name: 'has a mount that goes up', reference: { ref: 'x', mount: '../sys' } },
    { name: 'has an encoded namespace', reference: { ref: 'x', namespace: 'a%2fb' } },
    { name: 'has version 0', reference: { ref: 'x', version: 0 } },
    { name: 'is longer than 1024 characters', reference: { ref: 'x'.repeat(1025) } },
  ]
  it.each(wrong)('that $name is refused', ({ reference }) => {
    expect(check(reference)).toBe('CREDENTIAL_REFERENCE_INVALID')
  })

  const right = [
    { name: 'a path', reference: { ref: 'netpulse/core' } },
    { name: 'a slash before and after', reference: { ref: '/netpulse/core/' } },
    { name: 'dots within a segment', reference: { ref: 'r1.example.net/...' } },
    { name: 'a percent sign that encodes nothing', reference: { ref: '100%/x' } },
    { name: 'every part', reference: { ref: 'x', mount: 'team/kv', version: 3, namespace: 'a/b/' } },
  ]
  it.each(right)('with $name is taken', ({ reference }) => {
    expect(check(reference)).toBe('ok')
  })

  it('may not have parts that its provider does not know', () => {
    const setup = { manifest: { accepts: [] } }
    expect(check({ ref: 'x' }, setup)).toBe('ok')
    for (const part of [{ mount: 'kv' }, { version: 1 }, { namespace: 'a' }])
      expect(check({ ref: 'x', ...part }, setup)).toBe('CREDENTIAL_REFERENCE_INVALID')
  })
})

describe('allowed paths', () => {
  const allowedPaths = ['kv/netpulse', 'team/kv/core/r1', 'other-space:kv/shared']
  const cases = [
    { name: 'the path itself', reference: { ref: 'netpulse' }, code: 'ok' },
    { name: 'what is below it', reference: { ref: 'netpulse/core/r1' }, code: 'ok' },
    { name: 'a slash at the end', reference: { ref: 'netpulse/' }, code: 'ok' },
    { name: 'a longer word that begins the same', reference: { ref: 'netpulse-other/x' }, code: 'refused' },
    { name: 'the mount alone', reference: { ref: 'x' }, code: 'refused' },
    { name: 'another mount', reference: { ref: 'netpulse', mount: 'secret' }, code: 'refused' },
    { name: 'another spelling', reference: { ref: 'NetPulse/core' }, code: 'refused' },
    { name: 'an allowed mount of two segments', reference: { ref: 'core/r1', mount: 'team/kv' }, code: 'ok' },
    { name: 'its neighbour', reference: { ref: 'core/r2', mount: 'team/kv' }, code: 'refused' },
    { name: 'an allowed path in another namespace', reference: { ref: 'netpulse', namespace: 'x' }, code: 'refused' },
    { name: 'the own namespace, spelt out', reference: { ref: 'netpulse', namespace: 'home/' }, code: 'ok' },
    { name: 'a namespace with an entry', reference: { ref: 'shared/a', namespace: 'other-space' }, code: 'ok' },
    { name: 'that entry in the own namespace', reference: { ref: 'shared/a' }, code: 'refused' },
    {
      name: 'a namespace and a mount that together spell an allowed path',
      reference: { ref: 'x', namespace: 'kv', mount: 'netpulse' },
      code: 'refused',
    },
  ]
  it.each(cases)('answer to $name: $code', ({ reference, code }) => {
    const answer = check(reference, { allowedPaths, namespace: 'home' })
    expect(answer === 'CREDENTIAL_NOT_ALLOWED' ? 'refused' : answer).toBe(code)
  })

  it.each(['kv/../x', '', 'kv//x', 'kv/netpulse/*', 'a%2fb:kv'])('may not be written as "%s"', (entry) => {
    expect(() => check({ ref: 'x' }, { allowedPaths: [entry] })).toThrow(/allowed_paths/)
  })
})
