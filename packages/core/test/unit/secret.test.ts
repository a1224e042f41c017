import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/secret.js'

describe('Secret', () => {
  const secret = new Secret('hunter2')

  it.each([
    { name: 'JSON', show: () => JSON.stringify({ secret, list: [secret] }) },
    { name: 'inspect', show: () => inspect({ secret }, { depth: 5, showHidden: true }) },
    { name: 'a template', show: () => `${secret}` },
    { name: 'concatenation', show: () => 'value ' + (secret as unknown as string) },
    { name: 'String()', show: () => String(secret) },
    { name: 'the message of an error', show: () => new Error(`bad ${secret}`).message },
    { name: 'its own keys', show: () => Object.values({ ...secret }).join() + Object.keys(secret).join() },
  ])('is not shown by $name', ({ show }) => {
    expect(show()).not.toContain('hunter2')
  })

  it('is revealed on purpose', () => {
    expect(secret.reveal()).toBe('hunter2')
  })
})
