import type { Entity } from '../entities.ts'
import type { ColumnEvidence } from '../evidence/counts.ts'
import { readName } from '../names/hints.ts'
import type { Context } from './context.ts'
import { type Detection, detection } from './detection.ts'
import type { Evidence } from './evidence.ts'

/** From this share of the texts on, what stands inside is a habit and no accident. */
const HABIT = 0.05

/** A first name before a last one stands in many texts by chance ("Santa Maria"); in a fifth of them it is a habit. */
const HABIT_OF_NAMES = 0.2

/**
 * Long numbers in a text have the form, and in a tenth of all cases the check digit, by chance; and there is Mrs Dalloway.
 */
const BY_CHANCE: ReadonlySet<Entity> = new Set<Entity>(['CREDIT_CARD', 'NATIONAL_ID', 'PHONE', 'PERSON_NAME'])

/** Free text in which people write names, e-mails, telephones, cards. One hit in many is told, but not taken for sure. */
export function judgeText(evidence: ColumnEvidence, context: Context): Detection | null {
  const found = foundInside(evidence, context)
  const most = Math.max(0, ...found.map(({ hits, of }) => hits / of))
  if (most === 0) return null
  const sure = found.some(({ entity }) => !BY_CHANCE.has(entity))
  return detection('FREE_TEXT', most >= HABIT ? 0.75 : sure ? 0.5 : 0.4, found)
}

/** A json document: its keys are names of columns, its text is free text. */
export function judgeDocument(evidence: ColumnEvidence, context: Context): Detection | null {
  const keys = tellingKeys(evidence)
  const inside = foundInside(evidence, context)
  if (keys.length === 0 && inside.length === 0) return null
  return detection('DOCUMENT', keys.length > 0 && inside.length > 0 ? 0.95 : 0.8, [...keys, ...inside])
}

/** So many keys bear a document out; a person reads them. */
const MOST_KEYS = 8

/** One for each entity and words of a name, those in most documents first. */
function tellingKeys({ keys = [] }: ColumnEvidence): (Evidence & { readonly kind: 'keys' })[] {
  const telling = new Map<string, Evidence & { readonly kind: 'keys' }>()
  for (const { words, rows } of keys.toSorted((left, right) => right.rows - left.rows)) {
    const [hint] = readName(words.join('_')).hints
    if (hint?.strength !== 'strong') continue
    const { entity, token } = hint
    const told = `${entity} ${token}`
    if (!telling.has(told)) telling.set(told, { kind: 'keys', entity, token, rows })
  }
  return [...telling.values()].slice(0, MOST_KEYS)
}

function foundInside(
  { inside }: ColumnEvidence,
  { says }: Context,
): (Evidence & { readonly kind: 'inside' })[] {
  if (!inside || inside.texts === 0) return []
  // Brands are names of persons, too: of things only a salutation counts.
  const namesCount = says !== 'thing' && inside.fullName >= HABIT_OF_NAMES * inside.texts
  const counts: readonly (readonly [Entity, number])[] = [
    ['EMAIL', inside.email],
    ['PHONE', inside.phone],
    ['CREDIT_CARD', inside.card],
    ['IBAN', inside.iban],
    ['NATIONAL_ID', inside.nationalId],
    ['PERSON_NAME', Math.max(inside.salutation, namesCount ? inside.fullName : 0)],
  ]
  return counts
    .filter(([, hits]) => hits > 0)
    .map(([entity, hits]) => ({ kind: 'inside', entity, hits, of: inside.texts }))
}
