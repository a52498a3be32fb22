import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  changeAdapter,
  createAdapter,
  findAdapter,
  HIDDEN,
  healthOf,
  hiddenConfig,
  removeAdapter,
} from '../../../src/jobs/definitions/adapters.ts'
import { createJob } from '../../../src/jobs/definitions/jobs.ts'
import { codeOf, faultOf, JobsOfTest, PASSWORD } from '../jobs-of-test.ts'

test('no file of the home holds a password of an adapter', async () => {
  await using test = await JobsOfTest.open()
  const { id } = await test.source('shop')
  await changeAdapter(test.context, id, { config: { password: `${PASSWORD} changed` } })
  expect((await findAdapter(test.context, id)).config.password).toBe(`${PASSWORD} changed`)
  const { path } = test.context.home
  const files = readdirSync(path).filter((name) => name.startsWith('state'))
  expect(files.length).toBeGreaterThan(0)
  for (const name of files) expect(readFileSync(join(path, name)).includes(PASSWORD)).toBe(false)
})

test('a change merges: what is not named stays, null takes out, a hidden secret keeps what it hides', async () => {
  await using test = await JobsOfTest.open()
  const made = await test.source('shop', { options: '-c search_path=app' })
  expect(hiddenConfig(made).password).toBe(HIDDEN)
  const config = { ...hiddenConfig(made), host: 'db2', options: null }
  const changed = await changeAdapter(test.context, made.id, { config })
  expect(changed.config).toEqual({ host: 'db2', port: 1, user: 'app', password: PASSWORD })
  expect(await codeOf(() => changeAdapter(test.context, made.id, { config: { host: null } }))).toBe(
    'adapter-config',
  )
  expect((await findAdapter(test.context, made.id)).config.host).toBe('db2')
})

test('names may have quotes and any script, and nothing that hides what they are', async () => {
  await using test = await JobsOfTest.open()
  for (const name of [
    `a'";DROP TABLE adapters--`,
    'ünï 你好 🐘',
    ' trimmed ',
    '__proto__',
    'x'.repeat(200),
  ]) {
    expect((await test.destination(name)).name).toBe(name.trim())
  }
  const refused = [
    '',
    '   ',
    'a\nb',
    'a\0b',
    'x\u202egpj.exe',
    '\u2066x',
    'a\u2028b',
    '\ud800',
    'x'.repeat(201),
  ]
  for (const name of refused) {
    expect([name, await codeOf(() => test.destination(name))]).toEqual([name, 'job-invalid'])
  }
})

test('two processes that take one name at once get it once', async () => {
  await using test = await JobsOfTest.open()
  const other = await test.another()
  const adapter = {
    name: 'kept',
    type: 'storage',
    adapterId: 'local-fs',
    config: { basePath: test.folder.path },
  } as const
  const codes = await Promise.all(
    [test.context, other, test.context, other].map((context) =>
      codeOf(() => createAdapter(context, adapter)),
    ),
  )
  expect(codes.sort()).toEqual(['name-taken', 'name-taken', 'name-taken', 'nothing'])
  await other.state.destroy()
})

test('a fault of a configuration names the field and never the value', async () => {
  await using test = await JobsOfTest.open()
  const wrong = [
    { password: ['s3cret'] },
    { password: { a: 's3cret' } },
    { password: 's3cret\0' },
    { port: 's3cret' },
    { sslMode: 's3cret' },
    { passwort: 's3cret' },
    { user: undefined, password: 's3cret' },
    { host: '', password: 's3cret' },
  ]
  for (const config of wrong) {
    const { code, message } = await faultOf(() => test.source('shop', config))
    expect([config, code]).toEqual([config, 'adapter-config'])
    expect(message).not.toContain('s3cret')
  }
})

test('an adapter of another type, or of none, is refused', async () => {
  await using test = await JobsOfTest.open()
  const make = (type: 'database' | 'storage', adapterId: string) =>
    faultOf(() => createAdapter(test.context, { name: 'x', type, adapterId, config: {} }))
  for (const adapterId of ['constructor', '__proto__', 'mysql', '', 'x'.repeat(10_000)]) {
    const { code, message } = await make('database', adapterId)
    expect(code).toBe('adapter-config')
    expect(message.length).toBeLessThan(200)
  }
  expect((await make('storage', 'postgres')).code).toBe('adapter-config')
})

test('what a job needs stays: its source, its destination, its channels, its targets', async () => {
  await using test = await JobsOfTest.open()
  const target = await test.source('target', { host: 'elsewhere' })
  const [own, named, free] = [
    await test.channel('own'),
    await test.channel('named by an event'),
    await test.channel('free'),
  ]
  const input = await test.jobInput()
  await createJob(test.context, {
    ...input,
    notificationIds: [own.id],
    notificationEvents: { backup_success: [named.id] },
    targets: [{ targetSourceId: target.id }],
  })
  for (const id of [input.sourceId, input.destinationId, own.id, named.id, target.id]) {
    expect(await codeOf(() => removeAdapter(test.context, id))).toBe('adapter-in-use')
  }
  await removeAdapter(test.context, free.id)
  expect(await codeOf(() => findAdapter(test.context, free.id))).toBe('adapter-unknown')
})

test('a server is degraded after a failure and offline after three', () => {
  expect([null, 0, 1, 2, 3, 99].map(healthOf)).toEqual([
    null,
    'healthy',
    'degraded',
    'degraded',
    'offline',
    'offline',
  ])
})
