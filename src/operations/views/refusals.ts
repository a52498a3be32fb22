import { SALT_TABLE } from '../../compile/views/definitions.ts'
import { Fault } from '../../lib/fault.ts'
import { literal, sql } from '../../lib/sql.ts'
import type { ServerError, Session } from '../../postgres/session.ts'
import { type Installed, isOurs } from './installed.ts'

/** The schema is for the views alone, and nobody else's: whoever owns it, or a view in it, could replace a view. */
export async function refuseForeignObjects(
  session: Session,
  schema: string,
  there: readonly Installed[],
): Promise<void> {
  const foreign = there.find((entry) => !isOurs(entry) && !(entry.kind === 'r' && entry.name === SALT_TABLE))
  if (foreign) {
    throw new Fault(
      'views-failed',
      `The schema ${schema} holds something that pgveil did not make: ${foreign.name}.`,
      {
        remedy: 'Move it, or choose another schema by --views-schema.',
      },
    )
  }
  const [owner] = await session.rows<{ owner: string; trusted: boolean }>(sql`
SELECT pg_catalog.pg_get_userbyid(n.nspowner) AS owner,
  pg_catalog.pg_get_userbyid(n.nspowner) OPERATOR(pg_catalog.=) current_user
  OR (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid OPERATOR(pg_catalog.=) n.nspowner) AS trusted
FROM pg_catalog.pg_namespace n
WHERE n.nspname OPERATOR(pg_catalog.=) ${literal(schema)}`)
  const others = there.find((entry) => owner && entry.owner !== owner.owner)
  if (owner && (!owner.trusted || others)) {
    throw new Fault(
      'views-failed',
      `The schema ${schema} or a view in it belongs to another role: ${others?.owner ?? owner.owner}.`,
      { remedy: 'Install as the role that owns it, or choose another schema by --views-schema.' },
    )
  }
}

export function viewsFault(error: ServerError): Fault {
  const remedies: Readonly<Record<string, string>> = {
    '25006': 'Install the views on the primary; a standby takes them over from it.',
    '2BP01': 'Something was built upon a view that must be made anew: drop that first.',
    '42501':
      'The user needs CREATE on the database, SELECT on the tables, and must own the schema of the views.',
  }
  return new Fault('views-failed', `The views could not be changed: ${error.safeWords}.`, {
    remedy: remedies[error.sqlState] ?? 'Nothing was changed.',
  })
}
