import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Simulator } from '../../src/simulator.js'
import { startSimulator } from '../../src/simulator.js'

let simulator: Simulator | undefined
afterEach(async () => {
  await simulator?.stop()
})

class TelnetClient {
  readonly socket: Socket
  #bytes = Buffer.alloc(0)
  #check: (() => void) | undefined

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port })
    this.socket.on('data', (bytes) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes])
      this.#check?.()
    })
  }

  /** Resolves with all bytes, as latin1, when they end with a match; forgets them. */
  until(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      this.#check = () => {
        const text = this.#bytes.toString('latin1')
        if (!pattern.test(text)) return
        this.#check = undefined
        this.#bytes = Buffer.alloc(0)
        resolve(text)
      }
      this.#check()
    })
  }

  type(text: string, pattern: RegExp): Promise<string> {
    this.socket.write(text)
    return this.until(pattern)
  }
}

async function start(platform = 'cisco_iosxe') {
  simulator = await startSimulator({ devices: [{ name: 'r1', platform, telnetPort: 0, banner: 'keep out' }] })
  return simulator.device('r1')
}

describe('telnet', () => {
  it('negotiates, logs in and serves a session', async () => {
    const device = await start()
    const client = new TelnetClient(device.telnetPort)
    const hello = await client.until(/Username: $/)
    expect(hello).toBe('\xff\xfb\x01\xff\xfb\x03\xff\xfd\x1fkeep out\r\n\r\nUsername: ')
    expect(await client.type('admin\r\n', /Password: $/)).toBe('admin\r\n\r\nPassword: ')
    expect(await client.type(`${device.password}\r\n`, /r1#$/)).toBe('\r\n\r\nr1#')
    expect(await client.type('show privilege\r\n', /r1#$/)).toContain(
      'show privilege\r\nCurrent privilege level is 15\r\n',
    )
    client.socket.write('exit\r\n')
    await once(client.socket, 'close')
    expect(device.stats).toMatchObject({ logins: 1, lines: 2 })
  })

  it('refuses a wrong password three times and hangs up', async () => {
    const device = await start()
    const client = new TelnetClient(device.telnetPort)
    for (const _try of [1, 2, 3]) {
      await client.until(/Username: $/)
      await client.type('admin\r', /Password: $/)
      client.socket.write('wrong\r')
    }
    await once(client.socket, 'close')
    expect(device.stats).toMatchObject({ logins: 0, authFailures: 3 })
  })

  it('refuses options, takes the window size, and finds commands that are split', async () => {
    const device = await start()
    const client = new TelnetClient(device.telnetPort)
    await client.until(/Username: $/)
    client.socket.write(Buffer.from([255, 253]))
    expect(await client.type('\x05', /\xfc\x05$/)).toBe('\xff\xfc\x05')
    client.socket.write(Buffer.from([255, 251, 31, 255, 250, 31, 0, 80, 0, 10, 255, 240]))
    await client.type('admin\r\0', /Password: $/)
    await client.type(`${device.password}\r\0`, /r1#$/)
    const page = await client.type('show running-config\r\0', /--More-- $/)
    expect(page.split('\r\n')).toHaveLength(1 + 9 + 1)
    client.socket.destroy()
    await device.whenIdle()
  })

  it('asks in the words of the platform', async () => {
    const device = await start('juniper_junos')
    const client = new TelnetClient(device.telnetPort)
    await client.until(/\nlogin: $/)
    client.socket.destroy()
    await device.whenIdle()
  })

  it('is absent unless asked for', async () => {
    simulator = await startSimulator({ devices: [{ name: 'r1', platform: 'cisco_iosxe' }] })
    const device = simulator.device('r1')
    expect(() => device.telnetPort).toThrow(/telnetPort/)
  })
})
