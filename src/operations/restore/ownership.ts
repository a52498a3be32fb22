import type { TocEntry } from '../../archive/toc/toc.ts'
import type { Finding } from '../../lib/fault.ts'
import { join, literal, sql } from '../../lib/sql.ts'
import type { Session } from '../../postgres/session.ts'

/** Owners that the target does not have, or that the user may not become, cannot be given back their objects. */
export async function ownershipWarnings(session: Session, entries: readonly TocEntry[]): Promise<Finding[]> {
  const owners = new Set(entries.filter(isGivenItsOwner).map(({ owner }) => owner))
  if (owners.size === 0) return []
  const rows = await session.rows<{ name: string }>(sql`
SELECT owner.name
FROM unnest(ARRAY[${join([...owners].map(literal))}]) AS owner (name)
WHERE NOT EXISTS (
  SELECT FROM pg_catalog.pg_roles
  WHERE rolname = owner.name AND pg_catalog.pg_has_role(oid, 'MEMBER')
)`)
  if (rows.length === 0) return []
  const names = rows.map((row) => row.name).join(', ')
  return [
    {
      code: 'owners-not-restored',
      severity: 'warning',
      message: `Everything will belong to ${session.target.user}: the owners ${names} are no roles of the target, or none that this user may become.`,
      remedy: 'Create the roles, or restore as a superuser, to keep the owners.',
    },
  ]
}

/** As pg_restore decides it: comments, privileges and rows have no owner of their own, and the database is not made by it. */
function isGivenItsOwner({ owner, description, dropStatement }: TocEntry): boolean {
  return Boolean(owner) && Boolean(dropStatement) && description !== 'DATABASE'
}
