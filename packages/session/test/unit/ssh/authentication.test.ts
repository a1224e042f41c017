import ssh2 from 'ssh2'
import { describe, expect, it } from 'vitest'
import { Authentication } from '../../../src/ssh/authentication.js'
import { privateKeyOf } from '../../../src/ssh/private-key.js'
import type { SshEndpoint } from '../../../src/ssh/ssh-target.js'
import { deviceEndpoint } from '../../../src/tcp/endpoint.js'
import { newKey } from '../../support/ssh-server.js'

const endpoint = deviceEndpoint('r1', 22)
const rsa = newKey('rsa')

interface Chooser {
  next(offered: readonly string[] | null, partial?: boolean): string | undefined
  readonly authentication: Authentication
  readonly errors: Error[]
}

function choosing(given: Partial<SshEndpoint>): Chooser {
  const login = { host: 'r1', username: 'netops', ...given }
  const errors: Error[] = []
  const key = privateKeyOf(endpoint, login)
  const authentication = new Authentication(endpoint, login, key, (error) => errors.push(error))
  return { authentication, errors, next: (offered, partial = false) => authentication.next(offered, partial)?.type }
}

describe('the choice of login methods', () => {
  const everything = ['publickey', 'password', 'keyboard-interactive']

  it('tries keys first, then the password, each once', () => {
    const { next, errors } = choosing({ privateKey: rsa.private, agentSocket: '/agent', password: 'secret' })
    expect(next(null)).toBe('none')
    expect([next(everything), next(everything), next(everything), next(everything)]).toEqual([
      'publickey',
      'agent',
      'password',
      undefined,
    ])
    expect(errors).toMatchObject([{ code: 'AUTH_FAILED', details: { tried: ['publickey', 'agent', 'password'] } }])
  })

  it('skips what the server does not offer', () => {
    const { next } = choosing({ privateKey: rsa.private, password: 'secret' })
    expect(next(['keyboard-interactive', 'hostbased'])).toBe('keyboard-interactive')
  })

  it('prefers keyboard-interactive where answers are configured', () => {
    const keyboardAnswers = [{ prompt: 'code', answer: '1' }]
    expect(choosing({ password: 'secret', keyboardAnswers }).next(everything)).toBe('keyboard-interactive')
  })

  it('goes on by keyboard-interactive when the password was right but not enough', () => {
    const { next } = choosing({ password: 'secret' })
    expect(next(everything)).toBe('password')
    expect(next(['keyboard-interactive'], true)).toBe('keyboard-interactive')
  })

  it('has tried nothing before a credential was sent', () => {
    const { next, authentication } = choosing({ password: 'secret' })
    next(null)
    expect(authentication.hasTried).toBe(false)
    next(everything)
    expect(authentication.hasTried).toBe(true)
  })
})

describe('the signature of an RSA key', () => {
  const sign = (given: Partial<SshEndpoint>, algorithm: string): { signature: unknown; refused: Error } => {
    const { authentication } = choosing({ privateKey: rsa.private, ...given })
    const method = authentication.next(['publickey'], false) as { key: ssh2.ParsedKey }
    // As ssh2 takes it: a key that it has parsed before goes through as it is.
    const key = ssh2.utils.parseKey(method.key as unknown as string) as ssh2.ParsedKey
    return { signature: key.sign(Buffer.from('data'), algorithm), refused: authentication.refused() }
  }

  it.each(['sha256', 'sha512'])('is made with %s', (algorithm) => {
    const { signature, refused } = sign({}, algorithm)
    const key = ssh2.utils.parseKey(rsa.public) as ssh2.ParsedKey
    expect(key.verify('data', signature as Buffer, algorithm)).toBe(true)
    expect(refused.message).not.toContain('legacy_algorithms')
  })

  it('is not made with SHA-1, and the refusal says what to set', () => {
    const { signature, refused } = sign({}, 'sha1')
    expect(signature).toBeInstanceOf(Error)
    expect(refused.message).toContain('SHA-1 signature only: set `legacy_algorithms` for this device')
  })

  it('is made with SHA-1 for a device that is known to be old', () => {
    expect(sign({ legacyAlgorithms: true }, 'sha1').signature).toBeInstanceOf(Buffer)
  })
})
