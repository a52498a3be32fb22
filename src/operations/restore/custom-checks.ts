import customChecksSql from '../../../sql/restore/custom_checks.sql' with { type: 'text' }
import { fromShippedFile, identifier, qualified, sql } from '../../lib/sql.ts'
import type { Session } from '../../postgres/session.ts'

/** Drops CHECK constraints that call functions of the database; gives their names. */
export async function dropCustomChecks(session: Session): Promise<string[]> {
  const checks = await session.rows<{ schema: string; table: string; name: string }>(
    fromShippedFile(customChecksSql),
  )
  for (const { schema, table, name } of checks) {
    await session.run(
      sql`ALTER TABLE ${qualified(schema, table)} DROP CONSTRAINT IF EXISTS ${identifier(name)} CASCADE`,
    )
  }
  return checks.map(({ schema, table, name }) => `${schema}.${table} ${name}`)
}
