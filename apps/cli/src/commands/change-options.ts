import type { Command } from 'commander'
import { hidden } from '../global-options.js'

/** Options of commands that change devices. */
export interface ChangeOptions {
  readonly save?: boolean
  readonly dryRun?: boolean
}

/** `yes` says what is not asked for with `--yes`. */
export const addChangeOptions = (command: Command, yes: string): Command =>
  command
    .option('--save', 'save the running configuration afterwards')
    .option('--dry-run', 'load, show the difference, discard; on platforms with a candidate')
    .option('-y, --yes', yes)
    .addOption(hidden('-f, --force'))

/** Those that the reference's `exec` has, whose help shows none. */
export const addHiddenChangeOptions = (command: Command): Command =>
  command.addOption(hidden('--save')).addOption(hidden('-f, --force'))

/** Switches of a request that changes devices, as far as they were given. */
export const changeFields = ({ save, dryRun }: ChangeOptions) => ({
  ...(save === undefined ? {} : { save }),
  ...(dryRun === undefined ? {} : { dry_run: dryRun }),
})
