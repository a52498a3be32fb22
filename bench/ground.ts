import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../src/lib/clock.ts'
import { silentLog } from '../src/lib/log.ts'
import { identifier, sql } from '../src/lib/sql.ts'
import type { Context } from '../src/operations/context.ts'
import { clientEnvironment, type Target } from '../src/postgres/connection/target.ts'
import { Session } from '../src/postgres/session.ts'
import type { ThrowawayCluster } from '../src/postgres/throwaway-cluster.ts'

/** Of work that is measured: nobody listens, and nobody interrupts. */
export const context: Context = {
  signal: new AbortController().signal,
  log: silentLog,
  clock: systemClock,
  onProgress: () => {},
}

export function environment(target: Target): Record<string, string> {
  return clientEnvironment(target, process.env)
}

export async function run(command: readonly string[], env: Record<string, string>): Promise<string> {
  const child = Bun.spawn([...command], { env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [output, complaints] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) !== 0) throw new Error(complaints)
  return output
}

/** The process that all of a server's are children of. */
export async function postmasterOf(cluster: ThrowawayCluster): Promise<number> {
  const [pid = ''] = (await readFile(join(cluster.folder, 'data/postmaster.pid'), 'utf8')).split('\n')
  return Number(pid)
}

async function administer(cluster: ThrowawayCluster, statement: ReturnType<typeof sql>): Promise<void> {
  const session = await Session.open(cluster.target('postgres'))
  try {
    await session.run(statement)
  } finally {
    await session.close()
  }
}

export async function createDatabase(cluster: ThrowawayCluster, name: string): Promise<Target> {
  await administer(cluster, sql`CREATE DATABASE ${identifier(name)} TEMPLATE template0`)
  return cluster.target(name)
}

export async function dropDatabase(cluster: ThrowawayCluster, name: string): Promise<void> {
  await administer(cluster, sql`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`)
}

/** The binary that the build has made of this folder. */
export const BINARY = join(import.meta.dir, '../dist/pgveil')

/** More files than this are not removed before the next run. */
const MANY_FILES = 100

/**
 * Whether a folder, or a database that is restored from it, is better kept until all is measured. For some seconds ext4 does
 * not use again the inodes of files that were removed, and searches for others: where 2,000 were, that was 40 % of what
 * every program took.
 */
export async function hasManyFiles(path: string): Promise<boolean> {
  return (await readdir(path).catch(() => [])).length > MANY_FILES
}

/** Makes room for the next output. */
export async function putAside(path: string, spent: string): Promise<void> {
  if (!(await hasManyFiles(path))) return rm(path, { recursive: true, force: true })
  await mkdir(spent, { recursive: true })
  await rename(path, join(spent, crypto.randomUUID()))
}
