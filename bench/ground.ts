import { identifier, sql } from '../src/lib/sql.ts'
import { clientEnvironment, type Target } from '../src/postgres/connection/target.ts'
import { Session } from '../src/postgres/session.ts'
import type { ThrowawayCluster } from '../src/postgres/throwaway-cluster.ts'

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
