const inspect = Symbol.for('nodejs.util.inspect.custom')
const shown = '[secret]'

/** A value that no log, error or JSON text shows. `reveal()` marks each place that really needs it. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [Symbol.toPrimitive](): string {
    return shown
  }

  [inspect](): string {
    return shown
  }
}
