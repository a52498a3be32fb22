import { expect, test } from 'bun:test'
import { TestFolder } from '../../server/folder.ts'
import { type Serving, until } from '../serving.ts'
import { ask, defined, made, serveBackups } from './ground.ts'

/** A server of databases that takes connections and never says a word. */
function deafDatabase() {
  return Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
}

const statusOf = async (serving: Serving, id: string) =>
  (await made(serving, 'GET', `/api/executions/${id}`)).data.status

test('a job that waits already is not queued twice, however many ask at once', async () => {
  await using folder = await TestFolder.create()
  await using serving = await serveBackups()
  using deaf = deafDatabase()
  const { source, job } = await defined(serving, folder.path)
  await made(serving, 'PUT', `/api/adapters/${source.id}`, { config: { port: deaf.port } })
  const run = () => made(serving, 'POST', `/api/jobs/${job.id}/run`)
  const first = await run()
  await until('it works', async () => (await statusOf(serving, first.executionId)) === 'Running')
  const answers = await Promise.all(Array.from({ length: 20 }, run))
  const ids = new Set(answers.map(({ executionId }) => executionId))
  expect(ids.size).toBe(1)
  expect(ids.has(first.executionId)).toBe(false)
  expect(answers.filter(({ message }) => message === 'Job queued successfully')).toHaveLength(1)
  expect(answers.filter(({ message }) => message === 'Job is queued already')).toHaveLength(19)

  const [waiting = ''] = ids
  const { data } = await made(serving, 'GET', `/api/executions/${waiting}`)
  expect(data).toMatchObject({
    status: 'Pending',
    progress: 0,
    startedAt: null,
    endedAt: null,
    duration: null,
    error: null,
    logs: [],
  })
  for (const id of [waiting, first.executionId]) {
    expect(await made(serving, 'POST', `/api/executions/${id}/cancel`)).toEqual({ success: true })
    await until('it is stopped', async () => (await statusOf(serving, id)) === 'Failed')
    const { data } = await made(serving, 'GET', `/api/executions/${id}`)
    expect(data.error).toMatch(/cancelled/i)
    expect((await ask(serving, 'POST', `/api/executions/${id}/cancel`)).status).toBe(409)
  }
}, 30_000)

test('of a job that is gone the history keeps the name', async () => {
  await using folder = await TestFolder.create()
  await using serving = await serveBackups()
  const { job } = await defined(serving, folder.path)
  const { executionId } = await made(serving, 'POST', `/api/jobs/${job.id}/run`)
  await until('it has ended', async () => (await statusOf(serving, executionId)) === 'Failed')
  await made(serving, 'DELETE', `/api/jobs/${job.id}`)
  expect((await made(serving, 'GET', '/api/history'))[0].job).toEqual({ name: 'job x' })
  expect((await made(serving, 'GET', `/api/executions/${executionId}`)).data).toMatchObject({
    jobId: job.id,
    jobName: 'job x',
  })
})

test('runs of the other API are no executions', async () => {
  await using serving = await serveBackups()
  const started = await ask(serving, 'POST', '/api/stateless/dump', {
    operation_id: 'x',
    db_connection_params: {
      host: '127.0.0.1',
      port: 1,
      db_name: 'x',
      user_login: 'x',
      user_password: 'x',
    },
    webhook_status_url: 'http://127.0.0.1:1/',
    sens_dict_contents: [{ name: 'd', content: '{"dictionary": []}' }],
  })
  const id = (started.headers.get('location') ?? '').replace('/operation/', '')
  expect(started.status).toBe(201)
  expect((await ask(serving, 'GET', `/api/executions/${id}`)).status).toBe(404)
  expect((await ask(serving, 'POST', `/api/executions/${id}/cancel`)).status).toBe(404)
  expect(await made(serving, 'GET', '/api/history')).toEqual([])
})
