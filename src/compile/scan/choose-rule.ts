import type { MetaDictionary } from '../../dictionary/meta/meta.ts'
import { lookUpType, readTypeName } from '../../dictionary/type-name.ts'
import { identifier, literal } from '../../lib/sql.ts'
import type { TableColumn } from './key-groups.ts'
import { type ColumnUse, overElements, proposeRule } from './propose.ts'
import { fillTemplate } from './template.ts'

/** The type under which a meta-dictionary has the function for all types that it does not name. */
const DEFAULT = readTypeName('default')

/** Characters of the hash that masks where a meta-dictionary says nothing; its salt is no secret. */
const DIGEST_CHARACTERS = 32

/**
 * The rule for a sensitive column: what the meta-dictionary has for its type, exactly, for the base of its type, or for
 * all types; pg_anon's digest where a meta-dictionary has nothing and a hash is what fits; else a stand-in of the
 * library for what was found in it.
 */
export function chooseRule(
  meta: MetaDictionary | undefined,
  { column }: TableColumn,
  entity: string | undefined,
  use: ColumnUse,
): string | undefined {
  if (!meta) return proposeRule(column, entity, use)
  const declared = lookUpType(meta.anonymizations, readTypeName(column.type))
  if (declared) return fillTemplate(declared.text, column.name)
  const ofValues = lookUpType(meta.anonymizations, readTypeName(column.valueType))
  if (ofValues && !column.isArray) return fillTemplate(ofValues.text, column.name)
  if (ofValues) return overElements(identifier(column.name).text, fillTemplate(ofValues.text, 'element'))
  const fallback = meta.anonymizations.findLast(([type]) => type.base === DEFAULT.base)?.[1]
  if (fallback) return fillTemplate(fallback.text, column.name)
  const takesDigest = /^(?:text|character varying)/.test(column.valueType) && !column.isArray
  if (takesDigest && entity === undefined && (use.maxLength ?? DIGEST_CHARACTERS) >= DIGEST_CHARACTERS) {
    return `anon_funcs.digest(${identifier(column.name).text}, ${literal('salt_word').text}, 'md5')`
  }
  return proposeRule(column, entity, use)
}
