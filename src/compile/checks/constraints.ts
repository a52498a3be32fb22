import type {
  Catalog,
  CheckConstraint,
  Column,
  ForeignKey,
  Index,
  Oid,
  Relation,
} from '../../catalog/model.ts'
import { fromCatalog, join, literal, nothing, type Sql, sql } from '../../lib/sql.ts'
import { alwaysNotNull } from '../not-null.ts'
import { maskedColumns, type Plan, type TablePlan } from '../plan/plan.ts'
import { rowsOf } from '../select.ts'
import { orphanCount } from './foreign-keys.ts'
import { leavesByRoot } from './leaves.ts'
import { isEvaluated, restoredRows } from './restored-rows.ts'

/**
 * A question to the source whose answer says whether the restore of the masked rows will fail: how many rows break a
 * constraint. Only constraints that a rule or a filter touches are asked about; the others held in the source and hold
 * in the copy.
 */
export interface ConstraintCheck {
  readonly table: TablePlan
  readonly kind: 'not-null' | 'check' | 'partition' | 'unique' | 'foreign-key' | 'computed' | 'length'
  /** Of the constraint or index; of the column for NOT NULL. */
  readonly name: string
  /** The columns of the table that it speaks of. */
  readonly columns: readonly Column[]
  /**
   * Gives one row with one column, `broken`: the number of rows (for `unique`, of keys) that break it. Undefined where
   * it would run code of a role that is not trusted.
   */
  readonly query: Sql | undefined
}

export interface CheckOptions {
  /** Look at no more than this many rows of each table. Foreign keys, which need all of them, are not asked about then. */
  readonly sample?: number | undefined
}

/** All checks that a plan calls for. */
export function constraintChecks(
  catalog: Catalog,
  plan: Plan,
  options: CheckOptions = {},
): ConstraintCheck[] {
  const builder = new CheckBuilder(catalog, plan, options)
  return plan.tables.flatMap((table) => builder.checksOf(table))
}

class CheckBuilder {
  readonly #catalog: Catalog
  readonly #leaves: ReadonlyMap<Oid, readonly TablePlan[]>
  readonly #options: CheckOptions

  constructor(catalog: Catalog, plan: Plan, options: CheckOptions) {
    this.#catalog = catalog
    this.#options = options
    this.#leaves = leavesByRoot(catalog, plan)
  }

  checksOf(table: TablePlan): ConstraintCheck[] {
    if (table.rows.kind === 'left-out') return []
    const touched = touchedColumns(table)
    return [
      ...(touched.size > 0 ? this.#rowChecks(table, touched) : []),
      ...(touched.size > 0 ? this.#uniqueChecks(table, touched) : []),
      ...(touched.size > 0 ? this.#computedChecks(table, touched) : []),
      ...(this.#options.sample === undefined ? this.#foreignKeyChecks(table, touched) : []),
    ]
  }

  #rowChecks(table: TablePlan, touched: ReadonlySet<number>): ConstraintCheck[] {
    const { relation } = table
    const count = (
      kind: ConstraintCheck['kind'],
      name: string,
      columns: readonly Column[],
      broken: Sql,
      trusted = true,
    ) => ({
      table,
      kind,
      name,
      columns,
      query:
        trusted && !table.runsForeignCode && columns.every(isEvaluated)
          ? sql`SELECT pg_catalog.count(*) AS broken\nFROM ${restoredRows(table, this.#options)}\nWHERE ${broken}`
          : undefined,
    })
    const notNull = table.columns
      .filter((plan) => plan.column.notNull && touched.has(plan.column.number))
      .filter((plan) => plan.kind !== 'masked' || !alwaysNotNull(plan.expression, relation))
      .map(({ column }) =>
        count('not-null', column.name, [column], sql`${fromCatalog(column.sqlName)} IS NULL`),
      )
    const checks = this.#catalog.checks
      .filter((check) => check.relation === relation.oid)
      .filter((check) => speaksOfRow(check) || check.columns.some((number) => touched.has(number)))
      .map((check) =>
        count(
          'check',
          check.name,
          speaksOfRow(check) ? relation.columns : columnsOf(relation, check.columns),
          sql`NOT (${fromCatalog(check.expression)})`,
          !check.foreignCode,
        ),
      )
    const bound = relation.partitionConstraint
    const partition =
      bound === null || !mentionsTouched(relation, bound, touched)
        ? []
        : [
            count(
              'partition',
              relation.name,
              columnsOf(relation, [...touched]),
              sql`NOT (${fromCatalog(bound)})`,
            ),
          ]
    return [...notNull, ...checks, ...partition]
  }

  #uniqueChecks(table: TablePlan, touched: ReadonlySet<number>): ConstraintCheck[] {
    return this.#touchedIndexes(table, touched)
      .filter((index) => index.unique)
      .map((index) => {
        const columns = columnsOf(table.relation, index.columns)
        const trusted = !table.runsForeignCode && !index.foreignCode && columns.every(isEvaluated)
        return {
          table,
          kind: 'unique',
          name: index.name,
          columns,
          query: trusted ? duplicateKeys(table, index, this.#options) : undefined,
        }
      })
  }

  #touchedIndexes(table: TablePlan, touched: ReadonlySet<number>): Index[] {
    return this.#catalog.indexes
      .filter((index) => index.relation === table.relation.oid)
      .filter((index) => index.columns.some((number) => touched.has(number)))
  }

  /** What the restore will compute of the rows: it must be able to. And values that are read from text must fit. */
  #computedChecks(table: TablePlan, touched: ReadonlySet<number>): ConstraintCheck[] {
    const { relation } = table
    const computed = (name: string, columns: readonly Column[], values: readonly Sql[], trusted: boolean) => {
      const counts = values.map((value) => sql`pg_catalog.count(${value})`)
      const rows = restoredRows(table, this.#options)
      const query = sql`SELECT least(0, ${join(counts)}) AS broken\nFROM ${rows}`
      return {
        table,
        kind: 'computed' as const,
        name,
        columns,
        query: trusted && !table.runsForeignCode ? query : undefined,
      }
    }
    const masked = maskedColumns(table).map(({ column }) => column.sqlName)
    const generated = relation.columns.filter((column) =>
      masked.some((name) => column.generated?.includes(name)),
    )
    const indexes = this.#touchedIndexes(table, touched).filter((index) => index.computes && !index.unique)
    return [
      ...generated.map((column) =>
        computed(column.name, [column], [fromCatalog(column.sqlName)], isEvaluated(column)),
      ),
      ...indexes.map((index) => {
        const columns = columnsOf(relation, index.columns)
        const predicate = index.predicate === null ? [] : [index.predicate]
        const values = [...index.keys, ...predicate].map((text) => sql`(${fromCatalog(text)})`)
        return computed(index.name, columns, values, !index.foreignCode && columns.every(isEvaluated))
      }),
      ...this.#lengthChecks(table),
    ]
  }

  /** The value of an `SQL:` rule goes into the archive as it comes; its column must be able to read it. */
  #lengthChecks(table: TablePlan): ConstraintCheck[] {
    return maskedColumns(table)
      .filter(({ column, expression }) => expression.asIs && column.type !== 'text')
      .map(({ column, expression }) => {
        const typed = sql`value::${fromCatalog(column.type)}`
        const length = sql`pg_catalog.char_length(pg_catalog.rtrim(value))`
        const tooLong =
          column.maxLength === null
            ? sql`false`
            : sql`${length} OPERATOR(pg_catalog.>) ${literal(column.maxLength)}`
        const values = sql`SELECT ${expression.sql}::pg_catalog.text AS value ${rowsOf(table, this.#options)}`
        return {
          table,
          kind: 'length',
          name: column.name,
          columns: [column],
          query: table.runsForeignCode
            ? undefined
            : sql`SELECT pg_catalog.count(*) FILTER (WHERE ${tooLong}) AS broken, pg_catalog.count(${typed})
FROM (${values}) AS rule_values`,
        }
      })
  }

  #foreignKeyChecks(table: TablePlan, touched: ReadonlySet<number>): ConstraintCheck[] {
    return this.#catalog.foreignKeys
      .filter((key) => key.validated && key.relation === table.relation.oid)
      .flatMap((key) => {
        const root = this.#catalog.relations.get(key.references)
        const referenced = this.#leaves.get(key.references) ?? []
        const affected =
          key.columns.some((number) => touched.has(number)) ||
          referenced.some((other) => this.#losesKeys(other, key))
        // A table that is not in the dump at all takes its foreign keys with it.
        if (!affected || !root || referenced.length === 0) return []
        return [
          {
            table,
            kind: 'foreign-key' as const,
            name: key.name,
            columns: columnsOf(table.relation, key.columns),
            query: mayBeJoined(key, table, root, referenced)
              ? orphanCount(
                  key,
                  { own: table.relation, root },
                  restoredRows(table),
                  referenced.map((other) => restoredRows(other)),
                )
              : undefined,
          },
        ]
      })
  }

  /** Whether a referenced table may come without a key that it has in the source. */
  #losesKeys(referenced: TablePlan, key: ForeignKey): boolean {
    if (referenced.rows.kind !== 'all') return true
    const root = this.#catalog.relations.get(key.references)
    const names = key.referencedColumns.map((number) => columnByNumber(root, number)?.name)
    return maskedColumns(referenced).some(({ column }) => names.includes(column.name))
  }
}

function duplicateKeys(table: TablePlan, index: Index, options: CheckOptions): Sql {
  const keys = index.keys.map((key, position) => sql`${fromCatalog(key)} AS ${keyName(position)}`)
  const names = index.keys.map((_, position) => keyName(position))
  const predicate = index.predicate === null ? nothing : sql` WHERE ${fromCatalog(index.predicate)}`
  // Rows with a NULL in their key do not collide, unless the index says so.
  const filled = names.map((name) => sql`${name} IS NOT NULL`)
  const noNulls = index.nullsNotDistinct ? nothing : sql`\n  WHERE ${join(filled, sql` AND `)}`
  return sql`SELECT pg_catalog.count(*) AS broken
FROM (
  SELECT FROM (
    SELECT ${join(keys)} FROM ${restoredRows(table, options)}${predicate}
  ) AS keys${noNulls}
  GROUP BY ${join(names)}
  HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1
) AS duplicates`
}

function keyName(position: number): Sql {
  return fromCatalog(`key_${position + 1}`)
}

/** Where the columns of a key differ in their types, a cast may stand between them. */
function mayBeJoined(
  key: ForeignKey,
  table: TablePlan,
  root: Relation,
  referenced: readonly TablePlan[],
): boolean {
  const columns = [...columnsOf(table.relation, key.columns), ...columnsOf(root, key.referencedColumns)]
  return (
    [table, ...referenced].every(({ runsForeignCode }) => !runsForeignCode) &&
    columns.every((column) => isEvaluated(column) && !column.readRunsForeignCode)
  )
}

/** A CHECK over the whole row names no column, or the number 0, which stands for all of them. */
function speaksOfRow(check: CheckConstraint): boolean {
  return check.columns.length === 0 || check.columns.includes(0)
}

/** Numbers of the columns whose values differ from the source's: masked ones, and generated ones that may follow. */
function touchedColumns(table: TablePlan): ReadonlySet<number> {
  if (table.rows.kind === 'replaced') return new Set(table.relation.columns.map((column) => column.number))
  const masked = maskedColumns(table).map(({ column }) => column.number)
  const generated = table.relation.columns.filter((column) => column.generated !== null)
  return new Set(masked.length > 0 ? [...masked, ...generated.map((column) => column.number)] : [])
}

/** A partition's bound names the key columns of all levels; whether one of them was touched is read off its text. */
function mentionsTouched(relation: Relation, bound: string, touched: ReadonlySet<number>): boolean {
  return columnsOf(relation, [...touched]).some((column) => bound.includes(column.sqlName))
}

function columnsOf(relation: Relation, numbers: readonly number[]): Column[] {
  return relation.columns.filter((column) => numbers.includes(column.number))
}

function columnByNumber(relation: Relation | undefined, number: number | undefined): Column | undefined {
  return relation?.columns.find((column) => column.number === number)
}
