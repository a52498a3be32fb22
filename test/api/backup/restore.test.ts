import { afterAll, beforeAll, expect, test } from 'bun:test'
import { fromShippedFile } from '../../../src/lib/sql.ts'
import { Session } from '../../../src/postgres/session.ts'
import { dropDatabase, TestDatabase } from '../../server/database.ts'
import { TestFolder } from '../../server/folder.ts'
import { type Serving, until } from '../serving.ts'
import { ask, made, serveBackups, sourceConfig } from './ground.ts'

const PEOPLE =
  "CREATE TABLE public.users AS SELECT i AS id, 'user' || i || '@example.org' AS email FROM generate_series(1, 5000) AS i"

let serving: Serving
let folder: TestFolder
let shop: TestDatabase
let odd: TestDatabase
let source: string
let destination: string
let dictionary: string
let profile: string
beforeAll(async () => {
  folder = await TestFolder.create()
  shop = await TestDatabase.create(PEOPLE)
  await dropDatabase('Ünïcode "shop"')
  odd = await TestDatabase.createAs('Ünïcode "shop"')
  await odd.run(PEOPLE)
  serving = await serveBackups()
  const create = async (path: string, body: unknown) => (await made(serving, 'POST', path, body)).id
  source = await create('/api/adapters', {
    name: 'server',
    type: 'database',
    adapterId: 'postgres',
    config: sourceConfig(shop.target),
  })
  destination = await create('/api/adapters', {
    name: 'backups',
    type: 'storage',
    adapterId: 'local-fs',
    config: { basePath: folder.path },
  })
  dictionary = await create('/api/dictionaries', {
    name: 'masks',
    text: JSON.stringify({
      dictionary: [{ schema: 'public', table: 'users', fields: { email: 'md5(email)' } }],
    }),
  })
  profile = await create('/api/encryption-profiles', { name: 'profile' })
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await shop[Symbol.asyncDispose]()
  await odd[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** Follows an execution to its end; its progress never falls. */
async function ended(id: string) {
  let progress = 0
  await until('it has ended', async () => {
    const { data } = await made(serving, 'GET', `/api/executions/${id}`)
    expect(data.progress).toBeGreaterThanOrEqual(progress)
    progress = data.progress
    return data.endedAt !== null
  })
  return (await made(serving, 'GET', `/api/executions/${id}`)).data
}

async function storedBy(job: object): Promise<{ path: string; databases: string[]; jobId: string }> {
  const { id } = await made(serving, 'POST', '/api/jobs', {
    schedule: '0 2 * * *',
    enabled: false,
    sourceId: source,
    destinationId: destination,
    dictionaryIds: [dictionary],
    encryptionProfileId: profile,
    ...job,
  })
  const { executionId } = await made(serving, 'POST', `/api/jobs/${id}/run`)
  const { status, error, path } = await ended(executionId)
  expect([status, error]).toEqual(['Success', null])
  const files = await made(serving, 'GET', `/api/storage/${destination}/files`)
  expect(files[0]).toMatchObject({ path, jobId: id, isEncrypted: true, anonymized: true })
  return files[0]
}

async function emailsOf(database: string): Promise<string[]> {
  const session = await Session.open({ ...shop.target, database })
  try {
    const rows = await session.rows<{ email: string }>(
      fromShippedFile('SELECT email FROM public.users ORDER BY id LIMIT 2'),
    )
    return rows.map(({ email }) => email)
  } finally {
    await session.close()
  }
}

const md5 = (text: string) => new Bun.CryptoHasher('md5').update(text).digest('hex')
const MASKED = [md5('user1@example.org'), md5('user2@example.org')]

test('a backup of several databases is restored under other names', async () => {
  const { path, databases } = await storedBy({
    name: 'several',
    databases: [shop.name, odd.name],
    compression: 'ZSTD',
  })
  expect(databases).toEqual([shop.name, odd.name])
  expect(path).toMatch(/\.tar\.zst\.sealed$/)
  const analyzed = await made(serving, 'POST', `/api/storage/${destination}/analyze`, { file: path })
  expect(analyzed).toEqual({ databases })

  const copies = [`${shop.name}_copy`, 'Cöpy "of" shop']
  const databaseMapping = Object.fromEntries(databases.map((name, at) => [name, copies[at]]))
  const { status, body } = await ask(serving, 'POST', `/api/storage/${destination}/restore`, {
    file: path,
    targetSourceId: source,
    databaseMapping,
  })
  expect([status, body]).toEqual([
    202,
    { success: true, executionId: expect.any(String), message: 'Restore started' },
  ])
  try {
    const restored = await ended(body.executionId)
    expect(restored).toMatchObject({ type: 'Restore', status: 'Success', error: null, progress: 100 })
    for (const copy of copies) expect([copy, await emailsOf(copy)]).toEqual([copy, MASKED])
    const [latest] = await made(serving, 'GET', '/api/history')
    expect(latest).toMatchObject({ id: body.executionId, type: 'Restore', status: 'Success' })
  } finally {
    for (const copy of copies) await dropDatabase(copy)
  }
}, 120_000)

test('a backup of one database becomes the one that is named', async () => {
  const { path } = await storedBy({ name: 'one', compression: 'NONE' })
  const copy = `${shop.name}_renamed`
  const { executionId } = await made(serving, 'POST', `/api/storage/${destination}/restore`, {
    file: path,
    targetSourceId: source,
    targetDatabaseName: copy,
    privilegedAuth: { user: shop.target.user, password: shop.target.password?.reveal() ?? '' },
  })
  try {
    expect(await ended(executionId)).toMatchObject({ status: 'Success', error: null })
    expect(await emailsOf(copy)).toEqual(MASKED)
  } finally {
    await dropDatabase(copy)
  }
  const wrong = await ask(serving, 'POST', `/api/storage/${destination}/restore`, {
    file: path,
    targetSourceId: source,
    targetDatabaseName: copy,
    privilegedAuth: { user: 'nobody_of_the_test', password: 'hunter8' },
  })
  expect([wrong.status, JSON.stringify(wrong.body).includes('hunter8')]).toEqual([400, false])
}, 120_000)

test('a job refreshes its targets, and a mark of production refuses them at once', async () => {
  const copy = `${shop.name}_refreshed`
  try {
    await storedBy({
      name: 'refreshing',
      targets: [{ targetSourceId: source, targetDatabaseName: copy, findings: 'warn' }],
    })
    expect(await emailsOf(copy)).toEqual(MASKED)
    const config = sourceConfig(shop.target)
    await made(serving, 'POST', '/api/adapters', {
      name: 'the same server',
      type: 'database',
      adapterId: 'postgres',
      config,
      production: true,
    })
    const [{ path }] = await made(serving, 'GET', `/api/storage/${destination}/files`)
    const refused = await ask(serving, 'POST', `/api/storage/${destination}/restore`, {
      file: path,
      targetSourceId: source,
      targetDatabaseName: copy,
    })
    expect([refused.status, refused.body]).toEqual([400, { error: expect.stringMatching(/production/) }])
  } finally {
    await dropDatabase(copy)
  }
}, 120_000)

test('what cannot be restored where it is wanted is refused before anything is queued', async () => {
  const { path } = await storedBy({ name: 'refused' })
  const adapter = async (config: Record<string, unknown>, production: boolean) =>
    (
      await made(serving, 'POST', '/api/adapters', {
        ...{ name: `${JSON.stringify(config)} ${production}`, type: 'database', adapterId: 'postgres' },
        config: sourceConfig(shop.target, config),
        production,
      })
    ).id
  const restore = async (order: object) => {
    const { status, body } = await ask(serving, 'POST', `/api/storage/${destination}/restore`, {
      file: path,
      targetSourceId: source,
      ...order,
    })
    return [status, body.error]
  }
  const before = (await made(serving, 'GET', '/api/history')).length
  for (const { id, production } of await made(serving, 'GET', '/api/adapters?type=database')) {
    if (production) await made(serving, 'PUT', `/api/adapters/${id}`, { production: false })
  }
  expect(await restore({})).toEqual([
    400,
    expect.stringContaining('is the database that the archive was made from'),
  ])
  expect(await restore({ file: 'nothing.dump' })).toEqual([
    404,
    expect.stringContaining('nothing.dump: There is no such backup'),
  ])
  expect(await restore({ targetSourceId: 'nobody' })).toEqual([400, 'There is no such source.'])
  // One server has many addresses.
  await adapter({ host: '127.0.0.1' }, true)
  const other = await adapter({ host: '127.1' }, false)
  expect(await restore({ targetSourceId: other, targetDatabaseName: 'x' })).toEqual([
    400,
    expect.stringContaining('is marked as production'),
  ])
  expect((await made(serving, 'GET', '/api/history')).length).toBe(before)
}, 120_000)
