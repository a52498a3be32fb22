/** A type as people write it, in the words of PostgreSQL's format_type. */
export interface TypeName {
  /** Without its modifier: `character varying`, `timestamp with time zone`, `text[]`, `shop.grade`. */
  readonly base: string
  /** What stands in parentheses: `10,2`; null where nothing does. */
  readonly modifier: string | null
}

/** Table 8.1 of PostgreSQL's manual, and the names that its catalog has for the same types. */
const ALIASES: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  serial: 'integer',
  bigserial: 'bigint',
  smallserial: 'smallint',
  decimal: 'numeric',
  float: 'double precision',
  float8: 'double precision',
  float4: 'real',
  bool: 'boolean',
  varchar: 'character varying',
  char: 'character',
  bpchar: 'character',
  varbit: 'bit varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
}

export function readTypeName(text: string): TypeName {
  const trimmed = text.trim()
  const [, before = '', modifier = null, after = ''] = /^([^(]*)(?:\(([^)]*)\))?(.*)$/s.exec(trimmed) ?? []
  const words = `${before} ${after}`.trim().replaceAll(/\s+/g, ' ').replaceAll(/ ?\[/g, '[')
  const [, name = '', brackets = ''] = /^(.*?)((?:\[\d*\])*)$/.exec(words) ?? []
  const plain = name.includes('"') ? name : name.toLowerCase().replace(/^pg_catalog\./, '')
  return {
    base: (ALIASES[plain] ?? plain) + (brackets === '' ? '' : '[]'),
    modifier: modifier === null ? null : modifier.replaceAll(/\s/g, ''),
  }
}

/** Whether a type that somebody wrote is this one: with its modifier exactly, without one whatever the modifier. */
export function isOfType(type: TypeName, wanted: TypeName): boolean {
  if (wanted.modifier !== null && wanted.modifier !== type.modifier) return false
  return wanted.base === type.base || (!wanted.base.includes('.') && wanted.base === withoutSchema(type.base))
}

/** What a map by types has for this one: under its exact name, or else under its base. */
export function lookUpType<Value>(
  entries: readonly (readonly [TypeName, Value])[],
  type: TypeName,
): Value | undefined {
  const fitting = entries.filter(([wanted]) => isOfType(type, wanted))
  return (fitting.findLast(([wanted]) => wanted.modifier === type.modifier) ?? fitting.at(-1))?.[1]
}

function withoutSchema(base: string): string {
  return base.slice(base.lastIndexOf('.') + 1)
}
