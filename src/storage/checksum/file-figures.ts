/** What a manifest says of a file. */
export interface FileFigures {
  readonly fileBytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

/**
 * Reads a file of about so many bytes and measures it. Throws what reading it throws.
 *
 * Threads begin from the text of this function, so nothing in it may stand outside of it. A small file is read at once: of
 * 2,000 a look at the status and a buffer each made it 18 ms instead of 13.
 */
export function figuresOf(path: string, aboutBytes: number): FileFigures {
  const { closeSync, openSync, readSync } = process.getBuiltinModule('node:fs')
  const piece = Buffer.allocUnsafe(Math.min(Math.max(4096, aboutBytes + 1), 1024 * 1024))
  const hash = new Bun.CryptoHasher('sha256')
  let fileBytes = 0
  const file = openSync(path, 'r')
  const next = () => readSync(file, piece, 0, piece.length, null)
  try {
    for (let bytesRead = next(); bytesRead > 0; bytesRead = next()) {
      hash.update(piece.subarray(0, bytesRead))
      fileBytes += bytesRead
    }
  } finally {
    closeSync(file)
  }
  return { fileBytes, sha256: hash.digest('hex') }
}
