import type { Entity } from '../entities.ts'
import type { ColumnEvidence } from '../evidence/counts.ts'
import { readName } from '../names/hints.ts'
import { type Detection, detection } from './detection.ts'
import type { Evidence } from './evidence.ts'

/** From this share of the texts on, what stands inside is a habit and no accident. */
const HABIT = 0.05

/** Long numbers in a text have the form, and in a tenth of all cases the check digit, by chance. */
const BY_CHANCE: ReadonlySet<Entity> = new Set<Entity>(['CREDIT_CARD', 'NATIONAL_ID', 'PHONE'])

/** Free text in which people write e-mails, telephones, cards. One hit in many is told, but not taken for sure. */
export function judgeText(evidence: ColumnEvidence): Detection | null {
  const found = foundInside(evidence)
  const most = Math.max(0, ...found.map(({ hits, of }) => hits / of))
  if (most === 0) return null
  const sure = found.some(({ entity }) => !BY_CHANCE.has(entity))
  return detection('FREE_TEXT', most >= HABIT ? 0.75 : sure ? 0.5 : 0.4, found)
}

/** A json document: its keys are names of columns, its text is free text. */
export function judgeDocument(evidence: ColumnEvidence): Detection | null {
  const keys = (evidence.keys ?? []).flatMap(({ words, rows }) => {
    const [hint] = readName(words.join('_')).hints
    return hint?.strength === 'strong'
      ? [{ kind: 'keys' as const, entity: hint.entity, token: hint.token, rows }]
      : []
  })
  const inside = foundInside(evidence)
  if (keys.length === 0 && inside.length === 0) return null
  return detection('DOCUMENT', keys.length > 0 && inside.length > 0 ? 0.95 : 0.8, [...keys, ...inside])
}

function foundInside({ inside }: ColumnEvidence): (Evidence & { readonly kind: 'inside' })[] {
  if (!inside || inside.texts === 0) return []
  const counts: readonly (readonly [Entity, number])[] = [
    ['EMAIL', inside.email],
    ['PHONE', inside.phone],
    ['CREDIT_CARD', inside.card],
    ['IBAN', inside.iban],
    ['NATIONAL_ID', inside.nationalId],
  ]
  return counts
    .filter(([, hits]) => hits > 0)
    .map(([entity, hits]) => ({ kind: 'inside', entity, hits, of: inside.texts }))
}
