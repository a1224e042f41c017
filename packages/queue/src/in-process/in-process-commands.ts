import type { JsonObject, NodeId } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import type { NodeCommands, Running } from '../backend.js'
import type { Kernel } from './kernel.js'
import type { KernelSlot } from './kernel-slot.js'

/** A command that nobody took for this long is forgotten. Milliseconds. */
const commandTtlMs = 60_000

interface Waiting {
  readonly command: JsonObject
  readonly sentMs: number
}

/** Commands to the nodes of this process. In memory: no node outlasts the process. */
export class InProcessCommands implements NodeCommands {
  readonly #slot: KernelSlot
  readonly #waiting = new Map<NodeId, Waiting[]>()
  readonly #consumers = new Map<NodeId, () => void>()

  constructor(slot: KernelSlot) {
    this.#slot = slot
  }

  get #kernel(): Kernel {
    return this.#slot.kernel
  }

  async send(node: NodeId, command: JsonObject): Promise<void> {
    this.#kernel.assertOpen()
    const sentMs = this.#kernel.now().getTime()
    const young = (this.#waiting.get(node) ?? []).filter((one) => sentMs - one.sentMs <= commandTtlMs)
    this.#waiting.set(node, [...young, { command, sentMs }])
    this.#consumers.get(node)?.()
  }

  /** A new consumer takes the place of one before: the node has begun anew. */
  async consume(node: NodeId, run: (command: JsonObject) => Promise<void>): Promise<Running> {
    this.#kernel.assertOpen()
    let round = Promise.resolve()
    const wake = (): void => void (round = round.then(() => this.#runAll(node, run)))
    this.#consumers.set(node, wake)
    wake()
    const drain = async (): Promise<void> => {
      if (this.#consumers.get(node) === wake) this.#consumers.delete(node)
      await round
    }
    return { drain }
  }

  async #runAll(node: NodeId, run: (command: JsonObject) => Promise<void>): Promise<void> {
    for (let next = this.#next(node); next !== undefined; next = this.#next(node)) {
      if (this.#kernel.now().getTime() - next.sentMs > commandTtlMs) continue
      await run(next.command).catch((error: unknown) =>
        this.#kernel.log.error({ node, code: toErrorData(error).code }, 'A command to this node failed.'),
      )
    }
  }

  #next(node: NodeId): Waiting | undefined {
    const [next, ...rest] = this.#waiting.get(node) ?? []
    if (rest.length > 0) this.#waiting.set(node, rest)
    else this.#waiting.delete(node)
    return next
  }
}
