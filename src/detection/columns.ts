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
    /^(uuid|time|interval|tsvector|tsquery|xid8?|pg_lsn|reg[a-z]+|(int[48]|num|ts|tstz|date)(multi)?range)\b/,
    'nothing',
  ],
]

export function familyOf(type: string): TypeFamily {
  return FAMILIES.find(([pattern]) => pattern.test(type))?.[1] ?? 'text'
}

export function isArray(type: string): boolean {
  return type.endsWith('[]')
}

/**
 * Whether "nothing found" in a column of the type means that it holds nothing personal: its values were read for what
 * they are, or, as those of a uuid, a boolean or a small number, say nothing that the column's name does not. Of all
 * other types it means that nobody can say. Composites, hstore, xml and types that are unknown are looked at as if they
 * were text, so that what is plain is found; binary data, geometries, ranges and the words of a tsvector are not looked
 * at. An enum is among the unknown, for its name does not tell it from a composite: its labels are read as text.
 */
export function readsValuesOf(type: string): boolean {
  const ofElements = type.replace(/(\[\])+$/, '')
  return READ_TEXTS.test(ofElements) || READ_NUMBERS.test(ofElements)
}

const READ_TEXTS =
  /^(text|character varying(\(\d+\))?|character(\(\d+\))?|varchar(\(\d+\))?|char(\(\d+\))?|bpchar|"char"|name|([a-z_]\w*\.|"(?:[^"]|"")+"\.)?citext|jsonb?)$/

const READ_NUMBERS =
  /^(smallint|integer|int|bigint|numeric(\(.*\))?|real|double precision|money|date|timestamp\b[^.]*|time\b[^.]*|interval\b[^.]*|boolean|uuid|inet|cidr|macaddr8?|xid8?|pg_lsn|reg[a-z]+)$/
