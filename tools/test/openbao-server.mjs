import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { freePort } from './free-port.mjs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { makeCertificates } from './certificates.mjs'

/** Programs that speak Vault's API: OpenBao, and Vault itself. */
const programs = ['bao', 'vault']

/** Where tests get a Vault from: a program to start, or nowhere. */
export function openBaoSource(env = process.env) {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const name of programs) {
      try {
        accessSync(join(folder, name), constants.X_OK)
        return { kind: 'program', path: join(folder, name) }
      } catch {
        continue // the next one may be there
      }
    }
  }
  return { kind: 'none', reason: 'there is no bao and no vault on the PATH (tools/lab/install.sh installs OpenBao)' }
}

/** A real OpenBao (or Vault) in memory on 127.0.0.1, unsealed. See openbao-server.d.mts. */
export async function startOpenBao({ tls = false } = {}) {
  const source = openBaoSource()
  if (source.kind === 'none') throw new Error(`An OpenBao cannot be started: ${source.reason}.`)
  const folder = await mkdtemp(join(tmpdir(), 'netpulse-openbao-'))
  const certificates = tls ? makeCertificates(folder) : undefined
  const [port, clusterPort] = [await freePort(), await freePort()]
  const address = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`
  await writeFile(join(folder, 'bao.hcl'), configOf({ address, port, clusterPort, certificates }))
  const child = await launch(source.path, join(folder, 'bao.hcl'))
  const killWithParent = () => child.kill('SIGKILL')
  process.on('exit', killWithParent)
  const vault = { address, ca: certificates?.texts.ca, token: undefined }
  const api = (method, path, body, options) => call(vault, { method, path, body, ...options })
  const { root_token: rootToken, keys } = await api('PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 })
  vault.token = rootToken
  const unseal = () => api('PUT', 'sys/unseal', { key: keys[0] })
  await unseal()
  return {
    address,
    rootToken,
    ca: certificates?.texts.ca,
    caFile: certificates?.files.ca,
    api,
    mountKv: (path, namespace) => mountKv(api, path, namespace === undefined ? {} : { namespace }),
    seal: () => api('PUT', 'sys/seal'),
    unseal,
    async stop() {
      process.off('exit', killWithParent)
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Most looks at a new mount, and the pause between two of them. */
const looks = 500
const pauseMs = 20

/** A new mount of version 2 is upgraded for a moment, in which it answers nothing, and says nowhere when that is over. */
async function mountKv(api, path, inside) {
  await api('POST', `sys/mounts/${path}`, { type: 'kv', options: { version: '2' } }, inside)
  for (let look = 0; ; look++) {
    try {
      return await api('GET', `${path}/config`, undefined, inside)
    } catch (error) {
      if (look === looks || !/pgrading/.test(error.message)) throw error
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}

const configOf = ({ address, port, clusterPort, certificates }) => `
storage "inmem" {}
listener "tcp" {
  address = "127.0.0.1:${port}"
  cluster_address = "127.0.0.1:${clusterPort}"
  ${
    certificates === undefined
      ? 'tls_disable = true'
      : `tls_cert_file = "${certificates.files.cert}"\n  tls_key_file = "${certificates.files.key}"`
  }
}
api_addr = "${address}"
disable_mlock = true
`

/** It says on its output that it is ready: nothing has to be tried again and again. */
async function launch(program, config) {
  const child = spawn(program, ['server', `-config=${config}`], { stdio: ['ignore', 'pipe', 'pipe'] })
  await once(child, 'spawn')
  child.stderr.resume()
  let text = ''
  for await (const line of createInterface({ input: child.stdout })) {
    text += `${line}\n`
    if (/server started!/.test(line)) break
  }
  child.stdout.resume()
  if (!/server started!/.test(text)) throw new Error(`The Vault ended before it was ready:\n${text}`)
  return child
}

/** One call of the API as its root. @throws for every status from 400 on */
async function call({ address, ca, token }, { method, path, body, namespace, as }) {
  const send = address.startsWith('https') ? httpsRequest : httpRequest
  const headers = {
    'x-vault-request': 'true',
    ...((as ?? token) === undefined ? {} : { 'x-vault-token': as ?? token }),
    ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
  }
  const request = send(`${address}/v1/${path}`, { method, headers, ca, agent: false })
  request.end(body === undefined ? undefined : JSON.stringify(body))
  const [response] = await once(request, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`)
  return text === '' ? {} : JSON.parse(text)
}
