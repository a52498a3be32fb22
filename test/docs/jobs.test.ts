import { expect, test } from 'bun:test'
import { chmodSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { NOTIFICATION_EVENTS } from '../../src/jobs/notifications/events.ts'
import { connectionFlags, runCommand } from '../cli/command.ts'
import { dropDatabase, TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { clientProgram } from '../server/programs.ts'

const TEXT = readFileSync(join(import.meta.dir, '../../docs/jobs.md'), 'utf8')

test('the file of jobs can be applied as it stands', async () => {
  const [yaml = '', ...others] = [...TEXT.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => text)
  expect(others).toEqual([])
  await using folder = await TestFolder.create()
  await Bun.write(folder.file('jobs.yaml'), yaml)
  const fields = { email: 'md5(email)' }
  const masks = { dictionary: [{ schema: 'public', table: 'users', fields }] }
  await Bun.write(folder.file('masks.json'), JSON.stringify(masks))
  const variables = [...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, `a "${name}"`])
  const tokens = variables.map(([name = '', value = '']) => [
    name,
    name === 'DISCORD_TOKEN' ? 'token' : value,
  ])
  const env = { ...Object.fromEntries(tokens), PGVEIL_HOME: folder.file('home') }
  const run = (...args: string[]) => runCommand([...args, '--json'], { env, cwd: folder.path })
  for (const outcome of ['created', 'unchanged']) {
    const { exitCode, stdout } = await run('apply', 'jobs.yaml')
    const applied = JSON.parse(stdout)
    expect([exitCode, applied]).toEqual([0, applied])
    expect(new Set(applied.map((thing: { outcome: string }) => thing.outcome))).toEqual(new Set([outcome]))
  }
  const listed = JSON.parse((await run('job', 'list')).stdout)
  expect(listed.map(({ name }: { name: string }) => name).sort()).toEqual(['nightly', 'weekly'])
})

test('the first file and its commands work as they stand', async () => {
  const [yaml = ''] = /(?<=^```yaml first\n)[\s\S]*?(?=^```$)/m.exec(TEXT) ?? []
  const [commands = ''] = /(?<=^```sh\n)[\s\S]*?(?=^```$)/m.exec(TEXT) ?? []
  await dropDatabase('shop')
  await using shop = await TestDatabase.createAs('shop')
  await shop.run(`CREATE TABLE users AS SELECT i AS id, 'user' || i || '@example.org' AS email
    FROM generate_series(1, 200) AS i`)
  await using folder = await TestFolder.create()
  const { host, port, user, password } = shop.target
  const place = `{ host: '${host}', port: ${port}, user: ${user},`
  await Bun.write(folder.file('jobs.yaml'), yaml.replace('{ host: localhost, user: app,', place))
  const env = { SHOP_PASSWORD: password?.reveal() ?? '', PGPASSWORD: password?.reveal() ?? '' }
  const { exitCode } = await runCommand(['create-dict', ...connectionFlags(shop.target)], {
    env,
    cwd: folder.path,
  })
  expect(exitCode).toBe(0)
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dir, '../../src/main.ts')}' "$@"\n`
  await Bun.write(folder.file('bin/pgveil'), program)
  chmodSync(folder.file('bin/pgveil'), 0o755)
  const clients = dirname((await clientProgram('pg_restore')).path)
  const run = Bun.spawn(['sh', '-e', '-c', commands], {
    cwd: folder.path,
    env: { ...env, PATH: [folder.file('bin'), clients, process.env.PATH].join(delimiter) },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [output, complaints] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
  ])
  expect([await run.exited, complaints]).toEqual([0, expect.any(String)])
  expect(output).toContain('TABLE DATA public users')
})

test('the events are those that there are', () => {
  const [, words = ''] = /The events are ([\s\S]*?)\(a stored/.exec(TEXT) ?? []
  expect([...words.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual([...NOTIFICATION_EVENTS])
})

test('the commands are those that there are', async () => {
  const rows = [...TEXT.matchAll(/^\| `pgveil job (\w+)/gm)].map(([, name]) => name)
  const { stdout } = await runCommand(['job', '--help'], {})
  const known = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[options\]|<)/gm)].map(([, name]) => name)
  expect(rows.sort()).toEqual(known.filter((name) => name !== 'help').sort())
})
