import { ArchiveFolder } from '../storage/archive-folder.ts'
import { stillContained } from '../store/contained-path.ts'
import type { Home } from '../store/home.ts'

/** Removes what a dump left unfinished, unless a link leads to where it would be. Throws `path-refused`, `output-busy`. */
export async function sweepArchive(home: Home, archive: string): Promise<void> {
  await ArchiveFolder.sweep(await stillContained(home.output, archive))
}
