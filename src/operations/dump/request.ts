import type { DictionarySource } from '../../dictionary/source.ts'
import type { Target } from '../../postgres/connection/target.ts'
import type { ProgramChoice } from '../program-choice.ts'

/** What a dump is asked to do. */
export interface DumpRequest {
  readonly source: Target
  /** Sensitive dictionaries; the later one wins. */
  readonly dictionaries: readonly DictionarySource[]
  /** Tables dictionaries: an allow list and a deny list. Empty: no list. */
  readonly onlyTables: readonly DictionarySource[]
  readonly withoutTables: readonly DictionarySource[]
  readonly content: 'full' | 'structure' | 'data'
  readonly outputFolder: string
  readonly clearOutput: boolean
  readonly programs: ProgramChoice
  /** Options for pg_dump beside our own. */
  readonly pgDumpOptions: readonly string[]
  readonly ignorePrivileges: boolean
  readonly largeObjects: boolean
  readonly allowUnmatched: boolean
  /** Whether to ask the source, before the first byte, if the masked rows keep the constraints. */
  readonly checkConstraints: boolean
  /** How long to wait for a table that somebody is about to change, in milliseconds. */
  readonly lockWait: number
  /** Connections that copy at once; undefined lets pgveil choose. */
  readonly jobs: number | undefined
}
