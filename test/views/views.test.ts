import { describe, expect, test } from 'bun:test'
import { dropInstalledViews } from '../../src/operations/views/drop.ts'
import { viewsStatus } from '../../src/operations/views/status.ts'
import { faultOf } from '../server/faults.ts'
import { dictionary, salt, testContext } from '../server/operations.ts'
import { masks, SETUP, Shop } from './shop.ts'

/** No privilege, and a view that cannot be written to. */
const FORBIDDEN = ['42501', '55000']

describe('the reader', () => {
  test('sees what a dump would give, in the types of the columns', async () => {
    await using shop = await Shop.open()
    await shop.install()
    expect(await shop.asReader('SELECT * FROM anon_views.people WHERE id = 1')).toEqual([
      {
        id: 1,
        email: 'm1',
        'Full Name': 'Person 1 with a long',
        born: new Date('1980-01-01T00:00:00'),
        shout: 'M1',
      },
    ])
    expect(await shop.asReader('SELECT count(*) FROM anon_views.shop_orders')).toEqual([{ count: '3' }])
    expect(await shop.asReader('SELECT at::text, who FROM anon_views.events ORDER BY at')).toEqual([
      { at: '2010-01-01', who: 'somebody' },
      { at: '2030-01-01', who: 'somebody' },
    ])
    expect(await shop.asReader('SELECT * FROM anon_views.log')).toEqual([])
    const types = (schema: string) => `
      SELECT column_name, data_type, character_maximum_length FROM information_schema.columns
      WHERE table_schema = '${schema}' AND table_name = 'people' ORDER BY ordinal_position`
    expect(await shop.database.rows(types('anon_views'))).toEqual(await shop.database.rows(types('public')))
  })

  test('cannot reach the tables by any trick', async () => {
    await using shop = await Shop.open()
    await shop.install({ salt })
    const { database, reader } = shop
    await database.run(`
      CREATE SCHEMA mine AUTHORIZATION "${reader}"; SET ROLE "${reader}";
      CREATE TABLE mine.seen (what text);
      CREATE FUNCTION mine.see(text) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS
        $$ BEGIN INSERT INTO mine.seen VALUES ($1); RETURN true; END $$;
      CREATE FUNCTION mine.same(text, text) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS
        $$ BEGIN INSERT INTO mine.seen VALUES ($1); RETURN true; END $$;
      CREATE OPERATOR mine.=== (LEFTARG = text, RIGHTARG = text, PROCEDURE = mine.same);
      CREATE VIEW mine.over AS SELECT * FROM anon_views.people;
      RESET ROLE`)
    for (const trick of [
      'SELECT * FROM anon_views.people WHERE mine.see(email) AND mine.see("Full Name")',
      "SELECT * FROM anon_views.people WHERE email OPERATOR(mine.===) 'x'",
      'SELECT mine.see(p::text) FROM anon_views.people AS p',
      'SELECT * FROM anon_views.people AS p JOIN anon_views.shop_orders AS o ON mine.see(p.email)',
      'SELECT * FROM mine.over WHERE mine.see(email)',
      'SELECT * FROM anon_views.shop_orders WHERE mine.see(total::text)',
      'SELECT * FROM anon_views.log WHERE mine.see(line)',
      'SELECT * FROM anon_views.events WHERE mine.see(who)',
      'SELECT * FROM anon_views.people ORDER BY mine.see(email)',
      'SET search_path = mine, anon_views; SELECT * FROM people WHERE see(email); RESET search_path',
    ]) {
      expect([trick, typeof (await shop.asReader(trick))]).toEqual([trick, 'object'])
    }
    const seen = await database.rows<{ what: string }>('SELECT what FROM mine.seen')
    expect(seen.length).toBeGreaterThan(20)
    expect(JSON.stringify(seen)).not.toMatch(/secret/i)
    expect(seen.map(({ what }) => what)).not.toContain('4.00')
    for (const forbidden of [
      'SELECT * FROM public.people',
      'TABLE shop.orders',
      'TABLE anon_views.pgveil_salt',
      "UPDATE anon_views.people SET email = 'x'",
      'DELETE FROM anon_views.shop_orders',
      "INSERT INTO anon_views.log VALUES ('x')",
      'CREATE TABLE anon_views.mine (v int)',
      "CREATE OR REPLACE VIEW anon_views.log AS SELECT 'x'::text AS line",
      'TRUNCATE public.people',
      "SELECT pg_read_file('PG_VERSION')",
    ]) {
      expect([forbidden, FORBIDDEN.includes(String(await shop.asReader(forbidden)))]).toEqual([
        forbidden,
        true,
      ])
    }
    expect(await shop.asReader("SELECT * FROM pg_stats WHERE tablename IN ('people', 'orders')")).toEqual([])
  })

  test.each([
    ['a superuser', (role: string) => `ALTER ROLE "${role}" SUPERUSER`],
    ['with SELECT on a table', (role: string) => `GRANT SELECT ON public.people TO "${role}"`],
    ['with SELECT on a column', (role: string) => `GRANT SELECT (email) ON public.people TO "${role}"`],
    ['with SELECT on a partition', (role: string) => `GRANT SELECT ON public.events_old TO "${role}"`],
    ['that reads what everybody reads', () => 'GRANT SELECT ON shop.orders TO PUBLIC'],
    ['of pg_execute_server_program', (role: string) => `GRANT pg_execute_server_program TO "${role}"`],
    ['that is a member of the owner', (role: string) => `GRANT CURRENT_USER TO "${role}"`],
    [
      'that can become one with SELECT, without inheriting from it',
      (
        role: string,
      ) => `ALTER ROLE "${role}" NOINHERIT; CREATE ROLE "${role}_staff"; GRANT "${role}_staff" TO "${role}";
        GRANT SELECT ON public.people TO "${role}_staff"`,
    ],
    ['with REPLICATION', (role: string) => `ALTER ROLE "${role}" REPLICATION`],
    ['with TRIGGER on a table', (role: string) => `GRANT TRIGGER ON public.people TO "${role}"`],
    [
      'with SELECT on a parent',
      (
        role: string,
      ) => `CREATE TABLE public.beings (born date); ALTER TABLE public.people INHERIT public.beings;
        GRANT SELECT ON public.beings TO "${role}"`,
    ],
    [
      'with SELECT on a view of a view of a table',
      (
        role: string,
      ) => `CREATE VIEW public.v1 AS TABLE public.people; CREATE MATERIALIZED VIEW public.v2 AS TABLE public.v1;
        GRANT SELECT ON public.v2 TO "${role}"`,
    ],
  ])('a role %s is refused, and nothing is changed', async (_, grant) => {
    await using shop = await Shop.open()
    await shop.database.run(grant(shop.reader).replace('CURRENT_USER', `"${shop.database.target.user}"`))
    const fault = await faultOf(shop.install())
    expect([fault.code, fault.message]).toEqual(['role-reads-tables', expect.stringContaining(shop.reader)])
    expect(await shop.database.rows("SELECT FROM pg_namespace WHERE nspname = 'anon_views'")).toEqual([])
    await shop.database.run(`ALTER ROLE "${shop.reader}" NOSUPERUSER NOREPLICATION`)
  })

  test('a role that is not there is refused', async () => {
    await using shop = await Shop.open()
    expect((await faultOf(shop.install({ roles: ['nobody "x"'] }))).message).toBe(
      'There is no role nobody "x".',
    )
  })
})

describe('install', () => {
  test('again changes nothing, and follows dictionaries and tables', async () => {
    await using shop = await Shop.open()
    const all = ['events', 'log', 'people', 'shop_orders']
    expect((await shop.install()).made.toSorted()).toEqual(all)
    const oids =
      "SELECT array_agg(oid ORDER BY oid)::text FROM pg_class WHERE relnamespace = 'anon_views'::regnamespace"
    const before = await shop.database.value(oids)
    expect(await shop.install({ roles: [] })).toEqual(
      expect.objectContaining({ made: [], dropped: [], kept: all }),
    )
    expect(await shop.database.value(oids)).toBe(before)

    await shop.database.run('ALTER TABLE public.people ADD note text; CREATE TABLE public.extra (v int)')
    const other = dictionary({
      dictionary: [{ schema: 'shop', table: 'orders', sql_condition: 'total < 2' }],
    })
    const withoutLog = dictionary({ tables: [{ schema: 'public', table: 'log' }] })
    const changed = { dictionaries: [masks, other], withoutTables: [withoutLog], roles: [] }
    expect(await shop.status(changed)).toEqual({
      events: 'current',
      extra: 'missing',
      log: 'extra',
      people: 'outdated',
      shop_orders: 'outdated',
    })
    const { made, kept, dropped, readers } = await shop.install(changed)
    expect([made.toSorted(), kept, dropped, readers]).toEqual([
      ['extra', 'people', 'shop_orders'],
      ['events'],
      ['log'],
      [shop.reader],
    ])
    expect(await shop.asReader('SELECT count(*) FROM anon_views.shop_orders')).toEqual([{ count: '1' }])
    expect(Object.values(await shop.status(changed))).toEqual(Array(4).fill('current'))
  })

  test('sees what somebody did to a view by hand, and mends it', async () => {
    await using shop = await Shop.open()
    await shop.install()
    await shop.database.run(`
      ALTER VIEW anon_views.events RESET (security_barrier);
      CREATE OR REPLACE VIEW anon_views.log WITH (security_barrier) AS SELECT line FROM public.log;
      DROP VIEW anon_views.people`)
    expect(await shop.status()).toEqual({
      events: 'altered',
      log: 'altered',
      people: 'missing',
      shop_orders: 'current',
    })
    await shop.install()
    expect(Object.values(await shop.status())).toEqual(Array(4).fill('current'))
    expect(await shop.asReader('SELECT * FROM anon_views.log')).toEqual([])
  })

  test('is all or nothing', async () => {
    await using shop = await Shop.open()
    await shop.install()
    await shop.database.run(`
      CREATE VIEW public.on_top AS SELECT * FROM anon_views.people;
      ALTER TABLE public.people ADD note text; CREATE TABLE public.extra (v int)`)
    const fault = await faultOf(shop.install())
    expect([fault.code, fault.remedy]).toEqual(['views-failed', expect.stringContaining('built upon')])
    expect((await shop.status()).extra).toBe('missing')
    const broken = dictionary({
      dictionary: [{ schema: 'public', table: 'extra', fields: { v: 'no_such(v)' } }],
    })
    expect((await faultOf(shop.install({ dictionaries: [masks, broken] }))).code).toBe('rule-rejected')
  })

  test('keeps out of a schema that holds other things, or is somebody else’s', async () => {
    await using shop = await Shop.open()
    await shop.database.run('CREATE SCHEMA anon_views; CREATE TABLE anon_views.theirs (v int)')
    expect((await faultOf(shop.install())).message).toContain('theirs')
    await shop.database.run(`DROP TABLE anon_views.theirs; ALTER SCHEMA anon_views OWNER TO "${shop.reader}"`)
    expect((await faultOf(shop.install())).message).toContain(shop.reader)
  })

  test('two tables whose views would have one name are refused', async () => {
    await using shop = await Shop.open(`${SETUP}; CREATE TABLE public.shop_orders (v int)`)
    const fault = await faultOf(shop.install())
    expect([fault.code, fault.message]).toEqual([
      'view-name',
      expect.stringMatching(/public\.shop_orders|shop\.orders/),
    ])
  })

  test('warns of noise, which many answers take away, and of row security', async () => {
    await using shop = await Shop.open(`${SETUP}; ALTER TABLE public.events ENABLE ROW LEVEL SECURITY`)
    const noise = dictionary({
      dictionary: [{ schema: 'shop', table: 'orders', fields: { total: 'total * random()::numeric' } }],
    })
    const { warnings } = await shop.install({ dictionaries: [noise] })
    expect(warnings.map(({ code }) => code).sort()).toEqual(['random-view', 'row-security'])
  })

  test('gives every role back what it had, and no more', async () => {
    await using shop = await Shop.open()
    const other = `other_${shop.database.name}`
    await shop.database.run(`CREATE ROLE "${other}"`)
    try {
      await shop.install()
      await shop.database.run(`
        GRANT USAGE ON SCHEMA anon_views TO "${other}"; GRANT SELECT ON anon_views.log TO "${other}";
        GRANT SELECT ON anon_views.events TO PUBLIC; ALTER TABLE public.log ADD note text`)
      await shop.install({ roles: [] })
      const { views } = await viewsStatus(testContext(), shop.request())
      expect(Object.fromEntries(views.map(({ view, readers }) => [view, readers]))).toEqual({
        events: ['PUBLIC', shop.reader].sort(),
        log: [other, shop.reader].sort(),
        people: [shop.reader],
        shop_orders: [shop.reader],
      })
    } finally {
      await shop.database.run(`DROP OWNED BY "${other}"; DROP ROLE "${other}"`)
    }
  })

  test('takes back what default privileges grant', async () => {
    await using shop = await Shop.open()
    const other = `other_${shop.database.name}`
    await shop.database.run(
      `CREATE ROLE "${other}"; ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO "${other}"`,
    )
    try {
      await shop.install({ salt })
      const granted = `SELECT count(*) FROM pg_class WHERE relnamespace = 'anon_views'::regnamespace
        AND has_any_column_privilege('${other}', oid, 'SELECT')`
      expect(await shop.database.value(granted)).toBe('0')
    } finally {
      await shop.database.run(`DROP OWNED BY "${other}"; DROP ROLE "${other}"`)
    }
  })

  test('at once from two sides leaves one whole set', async () => {
    await using shop = await Shop.open()
    const results = await Promise.allSettled([shop.install(), shop.install(), shop.install()])
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true)
    expect(Object.values(await shop.status())).toEqual(Array(4).fill('current'))
  })
})

test('drop takes away what install made, and nothing else', async () => {
  await using shop = await Shop.open()
  await shop.install({ salt })
  await shop.database.run(
    "CREATE FUNCTION anon_views.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE anon_views.theirs (v int)",
  )
  expect((await dropInstalledViews(testContext(), shop.database.target, 'anon_views')).length).toBe(4)
  expect(
    await shop.database.rows(
      "SELECT relname FROM pg_class WHERE relnamespace = 'anon_views'::regnamespace AND relkind = 'r'",
    ),
  ).toEqual([{ relname: 'theirs' }])
  await shop.database.run('DROP TABLE anon_views.theirs')
  await shop.install()
  await dropInstalledViews(testContext(), shop.database.target, 'anon_views')
  await shop.database.run('DROP FUNCTION anon_views.f()')
  await shop.install()
  await dropInstalledViews(testContext(), shop.database.target, 'anon_views')
  expect(await shop.database.rows("SELECT FROM pg_namespace WHERE nspname = 'anon_views'")).toEqual([])
  expect(await dropInstalledViews(testContext(), shop.database.target, 'anon_views')).toEqual([])
})
