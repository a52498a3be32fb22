/** Bytes that decide where a pattern may begin; no pattern may be shorter. */
const PREFIX = 5

const MASK = 0xffff

/**
 * Finds any of very many texts in a stream of bytes, in one pass: at every byte the next five are hashed and looked up,
 * and what has the hash is compared. Memory is one chunk and the patterns, time does not grow with their number.
 */
export class TextSearch {
  /** Patterns by the hash of their first bytes. */
  readonly #byPrefix = new Map<number, Uint8Array[]>()
  /** One flag for each value of 16 bits of the hash: most bytes are passed over by this alone. */
  readonly #maybe = new Uint8Array(MASK + 1)
  #longest = PREFIX

  constructor(patterns: Iterable<string>) {
    const encoder = new TextEncoder()
    for (const text of new Set(patterns)) {
      const bytes = encoder.encode(text)
      if (bytes.length < PREFIX) throw new Error(`a text to search for must have ${PREFIX} bytes`)
      const hash = hashAt(bytes, 0)
      const known = this.#byPrefix.get(hash)
      if (known) known.push(bytes)
      else this.#byPrefix.set(hash, [bytes])
      this.#maybe[hash & MASK] = 1
      this.#longest = Math.max(this.#longest, bytes.length)
    }
  }

  /** How many of the patterns stand in the stream, each place counted. */
  async count(chunks: AsyncIterable<Uint8Array>): Promise<number> {
    let found = 0
    let rest: Uint8Array = new Uint8Array()
    for await (const chunk of chunks) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      // What begins in the last bytes may end in the next chunk.
      const until = Math.max(0, bytes.length - this.#longest + 1)
      found += this.#countIn(bytes, until)
      rest = bytes.slice(until)
    }
    return found + this.#countIn(rest, rest.length)
  }

  #countIn(bytes: Uint8Array, until: number): number {
    let found = 0
    for (let at = 0; at < until && at + PREFIX <= bytes.length; at++) {
      const hash = hashAt(bytes, at)
      if (this.#maybe[hash & MASK] === 0) continue
      for (const pattern of this.#byPrefix.get(hash) ?? []) if (startsWith(bytes, at, pattern)) found++
    }
    return found
  }
}

function hashAt(bytes: Uint8Array, at: number): number {
  let hash = 0x811c9dc5
  for (let index = at; index < at + PREFIX; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193)
  return hash ^ (hash >>> 16)
}

function startsWith(bytes: Uint8Array, at: number, pattern: Uint8Array): boolean {
  if (at + pattern.length > bytes.length) return false
  for (let index = PREFIX; index < pattern.length; index++)
    if (bytes[at + index] !== pattern[index]) return false
  for (let index = 0; index < PREFIX; index++) if (bytes[at + index] !== pattern[index]) return false
  return true
}
