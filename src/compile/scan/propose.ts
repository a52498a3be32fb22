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
const TEXT_STAND_INS: ReadonlyMap<string, readonly TextStandIn[]> = new Map(
  Object.entries({
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
  }),
)

/** Hexadecimal digits of a salted hash. */
const HASH_CHARACTERS = 64

/** So many tell the values of a table of a million rows apart but for a chance in 500; eight do not. */
const LEAST_DISTINCT_CHARACTERS = 12

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
  const { base, modifier } = readTypeName(column.valueType)
  const rule = FAMILIES.get(base.replace(/^.*\.(?=citext$|mvarchar$)/, ''))?.({
    value,
    entity,
    use,
    modifier,
  })
  return rule ?? (column.notNull ? undefined : 'NULL')
}

interface Asked {
  readonly value: string
  readonly entity: string | undefined
  readonly use: ColumnUse
  readonly modifier: string | null
}

/** What stands in for the values of types of one kind; undefined where nothing of the same kind can. */
type Family = (asked: Asked) => string | undefined

const text: Family = ({ value, entity, use }) => {
  const fits = ({ characters, distinct }: TextStandIn) =>
    (use.maxLength === null || characters <= use.maxLength) && (distinct || !use.distinct)
  const own = (TEXT_STAND_INS.get(entity ?? '') ?? []).find(fits)
  if (own) return own.call(value)
  if (entity === 'FREE_TEXT' && !use.distinct && (use.maxLength ?? 9) >= 9)
    return `CASE WHEN ${value} IS NOT NULL THEN '[removed]' END`
  const characters = Math.min(use.maxLength ?? HASH_CHARACTERS, HASH_CHARACTERS)
  if (use.distinct && characters < LEAST_DISTINCT_CHARACTERS) return undefined
  const hash = `anon_funcs.digest(${value}, pg_catalog.current_setting('anon_funcs.salt'), 'sha256')`
  return characters < HASH_CHARACTERS ? `pg_catalog.left(${hash}, ${characters})` : hash
}

const wholeNumber: Family = ({ value }) => `anon_funcs.pseudonym_int(${value})`

/** Numbers that count something; any other identifies somebody, by its digits. */
const AMOUNTS: ReadonlySet<string | undefined> = new Set([undefined, 'SALARY', 'AGE', 'GEO_COORDINATES'])

const decimal: Family = ({ value, entity, use, modifier }) => {
  const [precision, scale = 0] = modifier?.split(',').map(Number) ?? []
  if (!AMOUNTS.has(entity) || use.distinct) {
    const whole = precision === undefined ? !use.distinct : scale === 0
    return whole ? `anon_funcs.pseudonym_int(${value}::pg_catalog.int8)` : undefined
  }
  const noise = `anon_funcs.noise(${value}, 0.2)`
  if (precision === undefined) return noise
  const most = `${'9'.repeat(precision - scale) || '0'}.${'9'.repeat(scale) || '0'}`
  return `greatest(-${most}, least(${most}, ${noise}))`
}

const float: Family = ({ value, use }) => (use.distinct ? undefined : `anon_funcs.noise(${value}, 0.2)`)

/** Days are kept apart by nothing that would not tell them. */
const day: Family = ({ value, entity, use }) => {
  const unit = entity?.startsWith('DATE_OF') || entity === undefined ? 'year' : 'month'
  return use.distinct ? undefined : `anon_funcs.generalize_date(${value}, '${unit}')`
}

const unlessDistinct =
  (rule: (value: string) => string): Family =>
  ({ value, use }) =>
    use.distinct ? undefined : rule(value)

const FAMILIES: ReadonlyMap<string, Family> = new Map<string, Family>([
  ['text', text],
  ['character varying', text],
  ['character', text],
  ['citext', text],
  ['name', text],
  ['mvarchar', text],
  ['smallint', wholeNumber],
  ['integer', wholeNumber],
  ['bigint', wholeNumber],
  ['numeric', decimal],
  ['real', float],
  ['double precision', float],
  ['date', day],
  ['timestamp without time zone', day],
  ['timestamp with time zone', day],
  ['jsonb', unlessDistinct((value) => `anon_funcs.jsonb_pseudonymize(${value}, '{}')`)],
  [
    'json',
    unlessDistinct(
      (value) => `anon_funcs.jsonb_pseudonymize(${value}::pg_catalog.jsonb, '{}')::pg_catalog.json`,
    ),
  ],
  ['uuid', ({ value }) => `anon_funcs.fake_uuid(${value})`],
  ['inet', ({ value }) => `anon_funcs.fake_ip(${value})`],
  ['macaddr', ({ value }) => `anon_funcs.fake_mac(${value})`],
  ['bytea', ({ value }) => `pg_catalog.sha256(${value})`],
  ['boolean', unlessDistinct((value) => `CASE WHEN ${value} IS NOT NULL THEN false END`)],
])

function elementLength({ valueType }: Column): number | null {
  const { base, modifier } = readTypeName(valueType)
  return modifier !== null && /^character/.test(base) ? Number(modifier) : null
}
