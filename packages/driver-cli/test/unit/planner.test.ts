import type { JsonObject, Operation } from '@netpulse/core'
import type { DriverPlan } from '@netpulse/driver-sdk'
import { loadPlatforms } from '@netpulse/platforms'
import { describe, expect, it } from 'vitest'
import { CliPlanner } from '../../src/index.js'

const planner = new CliPlanner(loadPlatforms())

function plan(operation: Operation, connection: JsonObject = {}, switches: JsonObject = {}): Promise<DriverPlan> {
  const login = { device_type: 'cisco_iosxe', username: 'a', ...connection }
  return planner.plan({ connection: login, operation, options: {}, switches })
}

const commands = (...list: string[]): Operation => ({ type: 'command', commands: list })
const lines = (...list: string[]): Operation => ({ type: 'config', lines: list })

describe('CliPlanner', () => {
  it.each([
    { name: 'show commands', operation: commands('show version', 'sh ip int br'), kind: 'query' },
    { name: 'a command that is not known', operation: commands('show version', 'clear counters'), kind: 'opaque' },
    { name: 'no command: a connection test', operation: commands(), kind: 'query' },
    { name: 'config lines', operation: lines('hostname x'), kind: 'modification' },
  ])('takes $name for: $kind', async ({ operation, kind }) => {
    expect(await plan(operation)).toMatchObject({ kind, platform: 'cisco_iosxe' })
  })

  it('names the platform that a Netmiko device type means', async () => {
    expect(await plan(commands('show version'), { device_type: 'cisco_ios' })).toMatchObject({
      platform: 'cisco_iosxe',
    })
    expect(await plan(commands(), { device_type: 'cisco_iosxe_telnet' })).toMatchObject({ platform: 'cisco_iosxe' })
  })

  it.each([
    { name: 'a line end', command: 'show version\nreload', says: 'command[1]' },
    { name: 'a control character', command: 'show \x03', says: 'command[1]' },
  ])('refuses a command with $name', async ({ command, says }) => {
    await expect(plan(commands('show clock', command))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(says) as string,
    })
  })

  it('suggests the platform that was meant', async () => {
    await expect(plan(commands(), { device_type: 'cisco_iosxee' })).rejects.toMatchObject({
      message: expect.stringContaining('cisco_iosxe') as string,
    })
  })

  it.each([
    { name: 'a dry run without a candidate', switches: { dry_run: true }, connection: {} },
    { name: 'no way to save', switches: { save: true }, connection: { device_type: 'mikrotik_routeros' } },
  ])('refuses $name', async ({ switches, connection }) => {
    await expect(plan(lines('hostname x'), connection, switches)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
  })

  it('plans a dry run on a platform with a candidate as a modification', async () => {
    const planned = await plan(lines('set system host-name x'), { device_type: 'juniper_junos' }, { dry_run: true })
    expect(planned.kind).toBe('modification')
  })

  it('refuses switches of a config push on commands', async () => {
    await expect(plan(commands('show version'), {}, { save: true })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('refuses a block that has no end', async () => {
    await expect(plan(lines('banner motd ^', 'text'))).rejects.toMatchObject({ code: 'CONFIG_BLOCK_OPEN' })
  })

  it('finds a pattern that does not compile before the job is queued', async () => {
    const connection = { device_type: 'cisco_iosxe', username: 'a' }
    const request = { connection, operation: commands('show version'), options: { expect_string: '(' }, switches: {} }
    await expect(planner.plan(request)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('asks for a user name over SSH, not over telnet', async () => {
    const planOf = (connection: JsonObject): Promise<DriverPlan> =>
      planner.plan({
        connection: { device_type: 'cisco_iosxe', ...connection },
        operation: commands(),
        options: {},
        switches: {},
      })
    await expect(planOf({})).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await planOf({ transport: 'telnet' })).toMatchObject({ kind: 'query' })
  })
})
