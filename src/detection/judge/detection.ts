import { type Category, categoryOf, type Entity } from '../entities.ts'
import type { Evidence } from './evidence.ts'

/** What a column was found to hold, and why. */
export interface Detection {
  readonly entity: Entity
  readonly category: Category
  /** 0 to 1. From LIKELY on the column is taken for personal data. */
  readonly confidence: number
  readonly evidence: readonly Evidence[]
}

/** Below it there is a hint that nothing else bears out; a person may look. */
export const LIKELY = 0.5

export function detection(entity: Entity, confidence: number, evidence: readonly Evidence[]): Detection {
  return { entity, category: categoryOf(entity), confidence, evidence }
}
