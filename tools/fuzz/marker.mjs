/** Part of every secret that is sent: wherever it turns up, a secret leaked. */
export const marker = 'Zq7CanarySecret'

/** Base64 of the marker wherever it stands in a longer text, without what its neighbours decide. */
const encoded = [0, 1, 2].map((offset) => {
  const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(marker)])
    .toString('base64')
    .replace(/=+$/, '')
  return text.slice(offset === 0 ? 0 : offset + 1, -1)
})

/** What of the given words, or of the marker in any form, is in a text. */
export const leaksIn = (text, words = []) => [marker, ...encoded, ...words].filter((word) => text.includes(word))

/** Looks at a stream of text in pieces, also over their borders. */
export class LeakWatch {
  found = new Set()
  #words
  #tail = ''

  constructor(words) {
    this.#words = words
  }

  look(text) {
    const joined = this.#tail + text
    for (const word of leaksIn(joined, this.#words())) {
      const at = joined.indexOf(word)
      this.found.add(joined.slice(Math.max(0, at - 150), at + word.length + 20))
    }
    this.#tail = joined.slice(-200)
  }
}

const fields = /pass(word|phrase|wd)?$|secret|^p?key$|token|authorization|^auth$|^headers$|^cookies$/i

/** Whether a field holds a secret, or a misspelt one. */
export const isSecretName = (name) => fields.test(name)

/** The same value with every text below a secret field marked. What `field_mapping` holds are names of fields. */
export function marked(value, inSecret = false) {
  if (typeof value === 'string') return inSecret && !value.includes(marker) ? `${marker}${value}` : value
  if (Array.isArray(value)) return value.map((item) => marked(item, inSecret))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      name === 'field_mapping' ? item : marked(item, inSecret || isSecretName(name)),
    ]),
  )
}
