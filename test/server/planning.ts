import { Secret } from '../../src/lib/secret.ts'
import type { PlanningRequest } from '../../src/operations/planning.ts'
import type { Target } from '../../src/postgres/connection/target.ts'
import { noRules } from './operations.ts'

/** What every planning operation is told, where the test says nothing else. */
export function planningOf(source: Target, overrides: Partial<PlanningRequest> = {}): PlanningRequest {
  return {
    source,
    dictionaries: [noRules],
    onlyTables: [],
    withoutTables: [],
    knownColumns: [],
    unknownColumns: 'copy',
    followKeys: false,
    salt: undefined,
    allowUnmatched: false,
    lockWait: 5000,
    ...overrides,
  }
}

export const salt = new Secret("a 'salt' \\ of tests")
