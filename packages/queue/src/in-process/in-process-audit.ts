import type { AuditAct, AuditEntry, AuditHead } from '@netpulse/core'
import type { AuditFilter, AuditLine, AuditLog } from '../audit-log.js'
import { searchAudit } from '../audit-search.js'
import type { Page, PageRequest } from '../backend.js'
import type { Kernel } from './kernel.js'
import type { KernelSlot } from './kernel-slot.js'

/** The audit record of the in-process backend. */
export class InProcessAudit implements AuditLog {
  readonly #slot: KernelSlot

  constructor(slot: KernelSlot) {
    this.#slot = slot
  }

  get #kernel(): Kernel {
    return this.#slot.kernel
  }

  async append(act: AuditAct): Promise<void> {
    this.#kernel.assertOpen()
    this.#kernel.audit.add(act)
    await this.#kernel.commit.settled()
  }

  async list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>> {
    await this.#settled()
    // Each slice leaves the event loop to others.
    return searchAudit(
      async (number, limit) => {
        await new Promise((resolve) => setImmediate(resolve))
        this.#kernel.assertOpen()
        return this.#kernel.audit.table.before(number, limit)
      },
      filter,
      page,
    )
  }

  async lines(after: number, limit: number): Promise<readonly AuditLine[]> {
    await this.#settled()
    return this.#kernel.audit.table.after(after, limit)
  }

  async head(): Promise<AuditHead> {
    await this.#settled()
    return this.#kernel.audit.table.ends().head
  }

  async #settled(): Promise<void> {
    this.#kernel.assertOpen()
    await this.#kernel.commit.settled()
  }
}
