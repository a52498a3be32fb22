import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Fault } from '../../lib/fault.ts'
import type { Home } from '../../store/home.ts'

/**
 * Refuses a folder of this machine that holds the server's own, or lies in it: who may download backups would come near
 * the state file and its key, and who may delete them, too. Throws `path-refused`.
 */
export async function refuseOwnFolder(
  { home }: { readonly home: Home },
  adapterId: string,
  { basePath }: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (adapterId !== 'local-fs' || typeof basePath !== 'string' || !basePath.startsWith('/')) return
  const [own, wanted] = await Promise.all([home.path, basePath].map(realPlace))
  if (own === undefined || wanted === undefined) return
  if (!liesIn(own, wanted) && !liesIn(wanted, own)) return
  throw new Fault('path-refused', 'The folder is that of the server itself, holds it or lies in it.', {
    remedy: 'Choose a basePath beside PGVEIL_HOME.',
  })
}

function liesIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

/** Where a path leads over all links, as far as it is there already. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(await realPlace(parent), basename(path))
  }
}
