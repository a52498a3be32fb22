import { familyOf, type InspectedColumn, readsValuesOf } from '../columns.ts'
import { readName } from '../names/hints.ts'
import type { ColumnEvidence } from './counts.ts'

/** Of small numbers and dates the name tells what they are, or nobody does; a key or a sum is neither. */
export function isWorthALook({ name, type }: InspectedColumn): boolean {
  const family = familyOf(type)
  if (family === 'text') return true
  if (family !== 'number' && family !== 'date') return false
  const reading = readName(name)
  const mayBeLong = /^(bigint|numeric)(\(\d+,0\))?(\[\])?$/.test(type) && !reading.about
  return reading.hints.length > 0 || mayBeLong
}

/**
 * Whether nothing is left to ask about a column: PostgreSQL counted its values (there may be none), or its type and name
 * leave nothing to count. false where the sample could not be read or nobody asked; such a column is not harmless. Nor
 * is one whose values were counted as a text that they only look like: see readsValuesOf.
 */
export function wasExamined(column: InspectedColumn, evidence: ColumnEvidence | undefined): boolean {
  if (evidence?.values !== undefined || evidence?.inside !== undefined) return true
  return readsValuesOf(column.type) && familyOf(column.type) !== 'json' && !isWorthALook(column)
}
