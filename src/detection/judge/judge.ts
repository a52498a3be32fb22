import { familyOf, type InspectedColumn } from '../columns.ts'
import { type Entity, isName } from '../entities.ts'
import type { ColumnEvidence, EvidenceOfTable } from '../evidence/counts.ts'
import { type NameHint, type NameReading, readName, subjectOfTable } from '../names/hints.ts'
import { judgeDocument, judgeText } from './content.ts'
import { type Context, contextOf } from './context.ts'
import { type Detection, detection, LIKELY } from './detection.ts'
import type { Evidence, Fit } from './evidence.ts'
import { fitOf, PROVABLE } from './fits.ts'
import { IDENTIFIED } from './identifiers.ts'
import { byWords, shareOfWords } from './shares.ts'

/** Below it a hint is not worth telling. */
const WORTH_TELLING = 0.3

/**
 * What the columns of a table hold. Evidence is by the place of a column, from 1; detections are by its name. A column
 * in which nothing was found is not among them.
 */
export function judgeTable(
  table: string,
  columns: readonly InspectedColumn[],
  evidence: EvidenceOfTable,
): Map<string, Detection> {
  const known = columns.map((column, at) => ({
    column,
    name: readName(column.name),
    evidence: evidence.get(at + 1) ?? {},
  }))
  const alone = known.map((one) => judge(one, NO_CONTEXT))
  const context = contextOf(subjectOfTable(table), alone)
  const detections = new Map<string, Detection>()
  for (const one of known) {
    const detection = judge(one, context)
    if (detection) detections.set(one.column.name, detection)
  }
  return detections
}

/** What is known of a column by itself. */
interface KnownColumn {
  readonly column: InspectedColumn
  readonly name: NameReading
  readonly evidence: ColumnEvidence
}

const NO_CONTEXT: Context = { says: null, evidence: [] }

function judge(known: KnownColumn, context: Context): Detection | null {
  const { column, evidence } = known
  const family = familyOf(column.type)
  if (family === 'nothing') return null
  const candidates = family === 'json' ? [judgeDocument(evidence, context)] : judgeAll(known, context)
  const best = surest(candidates)
  return best && best.confidence >= WORTH_TELLING ? best : null
}

function judgeAll(known: KnownColumn, context: Context): (Detection | null)[] {
  const { column, name, evidence } = known
  const byName = name.hints.map((hint) => judgeHint(known, hint, context))
  // A telephone has no check digits: a number of another kind, if the name calls it so, is one.
  const named = surest(byName)
  const isNumber = named !== null && named.confidence >= LIKELY && IDENTIFIED.has(named.entity)
  return [
    ...byName,
    ...PROVABLE.filter((entity) => !(isNumber && entity === 'PHONE')).map((entity) =>
      judgeValues(entity, evidence),
    ),
    context.says === 'person' ? judgeSingleNames(evidence) : null,
    evidence.keys && evidence.keys.length > 0
      ? judgeDocument(evidence, context)
      : judgeText(evidence, context),
    judgeType(column),
  ]
}

function surest(candidates: readonly (Detection | null)[]): Detection | null {
  return candidates.reduce(
    (found, next) => (found && (!next || found.confidence >= next.confidence) ? found : next),
    null,
  )
}

/** How sure a name makes, by what the values say to it. */
const BY_NAME: Readonly<Record<'strong' | 'weak', Readonly<Record<Fit['verdict'], number>>>> = {
  strong: { proves: 0.97, supports: 0.95, fits: 0.8, open: 0.7, contradicts: 0.1 },
  weak: { proves: 0.95, supports: 0.8, fits: 0.3, open: 0.2, contradicts: 0 },
}

/** Of a strong name over a column that holds nothing: nothing bears the name out. */
const EMPTY_COLUMN = 0.45

/** A weak name in a table of persons, over values that could be names; and under a name, or in a table, of things. */
const OF_PERSON = 0.65
const OF_THING = 0.4

function judgeHint(
  { column, name, evidence }: KnownColumn,
  hint: NameHint,
  context: Context,
): Detection | null {
  const { entity, strength, token } = hint
  const told: Evidence = { kind: 'name', token, strength }
  const { values } = evidence
  if (!fitsType(entity, column, context)) return null
  const subject: Context = name.subject
    ? { says: name.subject, evidence: [{ kind: 'context', from: 'name', says: name.subject }] }
    : context
  if (values && values.examined === 0) {
    const meant = strength === 'strong' || (isName(entity) && subject.says === 'person')
    return meant ? detection(entity, EMPTY_COLUMN, [told, { kind: 'empty' }]) : null
  }
  const fit = fitOf(entity, evidence)
  const confidence = BY_NAME[strength][fit.verdict]
  if (strength === 'weak' && subject.says !== null) {
    const decided = isName(entity)
      ? inContext(fit, subject.says, name.subject !== null)
      : besidePerson(entity, fit, context)
    if (decided !== null) return detection(entity, decided, [told, ...fit.evidence, ...subject.evidence])
  }
  return detection(entity, placed(entity, confidence, context), [told, ...fit.evidence])
}

/**
 * A person beside makes names of letters that look like them, and `customer_name` of whatever is text; a thing unmakes
 * names whose words are common ones.
 */
function inContext({ verdict }: Fit, says: 'person' | 'thing', byName: boolean): number | null {
  if (says === 'person') return verdict === 'fits' || (verdict === 'open' && byName) ? OF_PERSON : null
  return verdict === 'fits' || verdict === 'supports' ? OF_THING : null
}

/** A country, or the city of a shop, is nobody's: only beside a person it is personal. */
function placed(entity: Entity, confidence: number, { says }: Context): number {
  const nobodys = (entity === 'COUNTRY' && says !== 'person') || (entity === 'CITY' && says === 'thing')
  return nobodys ? Math.min(confidence, NOBODYS_PLACE) : confidence
}

const NOBODYS_PLACE = 0.4

/** In a table of persons `dx` and `plz` are theirs, if the values can be. */
function besidePerson(entity: Entity, fit: Fit, { says }: Context): number | null {
  return says === 'person' && OF_WHOM.has(entity) && fit.verdict === 'fits' ? OF_PERSON : null
}

const OF_WHOM: ReadonlySet<Entity> = new Set<Entity>([
  'USERNAME',
  'POSTCODE',
  'DIAGNOSIS',
  'HEALTH_ID',
  'DISABILITY',
])

/** How sure values alone make. Check digits and forms of their own are surer than words. */
const BY_VALUES: Partial<Readonly<Record<Evidence['kind'], number>>> = {
  checksum: 0.9,
  values: 0.85,
  vocabulary: 0.7,
}

function judgeValues(entity: Entity, evidence: ColumnEvidence): Detection | null {
  const fit = fitOf(entity, evidence)
  const [first] = fit.evidence
  if (fit.verdict !== 'proves' || !first) return null
  return detection(entity, BY_VALUES[first.kind] ?? 0, fit.evidence)
}

/** From this share on single words are names beside a person, unless they are known as cities at least as often. */
const SINGLE_NAMES = 0.7

/** `gname`, `c7`: in a table of persons, words that are nearly all known names are theirs. */
function judgeSingleNames({ values, words }: ColumnEvidence): Detection | null {
  if (!values || !words || values.distinct < 8) return null
  const known = shareOfWords(values, words, 'singleName')
  if (known < SINGLE_NAMES || known <= shareOfWords(values, words, 'city')) return null
  const which = words.firstName >= words.lastName ? 'firstName' : 'lastName'
  const entity = which === 'firstName' ? 'FIRST_NAME' : 'LAST_NAME'
  return detection(entity, OF_PERSON, byWords('supports', values, words, which).evidence)
}

/** A type that holds nothing else. */
function judgeType({ type }: InspectedColumn): Detection | null {
  const told: Evidence = { kind: 'type', type }
  if (/^(inet|cidr)\b/.test(type)) return detection('IP_ADDRESS', 0.8, [told])
  if (/^macaddr8?\b/.test(type)) return detection('MAC_ADDRESS', 0.8, [told])
  return null
}

/** Entities that no text is needed for; a name over a type that cannot hold the entity means something else. */
function fitsType(entity: Entity, { type }: InspectedColumn, { says }: Context): boolean {
  switch (familyOf(type)) {
    case 'text':
      return true
    case 'number':
      return NUMBERS.has(entity)
    case 'date':
      return entity === 'DATE_OF_BIRTH' || entity === 'DATE_OF_DEATH'
    case 'boolean':
      return FLAGS.has(entity) && says !== 'thing'
    case 'network':
      return entity === 'IP_ADDRESS' || entity === 'MAC_ADDRESS'
    case 'binary':
      return BINARY.has(entity)
    case 'geometry':
      return entity === 'GEO_COORDINATES' || entity === 'ADDRESS'
    default:
      return false
  }
}

const NUMBERS: ReadonlySet<Entity> = new Set<Entity>([
  ...([
    'PHONE',
    'POSTCODE',
    'GEO_COORDINATES',
    'DATE_OF_BIRTH',
    'DATE_OF_DEATH',
    'AGE',
    'GENDER',
    'MARITAL_STATUS',
    'ETHNICITY',
  ] as const),
  ...([
    'NATIONAL_ID',
    'TAX_ID',
    'PASSPORT',
    'DRIVER_LICENCE',
    'CREDIT_CARD',
    'CVV',
    'BANK_ACCOUNT',
    'SALARY',
    'IMEI',
  ] as const),
  ...([
    'HEALTH_ID',
    'RELIGION',
    'DISABILITY',
    'SEXUAL_ORIENTATION',
    'STREET',
    'NATIONALITY',
    'OCCUPATION',
  ] as const),
])

/** What a mere yes says of a person: `pregnant`, `union_member`. Of a thing (a medicine on prescription) it does not. */
const FLAGS: ReadonlySet<Entity> = new Set<Entity>([
  'DIAGNOSIS',
  'DISABILITY',
  'TRADE_UNION',
  'CRIMINAL_RECORD',
])

const BINARY: ReadonlySet<Entity> = new Set<Entity>(['PHOTO', 'SIGNATURE', 'BIOMETRIC', 'PASSWORD', 'SECRET'])
