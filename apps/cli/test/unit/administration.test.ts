import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { hostKeyOf } from '../../src/commands/host-keys/host-key-words.js'
import type { NewKeyOptions } from '../../src/commands/keys/key-options.js'
import { addNewKeyOptions, newKeyRequest } from '../../src/commands/keys/key-options.js'
import { addressOf } from '../../src/devices/address.js'

describe('the address of a host key', () => {
  it.each([
    { word: 'r1', address: 'r1:22' },
    { word: 'r1:830', address: 'r1:830' },
    { word: '2001:db8::1', address: '[2001:db8::1]:22' },
    { word: '[2001:db8::1]:830', address: '[2001:db8::1]:830' },
  ])('of "$word" is $address', ({ word, address }) => {
    expect(addressOf(word)).toBe(address)
  })

  it('has no user', () => {
    expect(() => addressOf('admin@r1')).toThrow('belongs to host[:port]')
  })
})

describe('a host key', () => {
  const base64 = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'
  const fingerprint = `SHA256:${'a'.repeat(43)}`

  it.each([
    { name: 'its fingerprint', text: `ssh-rsa ${fingerprint}`, key: { type: 'ssh-rsa', fingerprint } },
    {
      name: 'a .pub file',
      text: `ssh-ed25519 ${base64} me@here\n`,
      key: { public_key: `ssh-ed25519 ${base64} me@here` },
    },
    {
      name: 'a line of known_hosts',
      text: `r1,192.0.2.1 ecdsa-sha2-nistp256 ${base64}\r\n`,
      key: { public_key: `ecdsa-sha2-nistp256 ${base64}` },
    },
    {
      name: 'what ssh-keyscan prints',
      text: `# r1:22 SSH-2.0-Cisco\nr1 ssh-rsa ${base64}\n\n`,
      key: { public_key: `ssh-rsa ${base64}` },
    },
  ])('may be $name', ({ text, key }) => {
    expect(hostKeyOf(text)).toEqual(key)
  })

  it.each([
    { name: 'nothing', text: '\n# r1\n' },
    { name: 'several', text: `ssh-rsa ${base64}\nssh-ed25519 ${base64}\n` },
  ])('is not $name', ({ text }) => {
    expect(() => hostKeyOf(text)).toThrow('takes one key')
  })
})

describe('a new key', () => {
  const requestOf = (...flags: readonly string[]) => {
    const command = addNewKeyOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }))
    return newKeyRequest('ci', command.parse(['--role', 'viewer', ...flags], { from: 'user' }).opts<NewKeyOptions>())
  }

  it.each([
    { name: 'no more than its role', flags: [], request: {} },
    {
      name: 'scopes',
      flags: ['--scopes', 'query:run, job:*', '--scopes', 'shell:run'],
      request: { scopes: ['query:run', 'job:*', 'shell:run'] },
    },
    {
      name: 'devices',
      flags: ['--devices', 'cidr=10.0.0.0/8, site=dc1; host=core-*', '--devices', 'tag=lab'],
      request: { devices: [{ cidr: '10.0.0.0/8', site: 'dc1' }, { host: 'core-*' }, { tag: 'lab' }] },
    },
    { name: 'an expiry', flags: ['--expires', '2199-01-31'], request: { expires_at: '2199-01-31' } },
    {
      name: 'lifted rules',
      flags: ['--allow', 'reload', '--allow', 'wr[ite] er[ase]'],
      request: { policy_allow: ['reload', 'wr[ite] er[ase]'] },
    },
  ])('may have $name', ({ flags, request }) => {
    expect(requestOf(...flags)).toEqual({ name: 'ci', role: 'viewer', ...request })
  })

  it.each([
    { text: '12h', hours: 12 },
    { text: '90d', hours: 90 * 24 },
    { text: '8w', hours: 8 * 7 * 24 },
  ])('that expires in $text does so in $hours hours', ({ text, hours }) => {
    const { expires_at: at = '' } = requestOf('--expires', text)
    expect(Math.round((Date.parse(at) - Date.now()) / 3_600_000)).toBe(hours)
  })

  it.each([{ text: 'hots=a' }, { text: 'host' }, { text: 'host=' }, { text: 'host=a;' }])(
    'has no devices "$text"',
    ({ text }) => {
      expect(() => requestOf('--devices', text)).toThrow('Write site=')
    },
  )
})
