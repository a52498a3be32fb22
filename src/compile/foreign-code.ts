import type { Catalog, Column, Relation } from '../catalog/model.ts'
import type { Finding, Place } from '../lib/fault.ts'
import { names, walkTree } from './parser/tree.ts'

/**
 * What in a dictionary's SQL over a table would run code of a role that is not trusted, in words: a relation that it
 * names, or a cast of a column that it speaks of. Undefined where nothing would, as far as its text and the catalog tell:
 * what a function of its own reads nobody knows.
 */
export function foreignCodeIn(catalog: Catalog, relation: Relation, tree: unknown): string | undefined {
  const others = relationsNamed(catalog, tree)
  const planned = others.find(({ foreignCode }) => foreignCode !== null)?.foreignCode
  if (planned) return planned
  const columns = [relation, ...others].flatMap((read) => read.columns)
  const casts = columns.filter(({ readRunsForeignCode }) => readRunsForeignCode)
  if (casts.length === 0) return undefined
  const spokenOf = columnsNamed(tree, new Set(columns.map(({ name }) => name)))
  const cast = casts.find(({ name }) => spokenOf === 'all' || spokenOf.has(name))
  return cast && castOf(cast)
}

/** Where a name lacks its schema, all relations of that name: the search_path might find any of them. */
function relationsNamed(catalog: Catalog, tree: unknown): Relation[] {
  const written: { readonly schema: unknown; readonly name: unknown }[] = []
  walkTree(tree, (type, fields) => {
    if (type === 'RangeVar') written.push({ schema: fields.schemaname, name: fields.relname })
  })
  if (written.length === 0) return []
  return [...catalog.relations.values()].filter((relation) =>
    written.some(
      ({ schema, name }) => name === relation.name && (schema === undefined || schema === relation.schema),
    ),
  )
}

/** A name that is none of the columns' may be that of a whole row; a join by equal names compares whatever they are. */
function columnsNamed(tree: unknown, known: ReadonlySet<string>): ReadonlySet<string> | 'all' {
  const found = new Set<string>()
  let all = false
  walkTree(tree, (type, fields) => {
    if (type === 'A_Star' || (type === 'JoinExpr' && (fields.isNatural || fields.usingClause))) all = true
    if (type !== 'ColumnRef') return
    const last = names(fields.fields).at(-1)
    if (last !== undefined && known.has(last)) found.add(last)
    else all = true
  })
  return all ? 'all' : found
}

export function castOf(column: Column): string {
  return `a cast of the type ${column.type}`
}

/** `what` calls the function: `the index t_lower_idx`. */
export function foreignCodeFinding(what: string, place: Place): Finding {
  return {
    code: 'foreign-code',
    severity: 'error',
    message: `A statement over it would run a function of a role that is neither a superuser nor you with the rights of whoever runs it: ${what} calls one.`,
    place,
    remedy:
      'Look at the function; if you trust it, give it to a superuser or work as its owner. A table that nothing masks or filters can be dumped as it is.',
  }
}
