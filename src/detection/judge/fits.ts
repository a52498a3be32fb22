import type { Entity } from '../entities.ts'
import type { ColumnEvidence, IdentifierCounts, ValueCounts, WordCounts } from '../evidence/counts.ts'
import type { Evidence, Fit, Verdict } from './evidence.ts'
import { IDENTIFIED, IDENTIFIERS } from './identifiers.ts'

/** A share of the distinct values from which check digits, or a form, are no chance. */
const STRONG = 0.6
/** Check digits of one digit are right by chance in a tenth of all numbers; of eight numbers, in five or more of 40,000. */
const ENOUGH_DISTINCT = 8
/** So many of the values must be in a vocabulary: it holds common words, not all. */
const KNOWN = 0.3

/** What the values of a column say to an entity. Asked only where there are values. */
export function fitOf(entity: Entity, evidence: ColumnEvidence): Fit {
  const { values, words } = evidence
  if (!values || values.examined === 0) return open
  const identified = identifierFit(entity, values, evidence.identifiers)
  const direct = FITS[entity]?.(values, words, identified)
  return direct ?? (IDENTIFIED.has(entity) ? identified : codedFit(values))
}

const open: Fit = { verdict: 'open', evidence: [] }
const contradiction: Fit = { verdict: 'contradicts', evidence: [] }

/** Gives undefined where the identifiers alone decide. */
type Question = (values: ValueCounts, words: WordCounts | undefined, identified: Fit) => Fit | undefined

const FITS: Partial<Readonly<Record<Entity, Question>>> = {
  EMAIL: (values) =>
    share(values, 'email') >= 0.5
      ? byForm('proves', values, 'email')
      : share(values, 'email') >= 0.1
        ? byForm('supports', values, 'email')
        : contradiction,

  PHONE: (values) => {
    if (share(values, 'phoneInternational') >= STRONG)
      return byForm(several(values), values, 'phoneInternational')
    if (share(values, 'phoneSeparated') >= STRONG) return byForm(several(values), values, 'phoneSeparated')
    if (share(values, 'letters') > 0.5 || share(values, 'date') > 0.3 || share(values, 'ipv4') > 0.3)
      return contradiction
    const dialled = values.phoneInternational + values.phoneSeparated + values.phoneDigits
    if (dialled >= 0.5 * values.examined) return byForm('fits', values, 'phoneDigits')
    return values.averageLength >= 6 && share(values, 'separated') + share(values, 'digits') >= 0.5
      ? fits
      : contradiction
  },

  FIRST_NAME: (values, words) => nameFit(values, words, 'firstName'),
  LAST_NAME: (values, words) => nameFit(values, words, 'lastName'),
  PERSON_NAME: (values, words) => {
    const ofSeveral = shareOfWords(words, 'severalNames')
    if (ofSeveral >= 0.5 && share(values, 'capitalized') >= STRONG && values.distinct >= 3) {
      return byWords('proves', words, 'severalNames')
    }
    if (ofSeveral >= KNOWN) return byWords('supports', words, 'severalNames')
    if (shareOfWords(words, 'singleName') >= 0.5) return byWords('supports', words, 'singleName')
    return share(values, 'nameLike') >= 0.5 ? byShape('fits', values, 'nameLike') : contradiction
  },

  STREET: (values, words) => streetFit(values, words),
  ADDRESS: (values, words) => streetFit(values, words),
  POSTCODE: (values) =>
    share(values, 'postcode') < 0.5
      ? contradiction
      : byForm(share(values, 'digits') < 0.5 ? 'supports' : 'fits', values, 'postcode'),
  CITY: (values, words) => placeFit(values, words, 'city'),
  PLACE_OF_BIRTH: (values, words) =>
    shareOfWords(words, 'country') >= KNOWN
      ? byWords('supports', words, 'country')
      : placeFit(values, words, 'city'),
  COUNTRY: (values, words) => placeFit(values, words, 'country'),
  GEO_COORDINATES: (values) => {
    if (share(values, 'coordinatePair') >= STRONG) return byForm(several(values), values, 'coordinatePair')
    return share(values, 'coordinate') >= 0.5 ? byForm('supports', values, 'coordinate') : contradiction
  },

  DATE_OF_BIRTH: (values) => {
    if (share(values, 'date') >= 0.5) {
      return share(values, 'birthYear') >= 0.3
        ? byShape('supports', values, 'birthYear')
        : byShape('fits', values, 'date')
    }
    if (share(values, 'yearOnly') >= 0.5) return byShape('supports', values, 'birthYear')
    return share(values, 'smallNumber') >= 0.5 ? byShape('fits', values, 'smallNumber') : contradiction
  },
  AGE: (values) =>
    share(values, 'ageNumber') >= STRONG
      ? byShape('fits', values, 'ageNumber')
      : share(values, 'digits') < 0.5 && values.averageLength <= 12 && values.distinct <= 30
        ? fits
        : contradiction,
  GENDER: (values, words) => {
    if (shareOfWords(words, 'gender') >= 0.5) {
      return byWords(values.maxLength > 1 && values.distinct >= 2 ? 'proves' : 'supports', words, 'gender')
    }
    return values.distinct <= 20 && values.averageLength <= 24 ? fits : contradiction
  },
  RELIGION: (values, words) => specialFit(values, words),
  ETHNICITY: (values, words) => specialFit(values, words),
  SEXUAL_ORIENTATION: (values, words) => specialFit(values, words),
  MARITAL_STATUS: (values, words) => specialFit(values, words),
  OCCUPATION: (values, words) =>
    shareOfWords(words, 'job') >= KNOWN ? byWords('supports', words, 'job') : codedFit(values),
  SALARY: (values) => (share(values, 'digits') + share(values, 'separated') >= 0.5 ? fits : contradiction),
  CVV: (values) => (share(values, 'smallNumber') >= 0.5 || values.maxLength <= 4 ? fits : contradiction),

  IP_ADDRESS: (values) => (share(values, 'ipv4') >= STRONG ? byForm('proves', values, 'ipv4') : undefined),
  PROFILE_URL: (values) =>
    share(values, 'urlOfUser') >= STRONG
      ? byForm('proves', values, 'urlOfUser')
      : share(values, 'url') >= 0.5
        ? byForm('fits', values, 'url')
        : contradiction,
  PASSWORD: (values, _, identified) => {
    if (identified.evidence.length > 0) return identified
    return share(values, 'boolean') >= 0.5 || share(values, 'date') >= 0.5 ? contradiction : fits
  },
  SECRET: (values, _, identified) => {
    const [found] = identified.evidence
    // A digest is a secret where the name says so, and the checksum of a file where it says nothing.
    if (found?.kind === 'values' && found.form === 'HEX_DIGEST') return { ...identified, verdict: 'supports' }
    if (found) return identified
    return values.averageLength < 8 || share(values, 'date') >= 0.5 ? contradiction : fits
  },
  USERNAME: (values) =>
    values.averageWords > 1.5 ||
    share(values, 'digits') >= 0.5 ||
    share(values, 'date') >= 0.5 ||
    share(values, 'boolean') >= 0.5
      ? contradiction
      : fits,
  BLOOD_TYPE: (values) =>
    share(values, 'bloodType') >= STRONG
      ? byForm(values.distinct >= 3 ? 'proves' : 'supports', values, 'bloodType')
      : values.maxLength <= 12
        ? fits
        : contradiction,
  DIAGNOSIS: (values, _, identified) => {
    if (identified.evidence.length > 0) return { ...identified, verdict: 'supports' }
    return share(values, 'boolean') >= 0.5 || share(values, 'digits') >= 0.5 ? contradiction : fits
  },
  FREE_TEXT: (values) => (values.averageWords >= 4 ? open : contradiction),
}

const fits: Fit = { verdict: 'fits', evidence: [] }

/** Names of one part: nearly always known words, initials, or at least letters. */
function nameFit(values: ValueCounts, words: WordCounts | undefined, which: 'firstName' | 'lastName'): Fit {
  if (shareOfWords(words, which) >= KNOWN) return byWords('supports', words, which)
  return share(values, 'nameLike') >= 0.5 ? byShape('fits', values, 'nameLike') : contradiction
}

function streetFit(values: ValueCounts, words: WordCounts | undefined): Fit {
  const known = shareOfWords(words, 'streetWord')
  if (known >= STRONG && share(values, 'street') >= STRONG)
    return byWords(several(values), words, 'streetWord')
  if (known >= 0.2) return byWords('supports', words, 'streetWord')
  if (share(values, 'street') >= KNOWN) return byForm('supports', values, 'street')
  return share(values, 'date') < 0.3 && share(values, 'boolean') < 0.3 ? fits : contradiction
}

function placeFit(values: ValueCounts, words: WordCounts | undefined, which: 'city' | 'country'): Fit {
  if (shareOfWords(words, which) >= KNOWN) return byWords('supports', words, which)
  return share(values, 'letters') >= 0.5 && values.averageWords <= 4
    ? byShape('fits', values, 'letters')
    : contradiction
}

function specialFit(values: ValueCounts, words: WordCounts | undefined): Fit {
  return shareOfWords(words, 'special') >= KNOWN ? byWords('supports', words, 'special') : codedFit(values)
}

/** A code, a term, a short text: much can be it, but not flags, dates or essays. */
function codedFit(values: ValueCounts): Fit {
  if (share(values, 'date') >= 0.5 || values.averageWords > 12) return contradiction
  return fits
}

function identifierFit(
  entity: Entity,
  values: ValueCounts,
  identifiers: ReadonlyMap<string, IdentifierCounts> = new Map(),
): Fit {
  const of = values.examined
  const found = [...identifiers].filter(([name]) => IDENTIFIERS[name]?.entity === entity)
  const byChecksum = found
    .filter(([, { checksum }]) => checksum >= STRONG * of)
    .toSorted(([, left], [, right]) => right.checksum - left.checksum)[0]
  if (byChecksum) {
    const [form, { checksum }] = byChecksum
    const alone = IDENTIFIERS[form]?.alone === 'checksum' && of >= ENOUGH_DISTINCT
    return fitWith(alone ? 'proves' : 'supports', { kind: 'checksum', form, hits: checksum, of })
  }
  const byOwnForm = found
    .filter(([, { form }]) => form >= STRONG * of)
    .toSorted(([left], [right]) => aloneRank(left) - aloneRank(right))[0]
  if (byOwnForm) {
    const [form, { form: hits }] = byOwnForm
    const alone = IDENTIFIERS[form]?.alone === 'form' && of >= 3
    return fitWith(alone ? 'proves' : 'fits', { kind: 'values', form, hits, of })
  }
  const looksCoded = values.averageLength >= 6 && share(values, 'letters') < 0.5
  return looksCoded && share(values, 'date') < 0.5 ? fits : contradiction
}

const aloneRank = (name: string) => (IDENTIFIERS[name]?.alone === 'form' ? 0 : 1)

/** One value proves nothing about the next. */
function several(values: ValueCounts): Verdict {
  return values.distinct >= 3 ? 'proves' : 'supports'
}

type CountOf<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T] & string

export function share(values: ValueCounts, which: CountOf<ValueCounts>): number {
  return values.examined === 0 ? 0 : values[which] / values.examined
}

function shareOfWords(words: WordCounts | undefined, which: CountOf<WordCounts>): number {
  return words && words.lookedUp > 0 ? words[which] / words.lookedUp : 0
}

function byForm(verdict: Verdict, values: ValueCounts, form: CountOf<ValueCounts>): Fit {
  return fitWith(verdict, { kind: 'values', form, hits: values[form], of: values.examined })
}

function byShape(verdict: Verdict, values: ValueCounts, shape: CountOf<ValueCounts>): Fit {
  return fitWith(verdict, { kind: 'shape', shape, hits: values[shape], of: values.examined })
}

function byWords(verdict: Verdict, counts: WordCounts | undefined, words: CountOf<WordCounts>): Fit {
  return fitWith(verdict, {
    kind: 'vocabulary',
    words,
    hits: counts?.[words] ?? 0,
    of: counts?.lookedUp ?? 0,
  })
}

function fitWith(verdict: Verdict, evidence: Evidence): Fit {
  return { verdict, evidence: [evidence] }
}

/** Entities that values can prove without a name. */
export const PROVABLE: readonly Entity[] = [
  ...(['EMAIL', 'PROFILE_URL'] as const),
  ...IDENTIFIED,
  ...(['GEO_COORDINATES', 'PHONE', 'STREET', 'PERSON_NAME', 'GENDER', 'BLOOD_TYPE'] as const),
]
