/** Where a part of a file is. */
export interface FilePart {
  readonly path: string
  readonly from: number
  readonly mostBytes: number
}

/** What there is of it. */
export interface PartFigures {
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

/**
 * Reads a part of a file, up to where the file ends, and sums it up. Throws what reading it throws.
 *
 * Threads begin from the text of this function, so nothing in it may stand outside of it. A small file is read at once: of
 * 2,000 a look at the status and a buffer each made it 18 ms instead of 13.
 */
export function sumOfPart({ path, from, mostBytes }: FilePart): PartFigures {
  const { closeSync, openSync, readSync } = process.getBuiltinModule('node:fs')
  const piece = Buffer.allocUnsafe(Math.min(Math.max(4096, mostBytes), 1024 * 1024))
  const hash = new Bun.CryptoHasher('sha256')
  let bytes = 0
  const file = openSync(path, 'r')
  const next = () => readSync(file, piece, 0, Math.min(piece.length, mostBytes - bytes), from + bytes)
  try {
    for (let bytesRead = next(); bytesRead > 0; bytesRead = next()) {
      hash.update(piece.subarray(0, bytesRead))
      bytes += bytesRead
    }
  } finally {
    closeSync(file)
  }
  return { bytes, sha256: hash.digest('hex') }
}
