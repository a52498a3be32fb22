import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ManifestFile, TOC_FILE } from '../../archive/manifest.ts'
import { readToc, type TocEntry } from '../../archive/toc/toc.ts'
import { Fault } from '../../lib/fault.ts'
import { sql } from '../../lib/sql.ts'
import type { Session } from '../../postgres/session.ts'
import type { ArchiveFolder } from '../../storage/archive-folder.ts'
import type { Context } from '../context.ts'
import { type PgDump, runPgDump } from './pg-dump.ts'

export interface LargeObjects {
  readonly entries: readonly TocEntry[]
  readonly files: readonly ManifestFile[]
}

export const NO_LARGE_OBJECTS: LargeObjects = { entries: [], files: [] }

export async function countLargeObjects(session: Session): Promise<number> {
  const { count } = await session.row<{ count: number }>(
    sql`SELECT pg_catalog.count(*)::float8 AS count FROM pg_catalog.pg_largeobject_metadata`,
  )
  return count
}

/**
 * Dumps large objects, as they are, by pg_dump itself, in a folder inside the archive's, and moves their files up. How
 * they are grouped differs between majors, and pg_dump knows. Rows of tables are excluded by name, and that none came
 * along is looked at before anything else.
 */
export async function dumpLargeObjects(
  context: Context,
  pgDump: PgDump,
  folder: ArchiveFolder,
): Promise<LargeObjects> {
  const inner = join(folder.path, 'large-objects.new')
  const options = [
    '--format=directory',
    '--data-only',
    '--blobs',
    '--exclude-table-data=*.*',
    `--file=${inner}`,
  ]
  await runPgDump(context, pgDump, options)
  const { entries } = readToc(new Uint8Array(await readFile(join(inner, TOC_FILE))))
  if (entries.some((entry) => entry.description === 'TABLE DATA')) {
    throw new Fault('internal', 'pg_dump wrote rows where it was told to write large objects alone.')
  }
  const names = (await readdir(inner)).filter((name) => name !== TOC_FILE)
  const files = []
  for (const file of names) {
    await rename(join(inner, file), join(folder.path, file))
    files.push({ file, ...(await folder.measure(file)) })
  }
  await rm(inner, { recursive: true })
  return { entries, files }
}
