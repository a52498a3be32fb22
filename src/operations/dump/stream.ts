import type { Manifest } from '../../archive/manifest.ts'
import type { Finding } from '../../lib/fault.ts'
import { orAborted } from '../../lib/or-aborted.ts'
import type { Context } from '../context.ts'
import { makeArchive } from './make-archive.ts'
import type { StreamDumpRequest } from './request.ts'
import { StreamSink } from './stream-sink.ts'

export interface StreamDumpResult {
  readonly manifest: Manifest
  readonly warnings: readonly Finding[]
}

/**
 * Makes an anonymized archive of a database as a stream: what pg_dump's custom format is, packed piece by piece. No byte
 * of it touches the disk. `write` is called with one piece after the other, never with two at once, and never again once
 * anything has failed: a stream whose dump threw is no archive, and whoever stores it must give it up.
 */
export async function dumpToStream(
  context: Context,
  request: StreamDumpRequest,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<StreamDumpResult> {
  const openSink = async () => new StreamSink(request, (piece) => orAborted(write(piece), context.signal))
  const { manifest, warnings } = await makeArchive(context, request, openSink)
  return { manifest, warnings }
}
