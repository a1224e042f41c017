import assert from 'node:assert/strict'
import type { JsonSchema } from '@netpulse/core'
import { compileSchema } from '@netpulse/core'
import { pluginApiVersion } from '@netpulse/plugin-sdk'
import type { DriverCheck } from './driver-check.js'

const schemaNames = ['optionsSchema', 'connectionSchema', 'commandSchema', 'configSchema', 'switchesSchema'] as const

/** Names under which a secret usually goes. */
const secretName = /pass(word|phrase)|secret|token|private_?key|pkey/i

/** Every property of a schema, with its path, arrays and nested objects included. */
function propertiesOf(schema: JsonSchema, path = ''): { path: string; schema: JsonSchema }[] {
  const own = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>)
  const items = schema['items'] as JsonSchema | undefined
  return [
    ...own.flatMap(([name, property]) => [
      { path: `${path}${name}`, schema: property },
      ...propertiesOf(property, `${path}${name}.`),
    ]),
    ...(items === undefined ? [] : propertiesOf(items, path)),
  ]
}

export const manifestChecks: readonly DriverCheck[] = [
  {
    name: 'speaks this plugin API, and names itself as a request would',
    async run({ under: { manifest } }) {
      assert.equal(manifest.kind, 'driver', 'the manifest is no driver')
      assert.equal(
        manifest.apiVersion,
        pluginApiVersion,
        `the driver speaks plugin API ${manifest.apiVersion}, this is ${pluginApiVersion}`,
      )
      for (const name of [manifest.name, ...(manifest.aliases ?? [])]) assert.match(name, /^[a-z][a-z0-9_-]*$/)
    },
  },
  {
    name: 'refuses unknown keys in every schema, and suggests the right one',
    async run({ under: { manifest } }) {
      for (const name of schemaNames) {
        const schema = compileSchema(manifest[name])
        const known = Object.keys((manifest[name]['properties'] ?? {}) as object).find((key) => key.length > 4)
        const misspelt = known === undefined ? 'zzz_unknown' : `${known.slice(0, -2)}${known.at(-1)}${known.at(-2)}z`
        const found = schema.check({ [misspelt]: 1 }).find(({ path }) => path === misspelt)
        assert.ok(found !== undefined, `${name} takes the unknown key "${misspelt}"`)
        if (known !== undefined) assert.match(found.message, /did you mean/, `${name} suggests nothing`)
      }
    },
  },
  {
    name: 'marks what looks like a secret as writeOnly, so that it is sealed and redacted',
    async run({ under: { manifest } }) {
      for (const name of ['connectionSchema', 'commandSchema', 'configSchema', 'fileSchema'] as const) {
        for (const { path, schema } of propertiesOf(manifest[name] ?? {})) {
          const isText = [schema['type']].flat().includes('string')
          const last = path.split('.').at(-1)!
          if (!isText || !secretName.test(last) || /file|path|prompt|pattern/i.test(last)) continue
          assert.equal(schema['writeOnly'], true, `${name}: ${path} is not writeOnly`)
        }
      }
    },
  },
]
