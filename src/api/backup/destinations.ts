import { findAdapter } from '../../jobs/definitions/adapters.ts'
import { Fault } from '../../lib/fault.ts'
import { type DestinationConfig, parseDestinationConfig } from '../../storage/destinations/config.ts'
import type { Destination } from '../../storage/destinations/destination.ts'
import { openDestination } from '../../storage/destinations/open.ts'
import type { BackupContext } from './context.ts'

/** Opens the destination of an id; whoever asks closes it. Throws `adapter-unknown`, `storage-failed`. */
export async function openById(context: BackupContext, id: string): Promise<Destination> {
  const { adapterId, config } = await findAdapter(context, id, 'storage')
  return openDestination(parseDestinationConfig(adapterId, config), context.storageHosts)
}

/** Works with the destination of an id, and closes it. Throws `adapter-unknown`, `storage-failed`. */
export async function withDestination<Result>(
  context: BackupContext,
  id: string,
  work: (destination: Destination) => Promise<Result>,
): Promise<Result> {
  return context.inTurn(async () => {
    const destination = await openById(context, id)
    try {
      return await work(destination)
    } finally {
      await destination.close()
    }
  })
}

/** Writes, reads, lists and removes a small file. Throws `storage-failed`, `host-key`. */
export async function testDestination(
  { storageHosts }: BackupContext,
  config: DestinationConfig,
  signal: AbortSignal,
): Promise<void> {
  const destination = await openDestination(config, storageHosts)
  const path = `pgveil-connection-test-${crypto.randomUUID()}`
  const sent = Buffer.from('a connection test of pgveil')
  try {
    try {
      await destination.put(path, once(sent), signal)
      const pieces: Uint8Array[] = []
      for await (const piece of destination.get(path, signal)) pieces.push(piece)
      if (!Buffer.concat(pieces).equals(sent)) {
        throw new Fault('storage-failed', 'The destination gives back other bytes than were written.')
      }
      if (!(await destination.find(path, signal))) {
        throw new Fault('storage-failed', 'The destination does not find what was written.')
      }
    } finally {
      await destination.remove(path, signal)
    }
  } finally {
    await destination.close()
  }
}

async function* once(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield piece
}
