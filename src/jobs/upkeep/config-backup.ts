import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { UpkeepContext } from './health-check.ts'

const KEPT = 7
/** What a copy is called until it is whole; one of a killed server would lie there for ever. */
const PARTIAL = '.partial'
const NAME = /^state_.*\.db$/

/**
 * Copies the state file, whole and at one moment, into `config-backups` of the server's folder, and keeps the last seven.
 * Its secrets are as sealed in the copy as they are in the file: keep the key elsewhere.
 */
export async function backUpConfiguration({ state, home, clock, log }: UpkeepContext): Promise<void> {
  const folder = join(home.path, 'config-backups')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = `state_${clock.now().toISOString().replaceAll(':', '-')}.db`
  const partial = join(folder, name + PARTIAL)
  for (const left of (await readdir(folder)).filter((found) => found.endsWith(PARTIAL)))
    await rm(join(folder, left))
  await sql`VACUUM INTO ${partial}`.execute(state)
  await rename(partial, join(folder, name))
  const names = (await readdir(folder)).filter((found) => NAME.test(found)).sort()
  for (const old of names.slice(0, -KEPT)) await rm(join(folder, old))
  log.info({ file: name }, 'configuration backed up')
}
