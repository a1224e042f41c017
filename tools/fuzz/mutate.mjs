import { isSecretName, marker } from './marker.mjs'
import { nested, oddNumbers, oddTexts, oddValue } from './odd-values.mjs'

/** Every place in a value: its holder, its key, and whether a secret's field leads there. */
function placesOf(value, inSecret = false, places = []) {
  if (typeof value !== 'object' || value === null) return places
  for (const key of Object.keys(value)) {
    const secret = inSecret || isSecretName(key)
    places.push({ holder: value, key, secret })
    placesOf(value[key], secret, places)
  }
  return places
}

/** Limits of the API's own: a text, number or list of a known field just outside of them. */
function beyond(value, random) {
  if (typeof value === 'number') return random.pick([...oddNumbers, value + 1, -value, value + 0.5, String(value)])
  if (typeof value === 'string') return random.pick([...oddTexts, `${value}${random.pick(oddTexts)}`, value.repeat(50)])
  if (Array.isArray(value)) return random.pick([[], [...value, ...value], [...value, null], { ...value }, value[0]])
  return oddValue(random)
}

const misspelt = ['pasword', 'passwrod', 'secrett', 'api_token', 'Password', 'private_pkey']

/** Never by assignment: it would set the prototype where `__proto__` is the name. */
const put = (holder, name, value) =>
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })

/** One more property, or one more item of a list. */
const add = (holder, name, value) => (Array.isArray(holder) ? holder.push(value) : put(holder, name, value))

const mutations = [
  ({ holder, key }, random) => put(holder, key, oddValue(random)),
  ({ holder, key }, random) => put(holder, key, beyond(holder[key], random)),
  ({ holder, key }, random) => put(holder, key, beyond(holder[key], random)),
  ({ holder, key }) => delete holder[key],
  ({ holder, key }) => put(holder, key, null),
  ({ holder, key }, random) => put(holder, key, nested(random.pick([1, 2, 99, 150]))),
  ({ holder }, random) => add(holder, random.pick(oddTexts) || 'x', oddValue(random)),
  ({ holder }, random) => add(holder, random.pick(misspelt), random.pick([marker, [marker], { text: marker }])),
  ({ holder, key }, random) => add(holder, `${key}${random.pick(['s', '_', ' '])}`, holder[key]),
]

/** Up to three things that are wrong, anywhere in a copy of the body. */
export function mutated(body, random) {
  const copy = { root: structuredClone(body) }
  for (let count = 1 + random.below(3); count > 0; count--) {
    const places = placesOf(copy)
    const place = random.pick(random.next() < 0.1 ? places.slice(0, 1) : places)
    if (place !== undefined) random.pick(mutations)(place, random)
  }
  return copy.root
}

/** Texts that are no JSON, or JSON with a snare. */
const damages = [
  (text, random) => text.slice(0, random.below(text.length)),
  (text, random) => {
    const at = random.below(text.length)
    return `${text.slice(0, at)}${random.pick(['\u0000', '}', '"', '\\', ',', '\ufeff'])}${text.slice(at + 1)}`
  },
  (text) => `\ufeff${text}`,
  (text) => `${text}${text}`,
  (text) => text.replace(/^\{/, '{"__proto__":{"admin":true},'),
  (text) => text.replace(/^\{/, '{"constructor":{"prototype":{"admin":true}},'),
  (text) => text.replaceAll('"', "'"),
  (text) => text.replace(/:/, ':NaN,"x":'),
  (text) =>
    Buffer.concat([Buffer.from(text.slice(0, 20)), Buffer.from([0xff, 0xfe, 0xc3, 0x28]), Buffer.from(text.slice(20))]),
  () => '',
  () => 'null',
  () => '"text"',
  () => '[[[[]]]]',
  () => `{"driver":"cli","command":[${'0,'.repeat(200_000)}0]}`,
  () => `{"a":${'['.repeat(50_000)}`,
  () => `{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":0`).join()}}`,
]

/** A body that cannot be read, or should not. */
export const damaged = (text, random) => random.pick(damages)(text, random)
