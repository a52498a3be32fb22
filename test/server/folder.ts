import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

/** A folder of one test. Declare it by `await using`: it is removed when the test is done. */
export class TestFolder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async create(): Promise<TestFolder> {
    return new TestFolder(await mkdtemp(join(tmpdir(), 'pgveil-test-')))
  }

  file(name: string): string {
    return join(this.path, name)
  }

  /** All files in it, or in a folder of it, however deep; none where there is no such folder. */
  files(below = ''): string[] {
    const folder = this.file(below)
    if (!existsSync(folder)) return []
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .sort()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}
