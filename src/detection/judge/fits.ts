import type { Entity } from '../entities.ts'
import type { ColumnEvidence, ValueCounts, WordCounts } from '../evidence/counts.ts'
import type { Fit } from './evidence.ts'
import { identifierFit } from './identifier-fit.ts'
import { IDENTIFIED } from './identifiers.ts'
import {
  byForm,
  byShape,
  byWords,
  contradiction,
  fits,
  open,
  STRONG,
  several,
  share,
  shareOfWords,
} from './shares.ts'

/** So many of the values must be in a vocabulary: it holds common words, not all. */
const KNOWN = 0.3

/**
 * What the values of a column say to an entity. To contradict they must be something else; values of which nothing can be
 * made leave it open, for a name that says it plainly must not be lost by them.
 */
export function fitOf(entity: Entity, evidence: ColumnEvidence): Fit {
  const { values, words } = evidence
  if (!values || values.examined === 0) return open
  const identified = identifierFit(entity, values, evidence.identifiers)
  const direct = FITS[entity]?.(values, words, identified)
  return direct ?? (IDENTIFIED.has(entity) ? identified : codedFit(values))
}

/** Gives undefined where the identifiers alone decide. */
type Question = (values: ValueCounts, words: WordCounts | undefined, identified: Fit) => Fit | undefined

const FITS: Partial<Readonly<Record<Entity, Question>>> = {
  EMAIL: (values) => {
    if (share(values, 'email') >= 0.5) return byForm('proves', values, 'email')
    if (share(values, 'email') >= 0.1) return byForm('supports', values, 'email')
    return values.distinct > 5 && values.averageLength >= 8 && isText(values) ? open : contradiction
  },

  PHONE: (values) => {
    if (share(values, 'phoneInternational') >= STRONG)
      return byForm(several(values), values, 'phoneInternational')
    if (share(values, 'phoneUsual') >= STRONG) return byForm(several(values), values, 'phoneUsual')
    if (share(values, 'phoneSeparated') >= STRONG) return byForm('supports', values, 'phoneSeparated')
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
    const ofSeveral = shareOfWords(values, words, 'severalNames')
    if (ofSeveral >= 0.5 && share(values, 'capitalized') >= STRONG && values.distinct >= 3) {
      return byWords('proves', values, words, 'severalNames')
    }
    // Small letters and dots say nothing, so both parts must be known: `anna.mueller`.
    if (shareOfWords(values, words, 'namesOnly') >= STRONG && values.distinct >= 5)
      return byWords('proves', values, words, 'namesOnly')
    if (ofSeveral >= KNOWN && looksLikeNames(values))
      return byWords('supports', values, words, 'severalNames')
    if (shareOfWords(values, words, 'singleName') >= 0.5)
      return byWords('supports', values, words, 'singleName')
    return unknownNames(values)
  },

  STREET: (values, words) => streetFit(values, words),
  ADDRESS: (values, words) => streetFit(values, words),
  POSTCODE: (values) =>
    share(values, 'postcode') < 0.5
      ? values.maxLength <= 10 &&
        share(values, 'mixed') + share(values, 'separated') >= 0.5 &&
        share(values, 'date') < 0.3
        ? fits
        : contradiction
      : byForm(share(values, 'digits') < 0.5 ? 'supports' : 'fits', values, 'postcode'),
  CITY: (values, words) => placeFit(values, words, 'city'),
  PLACE_OF_BIRTH: (values, words) =>
    shareOfWords(values, words, 'country') >= KNOWN
      ? byWords('supports', values, words, 'country')
      : placeFit(values, words, 'city'),
  COUNTRY: (values, words) => placeFit(values, words, 'country'),
  GEO_COORDINATES: (values) => {
    if (share(values, 'coordinatePair') >= STRONG) return byForm(several(values), values, 'coordinatePair')
    if (share(values, 'coordinate') >= 0.5) return byForm('supports', values, 'coordinate')
    return share(values, 'separated') >= 0.5 && share(values, 'date') < 0.3 ? fits : contradiction
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
  DATE_OF_DEATH: (values) =>
    share(values, 'date') >= 0.5
      ? byShape('supports', values, 'date')
      : share(values, 'yearOnly') >= 0.5
        ? byShape('supports', values, 'yearOnly')
        : contradiction,
  AGE: (values) =>
    share(values, 'ageNumber') >= STRONG
      ? byShape('fits', values, 'ageNumber')
      : share(values, 'digits') < 0.5 &&
          share(values, 'date') < 0.3 &&
          values.averageLength <= 12 &&
          values.distinct <= 30
        ? fits
        : contradiction,
  GENDER: (values, words) => {
    if (shareOfWords(values, words, 'gender') >= 0.5) {
      return byWords(
        values.maxLength > 1 && values.distinct >= 2 ? 'proves' : 'supports',
        values,
        words,
        'gender',
      )
    }
    return values.distinct <= 20 && values.averageLength <= 24 ? fits : contradiction
  },
  RELIGION: (values, words) => specialFit(values, words),
  ETHNICITY: (values, words) => specialFit(values, words),
  SEXUAL_ORIENTATION: (values, words) => specialFit(values, words),
  MARITAL_STATUS: (values, words) => specialFit(values, words),
  OCCUPATION: (values, words) =>
    shareOfWords(values, words, 'job') >= KNOWN
      ? byWords('supports', values, words, 'job')
      : codedFit(values),
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
    // A flag under `pregnant` says it as plainly as a word.
    return share(values, 'digits') >= 0.5 && share(values, 'boolean') < 0.5 ? contradiction : fits
  },
  FREE_TEXT: (values) => (values.averageWords >= 4 ? open : contradiction),
}

/** Names of one part: nearly always known words, initials, or at least letters. */
function nameFit(values: ValueCounts, words: WordCounts | undefined, which: 'firstName' | 'lastName'): Fit {
  if (shareOfWords(values, words, which) >= KNOWN) return byWords('supports', values, words, which)
  return unknownNames(values)
}

/** Names that no vocabulary has. Letters with digits among them are not what a name looks like, but nothing else either. */
function unknownNames(values: ValueCounts): Fit {
  if (looksLikeNames(values)) return byShape('fits', values, 'nameLike')
  return isText(values) && values.averageLength >= 3 ? open : contradiction
}

function looksLikeNames(values: ValueCounts): boolean {
  return share(values, 'nameLike') >= 0.5
}

/** Words, whatever they say: no numbers, dates, flags, addresses of the web, or e-mails. */
function isText(values: ValueCounts): boolean {
  const { letters, mixed, date, url, email, document } = values
  return (
    letters + mixed - date - url - email - document >= 0.5 * values.examined && share(values, 'boolean') < 0.5
  )
}

function streetFit(values: ValueCounts, words: WordCounts | undefined): Fit {
  const known = shareOfWords(values, words, 'streetWord')
  if (known >= STRONG && share(values, 'street') >= STRONG)
    return byWords(several(values), values, words, 'streetWord')
  if (known >= 0.2) return byWords('supports', values, words, 'streetWord')
  if (share(values, 'street') >= KNOWN) return byForm('supports', values, 'street')
  return share(values, 'date') < 0.3 && share(values, 'boolean') < 0.3 ? fits : contradiction
}

function placeFit(values: ValueCounts, words: WordCounts | undefined, which: 'city' | 'country'): Fit {
  if (shareOfWords(values, words, which) >= KNOWN) return byWords('supports', values, words, which)
  return share(values, 'letters') >= 0.5 && values.averageWords <= 4
    ? byShape('fits', values, 'letters')
    : contradiction
}

function specialFit(values: ValueCounts, words: WordCounts | undefined): Fit {
  return shareOfWords(values, words, 'special') >= KNOWN
    ? byWords('supports', values, words, 'special')
    : codedFit(values)
}

/** A code, a term, a short text: much can be it, but not flags, dates or essays. */
function codedFit(values: ValueCounts): Fit {
  if (share(values, 'date') >= 0.5 || values.averageWords > 12) return contradiction
  return fits
}

/** Entities that values can prove without a name. */
export const PROVABLE: readonly Entity[] = [
  ...(['EMAIL', 'PROFILE_URL'] as const),
  ...IDENTIFIED,
  ...(['GEO_COORDINATES', 'PHONE', 'STREET', 'PERSON_NAME', 'GENDER', 'BLOOD_TYPE'] as const),
]
