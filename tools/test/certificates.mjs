import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** An authority of its own and a certificate for 127.0.0.1 and localhost, good for servers and clients. Needs openssl. */
export function makeCertificates(folder) {
  const file = (name) => join(folder, name)
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  writeFileSync(file('extensions'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.crt')
  openssl('req', ...newKey, '-subj', '/CN=127.0.0.1', '-keyout', 'own.key', '-out', 'own.csr')
  const signed = ['-in', 'own.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'own.crt']
  openssl('x509', '-req', '-days', '2', '-extfile', 'extensions', ...signed)
  const files = { ca: file('ca.crt'), cert: file('own.crt'), key: file('own.key') }
  const texts = Object.fromEntries(Object.entries(files).map(([name, path]) => [name, readFileSync(path, 'utf8')]))
  return { files, texts }
}
