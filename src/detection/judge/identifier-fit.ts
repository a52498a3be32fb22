import type { Entity } from '../entities.ts'
import type { IdentifierCounts, ValueCounts } from '../evidence/counts.ts'
import type { Fit } from './evidence.ts'
import { IDENTIFIERS } from './identifiers.ts'
import { contradiction, fits, fitWith, STRONG, share } from './shares.ts'

/** Check digits of one digit are right by chance in a tenth of all numbers; of eight numbers, in five or more of 40,000. */
const ENOUGH_DISTINCT = 8

/** What the identifiers that were found say to an entity: check digits before forms. */
export function identifierFit(
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
