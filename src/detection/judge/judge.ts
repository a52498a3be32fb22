import { familyOf, type InspectedColumn } from '../columns.ts'
import type { Entity } from '../entities.ts'
import type { ColumnEvidence, EvidenceOfTable } from '../evidence/counts.ts'
import { type NameHint, type NameReading, readName, subjectOfTable } from '../names/hints.ts'
import { judgeDocument, judgeText } from './content.ts'
import { type Context, contextOf } from './context.ts'
import { type Detection, detection } from './detection.ts'
import type { Evidence, Fit } from './evidence.ts'
import { fitOf, PROVABLE } from './fits.ts'

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
  const readings = columns.map(({ name }) => readName(name))
  const alone = columns.map((column, at) =>
    judge(column, readings[at]!, evidence.get(at + 1) ?? {}, NO_CONTEXT),
  )
  const context = contextOf(subjectOfTable(table), alone)
  const detections = new Map<string, Detection>()
  for (const [at, column] of columns.entries()) {
    const detection = judge(column, readings[at]!, evidence.get(at + 1) ?? {}, context)
    if (detection) detections.set(column.name, detection)
  }
  return detections
}

const NO_CONTEXT: Context = { says: null, evidence: [] }

function judge(
  column: InspectedColumn,
  name: NameReading,
  evidence: ColumnEvidence,
  context: Context,
): Detection | null {
  const family = familyOf(column.type)
  if (family === 'boolean' || family === 'nothing') return null
  const candidates =
    family === 'json'
      ? [judgeDocument(evidence)]
      : [
          ...name.hints.map((hint) => judgeHint(column, hint, name, evidence, context)),
          ...PROVABLE.map((entity) => judgeValues(entity, evidence)),
          evidence.keys ? judgeDocument(evidence) : judgeText(evidence),
          judgeType(column),
        ]
  const best = candidates
    .filter((candidate) => candidate !== null)
    .reduce<Detection | null>(
      (found, next) => (found && found.confidence >= next.confidence ? found : next),
      null,
    )
  return best && best.confidence >= WORTH_TELLING ? best : null
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
  column: InspectedColumn,
  hint: NameHint,
  name: NameReading,
  evidence: ColumnEvidence,
  context: Context,
): Detection | null {
  const { entity, strength, token } = hint
  const told: Evidence = { kind: 'name', token, strength }
  const { values } = evidence
  if (!fitsType(entity, column)) return null
  if (values && values.examined === 0) {
    return strength === 'strong' ? detection(entity, EMPTY_COLUMN, [told, { kind: 'empty' }]) : null
  }
  const fit = fitOf(entity, evidence)
  const confidence = BY_NAME[strength][fit.verdict]
  const subject: Context = name.subject
    ? { says: name.subject, evidence: [{ kind: 'context', from: 'name', says: name.subject }] }
    : context
  if (strength === 'weak' && needsPerson(entity) && subject.says !== null) {
    const decided = inContext(fit, subject.says, name.subject !== null)
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

/** Weak names that mean a person where the table is about persons. */
function needsPerson(entity: Entity): boolean {
  return entity === 'PERSON_NAME' || entity === 'FIRST_NAME' || entity === 'LAST_NAME'
}

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

/** A type that holds nothing else. */
function judgeType({ type }: InspectedColumn): Detection | null {
  const told: Evidence = { kind: 'type', type }
  if (/^(inet|cidr)\b/.test(type)) return detection('IP_ADDRESS', 0.8, [told])
  if (/^macaddr8?\b/.test(type)) return detection('MAC_ADDRESS', 0.8, [told])
  return null
}

/** Entities that no text is needed for; a name over a type that cannot hold the entity means something else. */
function fitsType(entity: Entity, { type }: InspectedColumn): boolean {
  switch (familyOf(type)) {
    case 'text':
      return true
    case 'number':
      return NUMBERS.has(entity)
    case 'date':
      return entity === 'DATE_OF_BIRTH'
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

const BINARY: ReadonlySet<Entity> = new Set<Entity>(['PHOTO', 'SIGNATURE', 'BIOMETRIC', 'PASSWORD', 'SECRET'])
