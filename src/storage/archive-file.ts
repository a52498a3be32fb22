import type { FileHandle } from 'node:fs/promises'

/** What a finished file of the archive amounts to. */
export interface WrittenFile {
  readonly fileBytes: number
  readonly sha256: string
}

/** A file of the archive that is being written, by one writer or by several in turns. */
export class ArchiveFile {
  readonly #handle: FileHandle
  readonly #hash = new Bun.CryptoHasher('sha256')
  #fileBytes = 0

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** Appends a piece. Wait for it before the next: pieces stand in the file in the order of the calls. */
  async append(piece: Uint8Array): Promise<void> {
    this.#hash.update(piece)
    this.#fileBytes += piece.length
    for (let written = 0; written < piece.length; ) {
      const { bytesWritten } = await this.#handle.write(piece, written, piece.length - written)
      written += bytesWritten
    }
  }

  get amount(): WrittenFile {
    return { fileBytes: this.#fileBytes, sha256: this.#hash.copy().digest('hex') }
  }

  /** Brings the file to disk, and not only to the kernel, and closes it. */
  async sync(): Promise<void> {
    try {
      await this.#handle.datasync()
    } finally {
      await this.#handle.close()
    }
  }

  async abandon(): Promise<void> {
    await this.#handle.close()
  }
}
