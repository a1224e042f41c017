import { resolved } from './document.mjs'

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.'

/** Longest text and list that a valid value has: the edges of large ones are not what is looked for. */
const longest = { text: 40, list: 4 }

function textOf({ minLength = 0, maxLength = longest.text, pattern }, random) {
  if (pattern?.startsWith('^SHA256')) return `SHA256:${'A'.repeat(43)}`
  if (pattern?.startsWith('^\\d{4}')) return random.pick(['2026-03-02', '2026-03-02T09:00:00Z', '2099-01-01 00:00:00'])
  if (pattern === '^\\d{1,15}$') return String(random.below(1_000_000))
  if (pattern === '^[a-z0-9@.-]+$') return 'ssh-ed25519'
  const length = minLength + random.below(Math.min(maxLength, longest.text) - minLength + 1)
  return Array.from({ length: Math.max(length, Math.min(1, maxLength)) }, () => random.pick(letters)).join('')
}

function numberOf({ type, minimum = 0, maximum = minimum + 1_000 }, random) {
  const edge = random.pick([minimum, maximum, minimum + random.next() * (maximum - minimum)])
  return type === 'number' ? edge : Math.round(edge)
}

/** Each value is made from the schema alone; `hint(name, schema)` may know a better one for a property. */
export function valueOf(schema, random, hint = () => undefined) {
  const found = resolved(schema)
  if (found.const !== undefined) return found.const
  if (found.enum !== undefined) return random.pick(found.enum)
  if (found.anyOf !== undefined) return valueOf(random.pick(found.anyOf), random, hint)
  const type = Array.isArray(found.type) ? random.pick(found.type) : found.type
  if (type === 'string') return textOf(found, random)
  if (type === 'integer' || type === 'number') return numberOf({ ...found, type }, random)
  if (type === 'boolean') return random.pick([true, false])
  if (type === 'array') return listOf(found, random, hint)
  if (type === 'object') return objectOf(found, random, hint)
  return null
}

function listOf({ items, prefixItems, minItems = 0, maxItems = longest.list, uniqueItems }, random, hint) {
  if (prefixItems !== undefined) return prefixItems.map((item) => valueOf(item, random, hint))
  const length = minItems + random.below(Math.min(maxItems, minItems + longest.list) - minItems + 1)
  const values = Array.from({ length }, () => valueOf(items ?? { type: 'string' }, random, hint))
  return uniqueItems ? [...new Set(values)] : values
}

function objectOf({ properties = {}, required = [], minProperties = 0, additionalProperties }, random, hint) {
  const made = {}
  const chance = random.pick([0, 0.15, 0.5])
  for (const [name, schema] of Object.entries(properties)) {
    if (!required.includes(name) && random.next() >= chance) continue
    const known = hint(name, schema)
    made[name] = known === undefined ? valueOf(schema, random, hint) : known
  }
  const names = Object.keys(properties)
  while (names.length > 0 && Object.keys(made).length < minProperties) {
    const name = random.pick(names)
    made[name] = valueOf(properties[name], random, hint)
  }
  if (names.length === 0 && typeof additionalProperties === 'object')
    made.x = valueOf(additionalProperties, random, hint)
  return made
}
