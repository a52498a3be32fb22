import type { CompletedPart, S3Client } from '@aws-sdk/client-s3'
import { MOST_PARTS, partSize, partsInFlight } from './s3-parts.ts'
import { fromSource } from './source.ts'
import { underway } from './underway.ts'

interface Part {
  readonly number: number
  readonly bytes: Buffer
}

/** Buffers that are done with serve again: 300 MB in new buffers of 8 MiB made the process grow by that much. */
interface Buffers {
  take(size: number): Buffer
  giveBack(buffer: Buffer): void
}

/**
 * Uploads a stream: as one object where it fits into one part, else in parts, several on their way at once. Takes back
 * what was begun when something fails. What the source throws comes as a `SourceError`.
 */
export async function upload(
  client: S3Client,
  place: { readonly Bucket: string; readonly Key: string },
  pieces: AsyncIterable<Uint8Array>,
  aborted: AbortSignal,
): Promise<void> {
  const sdk = await import('@aws-sdk/client-s3')
  // A part that fails ends the others, and the wait for a source that is slow.
  const failed = new AbortController()
  const signal = AbortSignal.any([aborted, failed.signal])
  const buffers = reusedBuffers()
  const parts = inParts(fromSource(pieces, signal), buffers)
  const first = await parts.next()
  const firstPart = first.value as Part
  if (firstPart.bytes.length < partSize(1)) {
    await client.send(new sdk.PutObjectCommand({ ...place, Body: firstPart.bytes }), { abortSignal: signal })
    return
  }
  const begun = await client.send(new sdk.CreateMultipartUploadCommand(place), { abortSignal: signal })
  const whole = { ...place, UploadId: begun.UploadId }
  const done: CompletedPart[] = []
  const sending = underway((error) => failed.abort(error))
  const send = async ({ number, bytes }: Part) => {
    const command = new sdk.UploadPartCommand({ ...whole, PartNumber: number, Body: bytes })
    const { ETag } = await client.send(command, { abortSignal: signal })
    done[number - 1] = { PartNumber: number, ETag }
    buffers.giveBack(bytes)
  }
  try {
    for (
      let part: Part | undefined = firstPart;
      part;
      part = (await parts.next()).value as Part | undefined
    ) {
      sending.begin(send(part))
      await sending.room(partsInFlight(part.bytes.length))
      signal.throwIfAborted()
    }
    await sending.settled()
    signal.throwIfAborted()
    const command = new sdk.CompleteMultipartUploadCommand({ ...whole, MultipartUpload: { Parts: done } })
    await client.send(command, { abortSignal: signal })
  } catch (error) {
    failed.abort(error)
    await sending.settled()
    // Best effort, also after an abort: what stays is swept later.
    const abortSignal = AbortSignal.timeout(10_000)
    await client.send(new sdk.AbortMultipartUploadCommand(whole), { abortSignal }).catch(() => {})
    throw error
  }
}

/** At least one part, which may be empty; all but the last have the size for their number. */
async function* inParts(pieces: AsyncIterable<Uint8Array>, buffers: Buffers): AsyncGenerator<Part> {
  let number = 1
  let buffer = buffers.take(partSize(number))
  let filled = 0
  for await (const piece of pieces) {
    for (let taken = 0; taken < piece.length; ) {
      if (filled === buffer.length) {
        yield { number, bytes: buffer }
        if (number === MOST_PARTS) throw new RangeError('the file is larger than the 5.2 TB that fit')
        number += 1
        buffer = buffers.take(partSize(number))
        filled = 0
      }
      const slice = piece.subarray(taken, taken + buffer.length - filled)
      buffer.set(slice, filled)
      taken += slice.length
      filled += slice.length
    }
  }
  yield { number, bytes: buffer.subarray(0, filled) }
}

function reusedBuffers(): Buffers {
  let free: Buffer[] = []
  return {
    take(size) {
      free = free.filter((buffer) => buffer.length === size)
      return free.pop() ?? Buffer.allocUnsafeSlow(size)
    },
    giveBack: (buffer) => free.push(buffer),
  }
}
