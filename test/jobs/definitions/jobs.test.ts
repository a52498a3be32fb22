import { expect, test } from 'bun:test'
import { changeAdapter, noteServer } from '../../../src/jobs/definitions/adapters.ts'
import { createDictionary, removeDictionary } from '../../../src/jobs/definitions/dictionaries.ts'
import type { JobInput } from '../../../src/jobs/definitions/job-input.ts'
import { changeJob, createJob, findJob, removeJob, settingsOf } from '../../../src/jobs/definitions/jobs.ts'
import { createProfile, profileKey, removeProfile } from '../../../src/jobs/definitions/profiles.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { codeOf, faultOf, JobsOfTest } from '../jobs-of-test.ts'

test('a job that is wrong, or names what is not there, is refused', async () => {
  await using test = await JobsOfTest.open()
  const input = await test.jobInput()
  const channel = await test.channel('channel')
  const empty = await test.dictionary('empty', '{"dictionary": []}')
  const tables = await createDictionary(test.context, {
    name: 'tables',
    kind: 'tables',
    text: '{"tables": [{"schema": "public", "table": "users"}]}',
  })
  const target = await test.source('target', { host: 'elsewhere' })
  const targetSourceId = target.id
  const cases: [Partial<Record<keyof JobInput, unknown>>, string][] = [
    [{ name: 'a\nb' }, 'job-invalid'],
    [{ name: 'x'.repeat(10_240) }, 'job-invalid'],
    [{ schedule: '0 0 31 2 *' }, 'schedule-invalid'],
    [{ schedule: '* * * * * *' }, 'schedule-invalid'],
    [{ timeZone: 'Mars/Phobos' }, 'schedule-invalid'],
    [{ timeZone: '+01:00' }, 'schedule-invalid'],
    [{ sourceId: 'nobody' }, 'adapter-unknown'],
    [{ sourceId: input.destinationId }, 'adapter-unknown'],
    [{ destinationId: input.sourceId }, 'adapter-unknown'],
    [{ notificationIds: [input.sourceId] }, 'adapter-unknown'],
    [{ notificationEvents: { backup_success: ['nobody'] } }, 'adapter-unknown'],
    [{ notificationEvents: { backup_success: [input.destinationId] } }, 'adapter-unknown'],
    [{ notificationEvents: { backup_sucess: [channel.id] } }, 'job-invalid'],
    [{ encryptionProfileId: 'nobody' }, 'profile-unknown'],
    [{ dictionaryIds: ['nobody'] }, 'dictionary-unknown'],
    [{ dictionaryIds: [] }, 'job-invalid'],
    [{ dictionaryIds: [tables.id] }, 'job-invalid'],
    [{ dictionaryIds: [empty.id] }, 'job-invalid'],
    [{ anonymize: false }, 'job-invalid'],
    [{ anonymize: 'false' }, 'job-invalid'],
    [{ databases: ['shop', 'shop'] }, 'job-invalid'],
    [{ databases: ['é'.repeat(32)] }, 'job-invalid'],
    [{ databases: ['a\0'] }, 'job-invalid'],
    [{ databases: Array.from({ length: 1001 }, (_, at) => `d${at}`) }, 'job-invalid'],
    [{ retention: { mode: 'SIMPLE' } }, 'job-invalid'],
    [{ retention: { mode: 'SMART', smart: {} } }, 'job-invalid'],
    [{ targets: [{ targetSourceId: 'nobody' }] }, 'adapter-unknown'],
    [{ databases: ['a'], targets: [{ targetSourceId, databaseMapping: { b: 'c' } }] }, 'database-mapping'],
    [{ targets: [{ targetSourceId, databaseMapping: { a: 'template0' } }] }, 'database-mapping'],
    [{ targets: [{ targetSourceId, targetDatabaseName: 'template1' }] }, 'database-mapping'],
    [{ databases: ['shop_pgveil_old'], targets: [{ targetSourceId }] }, 'database-mapping'],
    [{ databases: ['a', 'b'], targets: [{ targetSourceId, targetDatabaseName: 'c' }] }, 'database-mapping'],
    [
      { databases: ['a', 'b'], targets: [{ targetSourceId, databaseMapping: { a: 'c', b: 'c' } }] },
      'database-mapping',
    ],
    [
      { databases: ['a', 'b'], targets: [{ targetSourceId, databaseMapping: { a: 'b' } }] },
      'database-mapping',
    ],
  ]
  for (const [changes, code] of cases) {
    const asked = () => createJob(test.context, { ...input, ...changes } as JobInput)
    expect([changes, await codeOf(asked)]).toEqual([changes, code])
  }
  const plain = { ...input, anonymize: false, dictionaryIds: [tables.id] }
  expect((await createJob(test.context, plain)).anonymize).toBe(false)
})

test('a change keeps what it does not name, and another schedule counts from now', async () => {
  await using test = await JobsOfTest.open()
  const made = await createJob(test.context, { ...(await test.jobInput()), databases: ["it's", 'B "b"'] })
  test.clock.set('2026-06-01T00:00:00Z')
  const renamed = await changeJob(test.context, made.id, { name: 'other', timeZone: undefined })
  expect(settingsOf(renamed)).toEqual({ ...settingsOf(made), name: 'other' })
  expect([renamed.folder, renamed.scheduledUntil]).toEqual([made.folder, made.scheduledUntil])
  const moved = await changeJob(test.context, made.id, { schedule: '0 3 * * *' })
  expect(moved.scheduledUntil).toEqual(test.clock.now())
  test.clock.set('2026-07-01T00:00:00Z')
  await changeJob(test.context, made.id, { enabled: false })
  const enabled = await changeJob(test.context, made.id, { enabled: true })
  expect(enabled.scheduledUntil).toEqual(test.clock.now())
  expect(await findJob(test.context.state, made.id)).toEqual(enabled)
  await removeJob(test.context, made.id)
  expect(await codeOf(() => findJob(test.context.state, made.id))).toBe('job-unknown')
})

test('folders are plain names, whatever the job is called, and no two jobs share one', async () => {
  await using test = await JobsOfTest.open()
  const input = await test.jobInput()
  const names = ['../../etc', '你好', 'A/B\\C', '.', `'";--`, 'x'.repeat(200), 'x'.repeat(199)]
  const jobs = []
  for (const name of names) jobs.push(await createJob(test.context, { ...input, name }))
  const folders = jobs.map(({ folder }) => folder)
  for (const folder of folders) expect(folder).toMatch(/^[a-z0-9][a-z0-9-]{0,60}$/)
  expect(new Set(folders).size).toBe(names.length)
  expect(await codeOf(() => createJob(test.context, { ...input, name: ' 你好 ' }))).toBe('name-taken')
})

test('a server that is marked as production is no target: by itself, by its address, by its cluster', async () => {
  await using test = await JobsOfTest.open()
  const input = await test.jobInput()
  const marked = await test.source('marked', { host: 'DB.example', database: 'shop' }, true)
  const address = await test.source('by address', { host: 'db.EXAMPLE', database: 'other', user: 'else' })
  const cluster = await test.source('by cluster', { host: '10.0.0.7' })
  const free = await test.source('free', { host: 'DB.example', port: 5433 })
  const server = { version: '17.2', systemIdentifier: '7101' }
  await noteServer(test.context.state, marked.id, server)
  await noteServer(test.context.state, cluster.id, server)
  const into = (targetSourceId: string) =>
    faultOf(() => createJob(test.context, { ...input, targets: [{ targetSourceId }] }))
  for (const { id } of [marked, address, cluster]) expect((await into(id)).code).toBe('production-target')
  expect((await into(address.id)).message).toContain('"marked"')
  expect((await into(free.id)).code).toBe('nothing')
  await changeAdapter(test.context, marked.id, { production: false })
  const again = { ...input, name: 'again', targets: [{ targetSourceId: address.id }] }
  expect(await codeOf(() => createJob(test.context, again))).toBe('nothing')
})

test('a mark counts for every way to write the address of its server', async () => {
  await using test = await JobsOfTest.open()
  const input = await test.jobInput()
  const one = {
    'db.example': ['DB.example.', 'db.EXAMPLE'],
    '10.0.0.7': ['::ffff:10.0.0.7', '::FFFF:a00:7'],
    'fd00::7': ['fd00:0:0:0::0007', '[FD00::7]'],
    localhost: ['127.0.0.1', '127.1.2.3', '::1', '0:0:0:0:0:0:0:1', '/var/run/postgresql'],
  }
  for (const [index, [host, others]] of Object.entries(one).entries()) {
    const port = 6000 + index
    await test.source(host, { host, port }, true)
    for (const other of others) {
      const { id } = await test.source(`target ${other}`, { host: other, port })
      const into = createJob(test.context, { ...input, targets: [{ targetSourceId: id }] })
      expect([other, await codeOf(() => into)]).toEqual([other, 'production-target'])
    }
  }
})

test('what a server said of itself is forgotten when its adapter leads to another one', async () => {
  await using test = await JobsOfTest.open()
  const marked = await test.source('marked', { host: '10.0.0.7' }, true)
  await noteServer(test.context.state, marked.id, { version: '17.2', systemIdentifier: '7101' })
  const same = await changeAdapter(test.context, marked.id, { config: { user: 'other' } })
  expect(same.systemIdentifier).toBe('7101')
  const moved = await changeAdapter(test.context, marked.id, { config: { host: '10.0.0.8' } })
  expect([moved.systemIdentifier, moved.version]).toEqual([null, null])
})

test('a key is 64 hexadecimal digits, is sealed, and stays as long as a job seals with it', async () => {
  await using test = await JobsOfTest.open()
  const key = new Secret('AB'.repeat(32))
  const made = await createProfile(test.context, { name: 'vault', key })
  expect((await profileKey(test.context, made.id)).reveal()).toBe('ab'.repeat(32))
  expect(JSON.stringify(made)).not.toContain('abab')
  for (const text of ['', 'ab', 'zz'.repeat(32), `${'ab'.repeat(32)}\n`]) {
    const { code, message } = await faultOf(() =>
      createProfile(test.context, { name: 'x', key: new Secret(text) }),
    )
    expect(code).toBe('job-invalid')
    expect(message).not.toContain('zz')
  }
  const job = await createJob(test.context, { ...(await test.jobInput()), encryptionProfileId: made.id })
  expect(await codeOf(() => removeProfile(test.context, made.id))).toBe('profile-in-use')
  await removeJob(test.context, job.id)
  await removeProfile(test.context, made.id)
  expect(await codeOf(() => profileKey(test.context, made.id))).toBe('profile-unknown')
})

test('a dictionary is read when it is kept, and stays as long as a job masks with it', async () => {
  await using test = await JobsOfTest.open()
  const input = await test.jobInput()
  await createJob(test.context, input)
  const [id = ''] = input.dictionaryIds
  expect(await codeOf(() => removeDictionary(test.context, id))).toBe('dictionary-in-use')
  for (const [text, code] of [
    ['{"dictionary": [}', 'dictionary-syntax'],
    ['', 'dictionary-syntax'],
    ['[]', 'dictionary-shape'],
    ['{"dictionary": [{"schema": "public"}]}', 'dictionary-shape'],
  ] as const) {
    expect([text, await codeOf(() => test.dictionary('wrong', text))]).toEqual([text, code])
  }
})
