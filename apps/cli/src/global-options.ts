import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'

/** Options of every command, as commander hands them over. */
export interface GlobalOptions {
  readonly url?: string
  /** The reference's word for `url`. */
  readonly endpoint?: string
  readonly apiKey?: string
  readonly apiKeyFile?: string
  readonly profile?: string
  readonly json?: boolean
  readonly ndjson?: boolean
  readonly output?: string
  readonly quiet?: boolean
  /** Seconds. */
  readonly timeout?: number
}

/** A whole number in a range; commander tells the flag with what is wrong. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    return value
  }
}

/** One more of an option that may be given several times. */
export const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]

/** An option that clients of the reference know, and that `--help` does not show. */
export const hidden = (flags: string): Option => new Option(flags).hideHelp()

export function addGlobalOptions(program: Command): Command {
  return (
    program
      .option('--url <url>', 'server; also NETPULSE_URL, or a profile (http://127.0.0.1:9000)')
      .option(
        '--api-key-file <file>',
        'file with the API key; also NETPULSE_API_KEY_FILE; the key itself: NETPULSE_API_KEY',
      )
      .option('--profile <name>', 'server of ~/.config/netpulse/config.yaml; also NETPULSE_PROFILE')
      .option('--json', 'one JSON document on stdout')
      .option('--ndjson', 'one JSON document per line on stdout')
      .option('-o, --output <file>', 'results into a file: .csv, .json or .ndjson')
      .option('-t, --timeout <seconds>', 'longest wait for jobs; they go on after it', wholeNumber(1, 86_400))
      .option('-q, --quiet', 'no progress on stderr')
      .addOption(hidden('--endpoint <url>'))
      .addOption(hidden('--api-key <key>'))
      // The reference polls at this interval; here the server answers when a job has ended.
      .addOption(hidden('-i, --interval <seconds>'))
  )
}
