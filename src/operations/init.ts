import schemaSql from '../../sql/anon_funcs/01_schema.sql' with { type: 'text' }
import digestSql from '../../sql/anon_funcs/02_digest.sql' with { type: 'text' }
import partialSql from '../../sql/anon_funcs/03_partial.sql' with { type: 'text' }
import randomSql from '../../sql/anon_funcs/04_random.sql' with { type: 'text' }
import noiseSql from '../../sql/anon_funcs/05_noise.sql' with { type: 'text' }
import convertSql from '../../sql/anon_funcs/06_convert.sql' with { type: 'text' }
import { Fault } from '../lib/fault.ts'
import { fromShippedFile, literal, sql } from '../lib/sql.ts'
import type { Target } from '../postgres/connection/target.ts'
import { ServerError, Session } from '../postgres/session.ts'
import { VERSION } from '../version.ts'
import type { Context } from './context.ts'

const FILES = [schemaSql, digestSql, partialSql, randomSql, noiseSql, convertSql]

/**
 * Installs the function library (schema anon_funcs) into a database, or brings it up to date: all of it or, where a
 * statement fails, nothing. It needs the right to create a schema, no extension and no superuser.
 */
export async function init(context: Context, target: Target): Promise<void> {
  const session = await Session.open(target)
  try {
    await session.run(sql`SET client_min_messages = warning; BEGIN`)
    for (const [done, file] of FILES.entries()) {
      context.onProgress({ stage: 'init', done, total: FILES.length })
      await session.rowsUntil(context.signal, fromShippedFile(file))
    }
    await session.run(
      sql`COMMENT ON SCHEMA anon_funcs IS ${literal(`Function library of pgveil ${VERSION}`)}; COMMIT`,
    )
  } catch (error) {
    throw error instanceof ServerError ? initFault(error) : error
  } finally {
    await session.close()
  }
}

function initFault(error: ServerError): Fault {
  const remedies: Readonly<Record<string, string>> = {
    '25006': 'Run init on the primary: a standby takes the functions over from it.',
    '42501': 'The user needs CREATE on the database, and must own the schema anon_funcs where it exists.',
    '42P13':
      'The schema holds a function of the same name made by another program: drop it and run init again.',
  }
  return new Fault('init-failed', `The function library could not be installed: ${error.message}.`, {
    place: { relation: 'anon_funcs' },
    remedy: remedies[error.sqlState],
  })
}
