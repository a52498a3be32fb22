import { chmod, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Fault } from '../lib/fault.ts'

/** Everything that a server keeps, in one folder that only its user can read. */
export interface Home {
  readonly path: string
  readonly stateFile: string
  readonly lockFile: string
  readonly keyFile: string
  readonly auditFile: string
  /** Records of runs: `<yyyy>/<mm>/<dd>/<id>/`. */
  readonly runs: string
  /** Archives that requests write and read. */
  readonly output: string
}

/** PGVEIL_HOME, else `./pgveil`. */
export function homePath(environment: Readonly<Record<string, string | undefined>>): string {
  return resolve(environment.PGVEIL_HOME || 'pgveil')
}

/** Makes the folder where it is not there yet. Throws `disk`. */
export async function openHome(path: string): Promise<Home> {
  const home: Home = {
    path: resolve(path),
    stateFile: resolve(path, 'state.db'),
    lockFile: resolve(path, 'server.lock'),
    keyFile: resolve(path, 'key'),
    auditFile: resolve(path, 'audit.log'),
    runs: resolve(path, 'runs'),
    output: resolve(path, 'output'),
  }
  try {
    for (const folder of [home.path, home.runs, home.output]) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
    }
    await chmod(home.path, 0o700)
  } catch (error) {
    throw new Fault('disk', `The folder of the server cannot be made: ${(error as Error).message}`, {
      place: { file: join(home.path) },
      remedy: 'Set PGVEIL_HOME to a folder that this user can write.',
    })
  }
  return home
}
