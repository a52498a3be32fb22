import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from '../../../src/postgres/connection/target.ts'
import { SIDECAR_SUFFIX } from '../../../src/storage/sidecar.ts'
import { Serving, until } from '../../api/serving.ts'

/** The configuration of a source, as requests carry it. */
export function sourceConfig({ host, port, user, password, database }: Target) {
  return { host, port, user, password: password?.reveal(), database, sslMode: 'disable' }
}

const BODY_OF = { adapters: 'adapters', dictionaries: 'dictionaries', jobs: 'jobs' } as const

/** Makes something over REST and gives its id. */
export async function made(
  serving: Serving,
  what: keyof typeof BODY_OF | 'encryption-profiles',
  body: unknown,
): Promise<string> {
  const answer = await serving.post(`/api/${what}`, body)
  if (answer.status !== 201) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body.id
}

/** A server whose limits of requests no test meets. */
export function servingJobs(options: Parameters<typeof Serving.start>[0] = {}): Promise<Serving> {
  const flags = ['--rate-limit-reads=100000', '--rate-limit-writes=100000', ...(options.flags ?? [])]
  return Serving.start({ ...options, flags })
}

export async function beginRun(serving: Serving, jobId: string): Promise<string> {
  const answer = await serving.post(`/api/jobs/${jobId}/run`, undefined)
  if (answer.status !== 200) throw new Error(`run: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body.executionId
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
export async function execution(serving: Serving, id: string): Promise<any> {
  return (await serving.get(`/api/executions/${id}`)).body.data
}

/** Waits for the end of an execution and gives it. */
export async function ended(serving: Serving, id: string) {
  await until('the execution has ended', async () =>
    ['Success', 'Failed'].includes((await execution(serving, id)).status),
  )
  return execution(serving, id)
}

/** What lies in a folder of a destination: backups with their sidecars, and all else. */
export function storedIn(folder: string): { backups: string[]; others: string[] } {
  const names = (readdirSync(folder, { recursive: true, withFileTypes: true }) as import('node:fs').Dirent[])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const there = new Set(names)
  const backups = names.filter((name) => there.has(name + SIDECAR_SUFFIX))
  const paired = new Set(backups.flatMap((name) => [name, name + SIDECAR_SUFFIX]))
  return { backups, others: names.filter((name) => !paired.has(name)) }
}
