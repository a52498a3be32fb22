import { type ManifestFile, SUMMED_BYTES } from '../../archive/manifest.ts'

/** What a manifest says of a file beside its name. */
export type FileFigures = Omit<ManifestFile, 'file'>

/** Sums up a file that comes in pieces. */
export class FileSums {
  #hash = new Bun.CryptoHasher('sha256')
  #bytes = 0
  readonly #finished: string[] = []

  update(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + SUMMED_BYTES - (this.#bytes % SUMMED_BYTES))
      this.#hash.update(part)
      this.#bytes += part.length
      at += part.length
      // Giving the sum begins the hash anew.
      if (this.#bytes % SUMMED_BYTES === 0) this.#finished.push(this.#hash.digest('hex'))
    }
  }

  get fileBytes(): number {
    return this.#bytes
  }

  /** Up to here. */
  get figures(): FileFigures {
    const nothingBegun = this.#bytes > 0 && this.#bytes % SUMMED_BYTES === 0
    const sha256 = nothingBegun ? this.#finished : [...this.#finished, this.#hash.copy().digest('hex')]
    return { fileBytes: this.#bytes, sha256 }
  }
}
