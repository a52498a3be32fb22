import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { USERS } from '../backup/request.ts'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { runCommand, startCommand } from './command.ts'

const MARKER = 'Qx7-what-a-row-holds-'

/** A home with jobs of a database, and the commands over it. Declare it by `await using`. */
class Deployment implements AsyncDisposable {
  private constructor(
    readonly folder: TestFolder,
    readonly shop: TestDatabase,
  ) {}

  static async create(setup = USERS): Promise<Deployment> {
    const folder = await TestFolder.create()
    const shop = await TestDatabase.create(setup)
    for (const name of ['temporary', 'working']) await Bun.write(folder.file(`${name}/.keep`), '')
    return new Deployment(folder, shop)
  }

  get env(): Record<string, string> {
    return {
      PGVEIL_HOME: this.folder.file('home'),
      TMPDIR: this.folder.file('temporary'),
      SHOP_PASSWORD: this.shop.target.password?.reveal() ?? '',
    }
  }

  get kept(): string {
    return this.folder.file('kept')
  }

  start(...args: string[]) {
    return startCommand(args, { env: this.env, cwd: this.folder.file('working') })
  }

  run(...args: string[]) {
    return runCommand(args, { env: this.env, cwd: this.folder.file('working') })
  }

  async json(...args: string[]) {
    const { exitCode, stdout, stderr } = await this.run(...args, '--json')
    for (const line of stderr.split('\n').filter(Boolean)) JSON.parse(line)
    return { exitCode, value: JSON.parse(stdout) }
  }

  /** Applies a file with one job, and what a test wants otherwise. */
  async apply(job: Record<string, unknown> = {}, rule = 'md5(email)', more: Record<string, unknown> = {}) {
    const { host, port, user, database } = this.shop.target
    const config = { host, port, user, database, password: `\${SHOP_PASSWORD}` }
    const fields = { email: rule }
    const text = JSON.stringify({ dictionary: [{ schema: 'public', table: 'users', fields }] })
    const file = {
      sources: [{ name: 'shop', adapterId: 'postgres', config }],
      destinations: [{ name: 'kept', adapterId: 'local-fs', config: { basePath: this.kept } }],
      encryptionProfiles: [{ name: 'vault' }],
      dictionaries: [{ name: 'masks', kind: 'sensitive', text }],
      jobs: [
        {
          ...{ name: 'nightly', schedule: '0 2 * * *', source: 'shop', destination: 'kept' },
          ...{ dictionaries: ['masks'], ...job },
        },
      ],
      ...more,
    }
    await Bun.write(this.folder.file('jobs.yaml'), JSON.stringify(file))
    return this.run('apply', this.folder.file('jobs.yaml'))
  }

  files(folder = this.kept): string[] {
    if (!existsSync(folder)) return []
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  }

  async executions() {
    const { value } = await this.json('job', 'show', 'nightly')
    return value.executions as { status: string; error: string | null }[]
  }

  /** Waits until the run that works has come to its rows. */
  async untilCopying(): Promise<void> {
    for (;;) {
      const copying = await this.shop.value<number>(
        "SELECT count(*)::int FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%pg_sleep%'",
      )
      if (copying > 0) return
      await Bun.sleep(20)
    }
  }

  /** Connections of others to the database. */
  async connections(): Promise<number> {
    return this.shop.value<number>(
      'SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shop[Symbol.asyncDispose]()
    await this.folder[Symbol.asyncDispose]()
  }
}

/** Ten seconds and more for the rows of USERS; every test that begins it ends it. */
const SLOW = 'md5(email || pg_sleep(0.02)::text)'

test('a job is applied, listed, run, shown and its log read, for people and for programs', async () => {
  await using deployment = await Deployment.create()
  expect((await deployment.run('job', 'list')).stdout).toContain('There are no jobs')
  const dry = await deployment.json('apply', '--dry-run', 'nothing.yaml')
  expect([dry.exitCode, dry.value.error.code]).toEqual([2, 'jobs-file'])
  expect((await deployment.apply({ encryptionProfile: 'vault' })).exitCode).toBe(0)
  const again = await deployment.json('apply', deployment.folder.file('jobs.yaml'))
  expect(again.value.map(({ outcome }: { outcome: string }) => outcome)).toEqual(Array(5).fill('unchanged'))
  const ran = await deployment.json('job', 'run', 'nightly')
  expect([ran.exitCode, ran.value.status, ran.value.progress]).toEqual([0, 'Success', 100])
  expect(deployment.files().sort()).toEqual(
    ['', '.meta.json'].map((suffix) => join(deployment.kept, ran.value.path + suffix)),
  )
  const listed = (await deployment.json('job', 'list')).value
  expect(listed).toMatchObject([{ name: 'nightly', lastRun: { id: ran.value.id } }])
  const shown = (await deployment.json('job', 'show', listed[0].id)).value
  expect(shown).toMatchObject({ name: 'nightly', executions: [{ status: 'Success' }] })
  expect((await deployment.run('job', 'show', 'nightly')).stdout).toMatch(/Masked by +masks\n/)
  for (const which of ['nightly', ran.value.id]) {
    const { value } = await deployment.json('job', 'logs', which)
    expect(value.logs.at(-1)).toMatchObject({ level: 'info', message: 'done' })
  }
  expect(
    (await deployment.run('job', 'logs', 'nightly', '--tail', '1')).stdout.trim().split('\n'),
  ).toHaveLength(1)
})

test('a job is made by flags, and what is wrong with them is said', async () => {
  await using deployment = await Deployment.create()
  await deployment.apply()
  const flags = ['--schedule', '0 2 * * *', '--source', 'shop', '--destination', 'kept']
  const made = await deployment.run(
    ...['job', 'create', '--name', 'it\'s "b" 你好', ...flags],
    ...['--dictionaries', 'masks', '--keep', '3', '--compression', 'ZSTD', '--databases', 'a b', "c'd"],
  )
  expect([made.exitCode, made.stdout]).toEqual([0, expect.stringContaining('next run')])
  const shown = (await deployment.json('job', 'show', 'it\'s "b" 你好')).value
  expect(shown).toMatchObject({
    databases: ['a b', "c'd"],
    retention: { mode: 'SIMPLE', simple: { keepCount: 3 } },
    compression: 'ZSTD',
  })
  const create = ['job', 'create', '--name', 'x', ...flags]
  const wrong: [string[], RegExp][] = [
    [create, /no dictionary that masks/],
    [[...create, '--dictionaries', 'nobody'], /"nobody"/],
    [[...create, '--dictionaries', 'masks', '--retention', '{'], /no JSON/],
    [[...create, '--dictionaries', 'masks', '--retention', '{"mode":"SIMPLE"}'], /keepCount/],
    [[...create, '--dictionaries', 'masks', '--keep', '0'], /keepCount|keep/],
    [[...create, '--dictionaries', 'masks', '--time-zone', 'Mars/Phobos'], /Mars\/Phobos/],
    [['job', 'create', '--name', 'x'], /required option/],
    [['job', 'run', 'nobody'], /There are: .*nightly/],
    [['job', 'logs', 'nightly'], /has not run yet/],
    [['job', 'show', 'a\nb'], /There is no job/],
  ]
  for (const [args, words] of wrong) {
    const { exitCode, stderr, stdout } = await deployment.run(...args)
    expect([args, exitCode, stdout]).toEqual([args, 2, ''])
    expect(stderr).toMatch(words)
  }
})

describe('a run that fails', () => {
  test('says why, by its exit code too, and never tells a password', async () => {
    await using deployment = await Deployment.create()
    await deployment.apply({}, 'no_such_function(email)')
    const refused = await deployment.run('job', 'run', 'nightly')
    expect([refused.exitCode, refused.stdout]).toEqual([3, expect.stringContaining('no_such_function')])
    const { host, port } = deployment.shop.target
    const password = 'wr0ng-s3cret'
    for (const config of [
      { host, port, user: 'nobody_there', password },
      { host, port: 1, user: 'app', password },
    ]) {
      await deployment.apply({}, 'md5(email)', { sources: [{ name: 'shop', adapterId: 'postgres', config }] })
      const { exitCode, stdout, stderr } = await deployment.run('job', 'run', 'nightly', '--verbose', 'debug')
      expect([exitCode, stdout]).toEqual([1, expect.stringContaining('Cannot connect')])
      expect(stdout + stderr).not.toContain(password)
    }
    for (const file of deployment.files(deployment.env.PGVEIL_HOME)) {
      expect([file, readFileSync(file).includes(password)]).toEqual([file, false])
    }
    expect(deployment.files()).toEqual([])
  })

  test('by Ctrl-C is settled, leaves nothing, and ends its children', async () => {
    await using deployment = await Deployment.create()
    await deployment.apply({}, SLOW)
    const child = deployment.start('job', 'run', 'nightly')
    await deployment.untilCopying()
    child.kill('SIGINT')
    expect(await child.exited).toBe(130)
    expect(deployment.files()).toEqual([])
    expect(await deployment.executions()).toMatchObject([{ status: 'Failed', error: 'Cancelled.' }])
    while ((await deployment.connections()) > 0) await Bun.sleep(20)
  })

  test('by kill -9 is settled and swept by the next one, which succeeds', async () => {
    await using deployment = await Deployment.create()
    await deployment.apply({}, SLOW)
    const child = deployment.start('job', 'run', 'nightly')
    await deployment.untilCopying()
    child.kill('SIGKILL')
    await child.exited
    await deployment.apply()
    const { folder } = (await deployment.json('job', 'show', 'nightly')).value
    const left = join(deployment.kept, folder, `${folder}_2026-05-01T00-00-00.000Z.dump.gz`)
    await Bun.write(left, 'of a run that was killed, too')
    expect((await deployment.run('job', 'run', 'nightly')).exitCode).toBe(0)
    expect(await deployment.executions()).toMatchObject([
      { status: 'Success' },
      { status: 'Failed', error: expect.stringContaining('Interrupted') },
    ])
    expect(deployment.files()).toHaveLength(2)
    expect(existsSync(left)).toBe(false)
  })
})

describe('two at once', () => {
  test('a run that is asked for while another command runs the job begins after it, once for all who ask', async () => {
    await using deployment = await Deployment.create()
    await deployment.apply({}, 'md5(email || pg_sleep(0.004)::text)')
    const first = deployment.start('job', 'run', 'nightly', '--json')
    await deployment.untilCopying()
    const others = await Promise.all([
      deployment.json('job', 'run', 'nightly'),
      deployment.json('job', 'run', 'nightly'),
    ])
    expect(await first.exited).toBe(0)
    const { id } = JSON.parse(await new Response(first.stdout).text())
    expect(others.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    expect(others[0]?.value.id).toBe(others[1]?.value.id)
    expect(others[0]?.value.id).not.toBe(id)
    expect((await deployment.executions()).map(({ status }) => status)).toEqual(['Success', 'Success'])
  })

  test('a server that runs does the work for the command, and for one that does not wait', async () => {
    await using deployment = await Deployment.create()
    await deployment.apply()
    const server = deployment.start('serve', '--port', '0')
    try {
      const reader = server.stdout.getReader()
      for (let said = ''; !said.includes('http://'); ) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`the server ended: ${said}`)
        said += new TextDecoder().decode(value)
      }
      expect((await deployment.run('job', 'run', 'nightly')).exitCode).toBe(0)
      const queued = await deployment.json('job', 'run', 'nightly', '--no-wait')
      expect(queued.value).toEqual({ executionId: expect.any(String) })
      while ((await deployment.executions()).some(({ status }) => status !== 'Success')) await Bun.sleep(50)
      expect(await deployment.executions()).toHaveLength(2)
    } finally {
      server.kill('SIGTERM')
      await server.exited
    }
  })

  test('commands that apply at once to a new home make everything once', async () => {
    await using deployment = await Deployment.create()
    await deployment.apply({}, 'md5(email)', { jobs: [] })
    const home = { ...deployment.env, PGVEIL_HOME: deployment.folder.file('another home') }
    const file = deployment.folder.file('jobs.yaml')
    const ends = await Promise.all(
      [1, 2, 3].map(() => runCommand(['apply', file, '--json'], { env: home, cwd: deployment.folder.path })),
    )
    expect(ends.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(Array(3).fill([0, '']))
    const created = ends.filter(({ stdout }) => stdout.includes('created'))
    expect(created).toHaveLength(1)
  })
})

test('no plain byte of the rows is ever on disk: the destination has them sealed, and nothing else has them', async () => {
  const setup = `CREATE TABLE public.users AS
    SELECT g AS id, 'person' || g AS email, '${MARKER}' || g AS note FROM generate_series(1, 60000) AS g`
  await using deployment = await Deployment.create(setup)
  const seen = async (job: Record<string, unknown>) => {
    await deployment.apply({ compression: 'NONE', ...job })
    const found = new Set<string>()
    let looks = 0
    let unfinished = 0
    let running = true
    const watching = (async () => {
      while (running) {
        for (const file of deployment.files(deployment.folder.path)) {
          const bytes = await Bun.file(file)
            .bytes()
            .catch(() => new Uint8Array())
          if (Buffer.from(bytes).includes(MARKER)) found.add(file)
          if (file.startsWith(deployment.kept) && !/\.(dump|sealed|json)$/.test(file)) unfinished++
        }
        looks++
        await Bun.sleep(1)
      }
    })()
    const { exitCode } = await deployment.run('job', 'run', 'nightly')
    running = false
    await watching
    expect([exitCode, looks > 10, unfinished > 0]).toEqual([0, true, true])
    return [...found]
  }
  expect(await seen({ encryptionProfile: 'vault' })).toEqual([])
  // What is not sealed shows that who looks would have seen it, and is nowhere but in the destination.
  const plain = await seen({ encryptionProfile: null })
  expect(plain.length).toBeGreaterThan(0)
  expect(plain.filter((file) => !file.startsWith(`${deployment.kept}/`))).toEqual([])
})

test('help and its examples name commands and options that there are', async () => {
  await using deployment = await Deployment.create()
  const top = (await deployment.run('job', '--help')).stdout
  for (const [, name = ''] of top.matchAll(/^ {2}([a-z]+) (?:\[options\]|<)/gm)) {
    if (name === 'help') continue
    const { exitCode, stdout } = await deployment.run('job', name, '--help')
    expect([name, exitCode]).toEqual([name, 0])
    expect(stdout).toContain('--json')
  }
  const help = (await deployment.run('job', 'create', '--help')).stdout
  const [options = '', examples = ''] = help.split('Examples:')
  for (const [flag] of examples.matchAll(/--[a-z-]+/g)) expect(options).toContain(flag)
})
