import { confirm } from '../confirm.js'
import type { Context } from '../context.js'
import type { ExitCode } from '../exit-codes.js'
import { runMany } from './run-many.js'
import { runOne } from './run-one.js'
import type { Targets } from './targets.js'
import { targetsOf } from './targets.js'
import type { WorkOptions } from './work-options.js'
import { workFields } from './work-options.js'

/** What devices are to do: commands, or config lines with their switches. None of both: each has work of its own. */
export type DeviceWork =
  | { readonly command: string[]; readonly detach?: boolean }
  | { readonly config?: string[]; readonly save?: boolean; readonly dry_run?: boolean }

/** Whether some device is to be changed, by the common work or by its own. */
const changesSome = ({ rows }: Targets, work: DeviceWork): boolean =>
  !('dry_run' in work && work.dry_run === true) &&
  ('config' in work || rows.some(({ device }) => device['config'] !== undefined))

/** Runs work on the devices that a word of the command line names. A change of many devices is asked for once more. */
export async function runWork(context: Context<WorkOptions>, word: string, work: DeviceWork): Promise<ExitCode> {
  const { options, parts } = context
  const targets = await targetsOf(context, word)
  if (changesSome(targets, work) && targets.isList && options.yes !== true && options.force !== true)
    await confirm(parts, `Change ${targets.rows.length} devices?`)
  return send(context, targets, work)
}

async function send(
  context: Context<WorkOptions>,
  { rows, shared, isList }: Targets,
  work: DeviceWork,
): Promise<ExitCode> {
  const fields = { ...(await workFields(context)), ...work }
  if (isList) {
    const devices = rows.map(({ device }) => device)
    return runMany(
      context,
      rows.map(({ label }) => label),
      { ...fields, connection_args: shared, devices },
    )
  }
  const [row] = rows
  return runOne(context, row!.label, { ...fields, connection_args: { ...shared, ...row!.device } })
}
