import type { DictionarySource } from '../../dictionary/source.ts'
import type { Target } from '../../postgres/connection/target.ts'
import type { ProgramChoice } from '../program-choice.ts'

/** What a restore is asked to do. */
export interface RestoreRequest {
  readonly target: Target
  readonly inputFolder: string
  readonly content: 'full' | 'structure' | 'data'
  /** Tables dictionaries: an allow list and a deny list. Empty: no list. */
  readonly onlyTables: readonly DictionarySource[]
  readonly withoutTables: readonly DictionarySource[]
  /** What to do with a target that is not empty. */
  readonly existing: 'refuse' | 'clean' | 'drop'
  readonly programs: ProgramChoice
  /** Options for pg_restore beside our own. */
  readonly pgRestoreOptions: readonly string[]
  readonly ignorePrivileges: boolean
  /** Drop CHECK constraints that call functions of the database before rows are loaded. */
  readonly dropCustomChecks: boolean
  /** Set sequences by the highest value of their column instead of by their state in the source. */
  readonly sequencesByMaxValue: boolean
  /** Skip the checks of version and disk space. */
  readonly disableChecks: boolean
  readonly jobs: number | undefined
}
