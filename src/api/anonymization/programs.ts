import { realpathSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { Fault } from '../../lib/fault.ts'
import type { ApiContext } from './context.ts'

/** A program that a request names: one of that name, in a folder that the operator allows. Throws `program-refused`. */
export function allowedProgram(
  context: ApiContext,
  name: 'pg_dump' | 'pg_restore',
  path: string | undefined,
): string | undefined {
  if (path === undefined || path === '') return undefined
  const folders = context.programFolders.map(realFolder).filter((folder) => folder !== undefined)
  const folder = realFolder(dirname(path))
  if (path.startsWith('/') && basename(path) === name && folder !== undefined && folders.includes(folder))
    return path
  throw new Fault('program-refused', `${JSON.stringify(path)} is not a ${name} that may be run.`, {
    remedy:
      'Name none: the one that fits is found. The operator of the server can allow its folder by --program-folders.',
  })
}

function realFolder(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
