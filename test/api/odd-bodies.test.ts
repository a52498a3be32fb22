import { afterAll, beforeAll, expect, test } from 'bun:test'
import { TestDatabase } from '../server/database.ts'
import { Receiver } from './receiver.ts'
import { connectionOf, Serving } from './serving.ts'

let source: TestDatabase
let receiver: Receiver
let serving: Serving
beforeAll(async () => {
  source = await TestDatabase.create("CREATE TABLE public.t AS SELECT 'x'::text AS v")
  receiver = new Receiver()
  serving = await Serving.start()
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  await source[Symbol.asyncDispose]()
})

const RULES = JSON.stringify({ dictionary: [{ schema: 'public', table: 't', fields: { v: 'md5(v)' } }] })

test.each([
  ['世'.repeat(1000)],
  ['🎉'.repeat(500)],
  [`a${'🎉'.repeat(400)}`],
  ['x'.repeat(1000)],
  [`../${'é'.repeat(300)}/..`],
])('a dictionary is kept whatever its name: %p', async (name) => {
  const operation = `named-${name.length}-${name.slice(0, 3)}`
  const id = await serving.startRun('/api/stateless/dump', {
    operation_id: operation,
    db_connection_params: connectionOf(source.target),
    webhook_status_url: receiver.url,
    sens_dict_contents: [{ name, content: RULES }],
    save_dicts: true,
  })
  expect(await receiver.end(operation)).toMatchObject({ status: 'success' })
  const { dictionaries } = (await serving.get(`/operation/${id}`)).body
  expect(dictionaries.prepared_sens_dict_files).toEqual([{ name, content: RULES }])
})

test('a body that is nested too deeply is refused; as deep as it may be, it is handed back', async () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const start = (metadata: string) =>
    serving.request(
      'POST',
      '/api/stateless/dump',
      JSON.stringify({
        operation_id: 'deep',
        db_connection_params: connectionOf(source.target),
        webhook_status_url: receiver.url,
        sens_dict_contents: [{ name: 'd', content: RULES }],
      }).replace(/\}$/, `,"webhook_metadata":${metadata}}`),
    )
  for (const depth of [100, 5000, 100_000, 5_000_000]) {
    const answer = await start(nested(depth))
    expect([depth, answer.status, answer.body.detail[0].loc]).toEqual([depth, 422, ['body']])
  }
  expect((await start(nested(99))).status).toBe(201)
  expect(JSON.stringify((await receiver.end('deep')).webhook_metadata)).toBe(nested(99))
})
