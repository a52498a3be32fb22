import columnsSql from '../../sql/catalog/columns.sql' with { type: 'text' }
import checksSql from '../../sql/catalog/constraints.sql' with { type: 'text' }
import lockableSql from '../../sql/catalog/lockable.sql' with { type: 'text' }
import materializedViewReadsSql from '../../sql/catalog/materialized_view_reads.sql' with { type: 'text' }
import relationsSql from '../../sql/catalog/relations.sql' with { type: 'text' }
import serverSql from '../../sql/catalog/server.sql' with { type: 'text' }
import uniqueIndexesSql from '../../sql/catalog/unique_indexes.sql' with { type: 'text' }
import type {
  Catalog,
  CheckConstraint,
  Column,
  ExclusionConstraint,
  ForeignKey,
  Oid,
  Relation,
  SequenceState,
  Server,
  UniqueIndex,
} from '../catalog/model.ts'
import { fromCatalog, fromShippedFile, join, literal, type Sql, sql } from '../lib/sql.ts'
import type { Session } from './session.ts'

const SCHEMAS = sql`
SELECT nspname AS name FROM pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
ORDER BY nspname`

/** How many sequences one statement asks about. */
const SEQUENCES_A_STATEMENT = 500

export async function readServer(session: Session): Promise<Server> {
  return session.row<Server>(fromShippedFile(serverSql))
}

/** Tables that a dump may read, by schema and name. */
export async function readLockableTables(session: Session): Promise<{ schema: string; name: string }[]> {
  return session.rows(fromShippedFile(lockableSql))
}

type RelationRow = Omit<Relation, 'columns' | 'extension'> & {
  extensionOid: Oid | null
  extensionName: string
  configuration: boolean
  configurationCondition: string
}
type ColumnRow = Column & { relation: Oid }
type ConstraintRow = CheckConstraint & ForeignKey & ExclusionConstraint & { type: 'c' | 'f' | 'x' }
type IndexRow = Omit<UniqueIndex, 'columns'> & { dependsOn: number[]; keyColumns: number[] }

/**
 * Reads the catalog in a handful of statements, however many tables there are. The session's search_path must be
 * empty, so that PostgreSQL prints names of types and expressions with their schemas.
 */
export async function readCatalog(session: Session): Promise<Catalog> {
  const server = await readServer(session)
  const schemas = await session.rows<{ name: string }>(SCHEMAS)
  const relationRows = await session.rows<RelationRow>(fromShippedFile(relationsSql))
  const columns = groupBy(await session.rows<ColumnRow>(fromShippedFile(columnsSql)), (row) => row.relation)
  const constraints = await session.rows<ConstraintRow>(fromShippedFile(checksSql))
  const indexes = await session.rows<IndexRow>(fromShippedFile(uniqueIndexesSql))
  const reads = await session.rows<{ reader: Oid; relation: Oid }>(fromShippedFile(materializedViewReadsSql))
  return {
    server,
    schemas: schemas.map((row) => row.name),
    relations: new Map(relationRows.map((row) => [row.oid, relationOf(row, columns.get(row.oid) ?? [])])),
    checks: constraints.filter((row) => row.type === 'c'),
    foreignKeys: constraints.filter((row) => row.type === 'f'),
    exclusions: constraints.filter((row) => row.type === 'x'),
    uniqueIndexes: indexes.map(({ dependsOn, keyColumns, ...index }) => ({
      ...index,
      columns: [...new Set([...keyColumns.filter((number) => number > 0), ...dependsOn])],
    })),
    materializedViewReads: new Map(
      [...groupBy(reads, (row) => row.reader)].map(([reader, rows]) => [
        reader,
        rows.map((row) => row.relation),
      ]),
    ),
  }
}

function relationOf(row: RelationRow, columns: readonly Column[]): Relation {
  const { extensionOid, extensionName, configuration, configurationCondition, ...relation } = row
  return {
    ...relation,
    columns,
    extension:
      extensionOid === null
        ? null
        : { oid: extensionOid, name: extensionName, configuration, condition: configurationCondition },
  }
}

/** The state of sequences. A sequence does not follow the snapshot: this is its state now, as pg_dump reads it. */
export async function readSequences(
  session: Session,
  sequences: readonly Relation[],
): Promise<SequenceState[]> {
  const states: SequenceState[] = []
  for (let start = 0; start < sequences.length; start += SEQUENCES_A_STATEMENT) {
    const asked = sequences.slice(start, start + SEQUENCES_A_STATEMENT).map(sequenceQuery)
    const rows = await session.rows<{ oid: number; lastValue: string; called: boolean }>(
      join(asked, sql` UNION ALL `),
    )
    states.push(...rows.map((row) => ({ ...row, lastValue: BigInt(row.lastValue) })))
  }
  return states
}

function sequenceQuery(sequence: Relation): Sql {
  return sql`SELECT ${literal(sequence.oid)}::float8 AS "oid", last_value::text AS "lastValue", is_called AS "called" FROM ${fromCatalog(sequence.sqlName)}`
}

function groupBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return groups
}
