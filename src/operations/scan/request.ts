import type { DictionarySource } from '../../dictionary/source.ts'
import type { Target } from '../../postgres/connection/target.ts'

/** What a scan does where nobody says otherwise. */
export const SCAN_DEFAULTS = { partialRows: 10_000, statementTimeout: 60_000 } as const

/** What a scan is told: the database, what to look for, and how hard. */
export interface ScanRequest {
  readonly source: Target
  /** Meta-dictionaries: what to look for. Of two entries for one thing the later counts. */
  readonly metaDictionaries: readonly DictionarySource[]
  /** Sensitive dictionaries: what they mask is not looked at, and stays in the result. */
  readonly sensitive: readonly DictionarySource[]
  /** Non-sensitive dictionaries: columns that are not looked at, and stay in the result. */
  readonly nonSensitive: readonly DictionarySource[]
  readonly mode: 'partial' | 'full'
  /** How many values of a column a partial scan looks at. */
  readonly partialRows: number
  /** Also find what the detection knows by itself; undefined means: where there is no meta-dictionary. */
  readonly builtin: boolean | undefined
  /** The JSON report of an earlier scan: tables that have not changed since are not looked at again. */
  readonly since: DictionarySource | undefined
  /** Connections that ask at once; undefined lets pgveil choose. */
  readonly jobs: number | undefined
  /** Milliseconds that one statement may take before its columns are given up as too slow. */
  readonly statementTimeout: number
  /** Milliseconds to wait for a table that somebody is about to change. */
  readonly lockWait: number
}
