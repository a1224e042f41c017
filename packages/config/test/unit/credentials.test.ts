import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { completeConfig, engineOptions, loadConfig } from '@netpulse/config'
import { silentLogger } from '@netpulse/core'
import { describe, expect, it } from 'vitest'

async function optionsOf(yaml: string, env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'np-config-'))
  try {
    const file = join(folder, 'netpulse.yaml')
    await writeFile(file, yaml)
    return (await engineOptions(await loadConfig({ file, env }), 'all', silentLogger)).credentials
  } finally {
    await rm(folder, { recursive: true })
  }
}

const vault = `
credentials:
  resolve: controller
  providers:
    main:
      plugin: vault
      options: { addr: 'https://vault:8200', role_id: from-file }
      allowed_paths: [kv/netpulse, kv/shared]
      cache_ttl: 5
    spare: { plugin: vault_kv, options: { addr: 'https://spare:8200', token: t }, allowed_paths: 'kv/a, kv/b' }
    local: { plugin: file }
    other: { plugin: file, options: { file: /etc/credentials.json } }
    machine: { plugin: env }
`

describe('the section credentials', () => {
  it('tells the engine each provider, with defaults', async () => {
    const options = await optionsOf(vault)
    expect(options).toEqual({
      resolve: 'controller',
      providers: {
        main: {
          plugin: 'vault',
          options: { addr: 'https://vault:8200', role_id: 'from-file' },
          allowedPaths: ['kv/netpulse', 'kv/shared'],
          cacheTtlSeconds: 5,
        },
        spare: {
          plugin: 'vault_kv',
          options: { addr: 'https://spare:8200', token: 't' },
          allowedPaths: ['kv/a', 'kv/b'],
          cacheTtlSeconds: 30,
        },
        local: {
          plugin: 'file',
          options: { file: join('.netpulse', 'credentials.json') },
          allowedPaths: [],
          cacheTtlSeconds: 30,
        },
        other: { plugin: 'file', options: { file: '/etc/credentials.json' }, allowedPaths: [], cacheTtlSeconds: 30 },
        machine: { plugin: 'env', options: {}, allowedPaths: [], cacheTtlSeconds: 30 },
      },
    })
  })

  it('fills in the login of a Vault from the environment, where the file has none', async () => {
    const env = {
      NETPULSE_VAULT_TOKEN: 'env-token',
      NETPULSE_VAULT_ROLE_ID: 'env-role',
      NETPULSE_VAULT_SECRET_ID: 'env-secret',
    }
    const options = await optionsOf(vault, env)
    expect(options?.providers?.['main']?.options).toMatchObject({
      token: 'env-token',
      role_id: 'from-file',
      secret_id: 'env-secret',
    })
    expect(options?.providers?.['spare']?.options).toMatchObject({ token: 't', role_id: 'env-role' })
    expect(options?.providers?.['machine']?.options).toEqual({})
  })

  it('comes from the environment as JSON', async () => {
    const env = { NETPULSE_CREDENTIALS__PROVIDERS: '{"machine":{"plugin":"env"}}', NETPULSE_CRED_CORE_PASSWORD: 'p' }
    expect(Object.keys((await optionsOf('', env))?.providers ?? {})).toEqual(['machine'])
  })

  it('has no provider unless one is configured', async () => {
    const options = await engineOptions(completeConfig({}), 'all', silentLogger)
    expect(options.credentials).toEqual({ resolve: 'worker', providers: {} })
  })

  const wrong = [
    {
      name: 'no plugin',
      yaml: 'credentials: { providers: { a: {} } }',
      says: /credentials\.providers\.a\.plugin.*is required/,
    },
    {
      name: 'a misspelt key',
      yaml: 'credentials: { providers: { a: { plugin: env, cachettl: 1 } } }',
      says: /did you mean "cache_ttl"/,
    },
    {
      name: 'a time of a day',
      yaml: 'credentials: { providers: { a: { plugin: env, cache_ttl: 86400 } } }',
      says: /cache_ttl/,
    },
    { name: 'a list of providers', yaml: 'credentials: { providers: [env] }', says: /must be object/ },
    { name: 'a text for a section', yaml: 'credentials: vault', says: /credentials/ },
    { name: 'another place to resolve', yaml: 'credentials: { resolve: client }', says: /"worker", "controller"/ },
  ]
  it.each(wrong)('is refused with $name', async ({ yaml, says }) => {
    await expect(optionsOf(yaml)).rejects.toThrow(says)
  })
})
