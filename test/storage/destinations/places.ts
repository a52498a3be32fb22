import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseDestinationConfig } from '../../../src/storage/destinations/config.ts'
import type { Destination } from '../../../src/storage/destinations/destination.ts'
import { openDestination } from '../../../src/storage/destinations/open.ts'
import { TestFolder } from '../../server/folder.ts'
import { S3Server } from './servers/s3.ts'
import { SshServer } from './servers/sshd.ts'

/** Where a kind of destination is tried: a server of its own, with as many roots as tests need. */
export interface Place extends AsyncDisposable {
  /** A config as a user writes it, for a root that nobody else has. */
  config(root: string): Record<string, unknown>
  readonly adapterId: string
  /** What lies on the server below a root, by its own account: names of files, and of uploads begun. */
  remains(root: string): Promise<string[]>
  /** Ends the server as a crash does, and starts it again. None for a folder of this machine. */
  readonly server?: { kill(): Promise<void>; run(): Promise<void> }
}

export const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  'local-fs': async () => {
    const folder = await TestFolder.create()
    return {
      adapterId: 'local-fs',
      config: (root) => ({ basePath: folder.file(root) }),
      remains: async (root) => namesBelow(folder.file(root)),
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    }
  },
  s3: async () => {
    const server = await S3Server.start()
    return {
      adapterId: 's3',
      server,
      config: (root) => ({ ...server.config, pathPrefix: root }),
      remains: (root) => server.keysBelow(`${root}/`),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
  sftp: async () => {
    const server = await SshServer.start()
    return {
      adapterId: 'sftp',
      server,
      config: (root) => ({ ...server.config, pathPrefix: join(server.root, root) }),
      remains: async (root) => namesBelow(join(server.root, root)),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
}

/** Everybody may be reached. */
export const ANY_HOST = { hosts: { allowed: undefined } }

/** Opens a destination by a config as a user writes it. */
export function opened(adapterId: string, config: unknown): Promise<Destination> {
  return openDestination(parseDestinationConfig(adapterId, config), ANY_HOST)
}

function namesBelow(folder: string): string[] {
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder, { recursive: true }).map(String).sort()
}
