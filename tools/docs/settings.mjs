import { configDefinition, variableOf } from '@netpulse/config'
import { serverFlags } from '@netpulse/server'
import { workerFlags } from '@netpulse/worker'

const programs = { 'netpulse-server': serverFlags, 'netpulse-worker': workerFlags }

/** Flags that set a setting, each with the program that has it unless all have. */
function flagsOf(path) {
  const found = new Map()
  for (const [program, flags] of Object.entries(programs))
    for (const [name, { sets }] of Object.entries(flags))
      if (sets === path) found.set(name, [...(found.get(name) ?? []), program])
  return [...found].map(([name, owners]) => ({
    name,
    owners: owners.length === Object.keys(programs).length ? [] : owners,
  }))
}

/** The setting that a key describes: path, place in the environment and on command lines, and what its schema says. */
const settingOf = (path, schema) => ({ path, schema, variable: variableOf(path), flags: flagsOf(path) })

const settingsBelow = ({ properties = {} }, prefix) =>
  Object.entries(properties).flatMap(([key, schema]) =>
    schema.properties === undefined ? [settingOf(prefix + key, schema)] : settingsBelow(schema, `${prefix}${key}.`),
  )

/** Every setting of servers and workers, by section; those at the top have the section `''`. */
export function settingSections() {
  const all = settingsBelow(configDefinition, '')
  const nameOf = ({ path }) => (path.includes('.') ? path.slice(0, path.indexOf('.')) : '')
  const names = [...new Set(all.map(nameOf))]
  return names.map((name) => ({ name, settings: all.filter((setting) => nameOf(setting) === name) }))
}
