import type { Detection } from '../../detection/judge/detection.ts'
import type { TableColumn } from './key-groups.ts'
import type { Reason } from './settle.ts'

/** What a scan says of a column in the end. */
export type Outcome =
  | {
      readonly kind: 'sensitive'
      readonly reason: Reason
      /** What will stand in the place of its values; undefined where nothing fits its type. */
      readonly rule: string | undefined
    }
  | {
      readonly kind: 'harmless'
      /** What it could hold, but for the lack of anything that bears it out. */
      readonly hint?: Detection
    }
  /** `why` is in words that hold no value. */
  | { readonly kind: 'not-scanned'; readonly why: string }
  /** Nothing was asked about it. */
  | { readonly kind: 'passed-over' }

export interface ColumnOutcome extends TableColumn {
  readonly outcome: Outcome
}
