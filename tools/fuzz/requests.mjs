import { randomOf } from '../faults/random.mjs'
import { bodyFor } from './bodies.mjs'
import { operations } from './document.mjs'
import { Hints } from './hints.mjs'
import { marked, marker } from './marker.mjs'
import { damaged, mutated } from './mutate.mjs'
import { oddTexts } from './odd-values.mjs'
import { valueOf } from './schema-values.mjs'

/** How often an operation comes; 1 for all others. */
const weights = {
  executeOnDevice: 16,
  executeOnDevices: 4,
  testConnection: 3,
  listJobs: 4,
  readJob: 4,
  cancelJob: 2,
  createKey: 2,
}

const drawn = operations.flatMap((operation) => Array.from({ length: weights[operation.id] ?? 1 }, () => operation))

const encoded = (text) => encodeURIComponent(text.toWellFormed())

/** Ways to write a part of a path that leads somewhere else. */
const badParts = [
  '%zz',
  '%00',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '..%2f..%2fjobs',
  '..',
  '.',
  '%c0%ae%c0%ae',
  '%ff%fe',
  'a'.repeat(5_000),
  '%E2%80%AE',
  ';x=1',
  '%3Fstatus=queued',
  '',
]

function pathOf(operation, { random, hints, bad }) {
  return operation.path.replace(/\{(\w+)\}/g, (_, name) => {
    const value = String(hints.parameter(operation, name) ?? 'x')
    if (!bad || random.next() < 0.5) return encoded(value)
    return random.pick([...badParts, encoded(random.pick(oddTexts))])
  })
}

const brokenQueries = ['&&=', '%zz=%zz', 'limit[]=1', 'limit[a][b]=1', 'limit=1&limit=2']

/** Parameters that nobody has, one given twice, and what is no query. */
function badPairs(pairs, random) {
  const more = []
  if (random.next() < 0.2) more.push(`${random.pick(['offset', 'sort', 'api_key', 'X-API-KEY'])}=${marker}`)
  if (pairs.length > 0 && random.next() < 0.2) more.push(random.pick(pairs))
  if (random.next() < 0.1) more.push(random.pick(brokenQueries))
  return more
}

function queryOf(operation, { random, hints, bad }) {
  const pairs = []
  for (const { name, in: place, schema } of operation.parameters) {
    if (place !== 'query' || random.next() < 0.5) continue
    const good = hints.parameter(operation, name) ?? valueOf(schema, random)
    pairs.push(`${name}=${encoded(String(bad && random.next() < 0.5 ? random.pick(oddTexts) : good))}`)
  }
  const query = [...pairs, ...(bad ? badPairs(pairs, random) : [])].join('&')
  return query === '' ? '' : `?${query}`
}

const wrongTypes = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/json; charset=utf-16',
  'application/jsonp',
  '*/*',
  '',
]

function oddHeaders(random) {
  const choices = [
    ['idempotency-key', random.pick(['', ' ', 'a b', 'k'.repeat(256), 'é'])],
    ['last-event-id', random.pick(['-1', 'x', '99999999999999999999', '1.5'])],
    ['accept', 'text/html;q=0.1'],
    ['accept-encoding', 'gzip, br'],
    ['expect', '100-continue'],
    ['x-forwarded-for', '1.2.3.4, \u00ff'],
    ['host', random.pick(['', 'evil.example', 'a:b:c'])],
    ['origin', 'https://evil.example'],
    ['range', 'bytes=0-5'],
    ['x-http-method-override', 'DELETE'],
    ['cookie', `X-API-KEY=${marker}`],
    ['x-long', 'h'.repeat(random.pick([100, 9_000, 20_000]))],
  ]
  return Object.fromEntries([random.pick(choices), random.pick(choices)])
}

/** Keys that open nothing, or not all. */
function keyOf(random, known, ownKey) {
  const other = random.pick(known.secrets)
  const keys = [marker, '', `np_${marker}_x`, `${ownKey.slice(0, -1)}.`, `Bearer ${marker}`, undefined, other, other]
  return random.pick(keys)
}

const kinds = [
  'valid',
  'valid',
  'valid',
  'mutated',
  'mutated',
  'mutated',
  'damaged',
  'path',
  'path',
  'method',
  'headers',
  'key',
  'type',
  'abort',
]

const otherMethods = [
  'PUT',
  'PATCH',
  'DELETE',
  'POST',
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'M-SEARCH',
  'LINK',
]

function contentOf({ operation, kind, random, world, hints }) {
  if (operation.body === undefined) return kind === 'damaged' ? damaged('{"a": 1}', random) : undefined
  const body = marked(bodyFor(operation, { random, world, hints }))
  if (kind === 'mutated') return JSON.stringify(marked(mutated(body, random))) ?? ''
  if (kind === 'damaged') return damaged(JSON.stringify(body), random)
  return JSON.stringify(body)
}

function headersOf({ operation, kind, random, content, known, world, hints }) {
  const key = kind === 'key' ? keyOf(random, known, world.key) : world.key
  const type = kind === 'type' ? random.pick(wrongTypes) : 'application/json'
  const named = operation.parameters.filter(({ in: place }) => place === 'header' && random.next() < 0.1)
  return {
    ...(key === undefined ? {} : { 'x-api-key': key }),
    ...(content === undefined || type === '' ? {} : { 'content-type': type }),
    ...Object.fromEntries(
      named.map(({ name, schema }) => [name, String(hints.parameter(operation, name) ?? valueOf(schema, random))]),
    ),
    ...(kind === 'headers' ? oddHeaders(random) : {}),
  }
}

/** Request number `number` of a seed. Only ids that earlier answers told differ from run to run. */
export function requestOf(number, { seed, world, known }) {
  const random = randomOf(seed * 1_000_003 + number)
  const hints = new Hints(random, world, known)
  const operation = random.pick(drawn)
  const drawnKind = random.pick(kinds)
  const kind = drawnKind === 'mutated' && operation.body === undefined ? 'path' : drawnKind
  const bad = kind === 'path'
  const content = contentOf({ operation, kind, random, world, hints })
  return {
    number,
    kind,
    operation,
    method: kind === 'method' ? random.pick(otherMethods) : operation.method,
    path: pathOf(operation, { random, hints, bad }) + queryOf(operation, { random, hints, bad }),
    headers: headersOf({ operation, kind, random, content, known, world, hints }),
    content,
    // Its body is never whole, or nobody waits for the answer.
    ...(kind === 'abort' ? { leaves: random.below(2) * 1_000_000 + random.below(100) } : {}),
  }
}
