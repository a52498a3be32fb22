import type { Manifest } from '../../archive/manifest.ts'
import type { Finding } from '../../lib/fault.ts'
import { ArchiveFolder } from '../../storage/archive-folder.ts'
import type { Context } from '../context.ts'
import { FolderSink } from './folder-sink.ts'
import { makeArchive } from './make-archive.ts'
import type { DumpRequest } from './request.ts'

export interface DumpResult {
  readonly folder: string
  readonly manifest: Manifest
  readonly warnings: readonly Finding[]
}

/** Makes an anonymized archive of a database in a folder. Throws what `makeArchive` and `ArchiveFolder.begin` do. */
export async function dump(context: Context, request: DumpRequest): Promise<DumpResult> {
  await ArchiveFolder.check(request.outputFolder, { clear: request.clearOutput })
  const { sink, manifest, warnings } = await makeArchive(context, request, () => FolderSink.open(request))
  return { folder: sink.path, manifest, warnings }
}
