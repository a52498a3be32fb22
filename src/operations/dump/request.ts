import type { PlanningRequest } from '../planning.ts'
import type { ProgramChoice } from '../program-choice.ts'

/** What a dump is asked to do. */
export interface DumpRequest extends PlanningRequest {
  readonly content: 'full' | 'structure' | 'data'
  readonly outputFolder: string
  readonly clearOutput: boolean
  readonly programs: ProgramChoice
  /** Options for pg_dump beside our own. */
  readonly pgDumpOptions: readonly string[]
  readonly ignorePrivileges: boolean
  readonly largeObjects: boolean
  /** Whether to ask the source, before the first byte, if the masked rows keep the constraints. */
  readonly checkConstraints: boolean
  /** Connections that copy at once; undefined lets pgveil choose. */
  readonly jobs: number | undefined
}

/** What each kind of dump is called, on the command line and over REST, and what it holds. */
export const DUMP_CONTENTS = {
  dump: 'full',
  'sync-struct-dump': 'structure',
  'sync-data-dump': 'data',
} as const satisfies Record<string, DumpRequest['content']>
