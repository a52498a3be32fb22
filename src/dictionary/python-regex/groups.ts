import type { PatternReader } from './pattern-reader.ts'
import type { Width } from './tree.ts'

/** The capturing groups that a parser has met, and which of them a back-reference may name where it stands. */
export class Groups {
  /** Of the groups that are closed, by number. */
  readonly widths = new Map<number, Width>()
  count = 0
  readonly #names = new Map<string, number>()
  /** How many groups there were before the outermost lookbehind that is open. */
  #beforeLookbehind: number | undefined

  /** Opens the next group and gives its number. */
  open(reader: PatternReader, name: string | undefined): number {
    this.count++
    if (name !== undefined) {
      const known = this.#names.get(name)
      if (known !== undefined) {
        const message = `redefinition of group name '${name}' as group ${this.count}; was group ${known}`
        reader.refuse(message, name.length + 1)
      }
      this.#names.set(name, this.count)
    }
    return this.count
  }

  close(number: number, width: Width): void {
    this.widths.set(number, width)
  }

  numberOf(reader: PatternReader, name: string): number {
    return this.#names.get(name) ?? reader.refuse(`unknown group name '${name}'`, name.length + 1)
  }

  /** Refuses a reference to a group that is still open; `back` is how far behind us the reference begins. */
  refuseOpen(reader: PatternReader, number: number, back: number): void {
    if (!this.widths.has(number)) reader.refuse('cannot refer to an open group', back)
  }

  /** Inside a lookbehind, refuses a reference to a group of that lookbehind. */
  refuseOfLookbehind(reader: PatternReader, number: number): void {
    if (this.#beforeLookbehind === undefined) return
    this.refuseOpen(reader, number, 0)
    if (number > this.#beforeLookbehind) {
      reader.refuse('cannot refer to group defined in the same lookbehind subpattern')
    }
  }

  /** Does the reading of a lookbehind's body. */
  insideLookbehind<Result>(read: () => Result): Result {
    const outer = this.#beforeLookbehind
    this.#beforeLookbehind ??= this.count
    const result = read()
    this.#beforeLookbehind = outer
    return result
  }
}

/** Python takes identifiers as names of groups. */
export function checkGroupName(reader: PatternReader, name: string): string {
  if (!/^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(name)) {
    reader.refuse(`bad character in group name '${name}'`, name.length + 1)
  }
  return name
}
