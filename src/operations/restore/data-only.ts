import type { ManifestTable } from '../../archive/manifest.ts'
import { relationOfEntry, type TocEntry } from '../../archive/toc/toc.ts'
import {
  type Catalog,
  type ForeignKey,
  type Relation,
  relationKey,
  relationName,
} from '../../catalog/model.ts'
import { orphanCount } from '../../compile/checks/foreign-keys.ts'
import { Fault, type Finding } from '../../lib/fault.ts'
import { fromCatalog, join, sql } from '../../lib/sql.ts'
import { ServerError, type Session } from '../../postgres/session.ts'

/** A table of the archive with the one of the target that its rows go into. */
export interface MatchedTable {
  readonly archived: ManifestTable
  readonly relation: Relation
}

/** Finds for every table of rows its table in the target. Throws `target-structure` naming all that do not fit. */
export function matchTables(tables: readonly ManifestTable[], catalog: Catalog): MatchedTable[] {
  const byName = new Map([...catalog.relations.values()].map((relation) => [relationKey(relation), relation]))
  const findings: Finding[] = []
  const matched = tables.flatMap((archived) => {
    const relation = byName.get(relationKey(archived))
    const missing = relation
      ? archived.columns.filter((name) => !relation.columns.some((column) => column.name === name))
      : []
    if (relation && missing.length === 0) return [{ archived, relation }]
    findings.push({
      code: 'target-structure',
      severity: 'error',
      message: relation
        ? `The target's table has no column ${missing.join(', ')}.`
        : 'The target has no such table.',
      place: { relation: relationName(archived) },
      remedy:
        'Restore the structure first, by sync-struct-restore, or leave the table out by a tables dictionary.',
    })
    return []
  })
  if (findings.length > 0) throw Fault.of(findings)
  return matched
}

/** The tables must be empty, or are emptied. */
export async function emptyTables(
  session: Session,
  tables: readonly MatchedTable[],
  truncate: boolean,
): Promise<void> {
  if (tables.length === 0) return
  if (truncate) {
    await truncateTables(session, tables)
    return
  }
  for (const { relation } of tables) {
    const { filled } = await session.row<{ filled: boolean }>(
      sql`SELECT EXISTS (SELECT FROM ONLY ${fromCatalog(relation.sqlName)}) AS filled`,
    )
    if (!filled) continue
    throw new Fault('target-not-empty', 'A table of the target holds rows already.', {
      place: { relation: relationName(relation) },
      remedy: 'Empty the tables, or pass --clean-db to have those of the archive emptied first.',
    })
  }
}

async function truncateTables(session: Session, tables: readonly MatchedTable[]): Promise<void> {
  try {
    await session.run(
      sql`TRUNCATE TABLE ${join(tables.map(({ relation }) => sql`ONLY ${fromCatalog(relation.sqlName)}`))}`,
    )
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    throw new Fault('target-not-empty', `The tables cannot be emptied: ${error.safeWords}.`, {
      remedy: 'Take the tables that reference them into the restore too, or empty those first.',
    })
  }
}

/**
 * Settings under which rows load without firing triggers and foreign keys, where the user may set them: a superuser,
 * or a role that was granted it. Without them rows load in the order of their foreign keys.
 */
export async function triggerFreeOptions(session: Session): Promise<string | undefined> {
  try {
    await session.run(sql`SET session_replication_role = replica; RESET session_replication_role`)
    return '-c session_replication_role=replica'
  } catch (error) {
    if (error instanceof ServerError) return undefined
    throw error
  }
}

/** Orders rows so that what is referenced loads first; other entries keep their places behind them. */
export function inForeignKeyOrder(entries: readonly TocEntry[], ordered: readonly Relation[]): TocEntry[] {
  const rank = new Map(ordered.map((relation, index) => [relationKey(relation), index]))
  const isRows = (entry: TocEntry) => entry.description === 'TABLE DATA'
  const rankOf = (entry: TocEntry) => rank.get(relationKey(relationOfEntry(entry))) ?? 0
  const first = entries.findIndex(isRows)
  if (first === -1) return [...entries]
  const rows = entries.filter(isRows).toSorted((left, right) => rankOf(left) - rankOf(right))
  return [...entries.slice(0, first), ...rows, ...entries.slice(first).filter((entry) => !isRows(entry))]
}

/** Rows that were loaded without triggers were not checked against foreign keys; this checks them afterwards. */
export async function verifyForeignKeys(
  session: Session,
  catalog: Catalog,
  tables: readonly MatchedTable[],
  signal: AbortSignal,
): Promise<void> {
  const loaded = new Set(tables.map(({ relation }) => relation.oid))
  const findings: Finding[] = []
  for (const key of catalog.foreignKeys) {
    const own = catalog.relations.get(key.relation)
    const root = catalog.relations.get(key.references)
    if (
      !key.validated ||
      !own ||
      !root ||
      own.kind !== 'table' ||
      !(loaded.has(own.oid) || loaded.has(root.oid))
    )
      continue
    const broken = await countOrphans(session, key, own, root, signal)
    if (broken === 0n) continue
    findings.push({
      code: 'restore-failed',
      severity: 'error',
      message: `The foreign key ${key.name} points nowhere in ${broken} rows.`,
      place: { relation: relationName(own) },
      remedy: 'Restore the tables that it references too, from the same archive.',
    })
  }
  if (findings.length > 0) throw Fault.of(findings)
}

async function countOrphans(
  session: Session,
  key: ForeignKey,
  own: Relation,
  root: Relation,
  signal: AbortSignal,
): Promise<bigint> {
  const only = root.kind === 'table' ? sql`ONLY ${fromCatalog(root.sqlName)}` : fromCatalog(root.sqlName)
  const query = orphanCount(key, { own, root }, sql`ONLY ${fromCatalog(own.sqlName)}`, [only])
  const [row] = await session.rowsUntil<{ broken: string }>(signal, query)
  return BigInt(row?.broken ?? 0)
}
