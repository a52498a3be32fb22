import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NOTIFICATION_EVENTS } from '../../src/jobs/notifications/events.ts'
import { runCommand } from '../cli/command.ts'
import { TestFolder } from '../server/folder.ts'

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
