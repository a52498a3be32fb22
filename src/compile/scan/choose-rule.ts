import type { TableColumn } from '../../catalog/table-column.ts'
import type { MetaDictionary } from '../../dictionary/meta/meta.ts'
import { identifier, literal } from '../../lib/sql.ts'
import { findByType } from './by-type.ts'
import { type ColumnUse, overElements, proposeRule } from './propose.ts'
import { fillTemplate } from './template.ts'

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
  const found = findByType(meta.anonymizations, column, 'default')
  if (found) {
    const ofElements = found.of === 'values' && column.isArray
    const rule = fillTemplate(found.value.text, ofElements ? 'element' : column.name)
    return ofElements ? overElements(identifier(column.name).text, rule) : rule
  }
  const takesDigest = /^(?:text|character varying)/.test(column.valueType) && !column.isArray
  if (takesDigest && entity === undefined && (use.maxLength ?? DIGEST_CHARACTERS) >= DIGEST_CHARACTERS) {
    return `anon_funcs.digest(${identifier(column.name).text}, ${literal('salt_word').text}, 'md5')`
  }
  return proposeRule(column, entity, use)
}
