/** Weights with their running sums in a tree: draw by weight and change one weight, each in log n. */
export class WeightTree {
  readonly #sums: number[]
  readonly #leaves: number

  constructor(weights: readonly number[]) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, weights.length)))
    this.#sums = new Array<number>(2 * this.#leaves).fill(0)
    weights.forEach((weight, index) => (this.#sums[this.#leaves + index] = weight))
    for (let at = this.#leaves - 1; at >= 1; at--) this.#sums[at] = this.#sums[2 * at]! + this.#sums[2 * at + 1]!
  }

  get total(): number {
    return this.#sums[1]!
  }

  set(index: number, weight: number): void {
    let at = this.#leaves + index
    this.#sums[at] = weight
    for (at >>= 1; at >= 1; at >>= 1) this.#sums[at] = this.#sums[2 * at]! + this.#sums[2 * at + 1]!
  }

  /** Index of the weight that a number in [0, 1) falls on; never one of weight 0 while another has more. */
  draw(share: number): number {
    let left = share * this.total
    let at = 1
    while (at < this.#leaves) {
      const [low, high] = [this.#sums[2 * at]!, this.#sums[2 * at + 1]!]
      const goesLow = low > 0 && (left < low || high === 0)
      if (!goesLow) left -= low
      at = goesLow ? 2 * at : 2 * at + 1
    }
    return at - this.#leaves
  }
}
