import { isNetPulseError, silentLogger } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { envProvider } from '../../src/index.js'

const env = {
  NETPULSE_CRED_CORE_USERNAME: 'netops',
  NETPULSE_CRED_CORE_PASSWORD: 'core-password',
  NETPULSE_CRED_CORE_EDGE_PASSWORD: 'edge-password',
  NETPULSE_CRED_EMPTY_PASSWORD: '',
  NETPULSE_VAULT_TOKEN: 'vault-token',
  NETPULSE_SERVER__API_KEY: 'api-key',
  HOME: '/root',
}

async function fieldsAt(path: string): Promise<unknown> {
  const create = await envProvider(env).load({})
  const provider = await create({}, { clock: new FakeClock(), log: silentLogger })
  try {
    const fields = await provider.fetch({ path }, { signal: new AbortController().signal })
    return Object.fromEntries([...fields].map(([name, secret]) => [name, secret.reveal()]))
  } catch (error) {
    return isNetPulseError(error) ? error.code : error
  }
}

describe('the provider of the environment', () => {
  const cases = [
    { name: 'a name', path: 'CORE', found: { username: 'netops', password: 'core-password' } },
    { name: 'a name in another case', path: 'core', found: { username: 'netops', password: 'core-password' } },
    { name: 'a name of two words', path: 'CORE_EDGE', found: { password: 'edge-password' } },
    { name: 'an empty variable', path: 'EMPTY', found: 'CREDENTIAL_NOT_FOUND' },
    { name: 'the prefix alone', path: '', found: 'CREDENTIAL_NOT_FOUND' },
    { name: 'a path', path: 'CORE/EDGE', found: 'CREDENTIAL_NOT_FOUND' },
    { name: 'a beginning of a name', path: 'COR', found: 'CREDENTIAL_NOT_FOUND' },
    { name: 'a pattern', path: '.*', found: 'CREDENTIAL_NOT_FOUND' },
    { name: 'a variable without the prefix', path: 'HOME', found: 'CREDENTIAL_NOT_FOUND' },
    { name: 'another variable of NetPulse', path: 'VAULT', found: 'CREDENTIAL_NOT_FOUND' },
  ]
  it.each(cases)('answers to $name', async ({ path, found }) => {
    expect(await fieldsAt(path)).toEqual(found)
  })
})
