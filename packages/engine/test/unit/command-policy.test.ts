import { isNetPulseError } from '@netpulse/core'
import driverCli from '@netpulse/driver-cli/plugin'
import { describe, expect, it } from 'vitest'
import type { RequestPolicy } from '../../src/netpulse.js'
import { CommandPolicy } from '../../src/policy/command-policy.js'

interface Asked {
  readonly command?: readonly string[]
  readonly config?: readonly string[]
  readonly platform?: string
  readonly options?: Record<string, never> | object
  readonly dryRun?: boolean
  readonly policy?: RequestPolicy
  readonly rules?: { readonly deny?: readonly string[]; readonly allow?: readonly string[] }
}

const planner = driverCli.planner!({})

/** What the policy says of a request: `undefined` when it may be sent, else the refused places. */
async function refused({ command, config, platform = 'cisco_iosxe', options = {}, dryRun, policy, rules }: Asked) {
  const operation =
    config === undefined
      ? { type: 'command' as const, commands: command ?? [] }
      : { type: 'config' as const, lines: config }
  const switches = dryRun === true ? { dry_run: true } : {}
  const connection = { device_type: platform, username: 'u' }
  const plan = await (await planner).plan({ connection, operation, options: options as never, switches })
  const subject = { operation, switches, ...plan, ...(policy === undefined ? {} : { policy }) }
  try {
    new CommandPolicy({ deny: [], allow: [], ...rules }).assertAllowed(subject)
    return undefined
  } catch (error) {
    if (!isNetPulseError(error, 'COMMAND_DENIED')) throw error
    return (error.details?.['errors'] as { path: string; message: string }[]).map(
      ({ path, message }) => `${path} ${message}`,
    )
  }
}

describe('the command policy', () => {
  it.each<{ readonly name: string; readonly asked: Asked; readonly refused: readonly string[] | undefined }>([
    { name: 'passes what only reads', asked: { command: ['show version'] }, refused: undefined },
    { name: 'passes what nobody knows', asked: { command: ['clear counters'] }, refused: undefined },
    {
      name: 'denies a dangerous command, in its short form too, and names place and rule',
      asked: { command: ['show clock', 'wr er'] },
      refused: ['command[1] is denied by the rule "wr[ite] er[ase]"'],
    },
    {
      name: 'denies it among config lines',
      asked: { config: ['interface Lo1', 'do reload', 'end', 'reload'] },
      refused: ['config[1] is denied by the rule "rel[oad]"', 'config[3] is denied by the rule "rel[oad]"'],
    },
    {
      name: 'denies it as the answer to a question',
      asked: { command: ['show clock'], options: { answers: { '#': 'reload' } } },
      refused: ['driver_args.answers[0] is denied by the rule "rel[oad]"'],
    },
    {
      name: 'denies it as the command that enters config mode',
      asked: { config: ['hostname x'], options: { config_mode_command: 'reload' } },
      refused: ['driver_args.config_mode_command is denied by the rule "rel[oad]"'],
    },
    {
      name: 'denies common commands whatever platform the request says',
      asked: { command: ['reload'], platform: 'juniper_junos' },
      refused: ['command[0] is denied by the rule "rel[oad]"'],
    },
    {
      name: 'denies what the operator denies',
      asked: { command: ['clear ip bgp *'], rules: { deny: ['cle[ar] ip bgp'] } },
      refused: ['command[0] is denied by the rule "cle[ar] ip bgp"'],
    },
    {
      name: 'passes what the operator allows, and nothing beside it',
      asked: { command: ['reload in 5', 'reload'], rules: { allow: ['reload in'] } },
      refused: ['command[1] is denied by the rule "rel[oad]"'],
    },
    {
      name: 'holds to what the operator denies and allows at once',
      asked: { command: ['reload'], rules: { allow: ['reload'], deny: ['reload'] } },
      refused: ['command[0] is denied by the rule "reload"'],
    },
    {
      name: 'passes what the request may send although it is denied',
      asked: { command: ['reload'], rules: { deny: ['reload'] }, policy: { allow: ['rel[oad]'] } },
      refused: undefined,
    },
    {
      name: 'denies all behind a lifted command of the same line',
      asked: { command: ['reload in 5 ; erase x'], platform: 'cisco_nxos', policy: { allow: ['reload'] } },
      refused: ['command[0] is denied by the rule "er[ase]"'],
    },
    {
      name: 'denies a caller that may only read what is not known to read',
      asked: { command: ['show clock', 'clear counters'], policy: { readOnly: true } },
      refused: ['command[1] is not known to only read, and this caller may only read'],
    },
    {
      name: 'denies such a caller a second command behind a reading one',
      asked: { command: ['show clock ; clear counters'], platform: 'cisco_nxos', policy: { readOnly: true } },
      refused: ['command[0] is not known to only read, and this caller may only read'],
    },
    {
      name: 'denies such a caller a second command of a shell, whatever platform the request says',
      asked: { command: ['dir & rm x', 'dir || rm x', 'dir > x', 'dir $(rm x)'], policy: { readOnly: true } },
      refused: [0, 1, 2, 3].map(
        (index) => `command[${index}] is not known to only read, and this caller may only read`,
      ),
    },
    {
      name: 'denies such a caller an answer that may be a command',
      asked: { command: ['show clock'], options: { answers: { '#': 'clear counters' } }, policy: { readOnly: true } },
      refused: ['driver_args.answers[0] may be a command, and this caller may only read'],
    },
    {
      name: 'lets such a caller say yes',
      asked: { command: ['show clock'], options: { answers: { 'Continue\\?': 'y' } }, policy: { readOnly: true } },
      refused: undefined,
    },
    {
      name: 'denies a change to a caller that may only try',
      asked: { config: ['set system host-name x'], platform: 'juniper_junos', policy: { readOnly: true } },
      refused: ['config[0] changes the device, and this caller may only try changes'],
    },
    {
      name: 'lets such a caller try it',
      asked: {
        config: ['set system host-name x'],
        platform: 'juniper_junos',
        dryRun: true,
        policy: { readOnly: true },
      },
      refused: undefined,
    },
    {
      name: 'denies such a caller every way out of the candidate',
      asked: {
        config: ['commit', 'com', 'exit configuration-mode', 'run clear arp', 'set system host-name x'],
        platform: 'juniper_junos',
        dryRun: true,
        policy: { readOnly: true },
      },
      refused: [0, 1, 2, 3].map(
        (index) => `config[${index}] would leave the candidate, and this caller may only try changes`,
      ),
    },
  ])('$name', async ({ asked, refused: expected }) => {
    expect(await refused(asked)).toEqual(expected)
  })

  it('tells no line of the request: it may hold a secret', async () => {
    const error = await Promise.resolve()
      .then(() => new CommandPolicy({ deny: ['username ...'], allow: [] }))
      .then((policy) =>
        policy.assertAllowed({
          operation: { type: 'config', lines: ['username bob password canary-7'] },
          switches: {},
          kind: 'modification',
        }),
      )
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'COMMAND_DENIED', kind: 'denied' })
    expect(JSON.stringify(error)).not.toContain('canary-7')
    expect(String((error as Error).message)).not.toContain('canary-7')
  })

  it('holds a driver that says nothing of its language to what most devices have', () => {
    const policy = new CommandPolicy({ deny: [], allow: [] })
    const ask = (commands: readonly string[], kind: 'query' | 'opaque', own?: RequestPolicy) => () =>
      policy.assertAllowed({
        operation: { type: 'command', commands },
        switches: {},
        kind,
        ...(own === undefined ? {} : { policy: own }),
      })
    expect(ask(['do reload'], 'query')).toThrow(expect.objectContaining({ code: 'COMMAND_DENIED' }))
    expect(ask(['show version'], 'opaque', { readOnly: true })).toThrow(
      expect.objectContaining({ code: 'COMMAND_DENIED' }),
    )
    expect(ask(['show version'], 'query', { readOnly: true })).not.toThrow()
  })

  it('refuses rules that are none', () => {
    expect(() => new CommandPolicy({ deny: ['sh[ow'], allow: [] })).toThrow(
      'policy.deny[0]: "sh[ow" must be written like sh[ow]',
    )
  })
})
