import { inspect } from 'node:util'

const MASK = '[secret]'

/** A value that no log, error, JSON or template can print by accident; only `reveal()` gives it out. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The plain value. Call it only where it leaves for the server or a child's environment. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
