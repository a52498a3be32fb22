import { PythonRegexError } from './refusals.ts'

/**
 * Goes through a pattern unit by unit: a character, or a backslash with the character behind it. Columns of a refusal
 * are where Python's own tokenizer puts them.
 */
export class PatternReader {
  readonly text: string
  /** The unit that `take` gives next; undefined at the end. */
  next: string | undefined
  #end = 0

  constructor(text: string) {
    this.text = text
    this.#advance()
  }

  /** Index of the unit that comes next. */
  get at(): number {
    return this.#end - (this.next?.length ?? 0)
  }

  take(): string | undefined {
    const unit = this.next
    this.#advance()
    return unit
  }

  skip(unit: string): boolean {
    if (this.next !== unit) return false
    this.#advance()
    return true
  }

  /** Up to `count` units that are characters of `allowed`. */
  takeWhile(allowed: string, count = Number.POSITIVE_INFINITY): string {
    let taken = ''
    while (taken.length < count && this.next !== undefined && allowed.includes(this.next))
      taken += this.take()
    return taken
  }

  /** What stands before the terminator, which is passed. */
  takeUntil(terminator: string, what: string): string {
    let taken = ''
    for (;;) {
      const unit = this.take()
      if (unit === undefined) {
        return taken === ''
          ? this.refuse(`missing ${what}`)
          : this.refuse(`missing ${terminator}, unterminated name`, taken.length)
      }
      if (unit === terminator) return taken === '' ? this.refuse(`missing ${what}`, 1) : taken
      taken += unit
    }
  }

  returnTo(at: number): void {
    this.#end = at
    this.#advance()
  }

  /** Refuses the pattern at `back` before the unit that comes next. */
  refuse(message: string, back = 0): never {
    throw new PythonRegexError(message, this.at - back)
  }

  #advance(): void {
    const char = this.#characterAt(this.#end)
    if (char === '\\') {
      const escaped = this.#characterAt(this.#end + 1)
      if (escaped === '') throw new PythonRegexError('bad escape (end of pattern)', this.text.length - 1)
      this.next = char + escaped
    } else {
      this.next = char === '' ? undefined : char
    }
    this.#end += this.next?.length ?? 0
  }

  #characterAt(index: number): string {
    const point = this.text.codePointAt(index)
    return point === undefined ? '' : String.fromCodePoint(point)
  }
}
