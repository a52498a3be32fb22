import { type Catalog, type CheckConstraint, type Column, LIBRARY_SCHEMA } from '../../catalog/model.ts'
import type { Finding } from '../../lib/fault.ts'
import { fromCatalog, identifier, join, type Sql, sql } from '../../lib/sql.ts'
import { isNullConstant, namesNoColumn } from '../constants.ts'
import type { Expression } from '../expression.ts'
import { isRecord, names, type TreeFields } from '../parser/tree.ts'
import { maskedColumns, type TablePlan } from '../plan/plan.ts'
import type { Functions } from './functions.ts'
import { type MaskedColumn, placeOfMask } from './place.ts'

export function nullsInNotNull(table: TablePlan): Finding[] {
  return maskedColumns(table)
    .filter(({ column, expression }) => column.notNull && isNullConstant(expression))
    .map((mask) => ({
      code: 'null-in-not-null',
      severity: 'error',
      message: 'The rule gives NULL, and the column is NOT NULL.',
      place: placeOfMask(table, mask),
      remedy: "Give a value that the column takes: '' or 0, for instance.",
    }))
}

/** A unique index all of whose columns have the same value in every row holds one row. */
export function constantsInUnique(catalog: Catalog, table: TablePlan, functions: Functions): Finding[] {
  const constants = maskedColumns(table).filter(({ expression }) => isConstant(expression, functions))
  const find = (number: number) => constants.find(({ column }) => column.number === number)
  return catalog.indexes
    .filter((index) => index.unique && index.relation === table.relation.oid && index.predicate === null)
    .flatMap((index): Finding[] => {
      const masks = index.columns.map(find)
      const [first] = masks
      if (!first || masks.includes(undefined)) return []
      const hasNull = masks.some((mask) => mask && isNullConstant(mask.expression))
      if (hasNull && !index.nullsNotDistinct) return []
      return [
        {
          code: 'constant-in-unique',
          severity: 'error',
          message: `Every row gets the same value, and the index ${index.name} is unique.`,
          place: placeOfMask(table, first),
          remedy: `Make the value depend on the row: md5 of it, or anon_funcs.${first.column.type.includes('int') ? 'pseudonym_int' : 'pseudonym_digits'} where it is a number.`,
        },
      ]
    })
}

export function tooLongConstants(table: TablePlan): Finding[] {
  return maskedColumns(table).flatMap((mask): Finding[] => {
    const { column, expression } = mask
    const length = lengthOf(expression)
    if (column.maxLength === null || length === undefined || length <= column.maxLength) return []
    return [
      {
        code: 'value-too-long',
        severity: expression.asIs ? 'error' : 'warning',
        message: `The rule gives ${length} characters, and ${column.maxLength} fit into the column${expression.asIs ? '' : ': the rest is cut off'}.`,
        place: placeOfMask(table, mask),
        remedy: `Shorten it, for instance by left(…, ${column.maxLength}), and see that what is left still differs.`,
      },
    ]
  })
}

/** A question whether constants satisfy a CHECK, for the server to answer: one row with one column, `holds`. */
export interface CheckProbe {
  readonly table: TablePlan
  readonly check: CheckConstraint
  readonly mask: MaskedColumn
  readonly query: Sql
}

/** CHECK constraints whose columns are all masked by constants, so that one answer holds for every row. */
export function checkProbes(catalog: Catalog, table: TablePlan, functions: Functions): CheckProbe[] {
  if (table.runsForeignCode) return []
  const constants = maskedColumns(table).filter(({ expression }) => isConstant(expression, functions))
  return catalog.checks
    .filter((check) => check.relation === table.relation.oid && !check.foreignCode)
    .flatMap((check): CheckProbe[] => {
      const masks = check.columns.map((number) => constants.find(({ column }) => column.number === number))
      const [mask] = masks
      if (!mask || masks.includes(undefined)) return []
      const values = masks.flatMap((known) => (known ? [typedValue(known.column, known.expression)] : []))
      const rows = sql`(SELECT ${join(values)}) AS ${identifier(table.relation.name)}`
      return [
        { table, check, mask, query: sql`SELECT (${fromCatalog(check.expression)}) AS holds FROM ${rows}` },
      ]
    })
}

function typedValue(column: Column, expression: Expression): Sql {
  return sql`${expression.sql}::${fromCatalog(column.type)} AS ${fromCatalog(column.sqlName)}`
}

export function checkUnsatisfiable({ table, check, mask }: CheckProbe): Finding {
  return {
    code: 'check-unsatisfiable',
    severity: 'error',
    message: `The value that the rule gives every row breaks the CHECK constraint ${check.name}.`,
    place: placeOfMask(table, mask),
    remedy: 'Give a value that satisfies it.',
  }
}

function isConstant(expression: Expression, functions: Functions): boolean {
  return namesNoColumn(expression) && !functions.mayVary(expression)
}

/** Hexadecimal digits of digests. */
const DIGEST_LENGTHS: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
}

/** Characters of a rule's value, where its text alone tells: a constant, or a digest. */
function lengthOf(expression: Expression): number | undefined {
  const constant = constantText(expression.tree)
  if (constant !== undefined) return [...constant].length
  const call: unknown = expression.tree.FuncCall
  if (!isRecord(call)) return undefined
  const [name, second] = names(call.funcname)
  if (name === 'md5' || (name === 'pg_catalog' && second === 'md5')) return DIGEST_LENGTHS.md5
  if (name !== LIBRARY_SCHEMA || second !== 'digest') return undefined
  return DIGEST_LENGTHS[constantText(argument(call, 2))?.toLowerCase() ?? '']
}

function argument(call: TreeFields, at: number): unknown {
  return Array.isArray(call.args) ? call.args[at] : undefined
}

function constantText(node: unknown): string | undefined {
  const constant: unknown = isRecord(node) ? node.A_Const : undefined
  const text: unknown = isRecord(constant) ? constant.sval : undefined
  return isRecord(text) ? String(text.sval ?? '') : undefined
}
