import { Fault, type Place } from '../lib/fault.ts'
import type { Node } from './literal/node.ts'
import { describeName, exactName, matchesName, type NamePattern, nameMask } from './name-pattern.ts'
import { PythonRegexError, UntranslatableRegex } from './python-regex/python-regex.ts'
import type { Shape } from './shape.ts'

/** Which tables an entry speaks of. */
export interface TablePattern {
  readonly schema: NamePattern
  readonly table: NamePattern
  readonly place: Place
}

export interface TableName {
  readonly schema: string
  readonly name: string
}

export const TABLE_PATTERN_KEYS = ['schema', 'schema_mask', 'table', 'table_mask'] as const

type PatternNodes = Partial<Record<(typeof TABLE_PATTERN_KEYS)[number], Node>>

/**
 * Reads `schema` or `schema_mask`, and `table` or `table_mask`; one of each must be there, unless it is said what an
 * entry without a table means.
 */
export function readTablePattern(
  shape: Shape,
  entry: Node,
  nodes: PatternNodes,
  options: { readonly withoutTable?: NamePattern } = {},
): TablePattern {
  const { table, table_mask: mask } = nodes
  const named = table || mask || !options.withoutTable
  return {
    schema: readName(shape, entry, 'schema', nodes.schema, nodes.schema_mask),
    table: named ? readName(shape, entry, 'table', table, mask) : options.withoutTable,
    place: shape.place(entry),
  }
}

function readName(
  shape: Shape,
  entry: Node,
  key: 'schema' | 'table',
  exact: Node | undefined,
  mask: Node | undefined,
): NamePattern {
  if (exact && mask) shape.refuse(mask, `An entry names ${key} or ${key}_mask, not both.`)
  if (exact) return exactName(shape.filledText(exact, `"${key}"`))
  if (!mask) return shape.refuse(entry, `An entry needs "${key}" or "${key}_mask".`)
  const { text, placeOf } = shape.sql(mask, `"${key}_mask"`)
  try {
    return nameMask(text)
  } catch (error) {
    if (!(error instanceof PythonRegexError || error instanceof UntranslatableRegex)) throw error
    const message =
      error instanceof PythonRegexError
        ? `"${key}_mask" is not a regular expression: ${error.message}.`
        : `"${key}_mask" holds ${error.construct}, which is not supported.`
    throw new Fault('dictionary-shape', message, {
      place: placeOf(error.offset),
      remedy: 'It is read as one of Python.',
    })
  }
}

export function matchesTable(pattern: TablePattern, table: TableName): boolean {
  return matchesName(pattern.schema, table.schema) && matchesName(pattern.table, table.name)
}

/** Whether the entry names one table by schema and name, which wins over every mask. */
export function isExact(pattern: TablePattern): boolean {
  return pattern.schema.kind === 'exact' && pattern.table.kind === 'exact'
}

/** Two patterns that are written alike name the same thing: the later entry then amends the earlier one. */
export function patternKey(pattern: TablePattern): string {
  return JSON.stringify([pattern.schema, pattern.table].map((part) => [part.kind, nameOrMask(part)]))
}

export function describeTable(pattern: TablePattern): string {
  return `${describeName(pattern.schema)}.${describeName(pattern.table)}`
}

function nameOrMask(pattern: NamePattern): string {
  return pattern.kind === 'exact' ? pattern.name : pattern.mask
}
