import { randomBytes } from 'node:crypto'
import { LONGEST_NAME, refusedPath, refuseName } from '../../lib/contained-path.ts'

const PARTIAL = /\.partial-[0-9a-f]{16}$/
/** Room for the ending of a partial file. */
const LONGEST = LONGEST_NAME - '.partial-'.length - 16
/** S3 takes keys of up to 1,024 bytes, with the prefix; other places take more. */
const LONGEST_PATH = 900

/**
 * The names of a path below the root of a destination, the last one that of a file. The same rules hold everywhere, so
 * that a backup can be carried from one kind of destination to another. Throws `path-refused`.
 */
export function fileNames(path: string): string[] {
  const names = folderNames(path)
  const last = names.at(-1)
  if (last === undefined) throw refusedPath(path, 'It names no file.')
  if (PARTIAL.test(last)) throw refusedPath(path, 'Files of that name are partial ones.')
  return names
}

/** The names of a folder below the root of a destination; none for '', the root. Throws `path-refused`. */
export function folderNames(path: string): string[] {
  if (path === '') return []
  if (Buffer.byteLength(path) > LONGEST_PATH) throw refusedPath(path.slice(0, 100), 'It is too long.')
  const names = path.split('/')
  for (const name of names) {
    if (name === '' || name === '.') throw refusedPath(path, 'It is not a plain path like "nightly/shop".')
    refuseName(name, path, LONGEST)
  }
  return names
}

/** Whether a file found in a destination can be asked for by its path. What others put there may have odd names. */
export function isPlain(path: string): boolean {
  try {
    return fileNames(path).length > 0
  } catch {
    return false
  }
}

/** Under which a file is written before it is whole. */
export function partialName(name: string): string {
  return `${name}.partial-${randomBytes(8).toString('hex')}`
}

export function isPartial(name: string): boolean {
  return PARTIAL.test(name)
}

/** The names of a prefix that an operator wrote, whatever slashes stand around them. */
export function prefixNames(prefix: string | undefined): string[] {
  return (prefix ?? '').split('/').filter((name) => name !== '' && name !== '.')
}
