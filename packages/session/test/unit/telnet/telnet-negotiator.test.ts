import { describe, expect, it } from 'vitest'
import { TelnetNegotiator } from '../../../src/telnet/telnet-negotiator.js'

const [WILL, WONT, DO, DONT] = [251, 252, 253, 254]

function negotiate(received: readonly (readonly [number, number])[]): number[][] {
  const sent: number[][] = []
  const terminal = { type: 'vt100', columns: 511, rows: 1000 }
  const negotiator = new TelnetNegotiator(terminal, (bytes) => sent.push([...bytes]))
  for (const [command, option] of received) negotiator.onNegotiation(command, option)
  return sent
}

describe('the telnet negotiator', () => {
  it.each([
    { name: 'lets the server echo', received: [[WILL, 1]], sent: [[255, DO, 1]] },
    { name: 'lets the server suppress go-aheads', received: [[WILL, 3]], sent: [[255, DO, 3]] },
    { name: 'suppresses go-aheads itself', received: [[DO, 3]], sent: [[255, WILL, 3]] },
    { name: 'offers a terminal type when asked', received: [[DO, 24]], sent: [[255, WILL, 24]] },
    { name: 'does not echo', received: [[DO, 1]], sent: [[255, WONT, 1]] },
    {
      name: 'refuses a status option',
      received: [
        [WILL, 5],
        [DO, 5],
      ],
      sent: [
        [255, DONT, 5],
        [255, WONT, 5],
      ],
    },
    {
      name: 'refuses line mode, environment, encryption',
      received: [
        [DO, 34],
        [DO, 39],
        [DO, 38],
      ],
      sent: [
        [255, WONT, 34],
        [255, WONT, 39],
        [255, WONT, 38],
      ],
    },
    {
      name: 'refuses binary both ways',
      received: [
        [DO, 0],
        [WILL, 0],
      ],
      sent: [
        [255, WONT, 0],
        [255, DONT, 0],
      ],
    },
    {
      name: 'answers an offer once',
      received: [
        [WILL, 1],
        [WILL, 1],
        [WILL, 1],
      ],
      sent: [[255, DO, 1]],
    },
    {
      name: 'gives up what the server takes back',
      received: [
        [WILL, 1],
        [WONT, 1],
      ],
      sent: [
        [255, DO, 1],
        [255, DONT, 1],
      ],
    },
    {
      name: 'stops what the server does not want any more',
      received: [
        [DO, 24],
        [DONT, 24],
      ],
      sent: [
        [255, WILL, 24],
        [255, WONT, 24],
      ],
    },
    {
      name: 'says nothing to a refusal of what never was',
      received: [
        [WONT, 1],
        [DONT, 24],
      ],
      sent: [],
    },
    {
      name: 'agrees again after a change of mind',
      received: [
        [WILL, 1],
        [WONT, 1],
        [WILL, 1],
      ],
      sent: [
        [255, DO, 1],
        [255, DONT, 1],
        [255, DO, 1],
      ],
    },
  ] as { name: string; received: [number, number][]; sent: number[][] }[])('$name', ({ received, sent }) => {
    expect(negotiate(received)).toEqual(sent)
  })

  it('tells the window size with its byte 255 doubled: 511 is 1 and 255', () => {
    expect(negotiate([[DO, 31]])).toEqual([
      [255, WILL, 31],
      [255, 250, 31, 1, 255, 255, 3, 232, 255, 240],
    ])
  })

  it('tells the terminal type after it agreed to, each time it is asked', () => {
    const sent: string[] = []
    const terminal = { type: 'vt100', columns: 80, rows: 24 }
    const negotiator = new TelnetNegotiator(terminal, (bytes) => sent.push(Buffer.from(bytes).toString('latin1')))
    negotiator.onSubnegotiation([24, 1])
    expect(sent).toEqual([])
    negotiator.onNegotiation(DO, 24)
    negotiator.onSubnegotiation([24, 1])
    negotiator.onSubnegotiation([24, 1])
    negotiator.onSubnegotiation([24, 0, 65])
    negotiator.onSubnegotiation([])
    expect(sent.slice(1)).toEqual(Array(2).fill('\xff\xfa\x18\0vt100\xff\xf0'))
  })
})
