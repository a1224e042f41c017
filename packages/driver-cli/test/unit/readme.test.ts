import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commandSchema, configSchema, connectionSchema, optionsSchema, switchesSchema } from '../../src/index.js'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** First cells of the table below a heading. */
function documented(heading: string): readonly string[] {
  const section = readme.split(/^#+ /m).find((part) => part.startsWith(heading)) ?? ''
  const names = [...section.matchAll(/^\| ([^|]+?) +\|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`(\w+)`/g)])
  return names.map(([, name]) => name!).sort()
}

describe('the README of the cli driver', () => {
  it.each([
    { heading: '`connection_args`', schema: connectionSchema },
    { heading: '`driver_args` of commands', schema: commandSchema },
    { heading: '`driver_args` of configuration', schema: configSchema },
    { heading: 'Switches', schema: switchesSchema },
    { heading: 'Plugin options', schema: optionsSchema },
  ])('lists every option of $heading', ({ heading, schema }) => {
    expect(documented(heading)).toEqual(Object.keys(schema['properties'] as object).sort())
  })
})
