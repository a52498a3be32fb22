import { beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Receiver } from '../api/receiver.ts'
import { connectionOf, contentOf, Serving } from '../api/serving.ts'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { connectionFlags, passwordEnvironment, runCommand } from './command.ts'

const ROOT = join(import.meta.dir, '../..')
let binary: string

beforeAll(async () => {
  const build = Bun.spawn([process.execPath, 'run', 'build'], { cwd: ROOT, stdout: 'ignore', stderr: 'pipe' })
  const complaints = await new Response(build.stderr).text()
  if ((await build.exited) !== 0) throw new Error(`the build failed: ${complaints}`)
  binary = join(ROOT, 'dist/pgveil')
})

test('the binary does init, dump and restore from an empty folder', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE public.users (id int, email text);
    INSERT INTO public.users SELECT i, 'u' || i || '@example.org' FROM generate_series(1, 1000) AS i`)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  await using elsewhere = await TestFolder.create()
  const masks = `{"dictionary": [{"schema": "public", "table": "users", "fields": {"email": "anon_funcs.partial_email(email)"}}]}`
  await Bun.write(elsewhere.file('masks.py'), masks)
  const options = { env: passwordEnvironment(source.target), cwd: folder.path, program: [binary] }

  expect(await runCommand(['--version'], options)).toMatchObject({ exitCode: 0, stdout: '0.1.0\n' })
  expect((await runCommand(['init', ...connectionFlags(source.target)], options)).exitCode).toBe(0)
  const dump = [
    'dump',
    ...connectionFlags(source.target),
    `--prepared-sens-dict-file=${elsewhere.file('masks.py')}`,
    '--output-dir=copy',
  ]
  expect(await runCommand(dump, options)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('1,000 rows'),
  })
  expect(
    (await runCommand(['restore', ...connectionFlags(target.target), '--input-dir=copy'], options)).exitCode,
  ).toBe(0)
  expect(await target.value<string>('SELECT email FROM public.users WHERE id = 1')).toBe(
    'u******@ex******.org',
  )
  const refused = await runCommand(
    ['dump', ...connectionFlags(source.target), '--prepared-sens-dict-file=nowhere.py'],
    options,
  )
  expect(refused.exitCode).toBe(3)
})

test('the binary serves the REST API, its page and its workers', async () => {
  await using source = await TestDatabase.create('CREATE TABLE public.users AS SELECT 1 AS id')
  await using receiver = new Receiver()
  await using serving = await Serving.start({ program: [binary] })
  const request = {
    operation_id: 'by the binary',
    db_connection_params: connectionOf(source.target),
    webhook_status_url: receiver.url,
    sens_dict_contents: [contentOf({ dictionary: [] })],
  }
  await serving.startRun('/api/stateless/dump', request)
  expect(await receiver.end('by the binary')).toMatchObject({ status: 'success' })
  expect((await serving.get('/docs/swagger-ui.js')).body.length).toBeGreaterThan(1_000_000)
  expect((await serving.get('/openapi.json')).body.openapi).toBe('3.1.0')
})

test('the binary reads no settings from the folder it is started in', async () => {
  await using folder = await TestFolder.create()
  await Bun.write(folder.file('.env'), 'PGHOST=from-a-file')
  await Bun.write(folder.file('bunfig.toml'), 'preload = ["./evil.ts"]')
  await Bun.write(folder.file('evil.ts'), 'console.log("evil")')
  const { stdout, stderr, exitCode } = await runCommand(
    ['init', '--db-name=x', '--db-port=1', '--db-user=u'],
    { cwd: folder.path, program: [binary] },
  )
  expect(exitCode).toBe(1)
  expect(stdout + stderr).not.toMatch(/from-a-file|evil/)
})
