import { describe, expect, test } from 'bun:test'
import { readdirSync, symlinkSync } from 'node:fs'
import { describePlace } from '../../src/lib/fault.ts'
import { fromShippedFile, sql } from '../../src/lib/sql.ts'
import { ArchiveFolder, UNFINISHED_FILE } from '../../src/storage/archive-folder.ts'
import { openArchive } from '../../src/storage/stored-archive.ts'
import { administer, TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, noRules, restoreFrom, testContext } from '../server/operations.ts'

const ROWS = `
  CREATE TABLE public.big AS SELECT i AS id, 'person ' || i AS who, repeat('x', 200) AS filler FROM generate_series(1, 300000) AS i;
  CREATE TABLE public.small (v text UNIQUE);
  INSERT INTO public.small VALUES ('x');
  ANALYZE;
`

/** A rule for the big table that sleeps on every 3000th row, so that there is time for something to happen. */
const SLOW = `md5(who) || CASE WHEN id % 3000 = 0 THEN substr(pg_sleep(0.05)::text, 1, 0) ELSE '' END`
const slowly = dictionary({ dictionary: [{ schema: 'public', table: 'big', fields: { who: SLOW } }] })

/** Aborts, or does something else, as soon as rows of the big table flow. */
function onceCopying(act: () => void | Promise<void>) {
  let acted = false
  return testContext({
    onProgress: ({ stage, rows }) => {
      if (acted || stage !== 'copy' || !rows) return
      acted = true
      void act()
    },
  })
}

describe('a dump that fails takes everything back', () => {
  test('when a rule fails far into the rows, naming table, column and condition, and no value', async () => {
    await using database = await TestDatabase.create(ROWS)
    await using folder = await TestFolder.create()
    const masks = dictionary({
      dictionary: [
        {
          schema: 'public',
          table: 'big',
          fields: { filler: `''`, who: `CASE WHEN id > 250000 THEN (who::int)::text ELSE '' END` },
        },
      ],
    })
    const fault = await faultOf(dumpTo(database.target, folder.file('archive'), { dictionaries: [masks] }))
    expect(fault.code).toBe('copy-failed')
    expect(fault.message).toContain('invalid text for its type (SQLSTATE 22P02)')
    expect(describePlace(fault.place)).toMatch(/^masks\.json:1:\d+ public\.big\.who$/)
    expect(JSON.stringify(fault.findings)).not.toContain('person')
    expect(readdirSync(folder.file('archive'))).toEqual([])
  })

  test('when a rule fails on all connections at once, naming the column', async () => {
    await using database = await TestDatabase.create(ROWS)
    await using folder = await TestFolder.create()
    const failing = { schema: 'public', table: 'big', fields: { who: '(who::int)::text' } }
    const masks = dictionary({ dictionary: [failing] })
    const requested = { dictionaries: [masks], jobs: 4, checkConstraints: false }
    const fault = await faultOf(dumpTo(database.target, folder.file('archive'), requested))
    expect(fault.code).toBe('copy-failed')
    expect(describePlace(fault.place)).toMatch(/public\.big\.who$/)
  })

  test('when it is interrupted', async () => {
    await using database = await TestDatabase.create(ROWS)
    await using folder = await TestFolder.create()
    const interrupt = new AbortController()
    const context = { ...onceCopying(() => interrupt.abort()), signal: interrupt.signal }
    const work = dumpTo(database.target, folder.file('archive'), { dictionaries: [slowly] }, context)
    await expect(work).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    expect(readdirSync(folder.file('archive'))).toEqual([])
    await untilNobodyIsConnected(database)
  })

  test('when the server ends a connection', async () => {
    await using database = await TestDatabase.create(ROWS)
    await using folder = await TestFolder.create()
    const context = onceCopying(() => killBackends(database, `query LIKE 'COPY%'`))
    const fault = await faultOf(
      dumpTo(database.target, folder.file('archive'), { dictionaries: [slowly] }, context),
    )
    expect(['connection-lost', 'copy-failed']).toContain(fault.code)
    expect(readdirSync(folder.file('archive'))).toEqual([])
    await untilNobodyIsConnected(database)
  })

  test('when the server ends the connection that holds the snapshot', async () => {
    await using database = await TestDatabase.create(ROWS)
    await using folder = await TestFolder.create()
    const context = onceCopying(() => killBackends(database, `state = 'idle in transaction'`))
    const fault = await faultOf(
      dumpTo(database.target, folder.file('archive'), { dictionaries: [slowly] }, context),
    )
    expect(fault.code).toBe('connection-lost')
    expect(readdirSync(folder.file('archive'))).toEqual([])
  })

  test('when the disk is full', async () => {
    await using database = await TestDatabase.create(ROWS)
    await using folder = await TestFolder.create()
    // The kernel answers a write to /dev/full as it does one to a full disk.
    const context = onceCopying(() => symlinkSync('/dev/full', folder.file('archive/toc.dat.new')))
    const fault = await faultOf(dumpTo(database.target, folder.file('archive'), {}, context))
    expect(fault.code).toBe('disk')
    expect(fault.message).toContain('The disk is full.')
    expect(readdirSync(folder.file('archive'))).toEqual([])
  })

  test('when a data file cannot be written', async () => {
    await using folder = await TestFolder.create()
    const archive = await ArchiveFolder.begin(folder.file('archive'), { clear: false })
    symlinkSync('/dev/full', folder.file('archive/1.dat.gz'))
    const file = await archive.open('1.dat.gz')
    const fault = await faultOf(archive.append(file, new Uint8Array(100_000)))
    await file.abandon()
    expect(fault.code).toBe('disk')
    await archive.retract()
    expect(readdirSync(folder.file('archive'))).toEqual([])
  })

  test.each(['check', 'structure', 'copy'])(
    'when somebody waits for an exclusive lock, from the stage %s on',
    async (stage) => {
      await using database = await TestDatabase.create(ROWS)
      await using folder = await TestFolder.create()
      let migration: Promise<void> | undefined
      const context = testContext({
        onProgress: (progress) => {
          if (progress.stage === stage)
            migration ??= database.run('ALTER TABLE public.small ADD COLUMN w int')
        },
      })
      const masks = dictionary({
        dictionary: [
          {
            schema: 'public',
            table: 'big',
            fields: { who: SLOW.replace('0.05', '0.005') },
          },
          { schema: 'public', table: 'small', fields: { v: `upper(v)` } },
        ],
      })
      const overrides = { dictionaries: [masks], lockWait: 300, jobs: 1 }
      const fault = await faultOf(dumpTo(database.target, folder.file('archive'), overrides, context))
      expect(fault.code).toBe('lock-unavailable')
      expect(fault.remedy).toContain('--lock-wait-timeout')
      await migration
    },
  )
})

describe('the output folder', () => {
  test('that holds something else is left alone, also with clearing', async () => {
    await using database = await TestDatabase.create('CREATE TABLE public.t (a int)')
    await using folder = await TestFolder.create()
    await Bun.write(folder.file('archive/thesis.txt'), 'years of work')
    for (const clearOutput of [false, true]) {
      const fault = await faultOf(dumpTo(database.target, folder.file('archive'), { clearOutput }))
      expect(fault.code).toBe('output-not-empty')
      expect(fault.message).toContain('thesis.txt')
    }
    expect(readdirSync(folder.file('archive'))).toEqual(['thesis.txt'])
  })

  test('that holds an archive is cleared when that is asked for, and only when the new dump may go on', async () => {
    await using database = await TestDatabase.create('CREATE TABLE public.t (a int)')
    await using folder = await TestFolder.create()
    const path = folder.file('archive')
    const { manifest } = await dumpTo(database.target, path)
    expect((await faultOf(dumpTo(database.target, path))).code).toBe('output-not-empty')
    const refused = dictionary({ dictionary: [{ schema: 'x', table: 'y', fields: { z: '1' } }] })
    await faultOf(dumpTo(database.target, path, { clearOutput: true, dictionaries: [refused] }))
    expect((await openArchive(path)).manifest.snapshot).toBe(manifest.snapshot)
    const again = await dumpTo(database.target, path, { clearOutput: true })
    expect((await openArchive(path)).manifest.snapshot).toBe(again.manifest.snapshot)
  })

  test('in which a dump was killed is no archive, and the next dump cleans it', async () => {
    await using database = await TestDatabase.create('CREATE TABLE public.t (a int)')
    await using target = await TestDatabase.create()
    await using folder = await TestFolder.create()
    const path = folder.file('archive')
    // What a process that is no more left behind.
    await Bun.write(
      `${path}/${UNFINISHED_FILE}`,
      JSON.stringify({ host: (await import('node:os')).hostname(), pid: 2 ** 22 + 1, startedAt: null }),
    )
    await Bun.write(`${path}/3000.dat.gz`, 'half')
    expect((await faultOf(restoreFrom(path, target.target))).code).toBe('archive-unfinished')
    await dumpTo(database.target, path)
    expect(readdirSync(path)).not.toContain('3000.dat.gz')
    expect((await openArchive(path)).manifest.tables.length).toBe(1)
  })

  test('that another dump is writing to is refused', async () => {
    await using database = await TestDatabase.create(ROWS)
    await using folder = await TestFolder.create()
    const path = folder.file('archive')
    const first = await ArchiveFolder.begin(path, { clear: false })
    expect((await faultOf(dumpTo(database.target, path, { clearOutput: true }))).code).toBe('output-busy')
    await first.retract()
    await dumpTo(database.target, path)
  })

  test('can be a file, and then the fault says so', async () => {
    await using database = await TestDatabase.create('CREATE TABLE public.t (a int)')
    await using folder = await TestFolder.create()
    await Bun.write(folder.file('archive'), '')
    const fault = await faultOf(dumpTo(database.target, folder.file('archive')))
    expect([fault.code, fault.message]).toEqual(['disk', 'Writing the archive failed: It is not a folder.'])
  })
})

test('a dump of nothing is an archive all the same', async () => {
  await using database = await TestDatabase.create()
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  const { manifest } = await dumpTo(database.target, folder.file('archive'), { dictionaries: [noRules] })
  expect(manifest.tables).toEqual([])
  await restoreFrom(folder.file('archive'), target.target)
})

async function killBackends(database: TestDatabase, condition: string): Promise<void> {
  await administer(sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = ${fromShippedFile(`'${database.name}'`)} AND application_name = 'pgveil'
      AND pid <> ${fromShippedFile(String(database.session.backendPid))} AND ${fromShippedFile(condition)}`)
}

/** The server ends what its clients left behind; it may take it a moment. */
async function untilNobodyIsConnected(database: TestDatabase): Promise<void> {
  const others = `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
  const giveUp = performance.now() + 10_000
  while ((await database.value<number>(others)) > 0) {
    if (performance.now() > giveUp) throw new Error('sessions of the dump are still there after ten seconds')
    await Bun.sleep(20)
  }
}
