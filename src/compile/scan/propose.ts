import type { Column } from '../../catalog/model.ts'
import { readTypeName } from '../../dictionary/type-name.ts'
import { identifier } from '../../lib/sql.ts'

/** How a column is used, as far as it decides what may stand in the place of its values. */
export interface ColumnUse {
  /** Unique, or one end of a foreign key: different values must stay different, and equal ones equal. */
  readonly distinct: boolean
  /** Characters that fit, in it and in all columns that it is joined with. */
  readonly maxLength: number | null
}

/** A stand-in for texts, with the most characters that it gives. */
interface TextStandIn {
  readonly call: (value: string) => string
  readonly characters: number
  /** Different values get different ones, but for chances that nobody meets. */
  readonly distinct?: boolean
}

const library = (name: string, characters: number, distinct = false): TextStandIn => ({
  call: (value) => `anon_funcs.${name}(${value})`,
  characters,
  distinct,
})

/**
 * The digits of a text permuted: as long as before, and different for different texts. Letters stay, so it is nothing
 * for identifiers that hold some: an Italian tax code begins with those of the name.
 */
const DIGITS: TextStandIn = {
  call: (value) => `anon_funcs.pseudonym_digits(${value})`,
  characters: 0,
  distinct: true,
}

const NAME = library('fake_full_name', 20)
const FIRST_NAME = library('fake_first_name', 9)
const LAST_NAME = library('fake_last_name', 10)
const STREET = library('fake_street', 18)
const CITY = library('fake_city', 11)

/** What stands in for the texts of an entity, the first that fits. */
const TEXT_STAND_INS: Readonly<Record<string, readonly TextStandIn[]>> = {
  EMAIL: [library('fake_email', 38, true)],
  PHONE: [library('fake_phone', 16), DIGITS],
  PERSON_NAME: [NAME, FIRST_NAME],
  FIRST_NAME: [FIRST_NAME],
  LAST_NAME: [LAST_NAME],
  ADDRESS: [STREET],
  STREET: [STREET],
  CITY: [CITY],
  CREDIT_CARD: [library('fake_card_number', 16), DIGITS],
  IBAN: [library('fake_iban', 22)],
  IMEI: [DIGITS],
}

/** Hexadecimal digits of a salted hash: below 16 of them two values of a large table may meet. */
const HASH_CHARACTERS = 64

/**
 * The rule that is proposed for a column, as a dictionary has it: of the column's own type and length, the same for the
 * same value. undefined where nothing but NULL can stand in for its values.
 */
export function proposeRule(column: Column, entity: string | undefined, use: ColumnUse): string | undefined {
  const name = identifier(column.name).text
  if (!column.isArray) return standIn(column, name, entity, use)
  const element = standIn(column, 'element', entity, {
    distinct: use.distinct,
    maxLength: elementLength(column),
  })
  return element && overElements(name, element)
}

/** A rule for each element of an array; NULL stays NULL, and an empty array empty. */
export function overElements(name: string, element: string): string {
  return `CASE WHEN ${name} IS NOT NULL THEN ARRAY(SELECT ${element} FROM pg_catalog.unnest(${name}) AS element) END`
}

function standIn(
  column: Column,
  value: string,
  entity: string | undefined,
  use: ColumnUse,
): string | undefined {
  const { base } = readTypeName(column.valueType)
  const family = FAMILIES[base.replace(/^.*\./, '')]
  return family ? family(value, entity, use) : column.notNull ? undefined : 'NULL'
}

type Family = (value: string, entity: string | undefined, use: ColumnUse) => string

const text: Family = (value, entity, use) => {
  const fits = ({ characters, distinct }: TextStandIn) =>
    (use.maxLength === null || characters <= use.maxLength) && (distinct || !use.distinct)
  const own = (TEXT_STAND_INS[entity ?? ''] ?? []).find(fits)
  if (own) return own.call(value)
  if (entity === 'FREE_TEXT' && !use.distinct && (use.maxLength ?? 9) >= 9)
    return `CASE WHEN ${value} IS NOT NULL THEN '[removed]' END`
  const hash = `anon_funcs.digest(${value}, pg_catalog.current_setting('anon_funcs.salt'), 'sha256')`
  const characters = Math.min(use.maxLength ?? HASH_CHARACTERS, HASH_CHARACTERS)
  return characters < HASH_CHARACTERS ? `pg_catalog.left(${hash}, ${characters})` : hash
}

const wholeNumber: Family = (value) => `anon_funcs.pseudonym_int(${value})`

const amount: Family = (value, _, use) =>
  use.distinct ? `anon_funcs.pseudonym_int(${value}::pg_catalog.int8)` : `anon_funcs.noise(${value}, 0.2)`

const day: Family = (value, entity, use) =>
  use.distinct
    ? `anon_funcs.dnoise(${value}, interval '180 days')`
    : `anon_funcs.generalize_date(${value}, ${entity === 'DATE_OF_BIRTH' || entity === undefined ? "'year'" : "'month'"})`

const document = (type: string): Family =>
  type === 'jsonb'
    ? (value) => `anon_funcs.jsonb_pseudonymize(${value}, '{}')`
    : (value) => `anon_funcs.jsonb_pseudonymize(${value}::pg_catalog.jsonb, '{}')::pg_catalog.json`

const FAMILIES: Readonly<Record<string, Family>> = {
  text,
  'character varying': text,
  character: text,
  citext: text,
  name: text,
  mvarchar: text,
  smallint: wholeNumber,
  integer: wholeNumber,
  bigint: wholeNumber,
  numeric: amount,
  real: amount,
  'double precision': amount,
  date: day,
  'timestamp without time zone': day,
  'timestamp with time zone': day,
  json: document('json'),
  jsonb: document('jsonb'),
  uuid: (value) => `anon_funcs.fake_uuid(${value})`,
  inet: (value) => `anon_funcs.fake_ip(${value})`,
  macaddr: (value) => `anon_funcs.fake_mac(${value})`,
  bytea: (value) => `pg_catalog.sha256(${value})`,
  boolean: (value) => `CASE WHEN ${value} IS NOT NULL THEN false END`,
}

function elementLength({ valueType }: Column): number | null {
  const { base, modifier } = readTypeName(valueType)
  return modifier !== null && /^character/.test(base) ? Number(modifier) : null
}
