import type { FileEntryWithStats, SFTPWrapper } from 'ssh2'
import { Fault } from '../../lib/fault.ts'
import type { HostPolicy } from '../../lib/hosts.ts'
import { orAborted } from '../../lib/or-aborted.ts'
import type { SftpConfig } from './config.ts'
import type { Destination, StoredFile } from './destination.ts'
import { fileMissing, storageFailed, withoutSecrets } from './faults.ts'
import { fileNames, folderNames, isPartial, isPlain, partialName, prefixNames } from './names.ts'
import { connectSftp, type SftpConnection } from './sftp-connection.ts'
import { asked, readStream, writeStream } from './sftp-transfer.ts'
import { SourceError } from './source.ts'

/** Status codes of the protocol (draft-ietf-secsh-filexfer-02, 7). */
const NO_SUCH_FILE = 2
const REASONS: Readonly<Record<number, string>> = {
  2: 'there is no such folder',
  3: 'permission was denied',
  4: 'the server could not, which may mean that its disk is full',
  8: 'the server does not support it',
}
/** For taking back what was begun. */
const CLEANING_TIMEOUT = 5_000

/** A folder of a server of SFTP. Every transfer has a connection of its own; idle ones serve again. */
export function sftp(config: SftpConfig, hosts: HostPolicy): Destination {
  const start = config.pathPrefix?.startsWith('/') ? '/' : ''
  const prefix = prefixNames(config.pathPrefix)
  const place = (names: readonly string[]) => `${start}${[...prefix, ...names].join('/')}` || '.'
  const secrets = [config.password?.reveal(), config.passphrase?.reveal()]
  const idle: SftpConnection[] = []

  /** Runs work on a connection; one on which it was aborted, or which broke, is not used again. */
  async function using<T>(
    act: string,
    path: string,
    signal: AbortSignal,
    work: (sftp: SFTPWrapper, ending: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const connection = await idleOrNew(signal)
    const ending = AbortSignal.any([signal, connection.gone])
    try {
      const result = await orAborted(work(connection.sftp, ending), ending)
      idle.push(connection)
      return result
    } catch (error) {
      release(connection, signal)
      throw told(act, path, error, signal)
    }
  }

  async function idleOrNew(signal: AbortSignal): Promise<SftpConnection> {
    signal.throwIfAborted()
    for (let found = idle.pop(); found; found = idle.pop()) {
      if (!found.gone.aborted) return found
    }
    return connectSftp(config, hosts, signal)
  }

  function release(connection: SftpConnection, signal: AbortSignal): void {
    if (!connection.gone.aborted && !signal.aborted) idle.push(connection)
    else connection.destroy()
  }

  /** What went wrong, as a fault; what the source of a file threw, and an abort, as they are. */
  function told(act: string, path: string, error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason
    if (error instanceof SourceError) return error.thrown
    if (error instanceof Fault) return error
    const { code, message } = error as { code?: unknown; message?: string }
    const known = typeof code === 'number' ? REASONS[code] : undefined
    const reason = known ?? withoutSecrets(message ?? 'the connection broke', secrets)
    return storageFailed(`${act} on ${config.host}`, path, reason)
  }

  async function* filesBelow(names: readonly string[], signal: AbortSignal): AsyncGenerator<StoredFile> {
    const folder = names.join('/')
    const entries = await using('Listing', folder, signal, (sftp) =>
      asked<FileEntryWithStats[]>((done) => sftp.readdir(place(names), done as never)).catch(
        noneWhereMissing,
      ),
    )
    for (const { filename, attrs } of entries ?? []) {
      const path = [...names, filename].join('/')
      if (attrs.isDirectory() && filename !== '.' && filename !== '..')
        yield* filesBelow([...names, filename], signal)
      else if (attrs.isFile()) yield { path, size: attrs.size, modifiedAt: new Date(attrs.mtime * 1000) }
    }
  }

  async function removeFile(names: readonly string[], signal: AbortSignal): Promise<void> {
    await using('Removing', names.join('/'), signal, async (sftp) => {
      await asked((done) => sftp.unlink(place(names), done)).catch(noneWhereMissing)
      await removeEmptyFolders(sftp, names.slice(0, -1))
    })
  }

  /** From the innermost up; the root stays. One that is in use, or gone, is no error. */
  async function removeEmptyFolders(sftp: SFTPWrapper, names: readonly string[]): Promise<void> {
    for (let depth = names.length; depth > 0; depth -= 1) {
      const folder = place(names.slice(0, depth))
      const removed = await asked((done) => sftp.rmdir(folder, done)).then(
        () => true,
        () => false,
      )
      if (!removed) return
    }
  }

  async function makeFolders(sftp: SFTPWrapper, names: readonly string[]): Promise<void> {
    const all = [...prefix, ...names]
    for (let depth = 1; depth <= all.length; depth += 1) {
      const folder = start + all.slice(0, depth).join('/')
      await asked((done) => sftp.mkdir(folder, { mode: 0o700 }, done)).catch(async (error) => {
        const there = await asked<{ isDirectory(): boolean }>((done) =>
          sftp.stat(folder, done as never),
        ).catch(() => undefined)
        if (!there?.isDirectory()) throw error
      })
    }
  }

  /** Another run may take the folder away, as an empty one, between its making and the opening: then once more. */
  async function openPartial(sftp: SFTPWrapper, names: readonly string[], partial: string): Promise<Buffer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await asked<Buffer>((done) => sftp.open(partial, 'wx', { mode: 0o600 }, done))
      } catch (error) {
        if ((error as { code?: unknown }).code !== NO_SUCH_FILE || attempt === 5) throw error
      }
      await makeFolders(sftp, names.slice(0, -1))
    }
  }

  return {
    async put(path, pieces, signal) {
      const names = fileNames(path)
      const partial = place([...names.slice(0, -1), partialName(names.at(-1) as string)])
      let begun = false
      try {
        await using('Writing', path, signal, async (sftp, ending) => {
          begun = true
          const handle = await openPartial(sftp, names, partial)
          try {
            await writeStream(sftp, handle, pieces, ending)
            await syncFile(sftp, handle)
          } finally {
            await asked((done) => sftp.close(handle, done))
          }
          ending.throwIfAborted()
          await renameOver(sftp, partial, place(names))
        })
      } catch (error) {
        if (!begun) throw error
        const cleaning = AbortSignal.timeout(CLEANING_TIMEOUT)
        await using('Removing', path, cleaning, async (sftp) => {
          await asked((done) => sftp.unlink(partial, done)).catch(noneWhereMissing)
          await removeEmptyFolders(sftp, names.slice(0, -1))
        }).catch(() => {})
        throw error
      }
    },

    async *get(path, signal, start = 0) {
      const file = place(fileNames(path))
      const connection = await idleOrNew(signal)
      const ending = AbortSignal.any([signal, connection.gone])
      try {
        const attrs = await orAborted(lookedAt(connection.sftp, file), ending)
        if (!attrs) throw fileMissing(path)
        const handle = await orAborted(
          asked<Buffer>((done) => connection.sftp.open(file, 'r', done)),
          ending,
        )
        try {
          const pieces = readStream(connection.sftp, handle, start, attrs.size)
          for (;;) {
            const step = await orAborted(pieces.next(), ending)
            if (step.done) break
            yield step.value
          }
        } finally {
          if (!ending.aborted) await asked((done) => connection.sftp.close(handle, done)).catch(() => {})
        }
      } catch (error) {
        throw told('Reading', path, error, signal)
      } finally {
        release(connection, signal)
      }
    },

    async find(path, signal) {
      const names = fileNames(path)
      const attrs = await using('Looking', path, signal, (sftp) => lookedAt(sftp, place(names)))
      return attrs && { path, size: attrs.size, modifiedAt: new Date(attrs.mtime * 1000) }
    },

    async *list(folder, signal) {
      for await (const file of filesBelow(folderNames(folder), signal)) if (isPlain(file.path)) yield file
    },

    remove: async (path, signal) => removeFile(fileNames(path), signal),

    async sweep(folder, signal) {
      for await (const { path } of filesBelow(folderNames(folder), signal)) {
        if (isPartial(path)) await removeFile(path.split('/'), signal)
      }
    },

    async [Symbol.asyncDispose]() {
      for (const connection of idle.splice(0)) connection.end()
    },
  }
}

/** A file's attributes. A link is no file: what it leads to is not ours. */
async function lookedAt(sftp: SFTPWrapper, file: string) {
  const attrs = await asked<{ isFile(): boolean; size: number; mtime: number }>((done) =>
    sftp.lstat(file, done as never),
  ).catch(noneWhereMissing)
  return attrs?.isFile() ? attrs : undefined
}

/** To disk, where the server knows how. */
async function syncFile(sftp: SFTPWrapper, handle: Buffer): Promise<void> {
  await asked((done) => sftp.ext_openssh_fsync(handle, done as never)).catch(noneWhereUnsupported)
}

/** In one step where the server knows how; the protocol's own rename refuses a name that is taken. */
async function renameOver(sftp: SFTPWrapper, from: string, to: string): Promise<void> {
  const renamed = await asked((done) => sftp.ext_openssh_rename(from, to, done)).then(
    () => true,
    noneWhereUnsupported,
  )
  if (renamed) return
  await asked((done) => sftp.unlink(to, done)).catch(noneWhereMissing)
  await asked((done) => sftp.rename(from, to, done))
}

function noneWhereMissing(error: { code?: unknown }): undefined {
  if (error.code !== NO_SUCH_FILE) throw error
}

/** ssh2 throws an error without a code when the server did not announce an extension. */
function noneWhereUnsupported(error: Error): undefined {
  if (!/does not support this extended request/.test(error.message)) throw error
}
