import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ServerHello } from '../../../src/ssh/server-hello.js'

const list = (names: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(names.length)
  return Buffer.concat([length, Buffer.from(names)])
}

function kexInit(lists: readonly string[]): Buffer {
  const payload = Buffer.concat([Buffer.of(20), Buffer.alloc(16, 7), ...lists.map(list), Buffer.alloc(5)])
  const head = Buffer.alloc(5)
  head.writeUInt32BE(1 + payload.length + 4)
  head[4] = 4
  return Buffer.concat([head, payload, Buffer.alloc(4)])
}

const lists = ['kex-a,kex-b', 'ssh-rsa', 'c-to', 'c-from,c2', 'm-to', 'm-from', 'none', 'none', '', '']
const hello = Buffer.concat([Buffer.from('Welcome\r\nSSH-1.99-Cisco-1.25\r\n'), kexInit(lists), Buffer.from('rest')])

describe('the reader of a server’s hello', () => {
  it('finds identification and offered algorithms however the bytes are split', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(hello.length), { maxLength: 10 }), (cuts) => {
        const reader = new ServerHello()
        const edges = [0, ...cuts, hello.length].sort((a, b) => a - b)
        for (const [index, edge] of edges.slice(1).entries()) reader.read(hello.subarray(edges[index], edge))
        expect(reader.ident).toBe('Cisco-1.25')
        expect(reader.offer).toEqual({
          kex: ['kex-a', 'kex-b'],
          hostKey: ['ssh-rsa'],
          cipher: ['c-from', 'c2'],
          mac: ['m-from'],
        })
      }),
    )
  })

  it('says when there is nothing more to learn', () => {
    const reader = new ServerHello()
    expect(reader.read(hello.subarray(0, 40))).toBe(false)
    expect(reader.read(hello.subarray(40))).toBe(true)
    expect(reader.read(hello)).toBe(true)
  })

  it('gives up on what is no SSH server', () => {
    const reader = new ServerHello()
    expect(reader.read(Buffer.alloc(70_000, 'x'))).toBe(true)
    expect(reader.ident).toBeUndefined()
  })

  it('gives up on a first packet that is no key exchange', () => {
    const reader = new ServerHello()
    expect(reader.read(Buffer.from('SSH-2.0-x\n\0\0\0\x0c\x04\x02abcdefghijkl'))).toBe(true)
    expect(reader.offer).toBeUndefined()
  })

  it('survives lengths that lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const packet = kexInit(lists)
        packet.set(noise.subarray(0, packet.length - 22), 22)
        expect(new ServerHello().read(Buffer.concat([Buffer.from('SSH-2.0-x\n'), packet]))).toBe(true)
      }),
    )
  })
})
