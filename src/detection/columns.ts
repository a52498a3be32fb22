/** A column that the detection looks at; the sample yields it as text under the name `c` and its place: c1, c2, … */
export interface InspectedColumn {
  readonly name: string
  /** As format_type prints it. A domain may be given as its base type. */
  readonly type: string
}

/** What can be in a column of the type, as far as the detection cares. Types that it does not know are read as text. */
export type TypeFamily =
  | 'text'
  | 'number'
  | 'date'
  | 'boolean'
  | 'json'
  | 'network'
  | 'binary'
  | 'geometry'
  | 'nothing'

const FAMILIES: readonly (readonly [RegExp, TypeFamily])[] = [
  [/^(smallint|integer|bigint|numeric|real|double precision|money)\b/, 'number'],
  [/^(date|timestamp)\b/, 'date'],
  [/^boolean\b/, 'boolean'],
  [/^jsonb?\b/, 'json'],
  [/^(inet|cidr|macaddr8?)\b/, 'network'],
  [/^(bytea|oid|pg_catalog\.lo|bit|bit varying)\b/, 'binary'],
  [/^(point|polygon|path|circle|box|lseg|line)\b|(^|\.)(geometry|geography)\b/, 'geometry'],
  [
    /^(uuid|time|interval|tsvector|tsquery|xid8?|pg_lsn|reg[a-z]+|int[48]range|numrange|tsrange|tstzrange|daterange)\b/,
    'nothing',
  ],
]

export function familyOf(type: string): TypeFamily {
  return FAMILIES.find(([pattern]) => pattern.test(type))?.[1] ?? 'text'
}

export function isArray(type: string): boolean {
  return type.endsWith('[]')
}
