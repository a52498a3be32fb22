import { profileKey } from '../../jobs/definitions/profiles.ts'
import { asFault } from '../../lib/fault.ts'
import { copyBackup } from '../../storage/backup-file.ts'
import { readSidecarOf } from '../../storage/stored-backups.ts'
import { attachment } from './attachment.ts'
import type { BackupContext } from './context.ts'
import { openById } from './destinations.ts'
import type { LinkedFile } from './download-links.ts'

/** What the name of a sealed file ends with. */
const SEALED_SUFFIX = '.sealed'

/**
 * Streams a backup, opened where it is sealed and that is asked for, and packed as it is. The first piece is there when
 * this returns, so that what is wrong before it has an answer of its own; what goes wrong later breaks the connection
 * off, and the chunk that ends an answer is missing. (Bun says no length of what is streamed.) `onSent` hears when a piece was taken. Throws `adapter-unknown`,
 * `storage-file-missing`, `profile-unknown`, `sealed-…`, `backup-damaged`, `storage-failed`.
 */
export async function download(
  context: BackupContext,
  { adapterId, path, decrypt }: LinkedFile,
  signal: AbortSignal,
  onSent: () => void = () => {},
): Promise<Response> {
  const destination = await openById(context, adapterId)
  try {
    const sidecar = await readSidecarOf(destination, path, signal)
    const key =
      decrypt && sidecar.encryption ? await profileKey(context, sidecar.encryption.profileId) : undefined
    const pieces = copyBackup(destination, path, sidecar, key, signal)
    const first = await pieces.next()
    const body = bodyOf(first, pieces, onSent, {
      close: () => destination[Symbol.asyncDispose](),
      onFailed: (error) => {
        // Who went away is no failure.
        if (signal.aborted) return
        context.log.error({ file: path, reason: asFault(error).message }, 'a download failed')
      },
    })
    return new Response(body, {
      headers: {
        'content-type': 'application/octet-stream',
        'content-disposition': attachment(nameOf(path, key !== undefined)),
        'cache-control': 'no-store',
      },
    })
  } catch (error) {
    await destination[Symbol.asyncDispose]()
    throw error
  }
}

function bodyOf(
  first: IteratorResult<Uint8Array>,
  pieces: AsyncGenerator<Uint8Array>,
  onSent: () => void,
  end: { readonly close: () => PromiseLike<void>; readonly onFailed: (error: unknown) => void },
): ReadableStream<Uint8Array> {
  let next: IteratorResult<Uint8Array> | undefined = first
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = next ?? (await pieces.next())
          next = undefined
          if (!done) {
            onSent()
            return controller.enqueue(value)
          }
          await end.close()
          controller.close()
        } catch (error) {
          end.onFailed(error)
          await end.close()
          controller.error(error)
        }
      },
      async cancel() {
        await pieces.return(undefined)
        await end.close()
      },
    },
    { highWaterMark: 0 },
  )
}

function nameOf(path: string, opened: boolean): string {
  const name = path.split('/').at(-1) ?? path
  return opened && name.endsWith(SEALED_SUFFIX) ? name.slice(0, -SEALED_SUFFIX.length) : name
}
