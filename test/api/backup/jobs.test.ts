import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { TestFolder } from '../../server/folder.ts'
import { type Serving, until } from '../serving.ts'
import { ask, defined, keyWithout, made, serveBackups } from './ground.ts'

const error = { error: expect.any(String) }

let serving: Serving
let folder: TestFolder
// biome-ignore lint/suspicious/noExplicitAny: answers of any shape
let things: any
let body: Record<string, unknown>
beforeAll(async () => {
  folder = await TestFolder.create()
  serving = await serveBackups()
  things = await defined(serving, folder.path)
  body = {
    name: 'Nightly shop',
    schedule: '0 2 * * *',
    sourceId: things.source.id,
    destinationId: things.destination.id,
    dictionaryIds: [things.dictionary.id],
  }
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

describe('a job', () => {
  test('has the documented shape, with the names of what it names', async () => {
    const profile = await made(serving, 'POST', '/api/encryption-profiles', { name: 'Default Key' })
    const whole = {
      ...body,
      timeZone: 'Europe/Berlin',
      compression: 'ZSTD',
      encryptionProfileId: profile.id,
      databases: ['shop', 'analytics'],
      retention: { mode: 'SMART', smart: { daily: 7, weekly: 4, monthly: 12, yearly: 2 } },
    }
    const { status, body: job } = await ask(serving, 'POST', '/api/jobs', whole)
    expect([status, job]).toEqual([
      201,
      {
        ...whole,
        id: expect.any(String),
        enabled: true,
        missedRuns: 'run-once',
        anonymize: true,
        unknownColumns: 'copy',
        notificationIds: [],
        notificationEvents: job.notificationEvents,
        targets: [],
        folder: expect.stringMatching(/^nightly-shop-/),
        source: { name: 'source x', type: 'database' },
        destination: { name: 'destination x', type: 'storage' },
        encryptionProfile: { name: 'Default Key' },
        nextRunAt: expect.stringMatching(/T0[01]:00:00\.000Z$/),
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
    ])
    const listed = await made(serving, 'GET', '/api/jobs')
    expect(listed[0]).toEqual(job)
    expect(listed).toHaveLength(2)
    // What was got can be sent back.
    const { updatedAt: _, ...same } = job
    expect(await made(serving, 'PUT', `/api/jobs/${job.id}`, job)).toMatchObject(same)

    const changed = await made(serving, 'PUT', `/api/jobs/${job.id}`, { enabled: false })
    expect(changed).toMatchObject({ ...same, enabled: false, nextRunAt: null })
    expect(await made(serving, 'PUT', `/api/jobs/${job.id}`, {})).toMatchObject({ enabled: false })
    const plain = await made(serving, 'PUT', `/api/jobs/${job.id}`, { encryptionProfileId: null })
    expect([plain.encryptionProfileId, plain.encryptionProfile, plain.compression]).toEqual([
      null,
      null,
      'ZSTD',
    ])
    expect(await made(serving, 'DELETE', `/api/jobs/${job.id}`)).toEqual({ success: true })
    expect((await ask(serving, 'DELETE', `/api/jobs/${job.id}`)).status).toBe(404)
    await made(serving, 'DELETE', `/api/encryption-profiles/${profile.id}`)
  })

  const REFUSED: [object, RegExp][] = [
    [{ schedule: 'every night' }, /schedule/i],
    [{ schedule: '61 2 * * *' }, /schedule/i],
    [{ timeZone: 'Europe/Nowhere' }, /time zone/i],
    [{ sourceId: 'x' }, /source/i],
    [{ destinationId: 'x' }, /destination/i],
    [{ encryptionProfileId: 'x' }, /encryption profile/i],
    [{ dictionaryIds: ['x'] }, /dictionary/i],
    [{ dictionaryIds: [] }, /dictionary/i],
    [{ notificationIds: ['x'] }, /channel/i],
    [{ retention: { mode: 'SOME' } }, /retention/i],
    [{ retention: 'NONE' }, /retention/i],
    [{ retention: { mode: 'SIMPLE', simple: { keepCount: -1 } } }, /retention/i],
    [{ compression: 'LZ4' }, /compression/i],
    [{ databases: ['x'.repeat(64)] }, /databases/i],
    [{ databases: ['a\0b'] }, /databases/i],
    [{ databases: ['a', 'a'] }, /twice/i],
    [{ targets: [{ targetSourceId: 'x' }] }, /source/i],
    [{ targets: [{ database: 'x' }] }, /targets/i],
    [{ anonymize: false }, /anonymize/i],
    [{ name: 'x'.repeat(10_000) }, /name/i],
  ]

  test('is not saved where something of it is wrong', async () => {
    const { job } = things
    for (const [changes, message] of REFUSED) {
      for (const [method, path] of [
        ['POST', '/api/jobs'],
        ['PUT', `/api/jobs/${job.id}`],
      ] as const) {
        const { status, body: answer } = await ask(serving, method, path, { ...body, ...changes })
        const shown = [method, JSON.stringify(changes).slice(0, 100)]
        expect([...shown, status, answer]).toEqual([...shown, 400, { error: expect.stringMatching(message) }])
      }
    }
    const twice = await ask(serving, 'POST', '/api/jobs', { ...body, name: 'job x' })
    expect([twice.status, twice.body]).toEqual([409, { error: expect.stringMatching(/taken/) }])
    const [kept] = (await made(serving, 'GET', '/api/jobs')).filter(({ id }: { id: string }) => id === job.id)
    expect(kept).toEqual(job)
  })

  test('with targets is made and changed by those alone who may restore', async () => {
    const key = await keyWithout(serving, 'storage:restore')
    const targets = [{ targetSourceId: things.source.id, targetDatabaseName: 'copy' }]
    const whole = { ...body, name: 'refreshes', targets }
    const lacking = { error: 'The key lacks the permission "storage:restore".' }
    const create = await ask(serving, 'POST', '/api/jobs', whole, key)
    expect([create.status, create.body]).toEqual([403, lacking])
    const plain = await made(serving, 'POST', '/api/jobs', { ...whole, name: 'plain', targets: [] }, key)
    const add = await ask(serving, 'PUT', `/api/jobs/${plain.id}`, { targets }, key)
    expect([add.status, add.body]).toEqual([403, lacking])
    const { id } = await made(serving, 'POST', '/api/jobs', whole)
    const redirect = await ask(serving, 'PUT', `/api/jobs/${id}`, { databases: ['other'] }, key)
    expect([redirect.status, redirect.body]).toEqual([403, lacking])
    await made(serving, 'PUT', `/api/jobs/${id}`, { targets: [], databases: ['other'] }, key)
    for (const job of [id, plain.id]) await made(serving, 'DELETE', `/api/jobs/${job}`)
  })

  test('restores into no server that is marked as production', async () => {
    const production = await made(serving, 'POST', '/api/adapters', {
      name: 'production',
      type: 'database',
      adapterId: 'postgres',
      config: { host: 'db.example', user: 'x' },
      production: true,
    })
    const targets = [{ targetSourceId: production.id }]
    const answer = await ask(serving, 'POST', '/api/jobs', { ...body, name: 'onto production', targets })
    expect([answer.status, answer.body]).toEqual([400, { error: expect.stringContaining('production') }])
  })
})

test('dictionaries are read when they are saved, and stay while a job masks with them', async () => {
  const broken = '{"dictionary": [\n  {"schema": "public", "table": }]}'
  const answer = await ask(serving, 'POST', '/api/dictionaries', { name: 'broken', text: broken })
  expect([answer.status, answer.body]).toEqual([400, { error: expect.stringMatching(/broken:2:\d+/) }])
  const python = "{'dictionary': [{'schema': 'public', 'table': 'users', 'fields': {'email': 'md5(email)'}}]}"
  const created = await made(serving, 'POST', '/api/dictionaries', { name: 'in Python', text: python })
  expect(created).toEqual({
    id: expect.any(String),
    name: 'in Python',
    kind: 'sensitive',
    text: python,
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
  })
  expect(await made(serving, 'GET', `/api/dictionaries/${created.id}`)).toEqual(created)
  expect((await made(serving, 'GET', '/api/dictionaries'))[0]).toEqual(created)
  const path = `/api/dictionaries/${created.id}`
  expect((await ask(serving, 'PUT', path, { text: broken })).status).toBe(400)
  expect((await made(serving, 'PUT', path, { name: 'renamed' })).text).toBe(python)
  expect((await ask(serving, 'PUT', path, { name: 'masks x' })).status).toBe(409)
  expect(await made(serving, 'DELETE', path)).toEqual({ success: true })
  const used = await ask(serving, 'DELETE', `/api/dictionaries/${things.dictionary.id}`)
  expect([used.status, used.body]).toEqual([409, { error: expect.stringContaining('job x') }])
})

test('encryption profiles never show their key, and stay while a job seals with them', async () => {
  const key = '00ff'.repeat(16)
  const created = await made(serving, 'POST', '/api/encryption-profiles', {
    name: 'mine',
    description: 'of my own',
    key: key.toUpperCase(),
  })
  const shape = {
    id: expect.any(String),
    name: 'mine',
    description: 'of my own',
    algorithm: 'AES256_GCM_HKDF_1MB',
    createdAt: expect.any(String),
  }
  expect(created).toEqual(shape)
  expect(await made(serving, 'GET', `/api/encryption-profiles/${created.id}`)).toEqual(shape)
  expect((await made(serving, 'GET', '/api/encryption-profiles'))[0]).toEqual(shape)
  for (const { path, bytes } of serving.files()) expect([path, bytes.includes(key)]).toEqual([path, false])
  await made(serving, 'POST', '/api/jobs', { ...body, name: 'sealed', encryptionProfileId: created.id })
  const used = await ask(serving, 'DELETE', `/api/encryption-profiles/${created.id}`)
  expect([used.status, used.body]).toEqual([409, error])
})

describe('system tasks', () => {
  test('have the documented shape, are changed and begun', async () => {
    const tasks = await made(serving, 'GET', '/api/settings/system-tasks')
    for (const task of tasks) {
      expect(task).toEqual({
        id: expect.stringMatching(/^[a-z-]+$/),
        label: expect.any(String),
        description: expect.any(String),
        schedule: expect.any(String),
        runOnStartup: expect.any(Boolean),
        enabled: expect.any(Boolean),
      })
    }
    const before = tasks.find(({ id }: { id: string }) => id === 'health-check')
    const change = { taskId: 'health-check', schedule: '*/7 * * * *', enabled: false }
    expect(await made(serving, 'POST', '/api/settings/system-tasks', change)).toEqual({ success: true })
    const after = (await made(serving, 'GET', '/api/settings/system-tasks')).find(
      ({ id }: { id: string }) => id === 'health-check',
    )
    expect(after).toEqual({ ...before, schedule: '*/7 * * * *', enabled: false })
    expect(await made(serving, 'PUT', '/api/settings/system-tasks', { taskId: 'health-check' })).toEqual({
      success: true,
      message: expect.stringMatching(/^Task (started|is running already)$/),
    })
    for (const method of ['POST', 'PUT']) {
      const answer = await ask(serving, method, '/api/settings/system-tasks', { taskId: 'nothing' })
      expect([method, answer.status, answer.body]).toEqual([method, 404, error])
    }
  })

  test('health checks that are begun by hand are in the history', async () => {
    await made(serving, 'PUT', '/api/settings/system-tasks', { taskId: 'health-check' })
    const path = `/api/adapters/${things.source.id}/health-history`
    await until(
      'the source was checked',
      async () => (await made(serving, 'GET', path)).stats.totalChecks > 0,
    )
    const { history } = await made(serving, 'GET', path)
    expect(history[0]).toMatchObject({
      status: expect.stringMatching(/degraded|offline/),
      error: expect.any(String),
    })
  })
})

describe('an execution', () => {
  test('that fails says why, and is in the history', async () => {
    const { job } = things
    const started = await made(serving, 'POST', `/api/jobs/${job.id}/run`)
    expect(started).toEqual({
      success: true,
      executionId: expect.any(String),
      message: 'Job queued successfully',
    })
    const path = `/api/executions/${started.executionId}`
    await until('it has ended', async () => {
      const { data } = await made(serving, 'GET', path)
      return data.status === 'Failed'
    })
    const { success, data } = await made(serving, 'GET', path)
    expect([success, data]).toEqual([
      true,
      {
        id: started.executionId,
        jobId: job.id,
        jobName: 'job x',
        type: 'Backup',
        status: 'Failed',
        progress: expect.any(Number),
        stage: data.stage,
        startedAt: expect.any(String),
        endedAt: expect.any(String),
        duration: expect.any(Number),
        size: null,
        path: null,
        error: expect.stringMatching(/Cannot connect/),
        logs: [],
      },
    ])
    expect(data.duration).toBe(Date.parse(data.endedAt) - Date.parse(data.startedAt))
    const [latest] = await made(serving, 'GET', '/api/history')
    expect(latest).toEqual({
      id: started.executionId,
      jobId: job.id,
      type: 'Backup',
      status: 'Failed',
      startedAt: data.startedAt,
      endedAt: data.endedAt,
      job: { name: 'job x' },
    })
    const cancelled = await ask(serving, 'POST', `${path}/cancel`)
    expect([cancelled.status, cancelled.body]).toEqual([409, error])
    const audited = await made(serving, 'GET', '/api/audit?limit=1000')
    expect(audited.find((one: { path: string }) => one.path === `/api/jobs/${job.id}/run`)).toMatchObject({
      caller: 'environment',
      details: { trigger: 'api', run: started.executionId, job: job.id },
    })
  })

  test('is told with its log where that is asked for', async () => {
    const [{ id }] = await made(serving, 'GET', '/api/history')
    const { data } = await made(serving, 'GET', `/api/executions/${id}?includeLogs=true`)
    for (const entry of data.logs) {
      expect(entry).toMatchObject({
        timestamp: expect.stringMatching(/Z$/),
        level: expect.stringMatching(/^(debug|info|warn|error)$/),
        message: expect.any(String),
      })
    }
    expect((await ask(serving, 'GET', `/api/executions/${id}?includeLogs=maybe`)).status).toBe(400)
  })
})
