import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import hostile from '../round-trip/hostile.sql' with { type: 'text' }
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dumpTo } from '../server/operations.ts'
import { contentsOf, runClient, tryClient } from '../server/programs.ts'

/** pg_restore on an archive of pgveil must give what it gives on pg_dump's own archive of the same database. */
describe('pg_restore', () => {
  let source: TestDatabase
  let folder: TestFolder
  const ours = () => folder.file('ours')
  const theirs = () => folder.file('theirs')

  beforeAll(async () => {
    source = await TestDatabase.create(hostile)
    folder = await TestFolder.create()
    await runClient('pg_dump', source.target, [
      '--format=directory',
      '--no-subscriptions',
      `--file=${theirs()}`,
    ])
    // Over one connection the parts of a large table come in their order, as they do from pg_dump.
    await dumpTo(source.target, ours(), { jobs: 1 })
  })
  afterAll(async () => {
    await source[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  test('-l lists the same', async () => {
    const list = async (archive: string) =>
      (await runClient('pg_restore', undefined, ['--list', archive])).replaceAll(/^(;.*|\d+;)/gm, '')
    expect(await list(ours())).toBe(await list(theirs()))
  })

  test.each([
    ['plain', []],
    ['-j4', ['--jobs=4']],
    ['--single-transaction', ['--single-transaction']],
    ['-t of a name with quotes', [`--table=ta"ble 'x' \\ $1 %I`, '--schema=We"ird Schéma %s']],
    ['-n', ['--schema=UPPER']],
    ['-t of a partition', ['--table=measurements_2026']],
  ])('%s', async (_, options) => {
    expect(await restored(ours(), options)).toBe(await restored(theirs(), options))
  })

  test('-a --disable-triggers into the structure', async () => {
    const dataInto = async (archive: string) => {
      await using target = await TestDatabase.create()
      await restoreInto(target, archive, ['--schema-only'])
      await restoreInto(target, archive, ['--data-only', '--disable-triggers'])
      return await contentsOf(target.target)
    }
    expect(await dataInto(ours())).toBe(await dataInto(theirs()))
  })

  test('-L of one table with its rows', async () => {
    const listed = async (archive: string) => {
      const list = await runClient('pg_restore', undefined, ['--list', archive])
      const lines = list.split('\n').filter((line) => / TABLE (DATA )?public many_rows /.test(line))
      expect(lines.length).toBe(2)
      await Bun.write(folder.file('list'), lines.join('\n'))
      return restored(archive, [`--use-list=${folder.file('list')}`])
    }
    expect(await listed(ours())).toBe(await listed(theirs()))
  })

  async function restored(archive: string, options: readonly string[]): Promise<string> {
    await using target = await TestDatabase.create()
    await restoreInto(target, archive, options)
    return await contentsOf(target.target)
  }
})

/** Some of these restores have things to complain of; then they must have the same with either archive. */
const complaints = new Map<string, string>()

async function restoreInto(target: TestDatabase, archive: string, options: readonly string[]): Promise<void> {
  if (options.some((option) => option.startsWith('--schema='))) {
    await target.run('CREATE SCHEMA "UPPER"; CREATE SCHEMA "We""ird Schéma %s"')
  }
  const run = await tryClient('pg_restore', target.target, [`--dbname=${target.name}`, ...options, archive])
  const said = `${run.exitCode} ${run.complaints.replaceAll(/TOC entry \d+;/g, 'TOC entry')}`
  const key = options.filter((option) => !option.startsWith('--use-list')).join(' ')
  expect(said).toBe(complaints.get(key) ?? said)
  complaints.set(key, said)
}
