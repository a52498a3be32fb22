import { describe, expect, test } from 'bun:test'
import { Secret } from '../../src/lib/secret.ts'
import { identifier, literal, sql } from '../../src/lib/sql.ts'
import { sideNames } from '../../src/operations/refresh/names.ts'
import { sweepRefresh } from '../../src/operations/refresh/replace.ts'
import { MARK_LIMIT } from '../../src/operations/refresh/side-databases.ts'
import { Session } from '../../src/postgres/session.ts'
import hostile from '../round-trip/hostile.sql' with { type: 'text' }
import { administer, TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { dictionary, noCheck, refreshWith, streamOf, testContext } from '../server/operations.ts'
import { contentsOf } from '../server/programs.ts'
import { sortedRows } from '../server/rows.ts'
import { RefreshedDatabase, uniqueName } from './target.ts'

const NEW = `CREATE TABLE public.t (id int PRIMARY KEY, v text); INSERT INTO public.t SELECT i, 'new' FROM generate_series(1, 100) AS i`
const OLD = `CREATE TABLE public.t (id int PRIMARY KEY, v text); INSERT INTO public.t VALUES (1, 'old')`
const WHICH = 'SELECT min(v) FROM public.t'

describe('a refresh', () => {
  test('replaces a hostile database by another, and keeps the old one until the next success', async () => {
    await using source = await TestDatabase.create(hostile)
    await using target = await RefreshedDatabase.create(uniqueName(`Sh"op 'é' \\ %`), OLD)
    const stream = await streamOf(source.target)
    const off = { check: { ...noCheck, findings: 'off' as const } }
    const result = await refreshWith(target.target, stream, off)
    expect(sortedRows(await contentsOf(target.target))).toBe(sortedRows(await contentsOf(source.target)))
    expect(result).toMatchObject({ database: target.name, oldDatabase: target.old.database })
    expect(await target.standing()).toEqual(['old', 'target'])
    expect(await target.value<string>(WHICH, target.old)).toBe('old')

    await refreshWith(target.target, stream, off)
    expect(await target.standing()).toEqual(['old', 'target'])
    expect(sortedRows(await contentsOf(target.old))).toBe(sortedRows(await contentsOf(source.target)))
  })

  test('makes a target that is not there, by a name of 63 bytes too, and keeps none where none is to be kept', async () => {
    await using source = await TestDatabase.create(NEW)
    await using target = await RefreshedDatabase.create(uniqueName('é'.repeat(24)).padEnd(39, 'x'))
    expect(Buffer.byteLength(target.name)).toBe(63)
    const stream = await streamOf(source.target)
    expect((await refreshWith(target.target, stream)).oldDatabase).toBeNull()
    expect(await target.standing()).toEqual(['target'])
    expect((await refreshWith(target.target, stream, { keepOld: false })).oldDatabase).toBeNull()
    expect(await target.standing()).toEqual(['target'])
    const properties = await target.value<string>(
      `SELECT datconnlimit || ' ' || has_database_privilege('public', oid, 'CONNECT') || ' ' || coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = current_database()`,
    )
    expect(properties).toBe('-1 true ')
  })

  test('carries over what no archive holds: encoding, owner, privileges, settings, comment, limits', async () => {
    const role = uniqueName('Ro"le')
    await administer(sql`CREATE ROLE ${identifier(role)} CREATEDB`)
    await using source = await TestDatabase.create(NEW)
    try {
      await using target = await RefreshedDatabase.create(
        uniqueName(),
        OLD,
        sql`TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' OWNER ${identifier(role)} CONNECTION LIMIT 17`,
      )
      const name = identifier(target.name)
      await administer(sql`COMMENT ON DATABASE ${name} IS ${literal("it's")}`)
      await administer(sql`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`)
      await administer(sql`GRANT CONNECT ON DATABASE ${name} TO ${identifier(role)} WITH GRANT OPTION`)
      await administer(
        sql`ALTER DATABASE ${name} SET search_path TO "$user", public, ${identifier('A "b", c')}`,
      )
      await administer(sql`ALTER DATABASE ${name} SET default_transaction_read_only TO on`)
      await administer(sql`ALTER DATABASE ${name} SET app.motto TO ${literal("a 'b' \\ c")}`)
      await administer(sql`ALTER ROLE ${identifier(role)} IN DATABASE ${name} SET work_mem TO '5MB'`)
      const carried = `
        SELECT pg_encoding_to_char(encoding) AS e, datcollate, pg_get_userbyid(datdba) AS owner, datconnlimit, datacl::text,
          shobj_description(d.oid, 'pg_database') AS comment,
          (SELECT json_agg(setconfig ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid) AS settings
        FROM pg_database d WHERE datname = current_database()`
      const before = await target.rows(carried)
      await refreshWith(target.target, await streamOf(source.target))
      expect(await target.value<string>(WHICH)).toBe('new')
      expect(await target.rows(carried)).toEqual(before)
    } finally {
      await administer(sql`DROP ROLE ${identifier(role)}`)
    }
  })

  test('needs no superuser, but the owner who may create databases', async () => {
    const role = uniqueName('owner')
    await administer(sql`CREATE ROLE ${identifier(role)} LOGIN CREATEDB PASSWORD 'of a test'`)
    await using source = await TestDatabase.create(NEW)
    try {
      await using target = await RefreshedDatabase.create(
        uniqueName(),
        '',
        sql`TEMPLATE template0 OWNER ${identifier(role)}`,
      )
      const asOwner = { ...target.target, user: role, password: new Secret('of a test') }
      const { warnings } = await refreshWith(
        asOwner,
        await streamOf(source.target, { ignorePrivileges: true }),
      )
      expect(warnings.map(({ code }) => code)).toEqual(['owners-not-restored'])
      expect(await target.value<string>(WHICH)).toBe('new')
      await refreshWith(asOwner, await streamOf(source.target, { ignorePrivileges: true }))
      expect(await target.standing()).toEqual(['old', 'target'])
    } finally {
      await administer(sql`DROP ROLE ${identifier(role)}`)
    }
  })

  test('drops what one left that was killed before it could mark its copy', async () => {
    await using target = await RefreshedDatabase.create(uniqueName(), OLD)
    const { shadow } = sideNames(target.name)
    await administer(sql`CREATE DATABASE ${identifier(shadow)} CONNECTION LIMIT ${literal(MARK_LIMIT)}`)
    expect(await sweepRefresh(testContext(), target.target)).toEqual([shadow])
    expect(await target.standing()).toEqual(['target'])
  })

  test('gets in also where many sessions come back again and again, none of which is kept out for long', async () => {
    await using source = await TestDatabase.create(NEW)
    await using target = await RefreshedDatabase.create(uniqueName(), OLD)
    const stream = await streamOf(source.target)
    let going = true
    const seen = new Set<string>()
    let longest = 0
    const visitor = async () => {
      let answered = performance.now()
      while (going) {
        try {
          seen.add(await target.value<string>(`${WHICH} WHERE pg_sleep(0.02) IS NOT NULL`))
          longest = Math.max(longest, performance.now() - answered)
          answered = performance.now()
        } catch {
          // It was ended, or stood before the name while that meant nothing.
        }
      }
    }
    // The visitors may all be away in the moment that counts; this one leaves only when it is ended.
    const guest = await Session.open(target.target)
    const visitors = [...Array(5)].map(visitor)
    const { endedSessions, swapMilliseconds } = await refreshWith(target.target, stream)
    while (!seen.has('new')) await Bun.sleep(5)
    going = false
    await Promise.all(visitors)
    await guest.close()
    expect(endedSessions).toBeGreaterThan(0)
    expect(seen).toEqual(new Set(['old', 'new']))
    expect(swapMilliseconds).toBeLessThan(5000)
    expect(longest).toBeLessThan(10_000)
  })

  test('of one target waits for another, which is still at work, and says so', async () => {
    await using source = await TestDatabase.create(NEW)
    await using target = await RefreshedDatabase.create(uniqueName(), OLD)
    const stream = await streamOf(source.target)
    const both = await Promise.all([refreshWith(target.target, stream), refreshWith(target.target, stream)])
    expect(both.map(({ rows }) => rows)).toEqual([100, 100])
    expect(await target.standing()).toEqual(['old', 'target'])
    expect(await target.value<string>(WHICH, target.old)).toBe('new')
  })
})

describe('a refresh that fails leaves the target as it was, and nothing beside it', () => {
  async function fails(
    code: string,
    setup: string,
    options: Parameters<typeof refreshWith>[2] = {},
    change: (
      stream: Awaited<ReturnType<typeof streamOf>>,
    ) => Partial<Awaited<ReturnType<typeof streamOf>>> = () => ({}),
  ) {
    await using source = await TestDatabase.create(setup)
    await using target = await RefreshedDatabase.create(uniqueName(), OLD)
    const stream = await streamOf(source.target)
    const fault = await faultOf(refreshWith(target.target, { ...stream, ...change(stream) }, options))
    expect(fault.code).toBe(code as typeof fault.code)
    expect(await target.standing()).toEqual(['target'])
    expect(await target.value<string>(WHICH)).toBe('old')
    return fault
  }

  test('when a table has other rows than the manifest says', async () => {
    const fault = await fails('refresh-rows', NEW, {}, ({ manifest }) => ({
      manifest: { ...manifest, tables: manifest.tables.map((table) => ({ ...table, rows: table.rows + 1 })) },
    }))
    expect(fault.message).toBe('The copy has 100 rows, and the manifest says 101.')
    expect(fault.place?.relation).toBe('public.t')
  })

  const PEOPLE = `CREATE TABLE public.people (id int PRIMARY KEY, email text, note text);
    INSERT INTO public.people SELECT i, 'jane.doe' || i || '@gmail.com', 'x' FROM generate_series(1, 200) AS i`

  test('when a column holds something personal that was not masked', async () => {
    const fault = await fails('refresh-unmasked', PEOPLE)
    expect(fault.place).toEqual({ relation: 'public.people', field: 'email' })
    expect(JSON.stringify(fault.findings)).not.toContain('jane')
  })

  test('when the dictionaries mask a column that the archive was made without', async () => {
    const masks = dictionary({
      dictionary: [{ schema: 'public', table: 'people', fields: { note: `'masked'` } }],
    })
    const knownColumns = [
      dictionary({ no_sens_dictionary: [{ schema: 'public', table: 'people', fields: ['email'] }] }),
    ]
    const fault = await fails('refresh-unmasked', PEOPLE, {
      check: { ...noCheck, dictionaries: [masks], knownColumns },
    })
    expect(fault.place?.field).toBe('note')
  })

  test('when the stream is cut off, or fails', async () => {
    const big = `CREATE TABLE public.t AS SELECT i AS id, repeat('new', 20) AS v FROM generate_series(1, 100000) AS i`
    await fails('restore-failed', big, {}, ({ archive }) => ({
      archive: archive.subarray(0, archive.length / 2),
    }))
    await fails('archive-damaged', big, {}, ({ archive }) => ({
      archive: Uint8Array.from(archive, (byte, at) => (at === 30 ? byte ^ 1 : byte)),
    }))
  })

  test('when a foreign key points nowhere', async () => {
    const broken = `CREATE TABLE public.b (id int PRIMARY KEY); CREATE TABLE public.a (b int REFERENCES public.b);
      INSERT INTO public.b VALUES (1); INSERT INTO public.a VALUES (1)`
    await using source = await TestDatabase.create(broken)
    await using target = await RefreshedDatabase.create(uniqueName(), OLD)
    const masks = dictionary({ dictionary: [{ schema: 'public', table: 'b', sql_condition: 'id > 1' }] })
    const stream = await streamOf(source.target, { dictionaries: [masks], checkConstraints: false })
    expect((await faultOf(refreshWith(target.target, stream))).code).toBe('refresh-foreign-keys')
    expect(await target.standing()).toEqual(['target'])
    expect(await target.value<string>(WHICH)).toBe('old')
  })

  test('when somebody is connected who is not to be disturbed', async () => {
    await using source = await TestDatabase.create(NEW)
    await using target = await RefreshedDatabase.create(uniqueName(), OLD)
    const stream = await streamOf(source.target)
    let session: Session | undefined
    const late = testContext({
      onProgress: ({ stage }) => {
        if (stage === 'analyze') void Session.open(target.target).then((opened) => (session = opened))
      },
    })
    const fault = await faultOf(refreshWith(target.target, stream, { connections: 'refuse' }, late))
    expect(fault.code).toBe('target-busy')
    expect((await faultOf(refreshWith(target.target, stream, { connections: 'refuse' }))).code).toBe(
      'target-busy',
    )
    expect(await session?.rows(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }])
    await session?.close()
    expect(await target.standing()).toEqual(['target'])
  })

  test('when a prepared transaction holds the target', async () => {
    await using source = await TestDatabase.create(NEW)
    await using target = await RefreshedDatabase.create(uniqueName(), OLD)
    const stream = await streamOf(source.target)
    const session = await Session.open(target.target)
    await session.rows(sql`BEGIN; UPDATE public.t SET v = v; PREPARE TRANSACTION 'refresh'`)
    expect((await faultOf(refreshWith(target.target, stream))).code).toBe('target-busy')
    expect(await target.value<string>(WHICH)).toBe('old')
    await target.rows(`ROLLBACK PREPARED 'refresh'`)
    await session.close()
    await refreshWith(target.target, stream)
    expect(await target.value<string>(WHICH)).toBe('new')
  })

  test('when it is interrupted, at any stage', async () => {
    await using source = await TestDatabase.create(NEW)
    const stream = await streamOf(source.target)
    for (const at of ['prepare', 'restore-structure', 'restore', 'restore-constraints', 'check', 'analyze']) {
      await using target = await RefreshedDatabase.create(uniqueName(), OLD)
      const interrupt = new AbortController()
      const context = testContext({
        signal: interrupt.signal,
        onProgress: ({ stage }) => {
          if (stage === at) interrupt.abort()
        },
      })
      const work = refreshWith(target.target, stream, {}, context)
      await expect(work).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
      expect([at, await target.standing()]).toEqual([at, ['target']])
      expect(await target.value<string>(WHICH)).toBe('old')
    }
  })

  test('when a database of another has the name that is needed', async () => {
    await using source = await TestDatabase.create(NEW)
    await using target = await RefreshedDatabase.create(uniqueName(), OLD)
    const stream = await streamOf(source.target)
    for (const name of Object.values(sideNames(target.name))) {
      await administer(sql`CREATE DATABASE ${identifier(name)}`)
      const fault = await faultOf(refreshWith(target.target, stream))
      expect([fault.code, fault.message]).toEqual([
        'refresh-swap',
        `There is a database ${name} already, and pgveil did not make it.`,
      ])
      expect(await sweepRefresh(testContext(), target.target)).toEqual([])
      await administer(sql`DROP DATABASE ${identifier(name)}`)
    }
  })

  test('when the target is the source', async () => {
    await using source = await TestDatabase.create(NEW)
    const stream = await streamOf(source.target)
    expect((await faultOf(refreshWith(source.target, stream))).code).toBe('target-is-source')
  })
})

describe('what a copy is looked at for', () => {
  test('may be told only, or not be looked for', async () => {
    await using source = await TestDatabase.create(
      `CREATE TABLE public.people AS SELECT i AS id, 'jane.doe' || i || '@gmail.com' AS email FROM generate_series(1, 200) AS i`,
    )
    await using target = await RefreshedDatabase.create(uniqueName())
    const stream = await streamOf(source.target)
    const warned = await refreshWith(target.target, stream, { check: { ...noCheck, findings: 'warn' } })
    expect(warned.warnings.map(({ code, place }) => [code, place?.field])).toEqual([
      ['refresh-unmasked', 'email'],
    ])
    const off = await refreshWith(target.target, stream, { check: { ...noCheck, findings: 'off' } })
    expect(off.warnings).toEqual([])
  })

  test('is content with what was masked, in partitions too, whatever it looks like', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.people (id int, email text) PARTITION BY RANGE (id);
      CREATE TABLE public.people_1 PARTITION OF public.people FOR VALUES FROM (0) TO (100);
      CREATE TABLE public.people_2 PARTITION OF public.people FOR VALUES FROM (100) TO (1000);
      INSERT INTO public.people SELECT i, 'jane.doe' || i || '@gmail.com' FROM generate_series(1, 200) AS i`)
    await using target = await RefreshedDatabase.create(uniqueName())
    const masks = dictionary({
      dictionary: [
        { schema: 'public', table: 'people', fields: { email: `'user' || id || '@example.com'` } },
      ],
    })
    const check = { ...noCheck, dictionaries: [masks] }
    const masked = await streamOf(source.target, { dictionaries: [masks] })
    expect((await refreshWith(target.target, masked, { check })).warnings).toEqual([])
    const half = dictionary({
      dictionary: [
        { schema: 'public', table: 'people_1', fields: { email: `'user' || id || '@example.com'` } },
      ],
    })
    const partly = await streamOf(source.target, { dictionaries: [half] })
    expect((await faultOf(refreshWith(target.target, partly))).code).toBe('refresh-unmasked')
  })

  test('names foreign keys that the source has not validated, with the rows that violate them', async () => {
    await using source = await TestDatabase.create(`
      CREATE TABLE public.b (id int PRIMARY KEY); CREATE TABLE public.a (b int); INSERT INTO public.a VALUES (1), (2);
      ALTER TABLE public.a ADD CONSTRAINT "to b" FOREIGN KEY (b) REFERENCES public.b NOT VALID`)
    await using target = await RefreshedDatabase.create(uniqueName())
    const { warnings } = await refreshWith(
      target.target,
      await streamOf(source.target, { checkConstraints: false }),
    )
    expect(warnings.map(({ message, place }) => `${place?.relation}: ${message}`)).toEqual([
      'public.a to b: The foreign key is NOT VALID in the source; 2 rows of the copy violate it.',
    ])
  })
})

test('names that stand beside a target fit, and differ where targets do', () => {
  expect(sideNames('shop')).toEqual({
    shadow: 'shop_pgveil_new',
    old: 'shop_pgveil_old',
    gone: 'shop_pgveil_gone',
  })
  const long = [`${'a'.repeat(62)}b`, `${'a'.repeat(62)}c`, '😀'.repeat(15), `${'😀'.repeat(14)}é`]
  const names = long.flatMap((name) => Object.values(sideNames(name)))
  expect(new Set(names).size).toBe(12)
  for (const name of names) {
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63)
    expect(name).not.toContain('\ufffd')
  }
})
