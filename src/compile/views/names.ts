import { type Relation, relationName } from '../../catalog/model.ts'
import type { Finding } from '../../lib/fault.ts'

/** Bytes of a name in PostgreSQL. */
const LONGEST_NAME = 63

/**
 * What the views of tables are called: tables of the schema public keep their names, others have that of their schema
 * before it, so that the name of a view does not change when another table comes. Names that would meet are refused.
 */
export function viewNames(
  relations: readonly Relation[],
  reserved: readonly string[],
): { names: ReadonlyMap<Relation, string>; findings: readonly Finding[] } {
  const names = new Map<Relation, string>()
  const taken = new Map<string, string>(reserved.map((name) => [name, "pgveil's own table"]))
  const findings: Finding[] = []
  for (const relation of relations) {
    const name = relation.schema === 'public' ? relation.name : `${relation.schema}_${relation.name}`
    const other = taken.get(name)
    if (other !== undefined)
      findings.push(conflict(relation, `it would have the same name as that of ${other}`))
    if (new TextEncoder().encode(name).length > LONGEST_NAME) {
      findings.push(conflict(relation, `its name, ${name}, is longer than ${LONGEST_NAME} bytes`))
    }
    taken.set(name, relationName(relation))
    names.set(relation, name)
  }
  return { names, findings }
}

function conflict(relation: Relation, reason: string): Finding {
  return {
    code: 'view-name',
    severity: 'error',
    message: `The table cannot have a view: ${reason}.`,
    place: { relation: relationName(relation) },
    remedy: 'Leave one of the tables out, by --partial-tables-exclude-dict-file.',
  }
}
