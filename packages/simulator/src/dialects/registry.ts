import type { Dialect } from '../cli/dialect.js'
import { simulatorError } from '../errors.js'
import { aristaEos } from './arista-eos.js'
import { ciscoIosxe } from './cisco-iosxe.js'
import { ciscoIosxr } from './cisco-iosxr.js'
import { ciscoNxos } from './cisco-nxos.js'
import { frrVtysh } from './frr-vtysh.js'
import { huaweiVrp } from './huawei-vrp.js'
import { juniperJunos } from './juniper-junos.js'
import { linux } from './linux.js'

/** The dialects of this package, by every platform name that they serve. */
export class DialectRegistry {
  readonly #dialects = new Map<string, Dialect>()

  constructor(own: readonly Dialect[] = []) {
    for (const dialect of [...builtInDialects(), ...own]) {
      for (const platform of dialect.platforms) this.#dialects.set(platform, dialect)
    }
  }

  get platforms(): readonly string[] {
    return [...this.#dialects.keys()].sort()
  }

  /** @throws PLATFORM_NOT_SIMULATED */
  get(platform: string): Dialect {
    const dialect = this.#dialects.get(platform)
    if (dialect !== undefined) return dialect
    throw simulatorError(
      'PLATFORM_NOT_SIMULATED',
      `No dialect for platform "${platform}". Use one of ${this.platforms.join(', ')}, or give the device a session to replay.`,
    )
  }
}

const builtInDialects = (): readonly Dialect[] => [
  ciscoIosxe(),
  ciscoNxos(),
  ciscoIosxr(),
  aristaEos(),
  juniperJunos(),
  huaweiVrp(),
  frrVtysh(),
  linux(),
]
