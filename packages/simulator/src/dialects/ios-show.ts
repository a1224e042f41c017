import type { LineErrors, LineHandler, LineMode } from '../cli/line-grammar.js'
import { interfacesOf, maskLength, networkOf } from './interfaces.js'

/** The caret stands below the first character that the parser could not take, prompt included. */
export const caretErrors: LineErrors = {
  invalid: ({ column, prompt }) =>
    `${' '.repeat(prompt.length + column)}^\n% Invalid input detected at '^' marker.\n\n`,
  incomplete: () => '% Incomplete command.\n\n',
  ambiguous: (line) => `% Ambiguous command:  "${line.trim()}"\n`,
  badSecret: '% Bad secrets\n\n',
}

/** `r1>`, `r1#`, `r1(config-if)#`. `gap` stands behind. */
export const iosPrompt =
  (gap: string) =>
  (host: string, { level, section }: LineMode): string => {
    if (level === 'user') return `${host}>${gap}`
    if (level === 'exec') return `${host}#${gap}`
    return `${host}(config${section === '' ? '' : `-${section}`})#${gap}`
  }

export const showInterfaceBrief: LineHandler = (session) => {
  const rows = interfacesOf(session.device.running).map(({ name, address, isUp }) => {
    const method = address === 'unassigned' ? 'unset ' : 'manual'
    const status = isUp ? 'up                    up      ' : 'administratively down down    '
    return `${name.padEnd(22)} ${address.padEnd(15)} YES ${method} ${status}\n`
  })
  const head = 'Interface              IP-Address      OK? Method Status                Protocol\n'
  return session.show(head + rows.join(''))
}

export const showInterfaces: LineHandler = (session, [name]) => {
  const { mac } = session.device.setup.persona
  const wanted = name?.toLowerCase().replace(/\s+/g, '')
  const hardware = mac.replaceAll(':', '').replace(/(.{4})(?=.)/g, '$1.')
  const rows = interfacesOf(session.device.running)
    .filter((one) => wanted === undefined || one.name.toLowerCase() === wanted)
    .map((one) => {
      const state = one.isUp ? 'up, line protocol is up' : 'administratively down, line protocol is down'
      const description = one.description === '' ? '' : `  Description: ${one.description}\n`
      const address =
        one.address === 'unassigned' ? '' : `  Internet address is ${one.address}/${maskLength(one.mask)}\n`
      return `${one.name} is ${state}
  Hardware is vNIC, address is ${hardware} (bia ${hardware})
${description}${address}  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
     reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation ARPA, loopback not set
  5 minute input rate 1000 bits/sec, 1 packets/sec
  5 minute output rate 1000 bits/sec, 1 packets/sec
     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
     0 output errors, 0 collisions, 1 interface resets
`
    })
  return session.show(rows.join(''))
}

/** Connected networks of interfaces that are up, and static routes, of an IOS-like configuration. */
export const showIpRoute: LineHandler = (session) => {
  const { running } = session.device
  const connected = interfacesOf(running)
    .filter(({ address, isUp }) => isUp && address !== 'unassigned')
    .flatMap(({ name, address, mask }) => [
      `C        ${networkOf(address, mask)} is directly connected, ${name}\n`,
      `L        ${address}/32 is directly connected, ${name}\n`,
    ])
  const fixed = running
    .lines()
    .flatMap((line) => [/^ip route (\S+) (\S+) (\S+)/.exec(line) ?? []].filter((match) => match.length > 0))
    .map(([, network = '', mask = '', via = '']) => `S*       ${networkOf(network, mask)} [1/0] via ${via}\n`)
  const codes = 'Codes: L - local, C - connected, S - static, O - OSPF, B - BGP, * - candidate default\n\n'
  return session.show(`${codes}${fixed.join('')}${connected.join('')}\n`)
}

export const showUsers: LineHandler = (session) =>
  session.show(
    `    Line       User       Host(s)              Idle       Location
*  1 vty 0     ${session.login.user.padEnd(10)} idle                 00:00:00 127.0.0.1

`,
  )
export const ping: LineHandler = (_session, [host]) =>
  `Type escape sequence to abort.
Sending 5, 100-byte ICMP Echos to ${host ?? ''}, timeout is 2 seconds:
!!!!!
Success rate is 100 percent (5/5), round-trip min/avg/max = 1/1/2 ms
`
