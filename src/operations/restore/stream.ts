import type { Manifest } from '../../archive/manifest.ts'
import { Section, type TocEntry } from '../../archive/toc/toc.ts'
import { Fault, type Finding } from '../../lib/fault.ts'
import { sha256Hex } from '../../lib/sha256.ts'
import type { Target } from '../../postgres/connection/target.ts'
import type { Context } from '../context.ts'
import { settleLanes } from '../lane-count.ts'
import { identifyAhead, type ProgramChoice } from '../program-choice.ts'
import { type ArchiveStream, reopenedStream } from './archive-stream.ts'
import { withLateCommits } from './late-commits.ts'
import { type Incoming, openEmptyTarget, settlePgRestore } from './open-target.ts'
import { ownershipWarnings } from './ownership.ts'
import { type ArchiveInput, runPgRestore } from './run-pg-restore.ts'
import { takeStructureFirst } from './structure-first.ts'
import { TargetSession } from './target-session.ts'

/** How an archive that comes as a stream goes into a database. */
export interface StreamRestoreOptions {
  readonly programs: ProgramChoice
  /** Options for pg_restore beside our own. */
  readonly pgRestoreOptions: readonly string[]
  readonly ignorePrivileges: boolean
  /** Connections that make indexes and constraints at once; undefined lets pgveil choose. Rows come over one. */
  readonly jobs: number | undefined
}

export interface StreamRestoreRequest extends StreamRestoreOptions {
  /** An empty database. */
  readonly target: Target
  readonly manifest: Manifest
  /** Opens the custom archive, unsealed and unpacked, from its first byte. Called twice, one after the other. */
  readonly open: () => AsyncIterable<Uint8Array>
  /** Skip the checks of version and disk space. */
  readonly disableChecks: boolean
}

export interface StreamRestoreResult {
  readonly tables: number
  readonly rows: number
  readonly warnings: readonly Finding[]
}

/**
 * Restores an archive that comes as a stream into an empty database. Rows go from the stream into pg_restore; on disk
 * stands no more than the structure, and that only as long as pg_restore reads it. Throws `archive-content`,
 * `archive-damaged`, `backup-damaged`, `target-…`, `restore-failed`, and what the stream throws.
 */
export async function restoreFromStream(
  context: Context,
  request: StreamRestoreRequest,
): Promise<StreamRestoreResult> {
  const { manifest, open } = request
  const stream = await openDescribedStream(manifest, open)
  const warnings = await restoreStream(context, request, stream, {
    target: request.target,
    source: manifest,
    manifest,
    disableChecks: request.disableChecks,
  })
  const tables = manifest.tables.filter(({ file }) => file !== null)
  return { tables: tables.length, rows: tables.reduce((sum, { rows }) => sum + rows, 0), warnings }
}

/** Opens a stream that must be the one that a manifest describes. Throws `archive-content`, `archive-damaged`. */
export async function openDescribedStream(
  manifest: Manifest,
  open: () => AsyncIterable<Uint8Array>,
): Promise<ArchiveStream> {
  if (manifest.content === 'data') {
    throw new Fault('archive-content', 'The backup holds only rows.', {
      remedy: 'Restore it with pg_restore into a database that has the structure.',
    })
  }
  const stream = await reopenedStream(open, manifest.toc.fileBytes)
  const sha256 = sha256Hex(stream.head.bytes)
  if (sha256 === manifest.toc.sha256) return stream
  throw new Fault('archive-damaged', 'The table of contents is not what the manifest says.', {
    remedy: 'Fetch the backup again from where it was copied, or take another one.',
  })
}

/** Restores a stream whose head was read. Throws as `restoreFromStream` does. */
export async function restoreStream(
  context: Context,
  options: StreamRestoreOptions,
  stream: ArchiveStream,
  incoming: Incoming,
): Promise<Finding[]> {
  const { target } = incoming
  const identify = identifyAhead(options.programs, 'pg_restore')
  await using connection = new TargetSession(target)
  const { session, server } = await openEmptyTarget(incoming, connection)
  const { toc, bytes } = stream.head
  const dumpMajor = Number.parseInt(toc.header.dumpVersion ?? '', 10)
  const pgRestore = await settlePgRestore(options.programs, dumpMajor, server, identify)
  const owners = await ownershipWarnings(session, toc.entries)
  const common = [
    ...(owners.length > 0 ? ['--no-owner'] : []),
    ...(options.ignorePrivileges ? ['--no-privileges'] : []),
    ...options.pgRestoreOptions,
  ]
  const jobs = `--jobs=${await settleLanes(session, options.jobs)}`
  const head: ArchiveInput = { kind: 'head', bytes }
  const whole: ArchiveInput = {
    kind: 'stream',
    pieces: measured(context, stream.whole(), bytesOf(incoming)),
  }
  const { structure, rows } = takeStructureFirst(toc.entries)
  const standsOnRows = rows.filter(({ section }) => section !== Section.data)
  const hasRows = standsOnRows.length < rows.length
  return await withLateCommits(session, toc.entries.length, async (sessionOptions) => {
    const run = (stage: string, archive: ArchiveInput, entries: readonly TocEntry[], ...more: string[]) => {
      context.onProgress({ stage, done: 0, total: 1 })
      const settled = [...common, ...more]
      return runPgRestore(context, { pgRestore, target, archive, entries, options: settled, sessionOptions })
    }
    return [
      ...owners,
      ...(await run('restore-structure', head, structure)),
      ...(hasRows ? await run('restore', whole, toc.entries, '--section=data') : []),
      ...(await run('restore-constraints', head, standsOnRows, jobs)),
    ]
  })
}

/** Bytes of the stream, as far as the manifest tells; 0 where there is none. */
function bytesOf({ manifest }: Incoming): number {
  return manifest?.tables.reduce((sum, { bytes }) => sum + bytes, manifest.toc.fileBytes) ?? 0
}

/** Progress is told once in so many bytes. */
const TOLD_BYTES = 1024 * 1024

async function* measured(
  context: Context,
  pieces: AsyncIterable<Uint8Array>,
  total: number,
): AsyncGenerator<Uint8Array> {
  let done = 0
  let told = 0
  for await (const piece of pieces) {
    yield piece
    done += piece.length
    if (done - told < TOLD_BYTES) continue
    told = done
    context.onProgress({ stage: 'restore', done, total: Math.max(total, done) })
  }
}
