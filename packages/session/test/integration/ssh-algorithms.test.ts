import { afterEach, describe, expect, it } from 'vitest'
import type { Algorithms } from 'ssh2'
import { connectSsh } from '../../src/index.js'
import type { SshTarget } from '../../src/index.js'
import { errorOf } from '../support/errors-of.js'
import { newServices, noAbort } from '../support/services.js'
import { newKey, TestSshServer } from '../support/ssh-server.js'

const servers: TestSshServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

async function serve(algorithms: Algorithms): Promise<TestSshServer> {
  const server = await TestSshServer.start({ algorithms, hostKeys: [newKey('rsa')], ident: 'Old-1.0' })
  servers.push(server)
  return server
}

const targetOf = (server: TestSshServer, more: Partial<SshTarget>): SshTarget => ({
  host: '127.0.0.1',
  port: server.port,
  username: 'netops',
  password: 'secret',
  ...more,
})

const old: readonly { name: string; algorithms: Algorithms; expected: object; offered: string; category: string }[] = [
  {
    name: 'key exchange',
    algorithms: { kex: ['diffie-hellman-group14-sha1'] },
    expected: { kex: 'diffie-hellman-group14-sha1' },
    offered: 'diffie-hellman-group14-sha1',
    category: 'key exchange',
  },
  {
    name: 'key exchange of group 1',
    algorithms: { kex: ['diffie-hellman-group1-sha1'] },
    expected: { kex: 'diffie-hellman-group1-sha1' },
    offered: 'diffie-hellman-group1-sha1',
    category: 'key exchange',
  },
  {
    name: 'host key',
    algorithms: { serverHostKey: ['ssh-rsa'] },
    expected: { hostKey: 'ssh-rsa' },
    offered: 'ssh-rsa',
    category: 'host key',
  },
  {
    name: 'cipher',
    algorithms: { cipher: ['aes256-cbc'], hmac: ['hmac-sha2-256'] },
    expected: { cipher: 'aes256-cbc' },
    offered: 'aes256-cbc',
    category: 'cipher',
  },
  {
    name: 'cipher 3DES',
    algorithms: { cipher: ['3des-cbc'], hmac: ['hmac-sha2-256'] },
    expected: { cipher: '3des-cbc' },
    offered: '3des-cbc',
    category: 'cipher',
  },
  {
    name: 'MAC',
    algorithms: { cipher: ['aes128-ctr'], hmac: ['hmac-sha1'] },
    expected: { mac: 'hmac-sha1' },
    offered: 'hmac-sha1',
    category: 'MAC',
  },
  {
    name: 'MAC MD5',
    algorithms: { cipher: ['aes128-ctr'], hmac: ['hmac-md5'] },
    expected: { mac: 'hmac-md5' },
    offered: 'hmac-md5',
    category: 'MAC',
  },
]

describe('old SSH algorithms', () => {
  it.each(old)('of a device that has an old $name only are refused, with what it offers', async (row) => {
    const server = await serve(row.algorithms)
    const error = await errorOf(connectSsh(targetOf(server, {}), newServices(), noAbort()))
    expect(error.code).toBe('ALGORITHM_MISMATCH')
    expect(error.message).toContain(`no ${row.category} algorithm in common`)
    expect(error.message).toContain(row.offered)
    expect(error.message).toContain('`legacy_algorithms`')
    expect(JSON.stringify(error.details)).toContain(row.offered)
    await server.tcp.untilOpen(0)
    expect(server.attempts).toEqual([])
  })

  it.each(old)('are used with legacyAlgorithms for a device that has an old $name only', async (row) => {
    const server = await serve(row.algorithms)
    const connection = await connectSsh(targetOf(server, { legacyAlgorithms: true }), newServices(), noAbort())
    expect(connection.info.algorithms).toMatchObject(row.expected)
    expect(connection.info.remoteIdent).toBe('Old-1.0')
    connection.close()
  })

  it('are not preferred by a device that has modern ones too', async () => {
    const server = await serve({})
    const connection = await connectSsh(targetOf(server, { legacyAlgorithms: true }), newServices(), noAbort())
    expect(connection.info.algorithms).toEqual({
      kex: 'curve25519-sha256@libssh.org',
      hostKey: 'rsa-sha2-512',
      cipher: 'aes128-gcm@openssh.com',
      mac: '',
      compression: 'none',
    })
    connection.close()
  })

  it('are used when they are listed exactly', async () => {
    const server = await serve({ kex: ['diffie-hellman-group14-sha1', 'ecdh-sha2-nistp256'] })
    const algorithms = { kex: ['diffie-hellman-group14-sha1'], cipher: ['aes256-ctr'], mac: ['hmac-sha2-512'] }
    const connection = await connectSsh(targetOf(server, { algorithms }), newServices(), noAbort())
    expect(connection.info.algorithms).toMatchObject({
      kex: 'diffie-hellman-group14-sha1',
      cipher: 'aes256-ctr',
      mac: 'hmac-sha2-512',
    })
    connection.close()
  })

  it('with a name that is not known are refused as input', async () => {
    const server = await serve({})
    const algorithms = { cipher: ['rot13'] }
    const error = await errorOf(connectSsh(targetOf(server, { algorithms }), newServices(), noAbort()))
    expect(error.code).toBe('INVALID_INPUT')
    expect(error.message).toContain('"rot13"')
    await server.tcp.untilOpen(0)
  })
})

describe('compression', () => {
  it('is off unless asked for', async () => {
    const server = await serve({})
    const connection = await connectSsh(targetOf(server, { compress: true }), newServices(), noAbort())
    expect(connection.info.algorithms.compression).toBe('zlib@openssh.com')
    const stream = await connection.subsystem('echo', noAbort())
    const echoed = new Promise<string>((resolve) => stream.onData((bytes) => resolve(Buffer.from(bytes).toString())))
    stream.write('squeezed')
    expect(await echoed).toBe('squeezed')
    connection.close()
  })
})
