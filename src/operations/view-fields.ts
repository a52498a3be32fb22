import { LIBRARY_SCHEMA, relationKey } from '../catalog/model.ts'
import { maskedColumns, type Plan } from '../compile/plan/plan.ts'
import { byName } from '../compile/script.ts'
import { exactName, matchesName, type NamePattern, nameMask } from '../dictionary/name-pattern.ts'
import type { OrmNames } from '../dictionary/orm-names.ts'
import { readOrmNames } from '../dictionary/orm-names.ts'
import type { DictionarySource } from '../dictionary/source.ts'
import { Fault, type Finding } from '../lib/fault.ts'
import type { Context } from './context.ts'
import { type PlanningRequest, withPlan } from './planning.ts'

export interface ViewFieldsRequest extends PlanningRequest {
  /** Exact names, or regular expressions that are searched anywhere in the name; undefined matches all. */
  readonly schema: { readonly name?: string | undefined; readonly mask?: string | undefined }
  readonly table: { readonly name?: string | undefined; readonly mask?: string | undefined }
  readonly onlySensitive: boolean
  /** How many fields to give at most. */
  readonly limit: number
  /** What the application calls tables and columns. */
  readonly ormNames: DictionarySource | undefined
}

/** A field with what happens to it; `null` where no rule does. */
export interface FieldView {
  readonly schema: string
  readonly table: string
  readonly field: string
  readonly type: string
  readonly dictionary: string | null
  readonly rule: string | null
}

export interface FieldViews {
  readonly fields: readonly FieldView[]
  /** How many there would be without the limit. */
  readonly total: number
  readonly warnings: readonly Finding[]
}

/** Every field of the tables that a dump takes, with the rule that masks it. Reads the catalog and no row. */
export async function viewFields(context: Context, request: ViewFieldsRequest): Promise<FieldViews> {
  const schema = patternOf(request.schema)
  const table = patternOf(request.table)
  const renamed = new Renaming(request.ormNames ? readOrmNames(request.ormNames) : [])
  return withPlan(context, request, { locks: 'none' }, async (_, { plan }) => {
    const fields = fieldsOf(plan)
      .filter((view) => matches(schema, view.schema) && matches(table, view.table))
      .filter((view) => !request.onlySensitive || view.rule !== null)
      .map((view) => renamed.apply(view))
    return { fields: fields.slice(0, request.limit), total: fields.length, warnings: plan.findings }
  })
}

function fieldsOf(plan: Plan): FieldView[] {
  return byName(plan.tables).flatMap((table) => {
    const { relation, rows } = table
    if (rows.kind === 'left-out' || relation.schema === LIBRARY_SCHEMA) return []
    const masks = new Map(maskedColumns(table).map((mask) => [mask.column.number, mask.expression.source]))
    return relation.columns.map((column) => {
      const source = rows.kind === 'replaced' ? rows.query.source : masks.get(column.number)
      return {
        schema: relation.schema,
        table: relation.name,
        field: column.name,
        type: column.type,
        dictionary: source?.place.file ?? null,
        rule: source?.text ?? null,
      }
    })
  })
}

function patternOf({ name, mask }: ViewFieldsRequest['schema']): NamePattern | undefined {
  if (name !== undefined) return exactName(name)
  if (mask === undefined) return undefined
  try {
    return nameMask(mask)
  } catch (error) {
    throw new Fault('usage', `The mask ${mask} is not a regular expression: ${(error as Error).message}.`)
  }
}

function matches(pattern: NamePattern | undefined, name: string): boolean {
  return pattern === undefined || matchesName(pattern, name)
}

class Renaming {
  readonly #byTable: ReadonlyMap<string, OrmNames>

  constructor(names: readonly OrmNames[]) {
    this.#byTable = new Map(
      names.map((entry) => [relationKey({ schema: entry.schema, name: entry.table }), entry]),
    )
  }

  apply(view: FieldView): FieldView {
    const names = this.#byTable.get(relationKey({ schema: view.schema, name: view.table }))
    if (!names) return view
    return { ...view, table: names.alias ?? view.table, field: names.fields.get(view.field) ?? view.field }
  }
}
