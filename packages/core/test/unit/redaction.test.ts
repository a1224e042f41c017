import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor, redacted } from '../../src/redaction.js'

function streamed(secrets: string[], chunks: string[]): string {
  const stream = createRedactor(secrets).stream()
  return chunks.map((chunk) => stream.write(chunk)).join('') + stream.end()
}

/** Cuts a text at the given places. */
function cut(text: string, places: number[]): string[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b)
  return [0, ...ends].map((start, index, starts) => text.slice(start, starts[index + 1] ?? text.length))
}

describe('createRedactor', () => {
  it('replaces values wherever they stand, the longer one first', () => {
    expect(createRedactor(['abc', 'abcdef']).redact('x abcdef y abc')).toBe(`x ${redacted} y ${redacted}`)
  })

  it('takes each line of a key for a value of its own', () => {
    const text = createRedactor(['-----BEGIN-----\nMIIabc\n-----END-----']).redact('got MIIabc\r\n')
    expect(text).not.toContain('MIIabc')
  })

  it('leaves ordinary words alone when a secret is very short', () => {
    expect(createRedactor(['a', '']).redact('a banana')).toBe('a banana')
  })

  it('takes a value literally that looks like a pattern', () => {
    expect(createRedactor(['p.*(d']).redact('p.*(d pxxd')).toBe(`${redacted} pxxd`)
  })

  it.each([
    { name: 'a type 7 password', text: ' password 7 0822455D0A16', secret: '0822455D0A16' },
    { name: 'a type 5 enable secret', text: 'enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0', secret: 'hx5rVt7' },
    { name: 'a clear enable secret', text: 'enable secret letmein1', secret: 'letmein1' },
    { name: 'a user with a type 9 secret', text: 'username op privilege 15 secret 9 $9$xyz.abc', secret: 'xyz.abc' },
    { name: 'a user with a clear password', text: 'username op password letmein1', secret: 'letmein1' },
    { name: 'an SNMP community', text: 'snmp-server community s3cr3t RO', secret: 's3cr3t' },
    { name: 'a Junos secret', text: 'secret "$9$abc123/def"; ## SECRET-DATA', secret: 'abc123' },
    { name: 'a FortiOS secret', text: 'set password ENC SH2abcdefgh+/=', secret: 'SH2abcdefgh' },
    { name: 'a pre-shared key', text: 'pre-shared-key ascii-text "topsecret"', secret: 'topsecret' },
    { name: 'a TACACS key', text: 'tacacs-server host 10.0.0.1 key 7 0822455D', secret: '0822455D' },
    { name: 'a Huawei cipher password', text: 'local-user op password cipher %^%#abcdef', secret: '%^%#abcdef' },
  ])('replaces $name as a configuration prints it', ({ text, secret }) => {
    const clean = createRedactor([]).redact(text)
    expect(clean).not.toContain(secret)
    expect(clean).toContain(redacted)
  })

  it('keeps what is no secret', () => {
    const text = 'interface Gi0/1\n description password policy link\n ip address 10.0.0.1 255.255.255.0\n'
    expect(createRedactor(['hunter2']).redact(text)).toBe(text)
  })

  it('says the same of a text in pieces as of the whole, whatever the split', () => {
    const secret = fc.constantFrom('hunter2', 'correct horse', 'aXbXc')
    const piece = fc.oneof(secret, fc.constantFrom('\n', ' ', 'password 7 0822455D\n', 'show run\n', 'hunt', 'aXb'))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 12 }), (parts, places) => {
        const text = parts.join('')
        const secrets = ['hunter2', 'correct horse', 'aXbXc']
        const out = streamed(secrets, cut(text, places))
        for (const value of secrets) expect(out).not.toContain(value)
        expect(out).toBe(createRedactor(secrets).redact(text))
      }),
      { numRuns: 500 },
    )
  })

  it('does not hold back a line without an end for ever', () => {
    const stream = createRedactor(['hunter2']).stream()
    expect(stream.write('x'.repeat(200_000)).length).toBeGreaterThan(190_000)
  })
})
