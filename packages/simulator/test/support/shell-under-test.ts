import type { FakeClock } from '@netpulse/core/testing'
import type { Fault } from '../../src/device/faults.js'
import { FaultPlan } from '../../src/device/faults.js'
import type { DeviceScript } from '../../src/device/script.js'
import type { SeenLine } from '../../src/device/statistics.js'
import { ciscoIosxe } from '../../src/dialects/cisco-iosxe.js'
import type { Dialect } from '../../src/cli/dialect.js'
import type { Behaviour } from '../../src/spec.js'
import { Shell } from '../../src/terminal/shell.js'
import { deviceOf } from './conversation.js'
import type { DeviceUnderTest } from './conversation.js'

/** A terminal with a device behind it and no network: what it printed, and what became of its link. */
export interface ShellUnderTest {
  readonly shell: Shell
  readonly device: DeviceUnderTest
  readonly clock: FakeClock
  readonly seen: SeenLine[]
  /** Pieces as they were written, as text. */
  pieces(): readonly string[]
  readonly link: 'open' | 'ended' | 'reset'
  /** Everything printed since the last call. */
  printed(): string
  /** Types text and returns what was printed for it. */
  type(text: string): string
}

interface ShellOptions {
  readonly behaviour?: Behaviour
  readonly faults?: readonly Fault[]
  readonly script?: DeviceScript
  readonly dialect?: Dialect
  readonly motd?: string
}

export function shellOf(options: ShellOptions = {}): ShellUnderTest {
  const device = deviceOf(options.dialect ?? ciscoIosxe(), { identity: false })
  const faults = new FaultPlan()
  for (const fault of options.faults ?? []) faults.add(fault)
  const seen: SeenLine[] = []
  const bytes: Uint8Array[] = []
  let link: ShellUnderTest['link'] = 'open'
  const host = {
    name: 'r1',
    clock: device.clock,
    behaviour: options.behaviour ?? {},
    faults,
    script: options.script,
    sawLine: (line: SeenLine) => void seen.push(line),
    refusedLine: () => {},
  }
  const shell = new Shell(
    device.login().cli,
    host,
    { user: 'admin', session: 1, motd: options.motd ?? '' },
    {
      write: (data) => void bytes.push(Buffer.from(data as string)),
      end: () => (link = 'ended'),
      reset: () => (link = 'reset'),
    },
  )
  shell.start()
  let read = 0
  const printed = (): string => {
    const text = Buffer.concat(bytes.slice(read)).toString()
    read = bytes.length
    return text
  }
  return {
    shell,
    device,
    clock: device.clock,
    seen,
    pieces: () => bytes.map((piece) => Buffer.from(piece).toString()),
    get link() {
      return link
    },
    printed,
    type(text) {
      shell.receive(text)
      return printed()
    },
  }
}
