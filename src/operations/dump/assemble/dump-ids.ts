import type { Toc, TocEntry } from '../../../archive/toc/toc.ts'

/** Gives dump ids that nothing in an archive has or depends on. */
export class DumpIds {
  #last = 0

  constructor(toc: Toc, taken: readonly number[] = []) {
    this.#last = Math.max(0, ...taken)
    this.skip(toc.entries)
  }

  next(): number {
    return ++this.#last
  }

  /** Leaves out the ids of entries that came with their own. */
  skip(entries: readonly TocEntry[]): void {
    for (const entry of entries) this.#last = Math.max(this.#last, entry.dumpId, ...entry.dependencies)
  }
}
