import { lstat, realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Fault } from '../lib/fault.ts'

/** The longest name of a file that common file systems take, in bytes. */
const LONGEST_NAME = 255

/**
 * The place of a path inside a folder, which nothing in it can lead out of: no `..`, and no link, neither the path itself
 * nor a folder on the way. A leading slash means the folder. Throws `path-refused`.
 */
export async function containedPath(folder: string, path: string): Promise<string> {
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  if (names.length === 0) throw refused(path, 'It names no folder.')
  for (const name of names) {
    if (name === '..') throw refused(path, 'It leads out of the output folder.')
    if (/[\p{Cc}\\]/u.test(name)) throw refused(path, 'It holds a character that no name of a folder has.')
    if (Buffer.byteLength(name) > LONGEST_NAME) throw refused(path, 'A name in it is too long.')
  }
  let place = await realpath(folder)
  for (const name of names) {
    place = join(place, name)
    const status = await lstat(place).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw refused(path, `It cannot be looked at: ${error.code}.`)
    })
    if (status?.isSymbolicLink()) throw refused(path, 'There is a link on the way.')
    if (status && !status.isDirectory()) throw refused(path, 'There is a file on the way.')
  }
  return place
}

/**
 * The same for a place that was found before: somebody may have put a link on the way since, while the run waited. Throws
 * `path-refused`.
 */
export async function stillContained(folder: string, place: string): Promise<string> {
  return containedPath(folder, relative(await realpath(folder), place))
}

function refused(path: string, why: string): Fault {
  return new Fault('path-refused', `The path ${JSON.stringify(path)} is refused. ${why}`, {
    remedy: 'Name a folder below the output folder of the server, such as "nightly/shop".',
  })
}
