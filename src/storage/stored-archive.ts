import { statSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  MANIFEST_FILE,
  type Manifest,
  type ManifestFile,
  manifestSchema,
  SUMMED_BYTES,
  TOC_FILE,
} from '../archive/manifest.ts'
import { readToc, type Toc } from '../archive/toc/toc.ts'
import { Fault } from '../lib/fault.ts'
import { sha256Hex } from '../lib/sha256.ts'
import { UNFINISHED_FILE } from './archive-folder.ts'
import type { FilePart, PartFigures } from './checksum/part-sum.ts'

/** An archive in a folder, as a restore finds it. */
export interface StoredArchive {
  readonly path: string
  readonly manifest: Manifest
  readonly toc: Toc
}

/** A part of a file of an archive, and what the manifest says of it. */
export interface ListedPart {
  readonly file: ManifestFile
  readonly from: number
  readonly bytes: number
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

/** Compares a file's size with the manifest's. Throws `archive-damaged`. */
export function refuseOtherSize({ path }: StoredArchive, { file, fileBytes }: ManifestFile): void {
  const status = statSync(join(path, file), { throwIfNoEntry: false })
  if (!status) throw damaged(path, file, 'is missing')
  if (status.size !== fileBytes) throw damaged(path, file, `has ${status.size} bytes instead of ${fileBytes}`)
}

/** Compares a part with the manifest; `sum` reads it. Throws `archive-damaged`, and the reason of the signal. */
export async function refuseChanged(
  archive: StoredArchive,
  { file, from, bytes, sha256 }: ListedPart,
  signal: AbortSignal,
  sum: (part: FilePart) => PartFigures | Promise<PartFigures>,
): Promise<void> {
  const { path } = archive
  const isLast = from + bytes === file.fileBytes
  let found: PartFigures
  try {
    // Nothing may follow the last one.
    found = await sum({ path: join(path, file.file), from, mostBytes: bytes + (isLast ? 1 : 0) })
  } catch (error) {
    signal.throwIfAborted()
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw damaged(path, file.file, isMissing ? 'is missing' : 'cannot be read', error)
  }
  if (found.bytes !== bytes) refuseOtherSize(archive, file)
  if (found.sha256 !== sha256)
    throw damaged(path, file.file, `was changed${describeStretch(from, bytes, file)}`)
}

/** Where a file has several parts, in which one. */
function describeStretch(from: number, bytes: number, { fileBytes }: ManifestFile): string {
  return bytes === fileBytes ? '' : ` between its bytes ${from} and ${from + bytes}`
}

/** The parts of a file that have a checksum each, in order. */
export function partsOf(file: ManifestFile): ListedPart[] {
  return file.sha256.map((sha256, at) => {
    const from = at * SUMMED_BYTES
    return { file, from, bytes: Math.min(SUMMED_BYTES, file.fileBytes - from), sha256 }
  })
}

/** The files that hold rows or large objects, with what the manifest says of them. */
export function listedFiles(manifest: Manifest): ManifestFile[] {
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

/** `file` in the archive at `path` is not what it was. */
export function damaged(path: string, file: string, what: string, cause?: unknown): Fault {
  return new Fault('archive-damaged', `The archive is damaged: ${file} ${what}.`, {
    place: { file: join(path, file) },
    remedy: 'Dump again, or fetch the archive again from where it was copied.',
    cause,
  })
}
