import { type Catalog, lineage, type Oid, type Relation, relationName } from '../../catalog/model.ts'
import { KnownColumns } from '../../dictionary/known-columns.ts'
import { namesAny, namesWholeSchema, RuleIndex } from '../../dictionary/match.ts'
import type { SensitiveDictionary, TableRule } from '../../dictionary/sensitive.ts'
import type { TablePattern } from '../../dictionary/table-pattern.ts'
import { followKeys } from './follow-keys.ts'
import { settleForeignCode } from './foreign-code.ts'
import { Masks } from './masks.ts'
import type { ColumnPlan, LeftOutRelation, Plan, PlanPolicy, RowPolicy, TablePlan } from './plan.ts'
import { reviewUse } from './review-use.ts'
import { ruleFor } from './rule-of-table.ts'
import { type ParsedRules, parseRules } from './rules.ts'
import { settleUnknownColumns } from './unknown-columns.ts'

export interface PlanRequest {
  readonly catalog: Catalog
  readonly dictionary: SensitiveDictionary
  /** Columns that hold nothing personal. */
  readonly knownColumns?: KnownColumns | undefined
  /** Allow list of tables; undefined allows all. */
  readonly onlyTables?: readonly TablePattern[] | undefined
  /** Deny list; it wins over the allow list. */
  readonly withoutTables?: readonly TablePattern[] | undefined
  readonly policy: PlanPolicy
}

/**
 * Settles what a dump will do with every table. Where the dictionary does not fit the database the plan says so in its
 * findings. Throws one fault with all mistakes where its SQL does not parse.
 */
export async function buildPlan(request: PlanRequest): Promise<Plan> {
  const { catalog, dictionary, policy } = request
  const parsed = await parseRules(dictionary)
  const tables = [...catalog.relations.values()].filter(holdsRows)
  const index = new RuleIndex(dictionary.rules)
  const ruleOf = new Map(tables.map((table) => [table.oid, ruleFor(catalog, table, index)]))
  const masks = masksOf(tables, ruleOf, parsed)

  const findings = reviewUse(catalog, tables, dictionary, index, policy)
  if (policy.followKeys) findings.push(...(await followKeys(catalog, masks)))
  const planner = new Planner(request, parsed, tables, ruleOf, masks)
  const plan = planner.build()
  const known = request.knownColumns ?? new KnownColumns()
  const settled = await settleUnknownColumns(catalog, plan.tables, dictionary.rules, known, policy)
  const judged = settleForeignCode(catalog, settled.tables)
  return {
    ...plan,
    tables: judged.tables,
    findings: [...findings, ...settled.findings, ...judged.findings],
  }
}

/** The rules of the dictionary by the columns of every table, partitioned ones among them. */
function masksOf(
  tables: readonly Relation[],
  ruleOf: ReadonlyMap<Oid, TableRule | undefined>,
  parsed: ParsedRules,
): Masks {
  const masks = new Masks()
  for (const table of tables) {
    for (const column of table.columns) {
      const text = ruleOf.get(table.oid)?.fields.get(column.name)
      const expression = text && parsed.expressions.get(text)
      if (expression && column.generated === null) {
        masks.set(table, column, { expression, origin: { kind: 'dictionary' } })
      }
    }
  }
  return masks
}

class Planner {
  readonly #request: PlanRequest
  readonly #rules: ParsedRules
  readonly #tables: readonly Relation[]
  readonly #ruleOf: ReadonlyMap<Oid, TableRule | undefined>
  readonly #masks: Masks
  readonly #leftOutSchemas: ReadonlySet<string>

  constructor(
    request: PlanRequest,
    rules: ParsedRules,
    tables: readonly Relation[],
    ruleOf: ReadonlyMap<Oid, TableRule | undefined>,
    masks: Masks,
  ) {
    this.#request = request
    this.#rules = rules
    this.#tables = tables
    this.#ruleOf = ruleOf
    this.#masks = masks
    const withRules = new Set(
      tables.filter((table) => this.#ruleOf.get(table.oid)).map((table) => table.schema),
    )
    const schemas = [...request.catalog.schemas].filter((schema) => !withRules.has(schema))
    this.#leftOutSchemas = new Set(
      schemas.filter((schema) => namesWholeSchema(request.dictionary.excludes, schema)),
    )
  }

  build(): Omit<Plan, 'findings'> {
    const leftOut = this.#tables.flatMap((table) => this.#leftOut(table) ?? [])
    const absent = new Set(leftOut.map(({ relation }) => relation.oid))
    const tables = this.#tables
      .filter((table) => table.kind === 'table' && !absent.has(table.oid))
      .map((table) => this.#planTable(table))
    return { tables: largestFirst(tables), leftOut, leftOutSchemas: this.#leftOutSchemas }
  }

  #leftOut(relation: Relation): LeftOutRelation | undefined {
    const { onlyTables, withoutTables } = this.#request
    const names = this.#lineage(relation)
    if (withoutTables && namesAny(withoutTables, names)) return { relation, reason: 'in-exclude-dictionary' }
    if (onlyTables && !namesAny(onlyTables, names)) return { relation, reason: 'not-in-tables-dictionary' }
    return this.#leftOutSchemas.has(relation.schema) ? { relation, reason: 'schema-excluded' } : undefined
  }

  #planTable(relation: Relation): TablePlan {
    const rule = this.#ruleOf.get(relation.oid)
    return {
      relation,
      rows: this.#rowPolicy(relation, rule),
      columns: this.#planColumns(relation, rule?.rawSql !== undefined),
      loadThrough: this.#loadThrough(relation),
      runsForeignCode: relation.foreignCode !== null,
    }
  }

  #rowPolicy(relation: Relation, rule: TableRule | undefined): RowPolicy {
    const query = rule?.rawSql && this.#rules.queries.get(rule.rawSql)
    if (query) return { kind: 'replaced', query }
    const excluded = namesAny(this.#request.dictionary.excludes, this.#lineage(relation))
    if (!rule && excluded) return { kind: 'left-out' }
    const condition = rule?.condition && this.#rules.conditions.get(rule.condition)
    if (condition) return { kind: 'filtered', condition }
    const whereClause = relation.extension?.condition
    return whereClause ? { kind: 'filtered', condition: { whereClause } } : { kind: 'all' }
  }

  #planColumns(relation: Relation, rawSql: boolean): ColumnPlan[] {
    return relation.columns
      .filter((column) => column.generated === null)
      .map((column) => {
        // A raw_sql masks as it sees fit; a rule carried along a key would mask its values once more.
        const rule = rawSql ? undefined : this.#masks.get(relation, column)
        return rule ? { kind: 'masked', column, ...rule } : { kind: 'copied', column }
      })
  }

  #loadThrough(relation: Relation): Relation | null {
    const chain = this.#lineage(relation)
    const unsafe = chain.slice(1).some((ancestor) => ancestor.partitionsByEnumHash)
    return unsafe ? (chain.at(-1) ?? null) : null
  }

  #lineage(relation: Relation): Relation[] {
    return lineage(this.#request.catalog, relation)
  }
}

/** Tables, and the partitioned ones above them; of an extension's tables those that it declared as configuration. */
function holdsRows(relation: Relation): boolean {
  if (relation.extension && !relation.extension.configuration) return false
  return relation.kind === 'table' || relation.kind === 'partitioned'
}

/** The largest table decides how long a parallel dump takes, so it begins first. */
function largestFirst(tables: readonly TablePlan[]): TablePlan[] {
  return tables.toSorted(
    ({ relation: left }, { relation: right }) =>
      right.bytes - left.bytes || compare(relationName(left), relationName(right)),
  )
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
