import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { completeConfig, loadConfig } from '@netpulse/config'
import { describe, expect, it } from 'vitest'

async function yamlFile(content: string) {
  const folder = await mkdtemp(join(tmpdir(), 'np-config-'))
  const path = join(folder, 'netpulse.yaml')
  await writeFile(path, content)
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

const flag = (path: string, value: unknown, source: string) => ({ path, value, source })

describe('the configuration', () => {
  it('has every default', async () => {
    expect(await loadConfig({})).toEqual({
      store: '.netpulse',
      plugins: {},
      demo: 0,
      server: {
        host: '127.0.0.1',
        port: 9000,
        prefix: '',
        api_key_name: 'X-API-KEY',
        body_limit: 10_485_760,
        trusted_proxies: [],
      },
      worker: {
        health_host: '127.0.0.1',
        lease: 9,
        scheduler: 'load_weighted_random',
        concurrency: 50,
        capacity: 5000,
        sessions_per_device: 1,
        idle_timeout: 600,
        probe_after: 30,
        drain_timeout: 30,
        after_unknown_outcome: 'hold',
      },
      logins: {
        device_failures: 5,
        device_pause: 30,
        credential_failures: 3,
        credential_pause: 60,
        per_device_per_minute: 0,
        per_credential_per_minute: 0,
      },
      job: {
        ttl: 300,
        bulk_ttl: 600,
        timeout: 300,
        result_ttl: 300,
        max_queued_per_device: 10_000,
        max_queued: 1_000_000,
      },
      limits: {
        requests_per_second: 0,
        burst: 100,
        failed_logins_per_minute: 60,
        devices_per_bulk: 10_000,
        output_per_command: 16_777_216,
        output_per_job: 67_108_864,
      },
      policy: { deny: [], allow: [] },
      redis: { key_prefix: 'np', command_timeout: 5, connect_timeout: 10 },
      credentials: { providers: {}, resolve: 'worker' },
      webhooks: { allow: [], concurrency: 50, per_receiver: 5 },
      audit: { allow_none: true, retention_days: 30 },
      storage: { retention_hours: 24, max_upload: 1_073_741_824, link_ttl: 3600 },
      log: { level: 'info' },
    })
  })

  it('takes flags over the environment over the file over the defaults', async () => {
    await using file = await yamlFile(
      'store: from-file\nserver:\n  host: 192.0.2.1\n  port: 1\n  api_key_name: X-File\nworker:\njob:\n  ttl: 5\n',
    )
    const config = await loadConfig({
      file: file.path,
      env: { NETPULSE_SERVER__PORT: '2', NETPULSE_SERVER__HOST: '192.0.2.2', NETPULSE_LOG__LEVEL: 'warn' },
      flags: [flag('server.port', 3, '--port')],
    })
    expect(config).toMatchObject({
      store: 'from-file',
      server: { port: 3, host: '192.0.2.2', api_key_name: 'X-File', body_limit: 10_485_760 },
      job: { ttl: 5, timeout: 300 },
      log: { level: 'warn' },
    })
  })

  it('reads the file that NETPULSE_CONFIG_FILE names, unless a flag names one', async () => {
    await using named = await yamlFile('server: {port: 7}')
    await using other = await yamlFile('server: {port: 8}')
    const env = { NETPULSE_CONFIG_FILE: named.path }
    expect((await loadConfig({ env })).server.port).toBe(7)
    expect((await loadConfig({ env, file: other.path })).server.port).toBe(8)
  })

  it('takes plugins from the file and, as JSON, from the environment', async () => {
    await using file = await yamlFile('plugins:\n  "@acme/netpulse-driver-x":\n    platforms: [./a.yaml]\n')
    expect((await loadConfig({ file: file.path })).plugins).toEqual({
      '@acme/netpulse-driver-x': { platforms: ['./a.yaml'] },
    })
    expect((await loadConfig({ env: { NETPULSE_PLUGINS: '{"p": {"a": 1}}' } })).plugins).toEqual({ p: { a: 1 } })
  })

  it('leaves variables of others alone', async () => {
    const env = { NETPULSE_API_KEY: 'a key of a client', PORT: '1', NETPULSE: 'x' }
    expect((await loadConfig({ env })).server.port).toBe(9000)
  })

  it('reads sections in sections, from file and environment together', async () => {
    await using file = await yamlFile('redis:\n  sentinel:\n    addresses: [a:1]\n    master_name: one\n  tls:\n')
    const env = { NETPULSE_REDIS__SENTINEL__ADDRESSES: 'b:1, c:2', NETPULSE_REDIS__TLS__REJECT_UNAUTHORIZED: 'false' }
    expect((await loadConfig({ file: file.path, env })).redis).toMatchObject({
      sentinel: { addresses: ['b:1', 'c:2'], master_name: 'one', tls: false },
      tls: { reject_unauthorized: false },
    })
  })

  const mistakes: readonly { name: string; env?: Record<string, string>; yaml?: string; says: RegExp }[] = [
    {
      name: 'a misspelt key of the file',
      yaml: 'server:\n  prot: 1',
      says: /server\.prot \(.*netpulse\.yaml\): unknown key; did you mean "port"/,
    },
    {
      name: 'a misspelt section of the file',
      yaml: 'sever:\n  port: 1',
      says: /sever \(.*\): unknown key; did you mean "server"/,
    },
    { name: 'a section that is not built', yaml: 'mongodb:\n  uri: m', says: /mongodb \(.*\): unknown key; known: / },
    {
      name: 'a misspelt key of a section in a section',
      yaml: 'redis:\n  tls:\n    cart: c',
      says: /redis\.tls\.cart \(.*netpulse\.yaml\): unknown key; did you mean "cert"/,
    },
    {
      name: 'a variable of a section in a section',
      env: { NETPULSE_REDIS__TLS__REJECT_UNAUTHORIZED: 'maybe' },
      says: /redis\.tls\.reject_unauthorized \(NETPULSE_REDIS__TLS__REJECT_UNAUTHORIZED\): must be boolean/,
    },
    {
      name: 'no Sentinel',
      yaml: 'redis:\n  sentinel:\n    addresses: []',
      says: /redis\.sentinel\.addresses \(/,
    },
    { name: 'a section that is a number', yaml: 'server: 5', says: /server \(.*\): must be object, got integer/ },
    {
      name: 'a misspelt variable',
      env: { NETPULSE_SERVER__PROT: '1' },
      says: /server\.prot \(NETPULSE_SERVER__PROT\): unknown key; did you mean "port"/,
    },
    {
      name: 'a variable that is no number',
      env: { NETPULSE_SERVER__PORT: 'http' },
      says: /server\.port \(NETPULSE_SERVER__PORT\): must be integer, got string/,
    },
    {
      name: 'a variable out of range',
      env: { NETPULSE_SERVER__PORT: '70000' },
      says: /server\.port \(NETPULSE_SERVER__PORT\): must be <= 65535/,
    },
    { name: 'an unknown level', env: { NETPULSE_LOG__LEVEL: 'wran' }, says: /log\.level .*did you mean "warn"/ },
    {
      name: 'plugins that are no JSON',
      env: { NETPULSE_PLUGINS: '{' },
      says: /plugins \(NETPULSE_PLUGINS\): must be object/,
    },
  ]
  it.each(mistakes)('refuses $name and says where it was set', async ({ env = {}, yaml = '', says }) => {
    await using file = await yamlFile(yaml)
    await expect(loadConfig({ env, file: file.path })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(says) as string,
    })
  })

  it('tells all mistakes at once, and never a value', async () => {
    const env = { NETPULSE_SERVER__API_KEY: 'hunter22', NETPULSE_SERVER__PORT: 'hunter22', NETPULSE_JOB__TTL: '0' }
    const error = await loadConfig({ env }).catch((thrown: Error) => thrown.message)
    expect(error).toMatch(/server\.port[^]*job\.ttl/)
    expect(error).not.toContain('hunter22')
  })

  it.each([
    { name: 'a file that is not there', path: '/nowhere/netpulse.yaml', says: /cannot be read/ },
    { name: 'a folder', path: tmpdir(), says: /cannot be read/ },
  ])('refuses $name', async ({ path, says }) => {
    await expect(loadConfig({ file: path })).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: expect.stringMatching(says) as string,
    })
  })

  it.each([
    { name: 'broken YAML', yaml: 'server: {port: 1', says: /line 1/ },
    { name: 'a list', yaml: '- a', says: /sections/ },
  ])('refuses a file of $name', async ({ yaml, says }) => {
    await using file = await yamlFile(yaml)
    await expect(loadConfig({ file: file.path })).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: expect.stringMatching(says) as string,
    })
  })

  it('gives a demonstration a store of its own, unless one is named', () => {
    expect(completeConfig({ demo: 2 }).store).toBe('.netpulse/demo')
    expect(completeConfig({ demo: 2, store: 'here' }).store).toBe('here')
    expect(completeConfig({}).store).toBe('.netpulse')
  })

  it('refuses a wrong setting of a program', () => {
    expect(() => completeConfig({ server: { port: -1 } })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }) as Error,
    )
  })
})
