import type { AuditAct, AuditEntry, AuditHead, CancelTimer } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import type { AuditFilter, AuditLine, AuditLog, Page, PageRequest } from '@netpulse/queue'
import { auditSlackMs, longestAuditCut, searchAudit } from '@netpulse/queue'
import type { AuditRow, AuditStep, OpenedAudit } from './audit-chain.js'
import { atMsOf, cutStep, headOf, lineOf, stepFor, tooMany } from './audit-chain.js'
import type { Kernel } from './kernel.js'

/** Acts that get their places in one step: bounds how long Redis is held. */
const sliceSize = 500

/**
 * The audit record on Redis. Scripts put acts in line, in the step that makes them true; Redis has no SHA-256, so that any
 * process gives them their places in the chain afterwards, in order: at a steady pace, and before each question. Of two
 * that do it at once one finds that the chain no longer ends where it looked, and looks again.
 */
export class RedisAudit implements AuditLog {
  readonly #kernel: Kernel
  #cancelTick: CancelTimer = () => undefined
  #running: Promise<void> | undefined

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  start(): void {
    this.#kernel.onClose(async () => {
      this.#cancelTick()
      await this.#running?.catch(() => undefined) // said to the log already
    })
    this.#tick()
  }

  async append(act: AuditAct): Promise<void> {
    await this.#kernel.run('appendAudit', JSON.stringify(act))
  }

  async list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>> {
    await this.#keepUp()
    return searchAudit((number, limit) => this.#before(number, limit), filter, page)
  }

  async lines(after: number, limit: number): Promise<readonly AuditLine[]> {
    await this.#keepUp()
    return this.#rows(after + 1, limit)
  }

  async head(): Promise<AuditHead> {
    return headOf(await this.#keepUp())
  }

  async #before(number: number, limit: number): Promise<readonly AuditLine[]> {
    if (number <= 1) return []
    const { commands } = this.#kernel.connections
    const rows = this.#kernel.ask(commands.xrevrange(this.#kernel.key('au'), `${number - 1}-0`, '-', 'COUNT', limit))
    return ((await rows) as unknown as readonly AuditRow[]).map(lineOf)
  }

  #tick(): void {
    const { clock, settings, log } = this.#kernel
    this.#cancelTick = clock.setTimer(settings.sweepMs, () => {
      this.#tick()
      this.#running ??= this.#keepUp()
        .then(() => undefined)
        .catch((error: unknown) => {
          // It is tried again soon; who asks for the record hears of it.
          log.debug({ code: toErrorData(error).code }, 'The audit record could not be brought up to date.')
        })
        .finally(() => {
          this.#running = undefined
        })
    })
  }

  /** Gives all that waits its place, and lets go what is too old or too much. Answers with what it saw then. */
  async #keepUp(): Promise<OpenedAudit> {
    for (;;) {
      const opened = await this.#seal()
      const cut = await this.#cutOf(opened)
      if (cut === undefined) return opened
      await this.#write(cut)
    }
  }

  /** Until nothing waits. Answers with what it saw then. */
  async #seal(): Promise<OpenedAudit> {
    for (;;) {
      const opened = (await this.#kernel.run('openAudit', sliceSize)) as OpenedAudit
      if (opened[4].length === 0) return opened
      await this.#write(stepFor(opened))
    }
  }

  /** A step that another process was faster with changes nothing. */
  async #write({ before, waited, cut, hash, texts }: AuditStep): Promise<void> {
    const end = before.number === 0 ? '' : before.hash
    await this.#kernel.run('sealAudit', before.number, end, waited, cut, hash, ...texts)
  }

  /** What is to go now because of number or age. */
  async #cutOf(opened: OpenedAudit): Promise<AuditStep | undefined> {
    const { audit } = this.#kernel.settings
    if (opened[2] === null) return undefined
    const first = lineOf(opened[2])
    const excess = tooMany(opened, audit)
    const untilMs = Number(opened[3]) - audit.retentionMs
    const isOld = atMsOf(first.text) + auditSlackMs(audit) <= untilMs
    const last = excess > 0 ? excess : isOld ? await this.#lastOver(first.number, headOf(opened).number, untilMs) : 0
    const line = last === 0 ? undefined : await this.#lineAt(last)
    return line === undefined ? undefined : cutStep(opened, line)
  }

  /** Number of the last entry whose time is over, of those that one cut may take: they are in the order of their time. */
  async #lastOver(first: number, head: number, untilMs: number): Promise<number> {
    let [over, open] = [first, Math.min(head, first + longestAuditCut - 1) + 1]
    while (open - over > 1) {
      const middle = Math.floor((over + open) / 2)
      const line = await this.#lineAt(middle)
      if (line !== undefined && atMsOf(line.text) < untilMs) over = middle
      else open = middle
    }
    return over
  }

  async #lineAt(number: number): Promise<AuditLine | undefined> {
    return (await this.#rows(number, 1)).find((line) => line.number === number)
  }

  async #rows(from: number, limit: number): Promise<readonly AuditLine[]> {
    const { commands } = this.#kernel.connections
    const rows = this.#kernel.ask(commands.xrange(this.#kernel.key('au'), `${from}-0`, '+', 'COUNT', limit))
    return ((await rows) as unknown as readonly AuditRow[]).map(lineOf)
  }
}
