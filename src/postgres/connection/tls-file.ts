import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { Fault } from '../../lib/fault.ts'

/** Bytes; a bundle of all public authorities has 230 kB. */
const LARGEST = 4 * 1024 * 1024

/**
 * The bytes of a certificate or a key. Requests may name its place, so nothing is read that has no end or keeps a reader
 * waiting, as devices and pipes do; all that can be wrong is told by the same words. Throws `connection-options`.
 */
export function readTlsFile(path: string): Buffer {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const status = fstatSync(file)
    if (!status.isFile() || status.size > LARGEST) throw unreadable(path)
    return readFileSync(file)
  } catch {
    throw unreadable(path)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function unreadable(path: string): Fault {
  return new Fault('connection-options', 'A file for TLS cannot be read.', {
    place: { file: path },
    remedy: 'Name a file of certificates, or a key, that the user of pgveil may read.',
  })
}
