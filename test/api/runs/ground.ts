import { afterAll, beforeAll } from 'bun:test'
import { join } from 'node:path'
import { TestDatabase } from '../../server/database.ts'
import { Receiver } from '../receiver.ts'
import { connectionOf, contentOf, Serving } from '../serving.ts'

/** Of the file whose tests run: a server, a receiver of its webhooks, and a database to dump. */
export let serving: Serving
export let receiver: Receiver
export let source: TestDatabase

/** Makes them ready for the tests of a file, and takes them away. */
export function onRunsGround(): void {
  beforeAll(async () => {
    serving = await Serving.start()
    receiver = new Receiver()
    source = await TestDatabase.create(`
      CREATE TABLE public.users (id int PRIMARY KEY, email text NOT NULL);
      CREATE TABLE public.clients (id int PRIMARY KEY, email text);
      INSERT INTO public.users SELECT i, 'user' || i || '@example.org' FROM generate_series(1, 500) AS i;
      INSERT INTO public.clients SELECT i, 'client' || i || '@example.org' FROM generate_series(1, 10) AS i`)
  })
  afterAll(async () => {
    await serving[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
    await source[Symbol.asyncDispose]()
  })
}

export const masks = contentOf({
  dictionary: [
    { schema: 'public', table: 'users', fields: { email: 'md5(email)' } },
    { schema: 'public', table: 'clients', fields: { email: 'md5(email)' } },
  ],
})
export const onlyUsers = contentOf({ tables: [{ schema: 'public', table: 'users' }] }, 'users.json')

let number = 0
export const nextId = () => `operation-${++number}`

export function dumpRequest(more: Record<string, unknown> = {}) {
  return {
    operation_id: nextId(),
    db_connection_params: connectionOf(source.target),
    webhook_status_url: receiver.url,
    sens_dict_contents: [masks],
    proc_count: 1,
    proc_conn_count: '2',
    ...more,
  }
}

export function restoreRequest(target: TestDatabase, more: Record<string, unknown> = {}) {
  return {
    operation_id: nextId(),
    db_connection_params: connectionOf(target.target),
    webhook_status_url: receiver.url,
    proc_count: 1,
    proc_conn_count: 2,
    ...more,
  }
}

/** Starts a run and waits for the report of its end. */
export async function run(kind: 'dump' | 'restore' | 'scan', request: { operation_id: string }) {
  const id = await serving.startRun(`/api/stateless/${kind}`, request)
  return { id, end: await receiver.end(request.operation_id) }
}

export const output = (path: string) => join(serving.home, 'output', path)
