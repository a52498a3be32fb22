import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '../../src/lib/fault.ts'
import type { Destination, StoredFile } from '../../src/storage/destinations/destination.ts'

/** A destination on a folder, as small as it can be. */
export class FolderDestination implements Destination {
  constructor(readonly root: string) {}

  async put(path: string, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const target = join(this.root, path)
    await mkdir(dirname(target), { recursive: true })
    const handle = await open(`${target}.partial`, 'w')
    try {
      for await (const piece of pieces) {
        signal.throwIfAborted()
        await handle.writeFile(piece)
      }
      await rename(`${target}.partial`, target)
    } catch (error) {
      await rm(`${target}.partial`)
      throw error
    } finally {
      await handle.close()
    }
  }

  async *get(path: string, signal: AbortSignal, start = 0): AsyncGenerator<Uint8Array> {
    if (!(await this.find(path, signal))) {
      throw new Fault('storage-file-missing', 'There is no such file.', { place: { file: path } })
    }
    yield* createReadStream(join(this.root, path), { start })
  }

  async find(path: string, signal: AbortSignal): Promise<StoredFile | undefined> {
    signal.throwIfAborted()
    const status = await stat(join(this.root, path)).catch(() => undefined)
    return status && { path, size: status.size, modifiedAt: status.mtime }
  }

  async *list(folder: string, signal: AbortSignal): AsyncGenerator<StoredFile> {
    for (const path of await this.#files(folder)) {
      const found = path.endsWith('.partial') ? undefined : await this.find(path, signal)
      if (found) yield found
    }
  }

  async remove(path: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await rm(join(this.root, path), { force: true })
  }

  async sweep(folder: string, signal: AbortSignal): Promise<void> {
    for (const path of await this.#files(folder)) {
      if (path.endsWith('.partial')) await this.remove(path, signal)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #files(folder: string): Promise<string[]> {
    const entries = await readdir(join(this.root, folder), { recursive: true, withFileTypes: true }).catch(
      () => [],
    )
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.root.length + 1))
  }
}
