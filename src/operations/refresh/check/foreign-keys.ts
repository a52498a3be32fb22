import type { Toc } from '../../../archive/toc/toc.ts'
import { type Catalog, type ForeignKey, type Relation, relationName } from '../../../catalog/model.ts'
import { orphanCount } from '../../../compile/checks/foreign-keys.ts'
import type { Finding } from '../../../lib/fault.ts'
import { fromCatalog, sql } from '../../../lib/sql.ts'
import type { Session } from '../../../postgres/session.ts'

/**
 * Foreign keys of the archive must be there and validated: PostgreSQL has compared every row then. Of those that were NOT
 * VALID in the source it is told how many rows violate them.
 */
export async function checkForeignKeys(
  session: Session,
  signal: AbortSignal,
  catalog: Catalog,
  toc: Toc,
): Promise<Finding[]> {
  const byName = new Map<string, ForeignKey>()
  for (const key of catalog.foreignKeys) {
    const own = catalog.relations.get(key.relation)
    if (own) byName.set(`${own.schema}\0${own.name} ${key.name}`, key)
  }
  const findings: Finding[] = []
  for (const entry of toc.entries.filter(({ description }) => description === 'FK CONSTRAINT')) {
    const key = byName.get(`${entry.schema}\0${entry.tag}`)
    const place = { relation: `${entry.schema}.${entry.tag}` }
    if (!key) {
      findings.push(wrong('The copy has no such foreign key.', place))
    } else if (!key.validated && !/\bNOT VALID\b/.test(entry.definition ?? '')) {
      findings.push(wrong('The foreign key is not validated in the copy, and was in the source.', place))
    } else if (!key.validated) {
      const broken = await countOrphans(session, signal, catalog, key)
      findings.push({
        code: 'refresh-foreign-keys',
        severity: 'warning',
        message: `The foreign key is NOT VALID in the source; ${broken ?? 'an unknown number of'} rows of the copy violate it.`,
        place,
      })
    }
  }
  return findings
}

async function countOrphans(
  session: Session,
  signal: AbortSignal,
  catalog: Catalog,
  key: ForeignKey,
): Promise<string | undefined> {
  const [own, root] = [catalog.relations.get(key.relation), catalog.relations.get(key.references)]
  if (!own || !root) return undefined
  const rowsOf = (relation: Relation) =>
    relation.kind === 'table' ? sql`ONLY ${fromCatalog(relation.sqlName)}` : fromCatalog(relation.sqlName)
  const query = orphanCount(key, { own, root }, rowsOf(own), [rowsOf(root)])
  const [row] = await session.rowsUntil<{ broken: string }>(signal, query)
  return row?.broken
}

/** Indexes that PostgreSQL does not use, because making them failed. */
export async function checkIndexes(session: Session): Promise<Finding[]> {
  const rows = await session.rows<{ schema: string; table: string; index: string; partitioned: boolean }>(sql`
SELECT n.nspname AS schema, t.relname AS table, c.relname AS index, c.relkind = 'I' AS partitioned
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE NOT i.indisvalid AND n.nspname !~ '^pg_'
ORDER BY 1, 2, 3`)
  return rows.map(({ schema, table, index, partitioned }) => ({
    code: 'restore-failed',
    // That of a partitioned table is invalid as long as a partition lacks one, as it may in the source.
    severity: partitioned ? 'warning' : 'error',
    message: `The index ${index} is not valid in the copy.`,
    place: { relation: relationName({ schema, name: table }) },
  }))
}

function wrong(message: string, place: { relation: string }): Finding {
  return {
    code: 'refresh-foreign-keys',
    severity: 'error',
    message,
    place,
    remedy: 'Take another backup. The target is as it was.',
  }
}
