import { lstat, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from './fault.ts'

/** The longest name of a file that common file systems take, in bytes. */
export const LONGEST_NAME = 255

/** Throws `path-refused` for a name that is none of a file or folder, or leads elsewhere. */
export function refuseName(name: string, path: string, longest = LONGEST_NAME): void {
  if (name === '..') throw refusedPath(path, 'It leads out of its folder.')
  if (/[\p{Cc}\\]/u.test(name)) throw refusedPath(path, 'It holds a character that no name of a folder has.')
  if (Buffer.byteLength(name) > longest) throw refusedPath(path, 'A name in it is too long.')
}

/**
 * The place of names inside a folder that exists, which nothing there can lead out of: no link, neither the last nor on
 * the way, and no file where a folder must be. What does not exist yet is no obstacle. Throws `path-refused`.
 */
export async function placeWithin(
  folder: string,
  names: readonly string[],
  last: 'file' | 'folder' | 'either',
): Promise<string> {
  const path = names.join('/')
  let place = await realpath(folder)
  for (const [index, name] of names.entries()) {
    place = join(place, name)
    const status = await lstat(place).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw refusedPath(path, `It cannot be looked at: ${error.code}.`)
    })
    if (status?.isSymbolicLink()) throw refusedPath(path, 'There is a link on the way.')
    const wanted = index === names.length - 1 ? last : 'folder'
    if (!status || wanted === 'either') continue
    if (wanted === 'file' && !status.isFile()) throw refusedPath(path, 'It is no file.')
    if (wanted === 'folder' && !status.isDirectory()) throw refusedPath(path, 'There is a file on the way.')
  }
  return place
}

export function refusedPath(path: string, why: string): Fault {
  return new Fault('path-refused', `The path ${JSON.stringify(path)} is refused. ${why}`, {
    remedy: 'Name a place below the folder that the server may use, such as "nightly/shop".',
  })
}
