import type { Finding } from '../../lib/fault.ts'
import { fromCatalog, identifier, join, literal, type Sql, sql } from '../../lib/sql.ts'
import { restoredRows } from '../checks/restored-rows.ts'
import { maskedColumns, type TablePlan } from '../plan/plan.ts'
import { rowsOf, type SelectOptions } from '../select.ts'
import { type MaskedColumn, placeOfMask } from './place.ts'

/**
 * A question what the rules make of a table's values, counts and no value: one row, and for each mask in its order the
 * columns `present_1` (values that are not NULL), `unchanged_1` (those that came out as they were) and `cut_1` (those
 * that are too long for the column, and lose their ends).
 */
export function valuesQuery(table: TablePlan, masks: readonly MaskedColumn[], options: SelectOptions): Sql {
  const inner = masks.flatMap(({ column, expression }, at) => {
    const type = fromCatalog(column.type)
    return [
      sql`${fromCatalog(column.sqlName)}::pg_catalog.text AS ${named('original', at)}`,
      sql`(${expression.sql}::${type})::pg_catalog.text AS ${named('value', at)}`,
      ...(column.maxLength === null || expression.asIs
        ? []
        : [sql`pg_catalog.char_length(${expression.sql}::pg_catalog.text) AS ${named('length', at)}`]),
    ]
  })
  const outer = masks.flatMap(({ column, expression }, at) => {
    const same = sql`${named('original', at)} OPERATOR(pg_catalog.=) ${named('value', at)}`
    const long = sql`${named('length', at)} OPERATOR(pg_catalog.>) ${literal(column.maxLength)}`
    const cut = column.maxLength === null || expression.asIs ? sql`false` : long
    return [
      sql`pg_catalog.count(${named('original', at)}) AS ${named('present', at)}`,
      sql`pg_catalog.count(*) FILTER (WHERE ${same}) AS ${named('unchanged', at)}`,
      sql`pg_catalog.count(*) FILTER (WHERE ${cut}) AS ${named('cut', at)}`,
    ]
  })
  return sql`SELECT ${join(outer)}\nFROM (\nSELECT ${join(inner)}\n${rowsOf(table, options)}\n) AS rule_values`
}

/** A question whether the rows of a condition or a query can be had at all; undefined where neither chooses them. */
export function rowsQuery(table: TablePlan, options: SelectOptions): Sql | undefined {
  const { rows } = table
  if (table.runsForeignCode) return undefined
  if (rows.kind === 'filtered')
    return sql`SELECT pg_catalog.count(*) FROM (SELECT ${rowsOf(table, options)}) AS chosen_rows`
  if (rows.kind !== 'replaced') return undefined
  const values = table.columns.map(({ column }) => sql`pg_catalog.count(${fromCatalog(column.sqlName)})`)
  const all = values.length > 0 ? join(values) : sql`pg_catalog.count(*)`
  return sql`SELECT ${all}\nFROM ${restoredRows(table, options)}`
}

/** The masks that a question about values can be asked of: not those of a raw_sql. */
export function askableMasks(table: TablePlan): readonly MaskedColumn[] {
  if (table.runsForeignCode) return []
  return table.rows.kind === 'left-out' || table.rows.kind === 'replaced' ? [] : maskedColumns(table)
}

/** What the answer to `valuesQuery` means. */
export function valueFindings(
  table: TablePlan,
  masks: readonly MaskedColumn[],
  answer: Readonly<Record<string, string>>,
): Finding[] {
  return masks.flatMap((mask, at): Finding[] => {
    const number = (name: string) => BigInt(answer[`${name}_${at + 1}`] ?? 0)
    const [present, unchanged, cut] = [number('present'), number('unchanged'), number('cut')]
    const place = placeOfMask(table, mask)
    return [
      ...(unchanged > 0n
        ? [
            {
              code: 'values-unchanged' as const,
              severity: 'warning' as const,
              message: `${unchanged} of ${present} values come out as they were.`,
              place,
              remedy: 'Where that is not meant, let the rule change every value.',
            },
          ]
        : []),
      ...(cut > 0n
        ? [
            {
              code: 'value-too-long' as const,
              severity: 'warning' as const,
              message: `${cut} of the values that the rule gives are longer than ${mask.column.maxLength} characters and are cut off.`,
              place,
              remedy: `Shorten them yourself, for instance by left(…, ${mask.column.maxLength}), and see that what is left still differs.`,
            },
          ]
        : []),
    ]
  })
}

function named(name: string, at: number): Sql {
  return identifier(`${name}_${at + 1}`)
}
