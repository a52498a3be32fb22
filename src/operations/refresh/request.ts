import type { Manifest } from '../../archive/manifest.ts'
import type { DictionarySource } from '../../dictionary/source.ts'
import type { Finding } from '../../lib/fault.ts'
import type { Target } from '../../postgres/connection/target.ts'
import type { ArchiveRequest } from '../dump/request.ts'
import type { StreamRestoreOptions } from '../restore/stream.ts'
import type { ArchiveSource } from '../restore/target-checks.ts'

/** What is looked for in the copy before anybody gets to see it. */
export interface RefreshCheck {
  /** Sensitive dictionaries: what they mask must be masked in the archive. */
  readonly dictionaries: readonly DictionarySource[]
  /** Non-sensitive dictionaries: columns that hold nothing personal, whatever they look like. */
  readonly knownColumns: readonly DictionarySource[]
  /** Whether the rule of a referenced column holds for those that reference it. */
  readonly followKeys: boolean
  /** What to do where something personal is found; `off` does not look, as for an archive that is not anonymized. */
  readonly findings: 'fail' | 'warn' | 'off'
}

/** How a target is replaced. */
export interface RefreshOptions extends StreamRestoreOptions {
  /** The database to be replaced, or made. */
  readonly target: Target
  readonly check: RefreshCheck
  /** What to do with sessions that are connected to the target when its copy is ready. */
  readonly connections: 'end' | 'refuse'
  /** Keep the target as it was until the next refresh has succeeded. */
  readonly keepOld: boolean
  /** Databases that it must not be, beside the one that the copy is made of. */
  readonly notInto?: readonly ArchiveSource[] | undefined
}

export interface RefreshRequest extends RefreshOptions {
  readonly manifest: Manifest
  /** Opens the custom archive, unsealed and unpacked, from its first byte. Called twice, one after the other. */
  readonly open: () => AsyncIterable<Uint8Array>
}

export interface SourceRefreshRequest extends RefreshOptions {
  readonly dump: Omit<ArchiveRequest, 'content'>
}

export interface RefreshResult {
  readonly database: string
  /** The database that the target was before; null where there was none, or it was not to be kept. */
  readonly oldDatabase: string | null
  readonly tables: number
  readonly rows: number
  /** Milliseconds in which the target's name did not answer. */
  readonly swapMilliseconds: number
  /** Sessions that were ended. */
  readonly endedSessions: number
  readonly manifest: Manifest
  readonly warnings: readonly Finding[]
}
