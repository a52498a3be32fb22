import { type Category, categoryOf, type Entity } from '../entities.ts'
import type { Evidence } from './evidence.ts'

/** What a column was found to hold, and why. */
export interface Detection {
  readonly entity: Entity
  readonly category: Category
  /** 0 to 1. */
  readonly confidence: number
  readonly evidence: readonly Evidence[]
}

/** Below it there is a hint that nothing else bears out; a person may look. */
export const LIKELY = 0.5

/**
 * Whether a copy must not show the column as it is. A name that says what will be in it is enough where nothing is in it
 * yet: a migration adds the column today, and it fills tomorrow.
 */
export function isToBeMasked({ confidence, evidence }: Detection): boolean {
  return confidence >= LIKELY || evidence.some(({ kind }) => kind === 'empty')
}

export function detection(entity: Entity, confidence: number, evidence: readonly Evidence[]): Detection {
  return { entity, category: categoryOf(entity), confidence, evidence }
}
