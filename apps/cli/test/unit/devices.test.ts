import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readDeviceFile } from '../../src/devices/device-file.js'
import { deviceRow } from '../../src/devices/device-row.js'
import { parseTarget } from '../../src/devices/target.js'
import { platformOfVendor } from '../../src/devices/vendors.js'
import { temporaryFolder } from '../support/netpulse-program.js'

const partsIn = (cwd: string) => {
  const stderr = new PassThrough({ encoding: 'utf8' })
  const parts = {
    ...{ args: [], env: {}, cwd, homeDir: cwd, interrupted: new AbortController().signal },
    ...{ stdin: new PassThrough(), stdout: new PassThrough(), stderr },
  }
  return { parts, told: () => String(stderr.read() ?? '') }
}

async function read(name: string, text: string, mode = 0o600) {
  await using folder = await temporaryFolder()
  await folder.write(name, text, mode)
  const { parts, told } = partsIn(folder.path)
  return { rows: await readDeviceFile(parts, name), told: told() }
}

describe('a device on the command line', () => {
  it.each([
    { name: 'host', word: 'r1.example', target: { host: 'r1.example' } },
    { name: 'host and port', word: 'r1:2222', target: { host: 'r1', port: 2222 } },
    { name: 'user and host', word: 'admin@192.0.2.1', target: { username: 'admin', host: '192.0.2.1' } },
    { name: 'IPv6', word: '2001:db8::1', target: { host: '2001:db8::1' } },
    { name: 'IPv6 with a port', word: 'a@[2001:db8::1]:22', target: { username: 'a', host: '2001:db8::1', port: 22 } },
  ])('may be $name', ({ word, target }) => {
    expect(parseTarget(word)).toEqual(target)
  })

  it.each([{ word: '' }, { word: 'http://r1' }, { word: 'a b' }, { word: 'r1:' }, { word: '@r1' }, { word: 'r1:x' }])(
    'is not "$word"',
    ({ word }) => {
      expect(() => parseTarget(word)).toThrow('is no device')
    },
  )
})

describe('a row', () => {
  it('may have the words of the reference or our own, in any case', () => {
    const reference = { Selected: 'TRUE', IP: '192.0.2.1', Port: '22', Name: 'core', Vendor: 'H3C', Keepalive: '60' }
    const device = { host: '192.0.2.1', port: 22, device_type: 'hp_comware', keepalive: 60 }
    expect(deviceRow(reference, 'line 2')).toEqual({ label: 'core', device })
    const own = { host: '192.0.2.1', 'Device Type': 'hp_comware', use_keys: 'true', password: '123456' }
    expect(deviceRow(own, 'line 2')?.device).toEqual({
      ...{ host: '192.0.2.1', device_type: 'hp_comware', use_keys: true, password: '123456' },
    })
  })

  it.each([{ cell: '' }, { cell: '0' }, { cell: 'False' }, { cell: 'no' }])(
    'is left out when Selected is "$cell"',
    ({ cell }) => {
      expect(deviceRow({ Selected: cell, IP: 'r1' }, 'line 2')).toBeUndefined()
    },
  )

  it('needs a host', () => {
    expect(() => deviceRow({ Name: 'core', IP: '' }, 'line 7')).toThrow('line 7: no host')
  })

  it.each([
    { vendor: 'CISCO', platform: 'cisco_iosxe' },
    { vendor: ' Huawei ', platform: 'huawei_vrp' },
    { vendor: 'nokia_sros', platform: 'nokia_sros' },
  ])('of the vendor "$vendor" is a $platform', ({ vendor, platform }) => {
    expect(platformOfVendor(vendor)).toBe(platform)
  })
})

describe('a file', () => {
  it.each([
    { name: 'CSV', file: 'd.csv', text: 'host,port\nr1,22\nr2,\n' },
    { name: 'CSV with a mark, semicolons and CRLF', file: 'd.csv', text: '\ufeffhost;port\r\nr1;22\r\n\r\nr2;\r\n' },
    { name: 'CSV with tabs', file: 'd.CSV', text: 'host\tport\nr1\t22\nr2\t\n' },
    { name: 'JSON', file: 'd.json', text: '[{"host":"r1","port":22},"r2"]' },
    { name: 'YAML', file: 'd.yml', text: '- { host: r1, port: 22 }\n- r2\n' },
    { name: 'YAML with devices', file: 'd.yaml', text: 'devices:\n  - { host: r1, port: 22 }\n  - host: r2\n' },
  ])('may be $name', async ({ file, text }) => {
    const { rows } = await read(file, text)
    expect(rows.map(({ device }) => device)).toEqual([{ host: 'r1', port: 22 }, { host: 'r2' }])
  })

  it('may have fields of all devices, which a device has of its own', async () => {
    const { rows } = await read('d.yaml', 'defaults: { username: a, port: 1 }\ndevices: [{ host: r1, port: 2 }, r2]\n')
    expect(rows.map(({ device }) => device)).toEqual([
      { username: 'a', host: 'r1', port: 2 },
      { username: 'a', host: 'r2', port: 1 },
    ])
  })

  it.each([
    { name: 'a row with too many columns', file: 'd.csv', text: 'host\nr1\nr2,canary\n', says: 'line 3' },
    { name: 'broken JSON', file: 'd.json', text: '{"canary', says: 'this is not JSON' },
    { name: 'broken YAML', file: 'd.yaml', text: 'a: "canary', says: 'this is not YAML' },
    { name: 'YAML without devices', file: 'd.yaml', text: 'canary: 1', says: 'expected a list of devices' },
    { name: 'a device that is none', file: 'd.json', text: '[1]', says: 'device 1' },
    { name: 'nothing selected', file: 'd.csv', text: 'Selected,IP\nno,r1\n', says: 'no device is selected' },
    { name: 'a row without a host', file: 'd.csv', text: 'host,port\nr1,1\n,2\n', says: 'line 3: no host' },
  ])('with $name is refused with its place, and not repeated', async ({ file, text, says }) => {
    const error = await read(file, text).catch((thrown: unknown) => thrown as Error)
    expect(error).toMatchObject({ code: 'DEVICE_FILE_INVALID' })
    expect((error as Error).message).toContain(says)
    expect((error as Error).message).not.toContain('canary')
  })

  it('with passwords that everybody can read is remarked upon', async () => {
    const text = 'host,password\nr1,canary\n'
    expect((await read('d.csv', text, 0o644)).told).toContain('can be read by everybody')
    expect((await read('d.csv', text)).told).toBe('')
  })
})
