import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { sweepRefresh } from '../../src/operations/refresh/replace.ts'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { refreshWith, streamOf, testContext } from '../server/operations.ts'
import { clientProgram } from '../server/programs.ts'
import { RefreshedDatabase, uniqueName } from './target.ts'

const NEW = `CREATE TABLE public.t (id int PRIMARY KEY, v text); INSERT INTO public.t SELECT i, 'new' FROM generate_series(1, 100000) AS i`
const WHICH = 'SELECT min(v) FROM public.t'
const row = (v: string) =>
  `CREATE TABLE public.t (id int PRIMARY KEY, v text); INSERT INTO public.t VALUES (1, '${v}')`

/** Where the refresh stands when it is killed, and what the target's name means from then on. */
const PLACES = [
  ['prepare', 'old'],
  ['restore-structure', 'old'],
  ['restore', 'old'],
  ['restore-constraints', 'old'],
  ['check', 'old'],
  ['analyze', 'old'],
  ['swap 0', 'old'],
  ['swap 1', 'old'],
  ['swap 2', 'old'],
  ['swap 3', 'new'],
  ['clean', 'new'],
] as const

test.each(PLACES)(
  'a refresh that is killed at "%s" leaves a target that answers: %s',
  async (stopAt, means) => {
    await using source = await TestDatabase.create(NEW)
    await using older = await TestDatabase.create(row('older'))
    await using folder = await TestFolder.create()
    // There is an old one from the refresh before, so that all four databases take part.
    await using target = await RefreshedDatabase.create(uniqueName(`Kil"led é`), row('oldest'))
    await refreshWith(target.target, await streamOf(older.target))
    await target.rows(`UPDATE public.t SET v = 'old'`)
    expect(await target.standing()).toEqual(['old', 'target'])

    const stream = await streamOf(source.target)
    await Bun.write(folder.file('archive'), stream.archive)
    const child = Bun.spawn([process.execPath, join(import.meta.dir, 'refresh-that-waits.ts')], {
      stdin: new Blob([
        JSON.stringify({
          target: target.target,
          password: target.target.password?.reveal(),
          archive: folder.file('archive'),
          manifest: stream.manifest,
          pgRestore: (await clientProgram('pg_restore')).path,
          stopAt,
        }),
      ]),
      stdout: 'pipe',
      stderr: 'inherit',
    })
    const { value } = await child.stdout.getReader().read()
    expect(new TextDecoder().decode(value)).toBe('there\n')
    child.kill('SIGKILL')
    await child.exited

    expect(await target.value<string>(WHICH)).toBe(means)
    const standing = await target.standing()
    expect(standing).toContain('old')
    expect(await target.value<string>(WHICH, target.old)).toBe(means === 'new' ? 'old' : 'oldest')

    if (stopAt === 'check') {
      expect((await sweepRefresh(testContext(), target.target)).length).toBe(1)
      expect(await target.standing()).toEqual(['old', 'target'])
    }
    await refreshWith(target.target, stream)
    expect(await target.standing()).toEqual(['old', 'target'])
    expect(await target.value<string>(WHICH)).toBe('new')
    expect(await target.value<string>(WHICH, target.old)).toBe(means)
  },
)
