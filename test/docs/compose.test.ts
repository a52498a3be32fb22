import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fromShippedFile } from '../../src/lib/sql.ts'
import { Session } from '../../src/postgres/session.ts'
import { runCommand } from '../cli/command.ts'
import { dropDatabase, TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { runClient } from '../server/programs.ts'
import { S3Server } from '../storage/destinations/servers/s3.ts'

const ROOT = join(import.meta.dir, '../..')

interface Service {
  readonly image?: string
  readonly build?: { readonly dockerfile_inline: string }
  readonly volumes?: string[]
  readonly configs?: { readonly source: string; readonly target: string }[]
  readonly environment?: Record<string, string>
  readonly healthcheck?: { readonly test: string[] }
  readonly command?: string[]
}

const { services, configs } = Bun.YAML.parse(readFileSync(join(ROOT, 'compose.yaml'), 'utf8')) as {
  services: Record<'postgres' | 'storage' | 'pgveil', Service>
  configs: Record<'sample' | 'masks' | 'jobs', { readonly content?: string; readonly file?: string }>
}

/** A file as it is in the container: docker compose makes one dollar of two. */
const contentOf = (name: keyof typeof configs) => (configs[name].content ?? '').replaceAll('$$', '$')
const JOBS = contentOf('jobs')

let folder: TestFolder
let shop: TestDatabase
let storage: S3Server
beforeAll(async () => {
  folder = await TestFolder.create()
  storage = await S3Server.start()
  for (const name of ['shop', 'shop_test', 'shop_test_pgveil_old']) await dropDatabase(name)
  shop = await TestDatabase.createAs('shop')
}, 60_000)
afterAll(async () => {
  await storage[Symbol.asyncDispose]()
  await shop[Symbol.asyncDispose]()
  for (const name of ['shop_test', 'shop_test_pgveil_old']) await dropDatabase(name)
  await folder[Symbol.asyncDispose]()
})

/** The variables that the service has, with the passwords of the test in them. */
const environment = () => ({
  PGVEIL_HOME: folder.file('home'),
  POSTGRES_PASSWORD: shop.target.password?.reveal() ?? '',
  STORAGE_SECRET: storage.config.secretAccessKey,
})

/** Lays the files down as the service has them side by side, and gives the place of the jobs. */
async function lay(jobs: string): Promise<string> {
  const at = (source: string) =>
    folder.file(basename(services.pgveil.configs?.find((one) => one.source === source)?.target ?? ''))
  await Bun.write(at('jobs'), jobs)
  copyFileSync(join(ROOT, configs.masks.file ?? ''), at('masks'))
  return at('jobs')
}

test('the parts of the compose file fit together, and with the rest of the project', () => {
  const { scripts, packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const dockerfile = services.pgveil.build?.dockerfile_inline ?? ''
  expect(dockerfile).toContain(`FROM oven/bun:${packageManager.split('@')[1]} AS build`)
  const command = (text: string) => text.replaceAll(/\\\n\s*/g, '').replace(/ --outfile .*/, '')
  expect(command(dockerfile)).toContain(command(scripts.build))
  expect(services.pgveil.command?.join(' ')).toContain(
    `pgveil apply ${services.pgveil.configs?.find(({ source }) => source === 'jobs')?.target}`,
  )
  expect(services.pgveil.healthcheck?.test).toContain('http://localhost:8000/api/health')
  for (const [, variable = ''] of JOBS.matchAll(/\$\{(\w+)\}/g)) {
    expect([variable, services.pgveil.environment?.[variable]]).toEqual([variable, expect.any(String)])
  }
})

describe('the sample shop of the compose file', () => {
  test('is made by the script that the image of PostgreSQL runs, and by nothing but all files of it', async () => {
    const [, place = ''] = services.postgres.volumes?.[0]?.split(':') ?? []
    const script = contentOf('sample')
    const files = readdirSync(join(ROOT, 'sql/demo')).sort()
    expect(script.trim().split('\n')).toEqual(files.map((file) => `\\i ${place}/${file}`))
    const [config] = services.postgres.configs ?? []
    expect(config?.target).toMatch(/^\/docker-entrypoint-initdb\.d\/\w+\.sql$/)
    await Bun.write(folder.file('sample.sql'), script.replaceAll(place, join(ROOT, 'sql/demo')))
    const asTheImageDoes = ['-v', 'ON_ERROR_STOP=1', '--no-psqlrc', '-q', '-f', folder.file('sample.sql')]
    await runClient('psql', shop.target, ['--dbname', shop.name, ...asTheImageDoes])
    expect(await shop.value<number>('SELECT count(*)::int FROM shop.customers')).toBe(30_000)
  }, 120_000)

  test('has a file of jobs that can be applied as it stands', async () => {
    const file = await lay(JOBS)
    const dry = await runCommand(['apply', '--dry-run', '--json', file], { env: environment() })
    expect([dry.exitCode, dry.stderr]).toEqual([0, ''])
    expect(JSON.parse(dry.stdout).map(({ outcome }: { outcome: string }) => outcome)).toEqual(
      Array(5).fill('created'),
    )
    for (const variable of ['POSTGRES_PASSWORD', 'STORAGE_SECRET'] as const) {
      const { [variable]: _, ...others } = environment()
      const { exitCode, stderr } = await runCommand(['apply', '--dry-run', file], { env: others })
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(variable)])
    }
  })

  test('is copied masked into the store by its job, and takes the place of the test database', async () => {
    const { host, port, user } = shop.target
    const changes = [
      ['{ host: postgres, user: postgres,', `{ host: '${host}', port: ${port}, user: ${user},`],
      ['http://storage:9000', storage.config.endpoint],
      ['accessKeyId: pgveil', `accessKeyId: ${storage.config.accessKeyId}`],
    ] as const
    const jobs = changes.reduce((text, [from, to]) => {
      expect(text).toContain(from)
      return text.replace(from, to)
    }, JOBS)
    const env = environment()
    const applied = await runCommand(['apply', await lay(jobs)], { env })
    expect([applied.exitCode, applied.stderr]).toEqual([0, ''])
    const run = await runCommand(['job', 'run', 'nightly', '--json'], { env })
    const execution = JSON.parse(run.stdout)
    expect([run.exitCode, execution.status, execution.error]).toEqual([0, 'Success', null])
    expect(execution.path).toMatch(/\.dump\.zst\.sealed$/)
    expect((await storage.keysBelow('')).sort()).toEqual([execution.path, `${execution.path}.meta.json`])
    const copy = await Session.open({ ...shop.target, database: 'shop_test' })
    try {
      const [figures] = await copy.rows(
        fromShippedFile(`SELECT count(*)::int AS customers,
          count(*) FILTER (WHERE email LIKE '%@masked.invalid' AND full_name LIKE 'Name %')::int AS masked
        FROM shop.customers`),
      )
      expect(figures).toEqual({ customers: 30_000, masked: 30_000 })
    } finally {
      await copy.close()
    }
  }, 180_000)
})
