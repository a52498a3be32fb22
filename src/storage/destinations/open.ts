import { randomBytes } from 'node:crypto'
import { Fault } from '../../lib/fault.ts'
import type { HostPolicy } from '../../lib/hosts.ts'
import type { DestinationConfig } from './config.ts'
import type { Destination } from './destination.ts'
import { storageFailed } from './faults.ts'
import { localFs } from './local-fs.ts'
import { s3 } from './s3.ts'
import { sftp } from './sftp.ts'

/**
 * Opens a destination. Nothing is connected to yet. Hosts are looked up, and refused, with each connection
 * (`address-refused`).
 */
export async function openDestination(
  config: DestinationConfig,
  options: { readonly hosts: HostPolicy },
): Promise<Destination> {
  switch (config.adapterId) {
    case 'local-fs':
      return localFs(config)
    case 's3':
      return s3(config, options.hosts)
    case 'sftp':
      return sftp(config, options.hosts)
  }
}

/**
 * Does once, with a small file, all that a backup needs of a destination: writes, reads back, lists and removes. Throws
 * the fault of what did not work.
 */
export async function testDestination(destination: Destination, signal: AbortSignal): Promise<void> {
  const folder = `.pgveil-test-${randomBytes(8).toString('hex')}`
  const path = `${folder}/test`
  const content = randomBytes(32)
  await destination.put(path, oneByOne([content]), signal)
  try {
    const read = Buffer.concat(await Array.fromAsync(destination.get(path, signal)))
    if (!read.equals(content))
      throw storageFailed('Reading back', path, 'the bytes are not those that were written')
    const listed = await Array.fromAsync(destination.list(folder, signal))
    if (!listed.some((file) => file.path === path && file.size === content.length)) {
      throw storageFailed('Listing', path, 'the file that was just written is not in the list')
    }
    await destination.sweep(folder, signal)
  } catch (error) {
    await destination.remove(path, signal).catch(() => {})
    throw error
  }
  await destination.remove(path, signal)
  if (await destination.find(path, signal)) {
    throw new Fault('storage-failed', 'Removing failed: the file is still there.', { place: { file: path } })
  }
}

async function* oneByOne(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}
