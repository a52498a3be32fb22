import type { TableColumn } from '../../catalog/table-column.ts'
import type { Detection } from '../../detection/judge/detection.ts'
import type { DataFunction } from '../../dictionary/meta/data-functions.ts'
import type { ReportedColumn } from '../../dictionary/scan-report.ts'
import type { Reason } from './settle-rules.ts'
import type { ValueReason } from './value-tests.ts'

/** What the rows say of a column. */
export type RowsVerdict =
  | { readonly kind: 'sensitive'; readonly reason: ValueReason }
  | { readonly kind: 'sensitive-by-function'; readonly asked: DataFunction }
  /** `why` is in words that hold no value. */
  | { readonly kind: 'not-scanned'; readonly why: string }

/** What the detection says of a column: what it holds, nothing, or why its values could not be looked at. */
export type Judgement =
  | { readonly kind: 'detected'; readonly detection: Detection }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'not-scanned'; readonly why: string }

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
      readonly by: 'dictionary' | 'rows'
      /** What it could hold, but for the lack of anything that bears it out. */
      readonly hint?: Detection
    }
  | { readonly kind: 'harmless'; readonly by: 'report'; readonly reported: ReportedColumn }
  /** `why` is in words that hold no value. */
  | { readonly kind: 'not-scanned'; readonly why: string }
  /** Nothing was asked about it. */
  | { readonly kind: 'passed-over' }

export interface ColumnOutcome extends TableColumn {
  readonly outcome: Outcome
}
