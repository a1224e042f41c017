import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { sizeText, TransferBar } from '../../src/output/transfer-bar.js'

/** A terminal that keeps what is written to it. */
function terminal(isTTY: boolean) {
  const texts: string[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      texts.push(chunk.toString())
      done()
    },
  })
  return { texts, sink: Object.assign(sink, { isTTY }) }
}

describe('the bar of a transfer', () => {
  it('shows how much of how much, and goes', () => {
    const { texts, sink } = terminal(true)
    const bar = new TransferBar(sink, false)
    bar.show('to the device', 1_572_864, 3_145_728)
    bar.show('to the device', 10, undefined)
    bar.clear()
    bar.clear()
    expect(texts).toEqual([
      '\r[###############...............] to the device 1.5 MiB of 3.0 MiB\u001b[K',
      '\rto the device 10 B\u001b[K',
      '\r\u001b[K',
    ])
  })

  it('is nothing without a terminal, or when nobody wants it', () => {
    for (const { sink, texts, quiet } of [
      { ...terminal(false), quiet: false },
      { ...terminal(true), quiet: true },
    ]) {
      new TransferBar(sink, quiet).show('x', 1, 2)
      expect(texts).toEqual([])
    }
  })

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1024 ** 3 * 2.5, '2.5 GiB'],
    [1024 ** 5 * 3, '3072.0 TiB'],
  ])('says %d bytes as %s', (bytes, text) => expect(sizeText(bytes)).toBe(text))
})
