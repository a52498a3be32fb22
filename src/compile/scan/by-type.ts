import type { Column } from '../../catalog/model.ts'
import { lookUpType, readTypeName, type TypeName } from '../../dictionary/type-name.ts'

export type ByType<Value> = readonly (readonly [TypeName, Value])[]

/** What a dictionary has for a type: for that of the column as declared, or for that of its values. */
export interface FoundByType<Value> {
  readonly value: Value
  readonly of: 'column' | 'values'
}

/**
 * Looks a column up in a map by types: by its type as declared, then by what its domain or array is made of, and last by
 * the name that stands for all types.
 */
export function findByType<Value>(
  entries: ByType<Value>,
  column: Column,
  allTypes?: string,
): FoundByType<Value> | undefined {
  const declared = lookUpType(entries, readTypeName(column.type))
  if (declared !== undefined) return { value: declared, of: 'column' }
  const ofValues = lookUpType(entries, readTypeName(column.valueType))
  if (ofValues !== undefined) return { value: ofValues, of: 'values' }
  const ofAll = allTypes === undefined ? undefined : lookUpType(entries, readTypeName(allTypes))
  return ofAll === undefined ? undefined : { value: ofAll, of: 'column' }
}
