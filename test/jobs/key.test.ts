import { expect, test } from 'bun:test'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSeal } from '../../src/jobs/open-seal.ts'
import { Secret } from '../../src/lib/secret.ts'
import { openHome } from '../../src/store/home.ts'
import { openState } from '../../src/store/state.ts'
import { Receiver } from '../api/receiver.ts'
import { connectionOf, contentOf, Serving, until } from '../api/serving.ts'
import { runCommand } from '../cli/command.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'

const ENDLESS = 'v || substr(pg_sleep(60)::text, 1, 0)'

test('a server without its key, or with another one, does not start; with its own it does what waited', async () => {
  await using source = await TestDatabase.create("CREATE TABLE public.t AS SELECT 'x'::text AS v")
  await using receiver = new Receiver()
  await using serving = await Serving.start({ flags: ['--max-runs=1', '--grace=0'] })
  const dump = (id: string, rule: string) =>
    serving.startRun('/api/stateless/dump', {
      operation_id: id,
      db_connection_params: connectionOf(source.target),
      webhook_status_url: receiver.url,
      sens_dict_contents: [
        contentOf({ dictionary: [{ schema: 'public', table: 't', fields: { v: rule } }] }),
      ],
    })
  await dump('first', ENDLESS)
  await until('it runs', () => receiver.statuses('first').length === 1)
  // Neither is told of: the receiver is down, and the second waits.
  receiver.answer = () => new Response(null, { status: 503 })
  await dump('second', 'md5(v)')
  await serving.end('SIGTERM')
  const key = join(serving.home, 'key')
  const another = Buffer.alloc(32, 7).toString('base64')
  const refused = async (env: Record<string, string>) => {
    const ended = await runCommand(['serve', '--port=0'], { env: { PGVEIL_HOME: serving.home, ...env } })
    return [ended.exitCode, ended.stderr]
  }
  renameSync(key, `${key}.away`)
  expect(await refused({})).toEqual([expect.any(Number), expect.stringContaining('is not there')])
  expect(await Bun.file(key).exists()).toBe(false)
  expect(await refused({ PGVEIL_KEY: another })).toEqual([
    expect.any(Number),
    expect.stringContaining('another key'),
  ])
  writeFileSync(key, another, { mode: 0o600 })
  expect(await refused({})).toEqual([expect.any(Number), expect.stringContaining('another key')])
  renameSync(`${key}.away`, key)
  receiver.answer = () => new Response(null)
  await serving.start()
  expect(await receiver.end('second')).toMatchObject({ status: 'success' })
  expect(await receiver.end('first')).toMatchObject({ status: 'error' })
})

test('the state file knows its key from the first start on, also one of PGVEIL_KEY', async () => {
  await using folder = await TestFolder.create()
  const home = await openHome(folder.path)
  const state = await openState(home.stateFile)
  const given = new Secret(Buffer.alloc(32, 1).toString('base64'))
  await openSeal(state, home, given)
  expect((await faultOf(openSeal(state, home, undefined))).code).toBe('state-key')
  expect(await Bun.file(home.keyFile).exists()).toBe(false)
  expect((await openSeal(state, home, given)).open).toBeFunction()
  await state.destroy()
})

test('a state file of before, without a check value, is checked by what it holds sealed', async () => {
  await using folder = await TestFolder.create()
  const home = await openHome(folder.path)
  const state = await openState(home.stateFile)
  const seal = await openSeal(state, home, undefined)
  await state
    .insertInto('runs')
    .values({
      id: 'a',
      surface: 's',
      kind: 'dump',
      state: 'queued',
      options: '{}',
      keeps_dictionaries: 0,
      folder: 'f',
      created_at: 1,
      webhook: seal.close('{}', 'webhook a'),
    })
    .execute()
  await state.updateTable('server').set({ key_check: null }).execute()
  const key = readFileSync(home.keyFile)
  rmSync(home.keyFile)
  expect((await faultOf(openSeal(state, home, undefined))).code).toBe('state-key')
  const other = new Secret(Buffer.alloc(32, 1).toString('base64'))
  expect((await faultOf(openSeal(state, home, other))).code).toBe('state-key')
  writeFileSync(home.keyFile, key, { mode: 0o600 })
  await openSeal(state, home, undefined)
  await state.updateTable('runs').set({ webhook: null }).execute()
  expect((await faultOf(openSeal(state, home, other))).code).toBe('state-key')
  await state.destroy()
})
