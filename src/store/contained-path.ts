import { realpath } from 'node:fs/promises'
import { relative } from 'node:path'
import { placeWithin, refusedPath, refuseName } from '../lib/contained-path.ts'

/**
 * The place of a path inside a folder, which nothing in it can lead out of: no `..`, and no link, neither the path itself
 * nor a folder on the way. A leading slash means the folder. Throws `path-refused`.
 */
export async function containedPath(folder: string, path: string): Promise<string> {
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  if (names.length === 0) throw refusedPath(path, 'It names no folder.')
  for (const name of names) refuseName(name, path)
  return placeWithin(folder, names, 'folder')
}

/**
 * The same for a place that was found before: somebody may have put a link on the way since, while the run waited. Throws
 * `path-refused`.
 */
export async function stillContained(folder: string, place: string): Promise<string> {
  return containedPath(folder, relative(await realpath(folder), place))
}
