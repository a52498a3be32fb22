import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TestDatabase } from '../server/database.ts'
import { Receiver } from './receiver.ts'
import { connectionOf, contentOf, Serving } from './serving.ts'

let source: TestDatabase
let receiver: Receiver
let serving: Serving
beforeAll(async () => {
  source = await TestDatabase.create("CREATE TABLE public.t AS SELECT 'x'::text AS v")
  receiver = new Receiver()
  serving = await Serving.start({ flags: ['--max-runs=1', '--grace=0'] })
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  await source[Symbol.asyncDispose]()
})

const ENDLESS = 'v || substr(pg_sleep(60)::text, 1, 0)'
const output = (name: string) => join(serving.home, 'output', name)

function dump(id: string, rule: string, more: Record<string, unknown> = {}): Promise<string> {
  return serving.startRun('/api/stateless/dump', {
    operation_id: id,
    db_connection_params: connectionOf(source.target),
    webhook_status_url: receiver.url,
    sens_dict_contents: [contentOf({ dictionary: [{ schema: 'public', table: 't', fields: { v: rule } }] })],
    ...more,
  })
}

function restore(id: string, path: string): Promise<string> {
  return serving.startRun('/api/stateless/restore', {
    operation_id: id,
    db_connection_params: connectionOf(source.target),
    webhook_status_url: receiver.url,
    input_path: path,
  })
}

test('an archive that a waiting restore reads is not deleted', async () => {
  const made = await dump('made', 'md5(v)', { output_path: 'made' })
  await receiver.end('made')
  const busy = await dump('busy', ENDLESS)
  const reading = await restore('reading', '/made/')
  const refused = await serving.delete(`/operation/${made}`)
  expect([refused.status, refused.body.message]).toEqual([409, expect.stringContaining(reading)])
  expect(existsSync(output('made/toc.dat'))).toBe(true)
  await serving.post(`/operation/${reading}/cancel`, {})
  expect((await serving.delete(`/operation/${made}`)).status).toBe(204)
  expect(existsSync(output('made'))).toBe(false)
  await serving.post(`/operation/${busy}/cancel`, {})
})
