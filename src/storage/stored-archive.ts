import { statSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { MANIFEST_FILE, type Manifest, manifestSchema, TOC_FILE } from '../archive/manifest.ts'
import { readToc, type Toc } from '../archive/toc/toc.ts'
import { Fault } from '../lib/fault.ts'
import { sha256Hex } from '../lib/sha256.ts'
import { UNFINISHED_FILE } from './archive-folder.ts'
import { sha256Of } from './checksum.ts'

/** An archive in a folder, as a restore finds it. */
export interface StoredArchive {
  readonly path: string
  readonly manifest: Manifest
  readonly toc: Toc
}

interface ListedFile {
  readonly file: string
  readonly fileBytes: number
  readonly sha256: string
}

/**
 * Opens a finished archive of pgveil and checks its table of contents against the manifest. Throws `archive-missing`,
 * `archive-unfinished`, `archive-damaged`, `archive-format`.
 */
export async function openArchive(folder: string): Promise<StoredArchive> {
  const path = resolve(folder)
  const manifest = parseManifest(path, await readManifest(path))
  const toc = await readFile(join(path, TOC_FILE)).catch(() => {
    throw damaged(path, TOC_FILE, 'is missing')
  })
  const sha256 = sha256Hex(toc)
  if (sha256 !== manifest.toc.sha256) throw damaged(path, TOC_FILE, 'is not what the manifest says')
  return { path, manifest, toc: readToc(new Uint8Array(toc)) }
}

/** Small files that are read before anything else has its turn. */
const FILES_AT_ONCE = 32

/** Reads files again and compares them with the manifest's checksums. Throws `archive-damaged`. */
export async function verifyChecksums(
  archive: StoredArchive,
  files: readonly ListedFile[],
  signal: AbortSignal,
  onFile: (bytes: number) => void,
): Promise<void> {
  for (const [at, { file, fileBytes, sha256 }] of files.entries()) {
    // Lets an interrupt be heard between small files.
    if (at % FILES_AT_ONCE === 0) await Bun.sleep(0)
    signal.throwIfAborted()
    const path = join(archive.path, file)
    const status = statSync(path, { throwIfNoEntry: false })
    if (!status) throw damaged(archive.path, file, 'is missing')
    if (status.size !== fileBytes)
      throw damaged(archive.path, file, `has ${status.size} bytes instead of ${fileBytes}`)
    if ((await sha256Of(path, fileBytes, signal)) !== sha256) throw damaged(archive.path, file, 'was changed')
    onFile(fileBytes)
  }
}

/** The files that hold rows or large objects, with what the manifest says of them. */
export function listedFiles(manifest: Manifest): ListedFile[] {
  const data = manifest.tables.flatMap(({ file, fileBytes, sha256 }) =>
    file === null || sha256 === null ? [] : [{ file, fileBytes, sha256 }],
  )
  return [...data, ...manifest.files]
}

async function readManifest(path: string): Promise<string> {
  const text = await readFile(join(path, MANIFEST_FILE), 'utf8').catch(() => undefined)
  if (text !== undefined) return text
  const exists = async (name: string) => (await stat(join(path, name)).catch(() => undefined)) !== undefined
  if (!(await exists('.'))) {
    throw new Fault('archive-missing', 'There is no such folder.', { place: { file: path } })
  }
  if (await exists(UNFINISHED_FILE)) {
    throw new Fault('archive-unfinished', 'The dump into this folder was never finished: it is no archive.', {
      place: { file: path },
      remedy: 'Run the dump again; it cleans up what was left.',
    })
  }
  if (await exists(TOC_FILE)) {
    throw new Fault('archive-missing', 'This archive has no manifest, so it was not made by pgveil.', {
      place: { file: path },
      remedy: 'Restore it with pg_restore; pgveil cannot tell what is in it.',
    })
  }
  throw new Fault('archive-missing', 'There is no archive in this folder.', { place: { file: path } })
}

function parseManifest(path: string, text: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(path, MANIFEST_FILE, 'is no JSON')
  }
  const parsed = manifestSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new Fault('archive-format', `The manifest is not one that this version reads: ${issue?.message}`, {
    place: { file: join(path, MANIFEST_FILE), field: issue?.path.join('.') },
  })
}

function damaged(path: string, file: string, what: string): Fault {
  return new Fault('archive-damaged', `The archive is damaged: ${file} ${what}.`, {
    place: { file: join(path, file) },
    remedy: 'Dump again, or fetch the archive again from where it was copied.',
  })
}
