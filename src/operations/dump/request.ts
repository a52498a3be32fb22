import type { Pack } from '../../archive/data-stream.ts'
import type { PlanningRequest } from '../planning.ts'
import type { ProgramChoice } from '../program-choice.ts'

/** What is to be in an archive, and how it is made, wherever it goes. */
export interface ArchiveRequest extends PlanningRequest {
  readonly content: 'full' | 'structure' | 'data'
  readonly programs: ProgramChoice
  /** Options for pg_dump beside our own. */
  readonly pgDumpOptions: readonly string[]
  readonly ignorePrivileges: boolean
  /** Whether to ask the source, before the first byte, if the masked rows keep the constraints. */
  readonly checkConstraints: boolean
  /** Connections that copy at once; undefined lets pgveil choose. */
  readonly jobs: number | undefined
  /** Whether to refuse, before the first byte, a database of which no rule masks anything. */
  readonly mustMask?: boolean | undefined
}

/** What a dump into a folder is asked to do. */
export interface DumpRequest extends ArchiveRequest {
  readonly outputFolder: string
  readonly clearOutput: boolean
  readonly largeObjects: boolean
}

/** What a dump into a stream is asked to do. Large objects are not among what it holds. */
export interface StreamDumpRequest extends ArchiveRequest {
  /** Packs a block (see `packPiece`): what comes of several, one behind the other, must unpack as one stream. */
  readonly pack: Pack
  /** Puts something around each block before it is packed: what makes it a member of a tar (see `tarMember`). */
  readonly wrap?: ((block: Uint8Array) => Uint8Array) | undefined
  /** Bytes that may wait for their turn in the stream; undefined: 32 MiB. */
  readonly waitingBytes?: number | undefined
}

/** What each kind of dump is called, on the command line and over REST, and what it holds. */
export const DUMP_CONTENTS = {
  dump: 'full',
  'sync-struct-dump': 'structure',
  'sync-data-dump': 'data',
} as const satisfies Record<string, DumpRequest['content']>
