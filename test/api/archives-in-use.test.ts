import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs'
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

test('a link that comes while a run waits leads it nowhere', async () => {
  const elsewhere = join(serving.home, 'elsewhere')
  mkdirSync(elsewhere)
  const made = await dump('to-link', 'md5(v)', { output_path: 'linked' })
  await receiver.end('to-link')
  const busy = await dump('busy-again', ENDLESS)
  await dump('through-link', 'md5(v)', { output_path: 'new' })
  await restore('from-link', 'linked')
  symlinkSync(elsewhere, output('new'))
  renameSync(output('linked'), join(elsewhere, 'linked'))
  symlinkSync(join(elsewhere, 'linked'), output('linked'))
  const toc = readFileSync(join(elsewhere, 'linked/toc.dat'))
  await serving.post(`/operation/${busy}/cancel`, {})
  for (const id of ['through-link', 'from-link']) {
    const end = await receiver.end(id)
    expect(end).toMatchObject({ status: 'error', error_code: 'INVALID_PATH' })
    expect(end.error).not.toContain(serving.home)
  }
  expect((await serving.delete(`/operation/${made}`)).status).toBe(204)
  expect(readdirSync(elsewhere)).toEqual(['linked'])
  expect(readFileSync(join(elsewhere, 'linked/toc.dat')).equals(toc)).toBe(true)
})

test('a fault of an archive names its place in the output folder, and not where that is', async () => {
  await restore('missing', 'not/there')
  const { error, error_code } = await receiver.end('missing')
  expect(error_code).toBe('INPUT_DIR_NOT_FOUND')
  expect(error).toContain('not/there')
  expect(error).not.toContain(serving.home)
})
