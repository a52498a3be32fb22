import { profileKey } from '../../jobs/definitions/profiles.ts'
import { plainSize, unseal } from '../../storage/sealing/streaming-aead.ts'
import type { Sidecar } from '../../storage/sidecar.ts'
import { readSidecarOf } from '../../storage/stored-backups.ts'
import { StoredBytes } from '../../storage/stored-bytes.ts'
import type { BackupContext } from './context.ts'
import { openById } from './destinations.ts'
import type { LinkedFile } from './download-links.ts'

/** What the name of a sealed file ends with. */
const SEALED_SUFFIX = '.sealed'

/**
 * Streams a backup, opened where it is sealed and that is asked for, and packed as it is. The first piece is there when
 * this returns, so that what is wrong before it has an answer of its own; what goes wrong later breaks the connection
 * off, and the length that was said tells the client. `onSent` hears when a piece was taken. Throws `adapter-unknown`,
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
    const stored = new StoredBytes()
    const pieces = stored.through(destination.get(path, signal), signal, () => {})
    const opened = checked(key ? unseal(pieces, key, path) : pieces, stored, sidecar, path)
    const first = await opened.next()
    const body = bodyOf(first, opened, onSent, () => destination.close())
    return new Response(body, {
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(key ? plainSize(sidecar.size) : sidecar.size),
        'content-disposition': attachment(nameOf(path, key !== undefined)),
        'cache-control': 'no-store',
      },
    })
  } catch (error) {
    await destination.close()
    throw error
  }
}

/** The same pieces; the last one is held back until the whole was compared with the sidecar. */
async function* checked(
  pieces: AsyncIterable<Uint8Array>,
  stored: StoredBytes,
  sidecar: Sidecar,
  path: string,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined
  for await (const piece of pieces) {
    if (held) yield held
    held = piece
  }
  stored.compareWith(sidecar, path)
  if (held) yield held
}

function bodyOf(
  first: IteratorResult<Uint8Array>,
  pieces: AsyncGenerator<Uint8Array>,
  onSent: () => void,
  close: () => Promise<void>,
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
          await close()
          controller.close()
        } catch (error) {
          await close()
          controller.error(error)
        }
      },
      async cancel() {
        await pieces.return(undefined)
        await close()
      },
    },
    { highWaterMark: 0 },
  )
}

function nameOf(path: string, opened: boolean): string {
  const name = path.split('/').at(-1) ?? path
  return opened && name.endsWith(SEALED_SUFFIX) ? name.slice(0, -SEALED_SUFFIX.length) : name
}

/** RFC 6266: a name in ASCII for those who know no better, and the real one. */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
