import { coreError } from '@netpulse/core'
import { providerError } from '@netpulse/plugin-sdk'
import { credentialError } from '@netpulse/credentials'
import { describe, expect, it } from 'vitest'
import { showClock, startTestApi } from '../support/test-api.js'

const whole = {
  name: 'vault',
  ref: 'network/core',
  mount: 'team/kv',
  version: 3,
  namespace: 'a/b',
  field_mapping: { username: 'login', password: 'pw' },
}
const { field_mapping: fieldMapping, ...parts } = whole
const reference = { ...parts, fieldMapping }

describe('the field credential', () => {
  it('is handed to the engine with all its parts', async () => {
    await using api = await startTestApi()
    expect((await api.post('/device/exec', { ...showClock, credential: whole })).statusCode).toBe(201)
    expect((await api.post('/device/exec', { ...showClock, credential: { ref: 'x' } })).statusCode).toBe(201)
    expect(api.netpulse.submitted.map(({ credential }) => credential)).toEqual([reference, { ref: 'x' }])
  })

  it('may hold null for what it leaves out, as reference clients send it', async () => {
    await using api = await startTestApi()
    const nulls = { name: null, mount: null, version: null, namespace: null, field_mapping: null }
    await api.post('/device/exec', { ...showClock, credential: { ref: 'x', ...nulls } })
    await api.post('/device/exec', { ...showClock, credential: null })
    expect(api.netpulse.submitted[0]?.credential).toEqual({ ref: 'x' })
    expect(api.netpulse.submitted[1]).not.toHaveProperty('credential')
  })

  it('holds for all devices of a bulk but those with one of their own', async () => {
    await using api = await startTestApi()
    const devices = [{ host: 'a' }, { host: 'b', credential: { ref: 'edge' } }, { host: 'c', credential: null }]
    const body = { driver: 'echo', command: 'show clock', credential: whole, devices }
    expect((await api.post('/device/bulk', body)).statusCode).toBe(201)
    expect(api.netpulse.submitted.map(({ credential }) => credential)).toEqual([reference, { ref: 'edge' }, reference])
    expect(JSON.stringify(api.netpulse.submitted.map(({ connectionArgs }) => connectionArgs))).not.toContain('edge')
  })

  it('is taken by a connection test', async () => {
    await using api = await startTestApi()
    const body = { driver: 'echo', connection_args: { host: 'a' }, credential: whole }
    expect((await api.post('/device/test', body)).statusCode).toBe(200)
    expect(api.netpulse.lastReference).toEqual(reference)
  })

  const wrong = [
    { name: 'no ref', credential: { name: 'vault' }, path: 'credential.ref' },
    { name: 'a misspelt key', credential: { ref: 'x', fieldmapping: {} }, path: 'credential.fieldmapping' },
    { name: 'version 0', credential: { ref: 'x', version: 0 }, path: 'credential.version' },
    {
      name: 'a mapping to a number',
      credential: { ref: 'x', field_mapping: { a: 1 } },
      path: 'credential.field_mapping.a',
    },
    { name: 'an empty mapping', credential: { ref: 'x', field_mapping: {} }, path: 'credential.field_mapping' },
    { name: 'a text', credential: 'x', path: 'credential' },
  ]
  it.each(wrong)('is refused with $name', async ({ credential, path }) => {
    await using api = await startTestApi()
    const answer = await api.post('/device/exec', { ...showClock, credential })
    expect(answer.statusCode).toBe(422)
    expect(answer.json<{ errors: { path: string }[] }>().errors.map((error) => error.path)).toEqual([path])
  })
})

describe('POST /credentials/test', () => {
  it('answers with the names of fields, and no value', async () => {
    await using api = await startTestApi()
    const answer = await api.post('/credentials/test', { credential: whole })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      success: true,
      provider: 'vault',
      fields: ['note', 'password', 'username'],
      options: ['username', 'password'],
      error: null,
      code: null,
    })
    expect(api.netpulse.lastReference).toEqual(reference)
  })

  const failures = [
    {
      name: 'nothing there',
      error: providerError('CREDENTIAL_NOT_FOUND', 'No.'),
      status: 200,
      code: 'CREDENTIAL_NOT_FOUND',
    },
    {
      name: 'a sealed Vault',
      error: providerError('CREDENTIAL_SEALED', 'No.'),
      status: 200,
      code: 'CREDENTIAL_SEALED',
    },
    {
      name: 'a missing field',
      error: credentialError('CREDENTIAL_FIELD_MISSING', 'No.'),
      status: 200,
      code: 'CREDENTIAL_FIELD_MISSING',
    },
    {
      name: 'an unknown provider',
      error: credentialError('CREDENTIAL_PROVIDER_UNKNOWN', 'No.'),
      status: 400,
      code: 'CREDENTIAL_PROVIDER_UNKNOWN',
    },
    {
      name: 'a path that is not allowed',
      error: credentialError('CREDENTIAL_NOT_ALLOWED', 'No.'),
      status: 400,
      code: 'CREDENTIAL_NOT_ALLOWED',
    },
    { name: 'a bug', error: coreError('INTERNAL', 'No.'), status: 500, code: 'INTERNAL' },
  ]
  it.each(failures)('answers $status for $name', async ({ error, status, code }) => {
    await using api = await startTestApi()
    api.netpulse.failure = error
    const answer = await api.post('/credentials/test', { credential: { ref: 'x' } })
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code])
  })

  it('is for operators and admins', async () => {
    await using api = await startTestApi()
    const statuses = ['viewer', 'operator', 'admin'].map(async (role) => {
      const headers = { 'x-api-key': `key-of-${role}` }
      return (await api.post('/credentials/test', { credential: { ref: 'x' } }, headers)).statusCode
    })
    expect(await Promise.all(statuses)).toEqual([403, 200, 200])
  })
})
