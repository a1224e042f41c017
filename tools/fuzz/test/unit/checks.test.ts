import { describe, expect, it } from 'vitest'
import { flawsOf } from '../../checks.mjs'
import { operations } from '../../document.mjs'
import { LeakWatch, leaksIn, marked, marker } from '../../marker.mjs'
import { Known } from '../../known.mjs'
import { requestOf } from '../../requests.mjs'

const operation = operations.find(({ id }) => id === 'cancelJob')!
const request = { number: 1, kind: 'valid', method: 'DELETE', path: '/jobs/1', headers: {}, operation }
const json = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  type: 'application/json',
  text: JSON.stringify(body),
  ms: 1,
})
const refusal = { detail: 'No such job.', code: 'JOB_NOT_FOUND' }

describe('the check of an answer', () => {
  it('finds nothing in answers as they should be', () => {
    const canceled = { id: '1', status: 'canceled', cancel_requested: true }
    expect(flawsOf(request, json(200, canceled), [])).toEqual([])
    expect(flawsOf(request, json(404, refusal), [])).toEqual([])
    expect(flawsOf(request, json(503, refusal, { 'retry-after': '5' }), [])).toEqual([])
  })

  const bad = [
    { name: 'no answer', answer: { failure: 'deadline', ms: 9 }, says: /no answer: deadline/ },
    { name: 'a 500', answer: json(500, refusal), says: /answered with 500/ },
    { name: 'a 504', answer: json(504, refusal), says: /answered with 504/ },
    { name: 'a 503 without Retry-After', answer: json(503, refusal), says: /without Retry-After/ },
    { name: 'a bug behind another status', answer: json(409, { ...refusal, code: 'INTERNAL' }), says: /of a bug/ },
    { name: 'a status that is not documented', answer: json(418, refusal), says: /418 is not in the document/ },
    { name: 'an answer of another shape', answer: json(200, { id: 5 }), says: /does not fit/ },
    { name: 'an error without a code', answer: json(404, { detail: 'x' }), says: /does not fit/ },
    { name: 'an error without words', answer: json(404, { detail: '', code: 'X_Y' }), says: /no detail/ },
    { name: 'an error that is no JSON', answer: { ...json(404, ''), type: 'text/html' }, says: /came as text\/html/ },
    { name: 'JSON that is broken', answer: { ...json(404, ''), text: '{' }, says: /cannot be read/ },
    { name: 'a secret', answer: json(404, { ...refusal, detail: `no ${marker}1` }), says: /holds a secret/ },
    { name: 'a secret in a header', answer: json(404, refusal, { link: marker }), says: /holds a secret/ },
    { name: 'a key that was made', answer: json(404, { ...refusal, detail: 'np_key' }), says: /holds a secret/ },
  ]
  it.each(bad)('finds $name', ({ answer, says }) => {
    expect(flawsOf(request, answer, ['np_key']).join('; ')).toMatch(says)
  })
})

describe('secrets', () => {
  it('are marked below every secret field, whatever holds them', () => {
    const body = {
      password: 'a',
      x: [{ auth: ['u', 'p'] }],
      headers: { h: 'v' },
      name: 'n',
      field_mapping: { password: 'P' },
    }
    expect(marked(body)).toEqual({
      password: `${marker}a`,
      x: [{ auth: [`${marker}u`, `${marker}p`] }],
      headers: { h: `${marker}v` },
      name: 'n',
      field_mapping: { password: 'P' },
    })
  })

  it('are found as they are and in base64', () => {
    for (const before of ['', 'u', 'u:'])
      expect(leaksIn(Buffer.from(`${before}${marker}zz`).toString('base64'))).not.toEqual([])
    expect(leaksIn('nothing')).toEqual([])
  })

  it('are found over the border of two pieces of a log', () => {
    const log = new LeakWatch(() => [])
    log.look(`x ${marker.slice(0, 5)}`)
    expect([...log.found]).toEqual([])
    log.look(`${marker.slice(5)} y`)
    expect([...log.found]).toEqual([`x ${marker} y`])
  })
})

describe('requests of a seed', () => {
  const key = `np_abcdefgh_${'x'.repeat(43)}`
  const device = { host: '127.0.0.1', port: 1, device_type: 'cisco_iosxe', username: 'u', password: marker }
  const world = { key, receiver: { url: 'http://127.0.0.1:1' }, devices: [device] }
  const made = (seed: number) =>
    Array.from({ length: 500 }, (_, number) => requestOf(number, { seed, world, known: new Known(key) }))

  it('are the same again, and others for another seed', () => {
    expect(JSON.stringify(made(1))).toBe(JSON.stringify(made(1)))
    expect(JSON.stringify(made(1))).not.toBe(JSON.stringify(made(2)))
  })

  it('reach every operation, as they should be and spoilt', () => {
    const all = [1, 2, 3, 4].flatMap(made)
    expect(new Set(all.map((one) => one.operation.id)).size).toBe(operations.length)
    expect(new Set(all.map(({ kind }) => kind)).size).toBe(9)
  })
})
