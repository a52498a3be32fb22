import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fromShippedFile } from '../src/lib/sql.ts'
import { checkConnection, previewSchemas } from '../src/operations/preview.ts'
import { viewFields } from '../src/operations/view-fields.ts'
import type { Target } from '../src/postgres/connection/target.ts'
import { Session } from '../src/postgres/session.ts'
import { ThrowawayCluster } from '../src/postgres/throwaway-cluster.ts'
import { BINARY, context, createDatabase } from './ground.ts'
import { median } from './measure.ts'

/**
 * Measures the REST API of the built binary, `npm run build` first: the start, light endpoints beside the same operation
 * without a server, and many runs that are queued at once. `--requests 500`, `--runs 200`.
 */
const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '300' },
    runs: { type: 'string', default: '200' },
  },
})

const STARTS = 5

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** From the start of the process to its first answer, in milliseconds. */
async function start(home: string): Promise<{ url: string; child: ReturnType<typeof spawn>; took: number }> {
  const begun = performance.now()
  const child = spawn(home)
  let said = ''
  const decoder = new TextDecoder()
  for await (const chunk of child.stdout) {
    said += decoder.decode(chunk)
    if (said.includes('\n')) break
  }
  const { url } = JSON.parse(said)
  await fetch(`${url}health`)
  return { url, child, took: performance.now() - begun }
}

function spawn(home: string) {
  return Bun.spawn([BINARY, 'serve', '--port=0', '--json', '--verbose=error'], {
    env: { PATH: process.env.PATH ?? '', PGVEIL_HOME: home },
    stdout: 'pipe',
    stderr: 'inherit',
  })
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}

function connectionOf({ host, port, database, user, password }: Target) {
  return { host, port, db_name: database, user_login: user, user_password: password?.reveal() ?? '' }
}

/** Both in turn, so that what slows the machine down slows both. */
async function beside(
  name: string,
  over: () => Promise<unknown>,
  direct: () => Promise<unknown>,
): Promise<void> {
  const [server, plain]: [number[], number[]] = [[], []]
  for (let at = 0; at < Number(options.requests); at++) {
    server.push(await timed(over))
    plain.push(await timed(direct))
  }
  const [one, other] = [median(server), median(plain)]
  say(
    `${name}: ${one.toFixed(2)} ms, without a server ${other.toFixed(2)} ms: ${(one - other).toFixed(2)} ms more`,
  )
}

async function lightEndpoints(url: string, source: Target): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (answer.status !== 200) throw new Error(await answer.text())
    await answer.arrayBuffer()
  }
  const own: number[] = []
  for (let at = 0; at < Number(options.requests); at++) {
    own.push(await timed(() => fetch(`${url}api/stateless/scan`, { method: 'POST', headers, body: '{}' })))
  }
  say(`what the server itself takes, by a request of the wrong shape: ${median(own).toFixed(2)} ms`)
  const connection = connectionOf(source)
  const planning = {
    ...{ source, dictionaries: [], onlyTables: [], withoutTables: [], knownColumns: [] },
    ...{
      unknownColumns: 'copy' as const,
      followKeys: false,
      allowUnmatched: false,
      salt: undefined,
      lockWait: 5000,
    },
  }
  const asked = { ...planning, schema: {}, table: {}, onlySensitive: false, limit: 5000, ormNames: undefined }
  await beside(
    'check_db_connection',
    () => post('api/stateless/check_db_connection', connection),
    () => checkConnection(context, source),
  )
  await beside(
    'preview',
    () => post('api/stateless/preview', { db_connection_params: connection }),
    () => previewSchemas(context, { source, filter: undefined }),
  )
  await beside(
    'view-fields',
    () => post('api/stateless/view-fields', { db_connection_params: connection }),
    () => viewFields(context, asked),
  )
}

/** Dumps of one small table, all asked for at once; gives when the last has ended. */
async function manyRuns(url: string, pid: number, source: Target): Promise<void> {
  const count = Number(options.runs)
  const begun = performance.now()
  const ask = (at: number) =>
    fetch(`${url}api/stateless/dump`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        operation_id: `run-${at}`,
        db_connection_params: connectionOf(source),
        webhook_status_url: `${receiver.url}`,
        sens_dict_contents: [{ name: 'none', content: '{"dictionary": []}' }],
        output_path: `run-${at % 4}/${at}`,
        ...{ proc_count: 1, proc_conn_count: 1 },
      }),
    }).then(({ status }) => status)
  const ended = new Map<string, string>()
  const all = Promise.withResolvers<void>()
  const receiver = Bun.serve({
    port: 0,
    fetch: async (request) => {
      const { operation_id: id, status } = (await request.json()) as { operation_id: string; status: string }
      if (status !== 'in_progress') ended.set(id, status)
      if (ended.size === count) all.resolve()
      return new Response(null)
    },
  })
  const before = await residentMegabytes(pid)
  const statuses = await Promise.all(Array.from({ length: count }, (_, at) => ask(at)))
  const answered = performance.now() - begun
  let most = 0
  const watch = setInterval(async () => {
    most = Math.max(most, await residentMegabytes(pid))
  }, 100)
  await all.promise
  clearInterval(watch)
  const failed = [...ended.values()].filter((status) => status !== 'success').length
  const taken = statuses.filter((status) => status === 201).length
  say(
    `${taken} of ${count} runs taken in ${(answered / 1000).toFixed(2)} s, all settled in ${((performance.now() - begun) / 1000).toFixed(1)} s, ${failed} failed; the server: ${before.toFixed(0)} MB before, ${most.toFixed(0)} at most, ${(await residentMegabytes(pid)).toFixed(0)} after`,
  )
  await receiver.stop(true)
}

const home = await mkdtemp(join(tmpdir(), 'pgveil-bench-'))
const cluster = await ThrowawayCluster.start({ signal: context.signal, settings: { max_connections: '60' } })
try {
  const source = await createDatabase(cluster, 'source')
  const session = await Session.open(source)
  await session.run(
    fromShippedFile('CREATE TABLE public.t AS SELECT i, i::text AS v FROM generate_series(1, 100) AS i'),
  )
  await session.close()

  const starts: number[] = []
  for (let at = 0; at < STARTS; at++) {
    const { child, took } = await start(home)
    starts.push(took)
    child.kill()
    await child.exited
  }
  say(`start to the first answer: ${median(starts).toFixed(0)} ms`)
  const { url, child } = await start(home)
  say(`idle: ${(await residentMegabytes(child.pid)).toFixed(0)} MB`)
  await lightEndpoints(url, source)
  await manyRuns(url, child.pid, source)
  child.kill()
  await child.exited
} finally {
  await cluster.stop()
  await rm(home, { recursive: true, force: true })
}
