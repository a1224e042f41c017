import { describe, expect, it } from 'vitest'
import type { DeviceSelector, DeviceTarget } from '../../src/access/device-selectors.js'
import { reaches, selectorProblem } from '../../src/access/device-selectors.js'
import { targetOfId } from '../../src/access/job-access.js'
import { fitsWildcard } from '../../src/access/wildcard.js'
import { asDeviceId } from '@netpulse/core'

interface Row {
  readonly name: string
  readonly selectors: readonly DeviceSelector[]
  readonly in: readonly DeviceTarget[]
  readonly out: readonly DeviceTarget[]
}

const host = (name: string): DeviceTarget => ({ host: name })

describe('device selectors', () => {
  it.each<Row>([
    {
      name: 'a range of IPv4',
      selectors: [{ cidr: '10.1.0.0/16' }],
      in: [host('10.1.2.3'), host('::ffff:10.1.2.3')],
      out: [host('10.2.0.1'), host('10.1.example.com'), host('localhost'), host('10.1'), host('0x0a010203'), host('')],
    },
    {
      name: 'a range of IPv6',
      selectors: [{ cidr: '2001:db8::/32' }],
      in: [host('2001:db8::1'), host('2001:DB8:0:0::2'), host('[2001:db8::3]')],
      out: [host('2001:db9::1'), host('10.0.0.1')],
    },
    {
      name: 'a pattern of names',
      selectors: [{ host: 'core-*.example.com' }],
      in: [host('core-1.example.com'), host('CORE-2.example.com.')],
      out: [host('edge-1.example.com'), host('core-1.example.org'), host('core-1.example.com.evil.net')],
    },
    {
      name: 'a pattern of digits, for addresses only',
      selectors: [{ host: '10.1.*' }],
      in: [host('10.1.2.3')],
      out: [host('10.1.evil.net'), host('10.2.1.1')],
    },
    {
      name: 'a site',
      selectors: [{ site: 'dc1' }],
      in: [{ host: 'x', site: 'dc1' }],
      out: [host('x'), { host: 'x', site: 'dc2' }],
    },
    { name: 'a tag', selectors: [{ tag: 'lab' }], in: [{ host: 'x', tags: ['a', 'lab'] }], out: [host('x')] },
    {
      name: 'all that one selector says',
      selectors: [{ site: 'dc1', cidr: '10.0.0.0/8' }],
      in: [{ host: '10.0.0.1', site: 'dc1' }],
      out: [host('10.0.0.1'), { host: '11.0.0.1', site: 'dc1' }],
    },
    {
      name: 'any one of several selectors',
      selectors: [{ cidr: '10.0.0.0/8' }, { host: 'lab-*' }],
      in: [host('10.0.0.1'), host('lab-1')],
      out: [host('11.0.0.1')],
    },
    {
      name: "the client's own name for the device too: it decides whose queue a job waits in",
      selectors: [{ cidr: '10.1.0.0/16' }],
      in: [{ host: '10.1.0.1', device: '10.1.0.2' }],
      out: [
        { host: '10.1.0.1', device: '10.2.0.1' },
        { host: '10.1.0.1', device: 'core-1' },
      ],
    },
  ])('take $name', ({ selectors, in: inside, out }) => {
    for (const target of inside) expect(reaches(selectors, target), JSON.stringify(target)).toBe(true)
    for (const target of out) expect(reaches(selectors, target), JSON.stringify(target)).toBe(false)
  })

  it('limit nothing when there are none, and everything when the list is empty', () => {
    expect(reaches(undefined, host('x'))).toBe(true)
    expect(reaches([], host('x'))).toBe(false)
  })

  it.each([{}, { cidr: '10.0.0.0' }, { cidr: '10.0.0.0/33' }, { cidr: 'x/8' }, { cidr: '::/129' }])(
    'refuse %j',
    (selector) => expect(selectorProblem(selector)).toBeDefined(),
  )

  it.each([
    { id: 'r1', target: { host: 'r1' } },
    { id: 'r1:2222', target: { host: 'r1' } },
    { id: 'dc1/r1', target: { host: 'r1', site: 'dc1' } },
    { id: 'dc1/[2001:db8::1]:2222', target: { host: '2001:db8::1', site: 'dc1' } },
    { id: '2001:db8::1', target: { host: '2001:db8::1' } },
  ])('read the id $id', ({ id, target }) => {
    expect(targetOfId(asDeviceId(id))).toEqual(target)
  })

  it('match patterns in a time that grows with their lengths', () => {
    const start = performance.now()
    expect(fitsWildcard('a'.repeat(255), `${'*a'.repeat(100)}b`)).toBe(false)
    expect(performance.now() - start).toBeLessThan(500)
  })
})
