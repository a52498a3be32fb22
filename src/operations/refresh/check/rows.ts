import type { Manifest, ManifestTable } from '../../../archive/manifest.ts'
import type { Toc } from '../../../archive/toc/toc.ts'
import { type Catalog, lineage, type Relation, relationKey, relationName } from '../../../catalog/model.ts'
import type { Finding } from '../../../lib/fault.ts'
import { fromCatalog, sql } from '../../../lib/sql.ts'
import type { Context } from '../../context.ts'
import { askAll, type Questioning } from '../../snapshot-sessions.ts'

/** Tables whose rows may lie in any partition of one root are counted together. */
interface Counted {
  readonly relation: Relation
  readonly together: boolean
  readonly expected: number
}

/** Counts the rows of every table that the manifest speaks of. */
export async function checkRows(
  context: Context,
  questioning: Questioning,
  { catalog, manifest, toc }: { readonly catalog: Catalog; readonly manifest: Manifest; readonly toc: Toc },
): Promise<Finding[]> {
  const byName = new Map([...catalog.relations.values()].map((relation) => [relationKey(relation), relation]))
  const throughRoot = new Set(
    toc.entries
      .filter(({ definition }) => definition?.startsWith('-- load via partition root'))
      .map(({ schema, tag }) => relationKey({ schema: schema ?? '', name: tag ?? '' })),
  )
  const findings: Finding[] = []
  const counted = new Map<Relation, Counted>()
  for (const table of manifest.tables.filter(({ file }) => file !== null)) {
    const relation = byName.get(relationKey(table))
    // An extension fills its tables itself, and the archive holds what was added.
    if (relation?.extension) continue
    if (!relation) {
      findings.push(wrong(table, 'The copy has no such table.'))
      continue
    }
    const together = throughRoot.has(relationKey(table))
    const root = together ? (lineage(catalog, relation).at(-1) ?? relation) : relation
    const expected = (counted.get(root)?.expected ?? 0) + table.rows
    counted.set(root, { relation: root, together, expected })
  }
  const different = await askAll(context, questioning, 'check', [...counted.values()], {
    nameOf: ({ relation }) => relationName(relation),
    ask: async (session, { relation, together, expected }, signal) => {
      const from = together ? fromCatalog(relation.sqlName) : sql`ONLY ${fromCatalog(relation.sqlName)}`
      const [row] = await session.rowsUntil<{ count: string }>(
        signal,
        sql`SELECT pg_catalog.count(*)::text AS count FROM ${from}`,
      )
      if (row?.count === String(expected)) return []
      return [wrong(relation, `The copy has ${row?.count} rows, and the manifest says ${expected}.`)]
    },
  })
  return [...findings, ...different]
}

function wrong(table: Pick<ManifestTable, 'schema' | 'name'>, message: string): Finding {
  return {
    code: 'refresh-rows',
    severity: 'error',
    message,
    place: { relation: relationName(table) },
    remedy: 'Take another backup, and verify it. The target is as it was.',
  }
}
