import columnsSql from '../../sql/catalog/columns.sql' with { type: 'text' }
import checksSql from '../../sql/catalog/constraints.sql' with { type: 'text' }
import expressionsSql from '../../sql/catalog/expressions.sql' with { type: 'text' }
import foreignCodeSql from '../../sql/catalog/foreign_code.sql' with { type: 'text' }
import freeConnectionsSql from '../../sql/catalog/free_connections.sql' with { type: 'text' }
import indexesSql from '../../sql/catalog/indexes.sql' with { type: 'text' }
import inheritanceSql from '../../sql/catalog/inheritance.sql' with { type: 'text' }
import lockableSql from '../../sql/catalog/lockable.sql' with { type: 'text' }
import materializedViewReadsSql from '../../sql/catalog/materialized_view_reads.sql' with { type: 'text' }
import relationsSql from '../../sql/catalog/relations.sql' with { type: 'text' }
import serverSql from '../../sql/catalog/server.sql' with { type: 'text' }
import shadowsSql from '../../sql/catalog/shadows.sql' with { type: 'text' }
import trustedRolesSql from '../../sql/catalog/trusted_roles.sql' with { type: 'text' }
import volatileFunctionsSql from '../../sql/catalog/volatile_functions.sql' with { type: 'text' }
import type {
  Catalog,
  CheckConstraint,
  Column,
  ExclusionConstraint,
  ForeignKey,
  Index,
  Oid,
  Relation,
  SequenceState,
  Server,
} from '../catalog/model.ts'
import { fromCatalog, fromShippedFile, join, literal, type Sql, sql } from '../lib/sql.ts'
import type { Session } from './session.ts'
import { EMPTY_SEARCH_PATH } from './settings.ts'

const SCHEMAS = sql`
SELECT nspname AS name FROM pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
ORDER BY nspname`

/** How many sequences one statement asks about. */
const SEQUENCES_A_STATEMENT = 500

/** How many more connections the user of a session may open to its database; below 0 where limits were lowered since. */
export async function readFreeConnections(session: Session): Promise<number> {
  const { free } = await session.row<{ free: number }>(fromShippedFile(freeConnectionsSql))
  return free
}

export async function readServer(session: Session): Promise<Server> {
  const { tellsIdentifier, ...server } = await session.row<
    Omit<Server, 'systemIdentifier'> & { tellsIdentifier: boolean }
  >(fromShippedFile(serverSql))
  // In a statement of its own: PostgreSQL checks the right to call a function even where no row would call it.
  const control = tellsIdentifier
    ? await session.row<{ identifier: string }>(
        sql`SELECT system_identifier::text AS identifier FROM pg_catalog.pg_control_system()`,
      )
    : undefined
  return { ...server, systemIdentifier: control?.identifier ?? null }
}

/** A table whose rows a dump copies; `readable` says whether this user may. */
export interface LockableTable {
  readonly oid: Oid
  readonly schema: string
  readonly name: string
  readonly readable: boolean
}

export async function readLockableTables(session: Session): Promise<LockableTable[]> {
  return session.rows(fromShippedFile(lockableSql))
}

type RelationRow = Omit<
  Relation,
  'columns' | 'extension' | 'foreignCode' | 'inheritsFrom' | 'partitionConstraint'
> & {
  extensionOid: Oid | null
  extensionName: string
  configuration: boolean
  configurationCondition: string
}
type ColumnRow = Omit<
  Column,
  'generated' | 'generatedByForeignCode' | 'castRunsForeignCode' | 'readRunsForeignCode'
> & {
  relation: Oid
}
type ConstraintRow = CheckConstraint & ForeignKey & ExclusionConstraint & { type: 'c' | 'f' | 'x' }
type IndexRow = Omit<Index, 'columns' | 'foreignCode' | 'keys' | 'predicate'> & {
  dependsOn: number[]
  keyColumns: number[]
  collations: (string | null)[]
}
type ExpressionRow = {
  kind: 'check' | 'generated' | 'predicate' | 'key' | 'partition'
  oid: Oid
  number: number
  expression: string
}
type ForeignCodeRow = {
  kind: 'constraint' | 'index' | 'generated' | 'cast-to' | 'cast-from' | 'relation'
  oid: Oid
  number: number
  /** Of a relation. */
  what: string | null
}

/**
 * Reads the catalog in a handful of statements, however many tables there are.
 *
 * The session's search_path must be empty, so that types are printed with their schemas. Expressions are printed under
 * the path under which they will be evaluated: PostgreSQL then names schemas wherever a plain name would find something
 * else, and nobody can slip a function of theirs in between.
 */
export async function readCatalog(session: Session, evaluationPath?: Sql): Promise<Catalog> {
  const read = <Row>(text: string) => session.rows<Row>(fromShippedFile(text))
  // All at once: the server goes on to the next question while the answer to the one before is read.
  const [
    ,
    foreignCodeRows,
    columnRows,
    relationRows,
    schemas,
    inheritance,
    reads,
    constraints,
    indexes,
    server,
  ] = await Promise.all([
    read(trustedRolesSql),
    read<ForeignCodeRow>(foreignCodeSql),
    read<ColumnRow>(columnsSql),
    read<RelationRow>(relationsSql),
    session.rows<{ name: string }>(SCHEMAS),
    read<{ child: Oid; parent: Oid }>(inheritanceSql),
    read<{ reader: Oid; relation: Oid }>(materializedViewReadsSql),
    read<ConstraintRow>(checksSql),
    read<IndexRow>(indexesSql),
    readServer(session),
  ])
  const foreignCode = new ForeignCode(foreignCodeRows)

  await session.run(
    sql`SELECT pg_catalog.set_config('pgveil.unplanned', ${literal(JSON.stringify(foreignCode.relations))}, false)`,
  )
  if (evaluationPath) await session.run(evaluationPath)
  const expressions = new Expressions(await read<ExpressionRow>(expressionsSql))
  if (evaluationPath) await session.run(EMPTY_SEARCH_PATH)

  const columns = Map.groupBy(columnRows, (row) => row.relation)
  const parents = Map.groupBy(inheritance, (row) => row.child)
  const relationOf = (row: RelationRow): Relation => {
    const { extensionOid, extensionName, configuration, configurationCondition, ...relation } = row
    return {
      ...relation,
      foreignCode: foreignCode.what('relation', row.oid),
      partitionConstraint: expressions.get('partition', row.oid) ?? null,
      inheritsFrom: (parents.get(row.oid) ?? []).map(({ parent }) => parent),
      columns: (columns.get(row.oid) ?? []).map(({ relation: oid, ...column }) => ({
        ...column,
        generated: expressions.get('generated', oid, column.number) ?? null,
        generatedByForeignCode: foreignCode.has('generated', oid, column.number),
        castRunsForeignCode: foreignCode.has('cast-to', oid, column.number),
        readRunsForeignCode: foreignCode.has('cast-from', oid, column.number),
      })),
      extension:
        extensionOid === null
          ? null
          : { oid: extensionOid, name: extensionName, configuration, condition: configurationCondition },
    }
  }
  return {
    server,
    schemas: schemas.map((row) => row.name),
    relations: new Map(relationRows.map((row) => [row.oid, relationOf(row)])),
    checks: constraints
      .filter((row) => row.type === 'c')
      .map((row) => ({
        ...row,
        expression: expressions.get('check', row.oid) ?? 'NULL',
        foreignCode: foreignCode.has('constraint', row.oid),
      })),
    foreignKeys: constraints.filter((row) => row.type === 'f'),
    exclusions: constraints.filter((row) => row.type === 'x'),
    indexes: indexes.map(({ dependsOn, keyColumns, collations, ...index }) => ({
      ...index,
      keys: collations.map((collation, at) => {
        const key = `(${expressions.get('key', index.oid, at + 1)})`
        return collation === null ? key : `${key} COLLATE ${collation}`
      }),
      predicate: expressions.get('predicate', index.oid) ?? null,
      foreignCode: foreignCode.has('index', index.oid),
      columns: [...new Set([...keyColumns.filter((number) => number > 0), ...dependsOn])],
    })),
    materializedViewReads: new Map(
      [...Map.groupBy(reads, (row) => row.reader)].map(([reader, rows]) => [
        reader,
        rows.map((row) => row.relation),
      ]),
    ),
  }
}

class Expressions {
  readonly #texts: ReadonlyMap<string, string>

  constructor(rows: readonly ExpressionRow[]) {
    this.#texts = new Map(rows.map((row) => [`${row.kind}:${row.oid}:${row.number}`, row.expression]))
  }

  get(kind: ExpressionRow['kind'], oid: Oid, number = 0): string | undefined {
    return this.#texts.get(`${kind}:${oid}:${number}`)
  }
}

class ForeignCode {
  readonly #whats: ReadonlyMap<string, string | null>
  /** Those that no SELECT may be planned of. */
  readonly relations: readonly Oid[]

  constructor(rows: readonly ForeignCodeRow[]) {
    this.#whats = new Map(rows.map(({ kind, oid, number, what }) => [`${kind}:${oid}:${number}`, what]))
    this.relations = rows.filter(({ kind }) => kind === 'relation').map(({ oid }) => oid)
  }

  has(kind: ForeignCodeRow['kind'], oid: Oid, number = 0): boolean {
    return this.#whats.has(`${kind}:${oid}:${number}`)
  }

  what(kind: ForeignCodeRow['kind'], oid: Oid): string | null {
    return this.#whats.get(`${kind}:${oid}:0`) ?? null
  }
}

/** A function or operator that could be called in the place of PostgreSQL's own, or of the library's. */
export interface Shadow {
  readonly kind: 'function' | 'operator' | 'library'
  readonly name: string
  readonly schema: string
  readonly owner: string
}

/** What sql/catalog/shadows.sql finds in these schemas. The session's own search_path must be empty. */
export async function readShadows(session: Session, schemas: readonly string[]): Promise<Shadow[]> {
  await settle(session, schemas)
  await session.run(fromShippedFile(trustedRolesSql))
  return session.rows(fromShippedFile(shadowsSql))
}

/** Names of volatile functions: `schema.name`, and `name` where it is in one of these schemas. */
export async function readVolatileFunctions(session: Session, schemas: readonly string[]): Promise<string[]> {
  await settle(session, schemas)
  const rows = await session.rows<{ name: string }>(fromShippedFile(volatileFunctionsSql))
  return rows.map(({ name }) => name)
}

async function settle(session: Session, schemas: readonly string[]): Promise<void> {
  const names = literal(JSON.stringify(schemas))
  await session.run(sql`SELECT pg_catalog.set_config('pgveil.schemas', ${names}, false)`)
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
