import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import type { CredentialManifest } from '@netpulse/plugin-sdk'
import { credentialProviderContract } from '@netpulse/plugin-sdk/testing'
import type { JsonObject } from '@netpulse/core'
import { envProvider, fileProvider, openCredentialFile, temporaryKeyring } from '../../src/index.js'

const fields = { username: 'user-7f3a91', password: 'pass-c04d22', secret: 'enable-91be07' }

async function providerOf(manifest: CredentialManifest, options: JsonObject) {
  const create = await manifest.load({})
  return create(options, { clock: new FakeClock(), log: silentLogger })
}

credentialProviderContract({
  name: 'env',
  open: async () => {
    const variables = Object.entries(fields).map(([name, value]) => [`NETPULSE_CRED_CORE_${name.toUpperCase()}`, value])
    const provider = await providerOf(envProvider(Object.fromEntries(variables) as Record<string, string>), {})
    return { provider, [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose]() }
  },
  known: { path: 'CORE' },
  fields,
  unknown: { path: 'EDGE' },
})

credentialProviderContract({
  name: 'file',
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netpulse-credentials-'))
    const file = join(folder, 'credentials.json')
    const keyring = temporaryKeyring()
    await openCredentialFile(file, keyring).set('core/r1', fields)
    const provider = await providerOf(fileProvider(keyring), { file })
    return { provider, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
  },
  known: { path: 'core/r1' },
  fields,
  unknown: { path: 'core/r2' },
})
