import type { Context } from '../context.ts'
import { openDescribedStream, restoreStream } from '../restore/stream.ts'
import { replaceDatabase } from './replace.ts'
import type { RefreshRequest, RefreshResult } from './request.ts'

/**
 * Replaces a database by what an archive holds, in one moment: see `replaceDatabase`. Throws what restoring throws,
 * `target-is-source`, `target-busy`, `refresh-rows`, `refresh-foreign-keys`, `refresh-unmasked`, `refresh-swap`.
 */
export async function refresh(context: Context, request: RefreshRequest): Promise<RefreshResult> {
  const { manifest, open } = request
  const stream = await openDescribedStream(manifest, open)
  return replaceDatabase(context, request, manifest, async (guarded, copy) => {
    const destination = { target: copy, source: manifest, manifest, disableChecks: false }
    const warnings = await restoreStream(guarded, request, stream, destination)
    return { manifest, toc: stream.head.toc, warnings }
  })
}
