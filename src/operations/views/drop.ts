import { SALT_TABLE } from '../../compile/views/definitions.ts'
import { identifier, qualified, sql } from '../../lib/sql.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { ServerError, Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import type { Context } from '../context.ts'
import { attempt } from '../snapshot-sessions.ts'
import { dropViews } from './install.ts'
import { isOurs, readInstalled } from './installed.ts'
import { viewsFault } from './refusals.ts'

const DEPENDENT_OBJECTS = '2BP01'

/** Functions or types of somebody else may be in the schema still. */
async function dropIfEmpty(session: Session, schema: string): Promise<void> {
  const never = new AbortController().signal
  const dropped = await attempt(session, never, sql`DROP SCHEMA ${identifier(schema)}`, 'keep')
  if (!Array.isArray(dropped) && dropped.sqlState !== DEPENDENT_OBJECTS) throw dropped
}

/** Drops the masked views, their salt and, where nothing else is in it, their schema; gives the names of the views. */
export async function dropInstalledViews(
  context: Context,
  source: Target,
  schema: string,
): Promise<string[]> {
  const session = await Session.open(source)
  try {
    await session.run(sql`SET client_min_messages = warning; ${EMPTY_SEARCH_PATH}; BEGIN`)
    const there = await readInstalled(session, schema)
    const ours = there.filter(isOurs)
    const salt = there.filter(({ kind, name }) => kind === 'r' && name === SALT_TABLE)
    if (ours.length > 0) await session.rowsUntil(context.signal, dropViews(schema, ours))
    if (salt.length > 0) await session.run(sql`DROP TABLE ${qualified(schema, SALT_TABLE)}`)
    if (there.length > 0 && there.length === ours.length + salt.length) await dropIfEmpty(session, schema)
    await session.run(sql`COMMIT`)
    return ours.map(({ name }) => name)
  } catch (error) {
    throw error instanceof ServerError ? viewsFault(error) : error
  } finally {
    await session.close()
  }
}
