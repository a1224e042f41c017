import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { exitCodes } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'
import { table } from '../output/table.js'
import { serverPackage } from '../server-package.js'

const kinds = ['driver', 'scheduler', 'template', 'credential', 'webhook', 'platforms'] as const

export function pluginsCommand(set: CommandSet): Command {
  const command = set.program
    .command('plugins')
    .summary('list the plugins that come with NetPulse')
    .description(
      'Lists the built-in plugins of this installation, as `netpulse up` has them. Loads none, asks no server.',
    )
  return doing<GlobalOptions>(command, set, plugins)
}

async function plugins({ report }: Context) {
  const { openPluginHost } = await import('@netpulse/plugin-host')
  const host = await openPluginHost({ appDir: serverPackage().folder })
  const found = kinds.flatMap((kind) =>
    host.list(kind).map(({ manifest, packageName, version }) => ({
      ...{ kind, name: manifest.name, aliases: manifest.aliases ?? [], package: packageName, version },
    })),
  )
  const rows = found.map(({ aliases, ...plugin }) => ({ ...plugin, aliases: aliases.join(' ') }))
  const text = (): string =>
    table(
      [
        { head: 'KIND', value: ({ kind }) => kind },
        { head: 'NAME', value: ({ name }) => name },
        { head: 'ALSO', value: ({ aliases }) => aliases },
        { head: 'PACKAGE', value: (plugin) => plugin.package },
        { head: 'VERSION', value: ({ version }) => version },
      ],
      rows,
    )
  await report.list({ records: found, rows, text })
  return exitCodes.ok
}
