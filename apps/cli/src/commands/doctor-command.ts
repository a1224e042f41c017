import { AuthenticationError } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import type { ExitCode } from '../exit-codes.js'
import { exitCodes, exitOfError } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'
import { oneLine } from '../output/plain-text.js'
import { table } from '../output/table.js'
import { ownVersion } from '../own-version.js'
import { configFileOf } from '../settings/profiles.js'
import type { ServerSettings } from '../settings/server-settings.js'
import { clientFor } from '../settings/server-settings.js'

/** One thing that was looked at. */
interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly found: string
  /** Code that the program ends with when it failed. */
  readonly exitCode?: ExitCode
}

/** Clocks that are further apart make events and expiry hard to read. */
const largestSkewSeconds = 5

const oldestNode: readonly [number, number] = [20, 19]

export function doctorCommand(set: CommandSet): Command {
  const command = set.program
    .command('doctor')
    .summary('look whether everything is in place')
    .description('Looks at this program, its settings, the server, the API key and the clocks.')
  return doing<GlobalOptions>(command, set, doctor)
}

async function doctor(context: Context) {
  const findings = [nodeVersion(), ...(await settingsFindings(context))]
  const rows = findings.map(({ check, state, found }) => ({ check, state, found }))
  const text = (): string =>
    table(
      [
        { head: 'CHECK', value: ({ check }) => check },
        { head: 'STATE', value: ({ state }) => state },
        { head: 'FOUND', value: ({ found }) => found },
      ],
      rows,
    )
  await context.report.list({ records: rows, rows, text })
  return findings.find(({ exitCode }) => exitCode !== undefined)?.exitCode ?? exitCodes.ok
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const fits = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  const found = `Node ${process.versions.node}, netpulse ${ownVersion()}`
  if (fits) return { check: 'program', state: 'ok', found }
  return {
    check: 'program',
    state: 'failed',
    found: `${found}; Node ${oldestNode.join('.')} is needed`,
    exitCode: exitCodes.usage,
  }
}

async function settingsFindings(context: Context): Promise<readonly Finding[]> {
  const { parts } = context
  let server: ServerSettings
  try {
    server = await context.server()
  } catch (error) {
    return [{ check: 'settings', state: 'failed', found: (error as Error).message, exitCode: exitOfError(error) }]
  }
  const { url, keySource = 'none' } = server
  const settings: Finding = {
    check: 'settings',
    state: 'ok',
    found: `${url}, API key from ${keySource}; file ${configFileOf(parts)}`,
  }
  const reached = await reach(url, parts.interrupted)
  const isThere = reached.every(({ state }) => state !== 'failed')
  return [settings, ...reached, ...(isThere ? [await keyFinding(server, parts.interrupted)] : [])]
}

const limitMs = 10_000

/** The document needs no key, and says which version answers. */
async function reach(url: string, interrupted: AbortSignal): Promise<readonly Finding[]> {
  try {
    const signal = AbortSignal.any([interrupted, AbortSignal.timeout(limitMs)])
    const answer = await fetch(`${url.replace(/\/+$/, '')}/openapi.json`, { signal, redirect: 'error' })
    const { info } = (await answer.json()) as { info?: { title?: string; version?: string } }
    if (info?.title !== 'NetPulse') throw new Error('what answers there is no NetPulse server')
    return [versionFinding(info.version ?? ''), clockFinding(answer.headers.get('date'))]
  } catch (error) {
    const { cause, message } = error as { cause?: { code?: string }; message: string }
    return [
      { check: 'server', state: 'failed', found: oneLine(cause?.code ?? message), exitCode: exitCodes.unreachable },
    ]
  }
}

function versionFinding(version: string): Finding {
  const own = ownVersion()
  const same = version.split('.').slice(0, 2).join('.') === own.split('.').slice(0, 2).join('.')
  return {
    check: 'server',
    state: same ? 'ok' : 'warning',
    found: `NetPulse ${oneLine(version)}${same ? '' : `; this program is ${own}`}`,
  }
}

function clockFinding(date: string | null): Finding {
  const skew = Math.round((Date.parse(date ?? '') - Date.now()) / 1000)
  if (Number.isNaN(skew)) return { check: 'clock', state: 'warning', found: 'the server sends no date' }
  const fits = Math.abs(skew) <= largestSkewSeconds
  const found = fits ? 'the clocks agree' : `the server's clock is ${Math.abs(skew)} s ${skew > 0 ? 'ahead' : 'behind'}`
  return { check: 'clock', state: fits ? 'ok' : 'warning', found }
}

async function keyFinding(server: ServerSettings, signal: AbortSignal): Promise<Finding> {
  try {
    await clientFor(server).health({ signal })
    return { check: 'API key', state: 'ok', found: 'the server takes it' }
  } catch (error) {
    const found =
      error instanceof AuthenticationError ? `the server refuses it: ${error.detail}` : (error as Error).message
    return { check: 'API key', state: 'failed', found, exitCode: exitOfError(error) }
  }
}
