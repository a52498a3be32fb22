import { calledNames } from '../../compile/called-names.ts'
import type { SqlText } from '../../dictionary/shape.ts'
import type { Finding, Place } from '../../lib/fault.ts'
import type { Shadow } from '../../postgres/introspect.ts'

/** A dictionary's SQL, parsed, and where it is used. */
export interface CallingSql {
  readonly tree: unknown
  readonly source: SqlText
  readonly place: Place
}

/**
 * Rules that call by a plain name what a role that nobody need trust has defined too: the types of the arguments decide
 * which one runs, with the rights of whoever makes the dump, and what it gives may be the raw value.
 */
export function shadowed(pieces: readonly CallingSql[], shadows: readonly Shadow[]): Finding[] {
  if (shadows.length === 0) return []
  const findings = new Map<SqlText, Finding>()
  for (const { tree, source, place } of pieces) {
    const called = calledNames(tree)
    const calls = { function: called.functions, operator: called.operators, library: called.library }
    const shadow = shadows.find(({ kind, name }) => calls[kind].has(name))
    if (shadow && !findings.has(source)) findings.set(source, shadowFinding(shadow, place))
  }
  return [...findings.values()]
}

function shadowFinding({ kind, name, schema, owner }: Shadow, place: Place): Finding {
  const ofLibrary = kind === 'library'
  return {
    code: 'rule-shadowed',
    severity: 'error',
    message: ofLibrary
      ? `anon_funcs.${name} belongs to ${owner}, who can change what it does.`
      : `The rule calls ${name}, and of several that there are one belongs to ${owner}, in the schema ${schema}.`,
    place,
    remedy: ofLibrary
      ? 'Drop the schema anon_funcs and run pgveil init as a role you trust.'
      : kind === 'operator'
        ? `Say which one is meant: OPERATOR(pg_catalog.${name}).`
        : `Say which one is meant by its schema, as in pg_catalog.${name}(…), or give the one in ${schema} to a role you trust.`,
  }
}
