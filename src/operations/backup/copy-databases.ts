import type { Manifest } from '../../archive/manifest.ts'
import { endOfTar, tarMember } from '../../archive/tar.ts'
import type { Finding } from '../../lib/fault.ts'
import { type WrittenBackup, writeBackup } from '../../storage/backup-file.ts'
import { packPiece } from '../../storage/compression.ts'
import type { Destination } from '../../storage/destinations/destination.ts'
import { DEFAULT_LOCK_WAIT_MILLISECONDS } from '../defaults.ts'
import { dumpToStream } from '../dump/stream.ts'
import { both } from '../lanes.ts'
import { PieceStream } from './pieces.ts'
import type { BackupRequest } from './request.ts'
import type { StageProgress } from './stages.ts'

export interface CopiedDatabases {
  readonly manifests: readonly Manifest[]
  readonly written: WrittenBackup
  readonly warnings: readonly Finding[]
}
