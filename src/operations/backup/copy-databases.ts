import type { Manifest } from '../../archive/manifest.ts'
import { TAR_END } from '../../archive/tar/format.ts'
import { tarMember } from '../../archive/tar/write.ts'
import type { Finding } from '../../lib/fault.ts'
import { type WrittenBackup, writeBackup } from '../../storage/backup-file.ts'
import { packPiece } from '../../storage/compression/compression.ts'
import type { Destination } from '../../storage/destinations/destination.ts'
import type { Context } from '../context.ts'
import type { StreamDumpRequest } from '../dump/request.ts'
import { dumpToStream } from '../dump/stream.ts'
import { both } from '../lanes.ts'
import { installLibraryIfCalled } from '../library.ts'
import { PiecePipe } from '../piece-pipe.ts'
import { PLAIN_PLANNING } from '../planning.ts'
import { refuseUnusedRules } from './refuse-unused-rules.ts'
import type { BackupRequest } from './request.ts'
import type { StageProgress } from './stages.ts'

/** Bytes, packed, between the dump and the destination. */
const PIPE_BYTES = 4 * 1024 * 1024

export interface CopiedDatabases {
  readonly manifests: readonly Manifest[]
  readonly written: WrittenBackup
  readonly warnings: readonly Finding[]
}

/**
 * Copies the databases of a job into one file of the destination: masked by the server, packed, sealed and uploaded piece
 * by piece. Each database is copied in a snapshot of its own, one after the other. No byte of it touches our disk.
 */
export async function copyDatabases(
  context: Context,
  request: BackupRequest,
  destination: Destination,
  path: string,
  progress: StageProgress,
): Promise<CopiedDatabases> {
  const pipe = new PiecePipe(PIPE_BYTES)
  const [dumped, written] = await both(
    context.signal,
    async (signal) => {
      const made = await pipe.during(() => dumpDatabases(request, signal, progress, pipe))
      progress.at('Uploading', 0)
      return made
    },
    (signal) => writeBackup(destination, path, pipe.read(), request.sealing?.key, signal, () => {}),
  )
  return { ...dumped, written }
}

async function dumpDatabases(
  request: BackupRequest,
  signal: AbortSignal,
  progress: StageProgress,
  pipe: PiecePipe,
): Promise<Pick<CopiedDatabases, 'manifests' | 'warnings'>> {
  const { databases, compression } = request
  const manifests: Manifest[] = []
  const warnings: Finding[] = []
  const before = { ...progress.dump(0, 1), signal }
  const now = before.clock.now()
  const dumps = databases.map((database) => dumpRequest(request, database, now))
  for (const { source, dictionaries } of dumps) {
    await installLibraryIfCalled(before, source, dictionaries)
  }
  if (dumps.length > 1) await refuseUnusedRules(before, dumps)
  for (const [index, dump] of dumps.entries()) {
    const context = { ...progress.dump(index, databases.length), signal }
    const made = await dumpToStream(context, dump, (piece) => pipe.write(piece, signal))
    manifests.push(made.manifest)
    warnings.push(...made.warnings)
  }
  if (databases.length > 1) await pipe.write(await packPiece(compression)(TAR_END), signal)
  return { manifests, warnings }
}

function dumpRequest(request: BackupRequest, database: string, now: Date): StreamDumpRequest {
  const several = request.databases.length > 1
  return {
    ...PLAIN_PLANNING,
    source: { ...request.source.server, database },
    dictionaries: request.dictionaries,
    knownColumns: request.knownColumns,
    onlyTables: request.onlyTables,
    withoutTables: request.withoutTables,
    unknownColumns: request.unknownColumns,
    // One dictionary may be for several databases, each of which has only some of its tables.
    allowUnmatched: several && 'tables',
    mustMask: request.anonymize,
    salt: request.salt,
    content: 'full',
    programs: { byMajor: new Map() },
    pgDumpOptions: [],
    ignorePrivileges: false,
    checkConstraints: true,
    jobs: undefined,
    pack: packPiece(request.compression),
    wrap: several ? tarMember(database, now.getTime() / 1000) : undefined,
  }
}
