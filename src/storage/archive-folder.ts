import { writeFileSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { MANIFEST_FILE, type Manifest, TOC_FILE, type TocFigures } from '../archive/manifest.ts'
import { Fault } from '../lib/fault.ts'
import { sha256Hex } from '../lib/sha256.ts'
import { ArchiveFile } from './archive-file.ts'
import { type FileFigures, FileSums } from './checksum/file-sums.ts'
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts'
import { syncFiles } from './sync-files.ts'

/**
 * Stands in a folder from the first byte of a dump to the last. pg_restore finds no toc.dat beside it and pgveil no
 * manifest, so nothing takes an unfinished dump for an archive.
 */
export const UNFINISHED_FILE = 'pgveil.unfinished'

/** Names that a dump of pgveil or pg_dump gives its files, and those of an archive of pg_anon. */
const ARCHIVE_FILE =
  /^(\d+\.dat(\.(gz|lz4|zst))?|toc\.dat|manifest\.json|blobs(_\d+)?\.toc|blob_\d+\.dat(\.(gz|lz4|zst))?|pgveil\.unfinished|.*\.new)$/
const PG_ANON_FILE =
  /^([0-9a-f]{32}\.bin\.gz|metadata\.json|dumped_tables\.py|(pre|post)_data\.backup|.*\.list)$/

/** How many files may be on their way to disk at once. */
const FILES_SYNCING = 32

/**
 * The folder that a dump writes. Data files first, then toc.dat, then the manifest, and only then does the mark go:
 * publish last. A dump that fails takes its files back.
 */
export class ArchiveFolder {
  readonly path: string
  readonly #syncing = new Set<Promise<void>>()
  /** Files that are written, and may not be on disk. */
  #unsynced: string[] = []

  private constructor(path: string) {
    this.path = path
  }

  /**
   * Makes the folder ready: it must be empty, or hold what a killed dump left, or be cleared by `clear`. Throws
   * `output-not-empty`, `output-busy`, `disk`.
   */
  static async begin(path: string, options: { clear: boolean }): Promise<ArchiveFolder> {
    const folder = new ArchiveFolder(resolve(path))
    await folder.#onDisk(async () => {
      await mkdir(folder.path, { recursive: true, mode: 0o700 })
      await folder.#refuseUnlessUsable(options.clear)
      await folder.#removeFiles()
      await writeFile(join(folder.path, UNFINISHED_FILE), JSON.stringify(await ownIdentity()), { flag: 'wx' })
    })
    return folder
  }

  /** Says beforehand, and without touching anything, what `begin` would refuse. */
  static async check(path: string, options: { clear: boolean }): Promise<void> {
    const folder = new ArchiveFolder(resolve(path))
    await folder.#onDisk(() => folder.#refuseUnlessUsable(options.clear))
  }

  /** Removes what a dump that was killed left in a folder, and the folder; anything else stays. Throws `output-busy`. */
  static async sweep(path: string): Promise<void> {
    const folder = new ArchiveFolder(resolve(path))
    const mark = await stat(join(folder.path, UNFINISHED_FILE)).catch(() => undefined)
    if (!mark) return removeIfEmpty(folder.path)
    await folder.#refuseIfBusy()
    await ArchiveFolder.remove(path)
  }

  /** Removes the archive that is in a folder, and the folder where nothing else is in it. Throws `disk`. */
  static async remove(path: string): Promise<void> {
    const folder = new ArchiveFolder(resolve(path))
    await folder.#onDisk(() => folder.#removeFiles())
    await removeIfEmpty(folder.path)
  }

  /** Bytes of all files in a folder; 0 where there is none. */
  static async bytes(path: string): Promise<number> {
    const names = await readdir(path).catch(() => [])
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(path, name))).size))
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  /**
   * Writes a small file on the spot: over Bun's thread pool 2,000 of them took 0.5 s, and as much of CPU; so 0.07.
   * `publish` brings it to disk. Throws `disk`.
   */
  async put(name: string, bytes: Uint8Array): Promise<FileFigures> {
    await this.#place(name, bytes)
    const sums = new FileSums()
    sums.update(bytes)
    return sums.figures
  }

  async #place(name: string, bytes: Uint8Array): Promise<void> {
    await this.#onDisk(async () => writeFileSync(join(this.path, name), bytes, { mode: 0o600 }))
    this.#unsynced.push(name)
  }

  /** Begins a file. Throws `disk`. */
  async open(name: string): Promise<ArchiveFile> {
    return new ArchiveFile(await this.#onDisk(() => open(join(this.path, name), 'w', 0o600)))
  }

  /** Appends to a file of this folder. Throws `disk`. */
  async append(file: ArchiveFile, piece: Uint8Array): Promise<void> {
    await this.#onDisk(() => file.append(piece))
  }

  /**
   * Ends a file. It goes to disk while others are written: waiting for each by itself made 2,000 small tables take twice
   * as long. `publish` waits for all.
   */
  async finish(file: ArchiveFile): Promise<FileFigures> {
    const { figures } = file
    const syncing = file.sync()
    // Whoever publishes hears of a failure; until then it is nobody's.
    syncing.catch(() => {})
    this.#syncing.add(syncing)
    if (this.#syncing.size >= FILES_SYNCING) await this.#settleFiles()
    return figures
  }

  async #settleFiles(): Promise<void> {
    const syncing = [...this.#syncing]
    this.#syncing.clear()
    await this.#onDisk(() => Promise.all(syncing))
  }

  async #settle(): Promise<void> {
    await this.#settleFiles()
    const names = this.#unsynced
    this.#unsynced = []
    await this.#onDisk(() => syncFiles(this.path, names))
  }

  /** Writes a whole file, to disk and not only to the kernel. Throws `disk`. */
  async #write(name: string, bytes: Uint8Array): Promise<void> {
    await this.#place(name, bytes)
    await this.#settle()
  }

  /** Measures a file that another program wrote into the folder, and brings it to disk. */
  async measure(name: string): Promise<FileFigures> {
    const sums = new FileSums()
    await this.#onDisk(async () => {
      const handle = await open(join(this.path, name), 'r')
      try {
        for await (const chunk of handle.createReadStream({ highWaterMark: 1024 * 1024, autoClose: false })) {
          sums.update(chunk)
        }
        await handle.datasync()
      } finally {
        await handle.close()
      }
    })
    return sums.figures
  }

  /** Makes the folder an archive: table of contents, manifest, and the mark goes. */
  async publish(toc: Uint8Array, describe: (toc: TocFigures) => Manifest): Promise<Manifest> {
    await this.#settle()
    await this.#write(`${TOC_FILE}.new`, toc)
    const manifest = describe({ fileBytes: toc.length, sha256: sha256Hex(toc) })
    const text = `${JSON.stringify(manifest, null, 2)}\n`
    await this.#write(`${MANIFEST_FILE}.new`, new TextEncoder().encode(text))
    await this.#onDisk(async () => {
      await rename(join(this.path, `${TOC_FILE}.new`), join(this.path, TOC_FILE))
      await rename(join(this.path, `${MANIFEST_FILE}.new`), join(this.path, MANIFEST_FILE))
      await syncFolder(this.path)
      await rm(join(this.path, UNFINISHED_FILE))
      await syncFolder(this.path)
      await syncFolder(dirname(this.path))
    })
    return manifest
  }

  /** Takes back what was written; the folder itself stays, empty. Never throws: it runs where something failed. */
  async retract(): Promise<void> {
    await Promise.allSettled([...this.#syncing])
    await this.#removeFiles().catch(() => {})
  }

  async #refuseIfBusy(): Promise<void> {
    const mark = await readFile(join(this.path, UNFINISHED_FILE), 'utf8').catch(() => undefined)
    if (mark === undefined) return
    const identity = parseIdentity(mark)
    if (identity?.host !== hostname()) {
      if (!identity) return
      throw new Fault(
        'output-busy',
        `A dump that was begun on the host ${identity.host} holds this folder.`,
        {
          place: { file: this.path },
          remedy: `If it is dead, remove ${join(this.path, UNFINISHED_FILE)}.`,
        },
      )
    }
    if (await isAlive(identity)) {
      throw new Fault('output-busy', `Another dump (process ${identity.pid}) is writing here.`, {
        place: { file: this.path },
        remedy: 'Choose another folder, or wait for it.',
      })
    }
  }

  async #refuseUnlessUsable(clear: boolean): Promise<void> {
    await this.#refuseIfBusy()
    const names: string[] = await readdir(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    if (names.length === 0) return
    const foreign = names.find((name) => !ARCHIVE_FILE.test(name) && !(clear && PG_ANON_FILE.test(name)))
    const interrupted = names.includes(UNFINISHED_FILE)
    if (foreign === undefined && (clear || interrupted)) return
    throw new Fault('output-not-empty', `The output folder is not empty: it holds ${foreign ?? names[0]}.`, {
      place: { file: this.path },
      remedy: clear
        ? 'Only the files of an earlier archive are cleared. Remove the others, or choose another folder.'
        : 'Choose another folder, or pass --clear-output-dir to remove the archive that is there.',
    })
  }

  /** The manifest first, then the table of contents: what is half removed is no archive any more. The mark goes last. */
  async #removeFiles(): Promise<void> {
    const names = await readdir(this.path)
    const rank = (name: string) =>
      name === MANIFEST_FILE ? 0 : name === TOC_FILE ? 1 : name === UNFINISHED_FILE ? 3 : 2
    const ours = names.filter((name) => ARCHIVE_FILE.test(name) || PG_ANON_FILE.test(name))
    for (const name of ours.sort((left, right) => rank(left) - rank(right))) {
      await rm(join(this.path, name), { force: true, recursive: true })
    }
  }

  async #onDisk<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      throw error instanceof Fault ? error : diskFault(this.path, error)
    }
  }
}

async function removeIfEmpty(path: string): Promise<void> {
  await rmdir(path).catch(() => {})
}

/** A rename is safe on disk once its folder is. Some file systems refuse to sync a folder; they need none. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync().catch(() => {})
  } finally {
    await handle.close()
  }
}

function parseIdentity(mark: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(mark) as ProcessIdentity
  } catch {
    return undefined
  }
}

function diskFault(path: string, error: unknown): Fault {
  const code = (error as { code?: string }).code
  const reasons: Readonly<Record<string, string>> = {
    ENOSPC: 'The disk is full.',
    EDQUOT: 'The disk quota is used up.',
    EACCES: 'Permission to write was denied.',
    EPERM: 'Permission to write was denied.',
    EROFS: 'The file system is read-only.',
    ENOTDIR: 'It is not a folder.',
    EEXIST: 'It is not a folder, or another dump has just begun there.',
  }
  return new Fault('disk', `Writing the archive failed: ${(code && reasons[code]) ?? String(error)}`, {
    place: { file: path },
    remedy: 'Free some space, or choose another output folder.',
    cause: error,
  })
}
