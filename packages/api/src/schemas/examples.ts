/** Login of the examples; 192.0.2.0/24 is set aside for documentation (RFC 5737). */
const login = { device_type: 'cisco_iosxe', username: 'admin', password: 'your-password' }

const linuxLogin = { host: '192.0.2.4', username: 'admin', password: 'your-password' }
const buildServer = { ...linuxLogin, host: '192.0.2.9' }

/** Bodies that `POST /device/exec` takes. */
export const executionExamples = [
  {
    driver: 'cli',
    connection_args: { ...login, host: '192.0.2.1' },
    command: ['show version', 'show ip interface brief'],
  },
  {
    driver: 'cli',
    connection_args: { ...login, host: '192.0.2.1' },
    config: ['interface Loopback10', 'description made by NetPulse'],
    save: true,
    tags: ['change-4711'],
  },
  {
    driver: 'cli',
    connection_args: { host: '192.0.2.1', device_type: 'cisco_iosxe' },
    credential: { name: 'vault', ref: 'network/core' },
    command: 'show version',
  },
  {
    driver: 'ssh',
    connection_args: linuxLogin,
    file_transfer: { operation: 'download', remote_path: '/etc/hostname' },
  },
  {
    driver: 'ssh',
    connection_args: buildServer,
    command: 'make -C /srv/app all',
    detach: true,
    push_interval: 10,
    webhook: { url: 'https://hooks.example.net/netpulse' },
  },
]

/** The part `request` that comes with a file. */
export const uploadExample = {
  driver: 'ssh',
  connection_args: linuxLogin,
  file_transfer: { operation: 'upload', remote_path: '/tmp/', chmod: '0755' },
}

/** Bodies that `POST /device/bulk` takes. */
export const bulkExamples = [
  {
    driver: 'cli',
    connection_args: login,
    command: 'show version',
    devices: [{ host: '192.0.2.1' }, { host: '192.0.2.2', command: 'show clock' }, { host: '192.0.2.3', port: 2222 }],
  },
]

/** Bodies that `POST /device/test` takes. */
export const testExamples = [{ driver: 'cli', connection_args: { ...login, host: '192.0.2.1' } }]

/** Bodies that `POST /detached-tasks/discover` takes. */
export const discoveryExamples = [{ driver: 'ssh', connection_args: buildServer }]

/** Bodies that `POST /credentials/test` takes. */
export const credentialTestExamples = [{ credential: { name: 'vault', ref: 'network/core' } }]

/** Bodies that `POST /keys` takes. */
export const keyExamples = [
  { name: 'monitoring', role: 'viewer' },
  {
    name: 'branch automation',
    role: 'operator',
    expires_at: '2099-12-31T23:59:59Z',
    scopes: ['query:run', 'job:read:own'],
    devices: [{ cidr: '192.0.2.0/24' }, { host: 'branch-*', site: 'lab' }],
  },
]

/** Bodies that `POST /keys/{id}/rotate` takes. */
export const rotateExamples = [{ overlap_seconds: 3600 }]
