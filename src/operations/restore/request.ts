import type { DictionarySource } from '../../dictionary/source.ts'
import { Fault } from '../../lib/fault.ts'
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

/** What each kind of restore is called, on the command line and over REST, and what it restores. */
export const RESTORE_CONTENTS = {
  restore: 'full',
  'sync-struct-restore': 'structure',
  'sync-data-restore': 'data',
} as const satisfies Record<string, RestoreRequest['content']>

/** What the two wishes about a target that is not empty come to. Throws `usage` where both are made. */
export function existingFrom(cleanDb: boolean, dropDb: boolean): RestoreRequest['existing'] {
  if (cleanDb && dropDb) {
    throw new Fault('usage', '--clean-db and --drop-db exclude each other.', {
      remedy: '--clean-db keeps the database and what else is in it; --drop-db replaces it.',
    })
  }
  return dropDb ? 'drop' : cleanDb ? 'clean' : 'refuse'
}
