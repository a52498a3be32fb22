import { LIBRARY_SCHEMA } from '../catalog/model.ts'
import type { DictionarySource } from '../dictionary/source.ts'
import { literal, sql } from '../lib/sql.ts'
import type { Target } from '../postgres/connection/target.ts'
import { Session } from '../postgres/session.ts'
import type { Context } from './context.ts'
import { init } from './init.ts'

/**
 * Installs the function library where a dictionary speaks of it and the database has no schema of that name: who has only
 * the REST API has no other way. A library that is there stays as it is.
 */
export async function installLibraryIfCalled(
  context: Context,
  target: Target,
  dictionaries: readonly DictionarySource[],
): Promise<void> {
  if (!dictionaries.some(({ text }) => text.includes(LIBRARY_SCHEMA))) return
  if (await hasLibrary(target)) return
  await init(context, target)
}

async function hasLibrary(target: Target): Promise<boolean> {
  const session = await Session.open(target)
  try {
    const { found } = await session.row<{ found: boolean }>(
      sql`SELECT pg_catalog.to_regnamespace(${literal(LIBRARY_SCHEMA)}) IS NOT NULL AS found`,
    )
    return found
  } finally {
    await session.close()
  }
}
