import { describe, expect, it } from 'vitest'
import { logTextOf } from '../../src/index.js'

const bytesOf = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)))

const cases = [
  { name: 'whole lines', bytes: bytesOf('one\ntwo\nthr'), isEnd: false, text: 'one\ntwo\n', sizeBytes: 8 },
  { name: 'everything at the end', bytes: bytesOf('one\ntwo'), isEnd: true, text: 'one\ntwo', sizeBytes: 7 },
  { name: 'a piece of a long line', bytes: bytesOf('abc'), isEnd: false, text: 'abc', sizeBytes: 3 },
  { name: 'no half of two bytes', bytes: bytesOf('a', [0xc3]), isEnd: false, text: 'a', sizeBytes: 1 },
  { name: 'no third of three bytes', bytes: bytesOf('a', [0xe2, 0x82]), isEnd: false, text: 'a', sizeBytes: 1 },
  { name: 'no part of four bytes', bytes: bytesOf('a', [0xf0, 0x9f, 0x98]), isEnd: false, text: 'a', sizeBytes: 1 },
  { name: 'whole characters as they are', bytes: bytesOf('aä€'), isEnd: false, text: 'aä€', sizeBytes: 6 },
  {
    name: 'what is no UTF-8',
    bytes: bytesOf('a', [0x80, 0x80, 0x80, 0x80]),
    isEnd: false,
    text: 'a����',
    sizeBytes: 5,
  },
  { name: 'a half letter at the very end', bytes: bytesOf('a', [0xc3]), isEnd: true, text: 'a�', sizeBytes: 2 },
  { name: 'nothing', bytes: bytesOf(), isEnd: false, text: '', sizeBytes: 0 },
]

describe('the text of a log', () => {
  it.each(cases)('has $name', ({ bytes, isEnd, text, sizeBytes }) => {
    expect(logTextOf(bytes, isEnd)).toEqual({ text, sizeBytes })
  })
})
