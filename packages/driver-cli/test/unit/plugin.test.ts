import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { JsonObject } from '@netpulse/core'
import { compileSchema } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import plugin from '../../src/plugin.js'

const staticImport = /^import\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?'([^']+)'/gms

/** Packages that a module brings along when it is imported, through all its own files. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>()
  if (seen.has(file)) return packages
  seen.add(file)
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(staticImport)) {
    if (!specifier!.startsWith('.')) packages.add(specifier!)
    else {
      const next = fileURLToPath(new URL(specifier!.replace(/\.js$/, '.ts'), `file://${file}`))
      for (const name of packagesOf(next, seen)) packages.add(name)
    }
  }
  return packages
}

const source = (name: string): string => fileURLToPath(new URL(`../../src/${name}`, import.meta.url))

describe('the plugin of the cli driver', () => {
  it('brings neither transports nor platforms before load', () => {
    expect([...packagesOf(source('plugin.ts'))].sort()).toEqual(['@netpulse/driver-sdk', '@netpulse/plugin-sdk'])
    expect(packagesOf(source('planner.ts'))).not.toContain('@netpulse/session')
    expect(packagesOf(source('create-driver.ts'))).toContain('@netpulse/session')
  })

  it('answers to the name of Netmiko', () => {
    expect(plugin).toMatchObject({ kind: 'driver', name: 'cli', aliases: ['netmiko'], defaultPort: 22 })
  })

  it('fills in defaults', () => {
    const connection = compileSchema<JsonObject>(plugin.connectionSchema).parse({ device_type: 'cisco_ios' }, 'it')
    expect(connection).toMatchObject({ conn_timeout: 10, timeout: 30, keepalive: 60, cli_keepalive: 0 })
    expect(compileSchema<JsonObject>(plugin.commandSchema).parse({}, 'it')).toMatchObject({ read_timeout: 30 })
    expect(compileSchema<JsonObject>(plugin.configSchema).parse({}, 'it')).toMatchObject({ read_timeout: 10 })
    expect(compileSchema<JsonObject>(plugin.switchesSchema).parse({}, 'it')).toEqual({
      save: false,
      enable_mode: false,
      dry_run: false,
    })
  })

  const mistakes = [
    { name: 'a misspelt option', schema: plugin.commandSchema, input: { read_timout: 3 }, says: '"read_timeout"' },
    {
      name: 'a misspelt connection option',
      schema: plugin.connectionSchema,
      input: { device_type: 'x', usename: 'a' },
      says: '"username"',
    },
    {
      name: 'parsing by the driver',
      schema: plugin.commandSchema,
      input: { use_textfsm: true },
      says: 'must be false',
    },
    {
      name: 'a session left in config mode',
      schema: plugin.configSchema,
      input: { exit_config_mode: false },
      says: 'true',
    },
    { name: 'a missing device type', schema: plugin.connectionSchema, input: {}, says: 'is required' },
    {
      name: 'an answer with a line end',
      schema: plugin.commandSchema,
      input: { answers: { a: 'b\nc' } },
      says: 'pattern',
    },
  ]

  it.each(mistakes)('refuses $name', ({ schema, input, says }) => {
    const violations = compileSchema(schema).check(input)
    expect(violations.map(({ message }) => message).join()).toContain(says)
  })

  it('takes what Netmiko takes', () => {
    const input = {
      device_type: 'cisco_ios',
      username: 'a',
      password: 'b',
      secret: '',
      global_delay_factor: 1,
      fast_cli: false,
      session_log: null,
      timeout: 100,
      banner_timeout: 15,
      ssh_strict: null,
      use_keys: false,
      allow_agent: false,
      encoding: 'ascii',
      session_log_file_mode: 'write',
    }
    expect(compileSchema(plugin.connectionSchema).check(input)).toEqual([])
    const options = { expect_string: '#', read_timeout: 60, delay_factor: null, use_textfsm: false, cmd_verify: false }
    expect(compileSchema(plugin.commandSchema).check(options)).toEqual([])
  })

  it('marks every secret', () => {
    const { properties } = plugin.connectionSchema as { properties: Record<string, { writeOnly?: boolean }> }
    const secrets = Object.keys(properties).filter((key) => properties[key]!.writeOnly === true)
    expect(secrets.sort()).toEqual(['passphrase', 'password', 'pkey', 'secret'])
  })
})
