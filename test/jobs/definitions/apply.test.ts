import { expect, test } from 'bun:test'
import { listAdapters } from '../../../src/jobs/definitions/adapters.ts'
import { applyJobsFile } from '../../../src/jobs/definitions/apply.ts'
import { listDictionaries } from '../../../src/jobs/definitions/dictionaries.ts'
import { listJobs } from '../../../src/jobs/definitions/jobs.ts'
import { readJobsFile } from '../../../src/jobs/definitions/jobs-file.ts'
import { listProfiles, profileKey } from '../../../src/jobs/definitions/profiles.ts'
import { faultOf, JobsOfTest, MASKS } from '../jobs-of-test.ts'

const FILE = {
  sources: [
    { name: 'shop', adapterId: 'postgres', config: { host: 'db', user: 'app', password: 's3cret' } },
    { name: 'test', adapterId: 'postgres', config: { host: 'test', user: 'app' } },
  ],
  destinations: [{ name: 'kept', adapterId: 'local-fs', config: { basePath: '/backups' } }],
  notifications: [{ name: 'us', adapterId: 'webhook', config: { url: 'http://127.0.0.1:9/' } }],
  encryptionProfiles: [{ name: 'vault' }],
  dictionaries: [{ name: 'masks', kind: 'sensitive', text: MASKS }],
  jobs: [
    {
      name: 'nightly',
      schedule: '0 2 * * *',
      source: 'shop',
      destination: 'kept',
      dictionaries: ['masks'],
      encryptionProfile: 'vault',
      notifications: ['us'],
      notificationEvents: { backup_success: ['us'], backup_failure: true },
      targets: [{ targetSource: 'test', targetDatabaseName: 'shop_test' }],
    },
  ],
}

async function apply(
  test: JobsOfTest,
  changes: Record<string, unknown> = {},
  { dryRun = false, context = test.context } = {},
) {
  const file = readJobsFile(JSON.stringify({ ...FILE, ...changes }), 'jobs.yaml', {})
  const applied = await applyJobsFile(context, file, async () => MASKS, { dryRun })
  return Object.fromEntries(applied.map(({ name, outcome }) => [name, outcome]))
}

const allOf = async ({ context }: JobsOfTest) => ({
  adapters: await listAdapters(context),
  profiles: await listProfiles(context),
  dictionaries: await listDictionaries(context),
  jobs: await listJobs(context.state),
})

const ALL = ['shop', 'test', 'kept', 'us', 'vault', 'masks', 'nightly']
const each = (outcome: string, changes = {}) => ({
  ...Object.fromEntries(ALL.map((name) => [name, outcome])),
  ...changes,
})

test('a file makes all that it names, once; a dry run tells the same and makes nothing', async () => {
  await using test = await JobsOfTest.open()
  const before = await allOf(test)
  expect(await apply(test, {}, { dryRun: true })).toEqual(each('created'))
  expect(await allOf(test)).toEqual(before)
  expect(await apply(test)).toEqual(each('created'))
  const made = await allOf(test)
  expect(await apply(test)).toEqual(each('unchanged'))
  expect(await allOf(test)).toEqual(made)
})

test('what differs is changed, what a configuration does not name any more goes, what the file does not name stays', async () => {
  await using test = await JobsOfTest.open()
  await apply(test)
  const { jobs } = await allOf(test)
  const sources = [
    { name: 'shop', adapterId: 'postgres', config: { host: 'db2', user: 'app' }, production: true },
  ]
  const description = [{ name: 'vault', description: 'of the shop' }]
  const changed = await apply(test, { sources, encryptionProfiles: description })
  expect(changed).toEqual(
    expect.objectContaining({ shop: 'changed', vault: 'changed', nightly: 'unchanged' }),
  )
  const after = await allOf(test)
  expect(after.jobs).toEqual(jobs)
  expect(after.profiles[0]?.description).toBe('of the shop')
  const shop = after.adapters.find(({ name }) => name === 'shop')
  expect([shop?.config, shop?.production]).toEqual([{ host: 'db2', user: 'app' }, true])
  expect(after.adapters.map(({ name }) => name)).toContain('test')
})

test('one thing wrong and nothing is applied; the fault says of what', async () => {
  await using test = await JobsOfTest.open()
  await apply(test)
  const before = await allOf(test)
  const [job] = FILE.jobs
  const [shop, target] = FILE.sources
  const source = [{ ...shop, config: { host: 'changed', user: 'app' } }, target]
  const cases: [Record<string, unknown>, string, string][] = [
    [{ jobs: [{ ...job, source: 'nobody' }] }, 'jobs-file', '"nightly"'],
    [{ jobs: [{ ...job, schedule: '0 0 31 2 *' }] }, 'schedule-invalid', '"nightly"'],
    [{ jobs: [job, { ...job, name: 'b', dictionaries: [] }] }, 'job-invalid', '"b"'],
    [{ dictionaries: [{ name: 'masks', kind: 'sensitive', text: '{' }] }, 'dictionary-syntax', ''],
    [{ encryptionProfiles: [{ name: 'vault', key: 'ab'.repeat(32) }] }, 'profile-in-use', '"vault"'],
    [{ destinations: [{ ...FILE.destinations[0], name: 'us' }], notifications: [] }, 'jobs-file', '"us"'],
    [{ destinations: [{ ...FILE.destinations[0], adapterId: 's3' }] }, 'jobs-file', '"kept"'],
    [{ sources: [shop, { ...target, production: true }] }, 'production-target', '"nightly"'],
    [{ sources: [shop, { ...target, config: { host: 'h' } }] }, 'adapter-config', '"test"'],
  ]
  for (const [changes, code, told] of cases) {
    const fault = await faultOf(() => apply(test, { sources: source, ...changes }))
    expect([code, fault.code]).toEqual([code, code])
    expect(fault.message).toContain(told)
    expect(fault.message).not.toContain('s3cret')
    expect(await allOf(test)).toEqual(before)
  }
})

test('two processes that apply at once make everything once', async () => {
  await using test = await JobsOfTest.open()
  const other = await test.another()
  const outcomes = await Promise.all(
    [other, test.context, other, test.context].map((context) => apply(test, {}, { context })),
  )
  expect(outcomes.filter(({ nightly }) => nightly === 'created')).toHaveLength(1)
  expect(outcomes.filter(({ nightly }) => nightly === 'unchanged')).toHaveLength(3)
  expect((await allOf(test)).jobs).toHaveLength(1)
  await other.state.destroy()
})

test('a key that the file gives is taken once, and one that it does not give is made once', async () => {
  await using test = await JobsOfTest.open()
  const encryptionProfiles = [{ name: 'vault' }, { name: 'given', key: 'AB'.repeat(32) }]
  await apply(test, { encryptionProfiles })
  const keys = async () =>
    Object.fromEntries(
      await Promise.all(
        (await listProfiles(test.context)).map(async ({ id, name }) => [
          name,
          (await profileKey(test.context, id)).reveal(),
        ]),
      ),
    )
  const made = await keys()
  expect(made.given).toBe('ab'.repeat(32))
  expect(await apply(test, { encryptionProfiles })).toEqual(each('unchanged', { given: 'unchanged' }))
  expect(await keys()).toEqual(made)
})
