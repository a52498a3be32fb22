import type { Target } from '../../postgres/connection/target.ts'
import { readServer } from '../../postgres/introspect.ts'
import { Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import { packPiece } from '../../storage/compression/compression.ts'
import type { Context } from '../context.ts'
import { dumpToStream } from '../dump/stream.ts'
import { both } from '../lanes.ts'
import { PiecePipe } from '../piece-pipe.ts'
import { continuedStream } from '../restore/archive-stream.ts'
import { restoreStream } from '../restore/stream.ts'
import type { ArchiveSource } from '../restore/target-checks.ts'
import { type Filled, replaceDatabase } from './replace.ts'
import type { RefreshResult, SourceRefreshRequest } from './request.ts'

/** Bytes between the dump and the restore. */
const PIPE_BYTES = 4 * 1024 * 1024

/**
 * Replaces a database by an anonymized copy of another, with no archive kept anywhere: the dump flows into the restore.
 * Throws what `dumpToStream` and `refresh` throw.
 */
export async function refreshFromSource(
  context: Context,
  request: SourceRefreshRequest,
): Promise<RefreshResult> {
  const source = await identify(request.dump.source)
  return replaceDatabase(context, request, source, async (guarded, copy): Promise<Filled> => {
    const pipe = new PiecePipe(PIPE_BYTES)
    const [made, restored] = await both(
      guarded.signal,
      (signal) => dumpInto(pipe, { ...guarded, signal }, request),
      async (signal) => {
        const stream = await continuedStream(pipe.read())
        const destination = { target: copy, source, disableChecks: false }
        const warnings = await restoreStream(
          withoutBytes({ ...guarded, signal }),
          request,
          stream,
          destination,
        )
        return { toc: stream.head.toc, warnings }
      },
    )
    return { manifest: made.manifest, toc: restored.toc, warnings: [...made.warnings, ...restored.warnings] }
  })
}

function dumpInto(pipe: PiecePipe, context: Context, { dump }: SourceRefreshRequest) {
  const request = { ...dump, content: 'full', pack: packPiece('NONE') } as const
  return pipe.during(() => dumpToStream(context, request, (piece) => pipe.write(piece, context.signal)))
}

/** How far the rows are is what the dump says: of a stream that is being made nobody knows the length. */
function withoutBytes(context: Context): Context {
  return {
    ...context,
    onProgress: (said) => {
      if (said.stage !== 'restore' || said.done === 0) context.onProgress(said)
    },
  }
}

async function identify(source: Target): Promise<ArchiveSource> {
  const session = await Session.open(source)
  try {
    await session.run(EMPTY_SEARCH_PATH)
    const server = await readServer(session)
    const { database, databaseOid, systemIdentifier, version, versionNumber, encoding } = server
    const serverMajor = Math.floor(versionNumber / 10000)
    return {
      source: { database, databaseOid, systemIdentifier, serverVersion: version, serverMajor, encoding },
    }
  } finally {
    await session.close()
  }
}
