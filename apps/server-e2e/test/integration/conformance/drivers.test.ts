import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from '../../support/reference-server.js'
import { ReferenceServer } from '../../support/reference-server.js'

/** A.6: options of `connection_args` that a client of netmiko may send, with the reference's default or a sample. */
const connectionArgs: Readonly<Record<string, unknown>> = {
  device_type: 'cisco_ios_telnet',
  ip: '192.0.2.1',
  username: 'admin',
  password: 'password-of-all',
  secret: 'enable-secret',
  port: 22,
  verbose: false,
  global_delay_factor: 1,
  global_cmd_verify: null,
  use_keys: false,
  pkey: null,
  passphrase: null,
  disabled_algorithms: null,
  disable_sha2_fix: false,
  allow_agent: false,
  ssh_strict: null,
  system_host_keys: false,
  alt_host_keys: false,
  alt_key_file: '',
  ssh_config_file: null,
  timeout: 100,
  session_timeout: 60,
  auth_timeout: 30,
  blocking_timeout: 20,
  banner_timeout: 15,
  keepalive: 180,
  default_enter: null,
  response_return: null,
  serial_settings: null,
  fast_cli: false,
  session_log: null,
  session_log_record_writes: false,
  session_log_file_mode: 'write',
  allow_auto_change: false,
  encoding: 'ascii',
}

/** A.6: `driver_args` of commands, with the reference's default. */
const commandArgs: Readonly<Record<string, unknown>> = {
  expect_string: null,
  read_timeout: 30.0,
  delay_factor: null,
  max_loops: null,
  auto_find_prompt: true,
  strip_prompt: true,
  strip_command: true,
  normalize: true,
  use_textfsm: false,
  textfsm_template: null,
  use_ttp: false,
  ttp_template: null,
  use_genie: false,
  cmd_verify: true,
  raise_parsing_error: false,
}

/** A.6: `driver_args` of config, with the reference's default. */
const configArgs: Readonly<Record<string, unknown>> = {
  exit_config_mode: true,
  read_timeout: null,
  delay_factor: null,
  max_loops: null,
  strip_prompt: false,
  strip_command: false,
  config_mode_command: null,
  cmd_verify: true,
  enter_config_mode: true,
  error_pattern: '',
  terminator: '#',
  bypass_commands: null,
}

/** What asks for more than a default: parsers that are not there, files of the server, and what nobody can do. */
const refused = [
  { name: 'use_textfsm', body: { driver_args: { use_textfsm: true } } },
  { name: 'use_ttp', body: { driver_args: { use_ttp: true } } },
  { name: 'use_genie', body: { driver_args: { use_genie: true } } },
  {
    name: 'no config mode',
    body: { command: null, config: ['hostname x'], driver_args: { enter_config_mode: false } },
  },
]

const rowsOf = (all: Readonly<Record<string, unknown>>) => Object.entries(all).map(([name, value]) => ({ name, value }))

describe('the driver netmiko of the reference', () => {
  let reference: ReferenceServer

  beforeAll(async () => {
    reference = await ReferenceServer.start()
  })
  afterAll(() => reference.stop())

  async function check(body: object): Promise<void> {
    const { status, json } = await reference.exec<ErrorBody>(body)
    expect([status, json.errors], JSON.stringify(json)).toEqual([201, undefined])
  }

  it.each(rowsOf(connectionArgs))('A.6: takes connection_args.$name', async ({ name, value }) => {
    await check({ connection_args: { ...reference.connection(), [name]: value } })
  })

  it.each(rowsOf(commandArgs))('A.6: takes driver_args.$name of a command', async ({ name, value }) => {
    await check({ driver_args: { [name]: value } })
  })

  it.each(rowsOf(configArgs))('A.6: takes driver_args.$name of config', async ({ name, value }) => {
    await check({ command: null, config: ['hostname r1'], driver_args: { [name]: value } })
  })

  it('A.2: a pinned connection without keepalive is kept alive each 60 s', async () => {
    const { json } = await reference.ask<{ components: { schemas: Record<string, { properties: object }> } }>(
      'GET',
      '/openapi.json',
    )
    expect(json.components.schemas['cli.connection_args']?.properties).toMatchObject({ keepalive: { default: 60 } })
  })

  it.each(refused)('A.6: refuses $name, which would change nothing here', async ({ body }) => {
    const { status, json } = await reference.exec<ErrorBody>(body)
    expect([status, json.code], JSON.stringify(json)).toEqual([422, 'INVALID_INPUT'])
  })
})
