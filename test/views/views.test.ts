import { describe, expect, test } from 'bun:test'
import { SALT_ARGUMENT } from '../../src/compile/salted-calls.ts'
import { init } from '../../src/operations/init.ts'
import { dropInstalledViews } from '../../src/operations/views/drop.ts'
import { type InstallRequest, installViews } from '../../src/operations/views/install.ts'
import { viewsStatus } from '../../src/operations/views/status.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { dictionary, planningOf, salt, testContext } from '../server/operations.ts'

const SETUP = `
  CREATE SCHEMA shop;
  CREATE TABLE public.people (id int PRIMARY KEY, email text NOT NULL, "Full Name" varchar(20), born date,
    shout text GENERATED ALWAYS AS (upper(email)) STORED);
  CREATE TABLE shop.orders (id int PRIMARY KEY, person int REFERENCES public.people, total numeric(10,2));
  CREATE TABLE public.events (at date, who text) PARTITION BY RANGE (at);
  CREATE TABLE public.events_old (who text, at date);
  ALTER TABLE public.events ATTACH PARTITION public.events_old FOR VALUES FROM ('2000-01-01') TO ('2020-01-01');
  CREATE TABLE public.events_new PARTITION OF public.events FOR VALUES FROM ('2020-01-01') TO ('2040-01-01');
  CREATE TABLE public.log (line text);
  INSERT INTO public.people SELECT n, 'secret' || n || '@example.org', 'Secret ' || n, '1980-05-14' FROM generate_series(1, 5) AS n;
  INSERT INTO shop.orders SELECT n, n, n FROM generate_series(1, 5) AS n;
  INSERT INTO public.events VALUES ('2010-01-01', 'secret old'), ('2030-01-01', 'secret new');
  INSERT INTO public.log VALUES ('secret line')`

const masks = dictionary({
  dictionary: [
    {
      schema: 'public',
      table: 'people',
      fields: {
        email: "'m' || id",
        'Full Name': `'Person ' || id || ' with a long name'`,
        born: `date_trunc('year', born)`,
      },
    },
    { schema: 'shop', table: 'orders', sql_condition: 'total < 4' },
    { schema: 'public', table: 'events', fields: { who: "'somebody'" } },
  ],
  dictionary_exclude: [{ schema: 'public', table: 'log' }],
})

class Shop implements AsyncDisposable {
  readonly database: TestDatabase
  readonly reader: string

  private constructor(database: TestDatabase) {
    this.database = database
    this.reader = `reader_${database.name}`
  }

  static async open(setup = SETUP): Promise<Shop> {
    const shop = new Shop(await TestDatabase.create(setup))
    await shop.database.run(`CREATE ROLE "${shop.reader}"`)
    return shop
  }

  request(overrides: Partial<InstallRequest> = {}): InstallRequest {
    return {
      ...planningOf(this.database.target, { dictionaries: [masks] }),
      viewsSchema: 'anon_views',
      roles: [this.reader],
      ...overrides,
    }
  }

  async install(overrides: Partial<InstallRequest> = {}) {
    return installViews(testContext(), this.request(overrides))
  }

  async status(overrides: Partial<InstallRequest> = {}): Promise<Record<string, string>> {
    const { views } = await viewsStatus(testContext(), this.request(overrides))
    return Object.fromEntries(views.map(({ view, state }) => [view, state]))
  }

  /** Rows that a query gives the reader, or the SQLSTATE that it ends with. */
  async asReader(query: string): Promise<unknown> {
    await this.database.run(`SET ROLE "${this.reader}"`)
    try {
      return await this.database.rows(query)
    } catch (error) {
      return (error as { sqlState: string }).sqlState
    } finally {
      await this.database.run('RESET ROLE')
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const roles = await this.database.rows<{ name: string }>(
      `SELECT quote_ident(rolname) AS name FROM pg_roles WHERE rolname ^@ '${this.reader}'`,
    )
    const names = roles.map(({ name }) => name).join(', ')
    await this.database.run(`DROP OWNED BY ${names}; DROP ROLE ${names}`)
    await this.database[Symbol.asyncDispose]()
  }
}

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

describe('the salt', () => {
  const pseudonyms = dictionary({
    dictionary: [
      {
        schema: 'public',
        table: 'people',
        fields: {
          email:
            "anon_funcs.fake_email(email) || lower(anon_funcs.fake_city(')' || \"Full Name\", locale => 'de')) /* ) */",
          'Full Name': `left(anon_funcs.fake_full_name("Full Name", 'a salt of its own'), 20)`,
        },
      },
    ],
  })

  test('is kept from the reader, who can neither read nor choose it', async () => {
    await using shop = await Shop.open()
    await init(testContext(), shop.database.target)
    await shop.install({ dictionaries: [pseudonyms], salt })
    const query = 'SELECT email FROM anon_views.people ORDER BY id'
    const rows = await shop.asReader(query)
    expect(JSON.stringify(rows)).not.toContain('secret')
    expect(await shop.asReader(`SET anon_funcs.salt = 'guessed'; ${query}`)).toEqual(rows)
    const definitions = await shop.asReader("SELECT pg_get_viewdef('anon_views.people'::regclass)")
    expect(JSON.stringify(definitions)).not.toContain('of tests')
    await shop.database.run(`SET anon_funcs.salt = '${salt.reveal().replaceAll("'", "''")}'`)
    const expected = `SELECT anon_funcs.fake_email(email) || lower(anon_funcs.fake_city(')' || "Full Name", locale => 'de')) AS email
      FROM public.people ORDER BY id`
    expect(await shop.database.rows(expected)).toEqual(rows as never)
  })

  test('is asked for where a rule needs it, and nowhere else', async () => {
    await using shop = await Shop.open()
    await init(testContext(), shop.database.target)
    const { findings } = await faultOf(shop.install({ dictionaries: [pseudonyms] }))
    expect(findings.map(({ code }) => code)).toContain('view-salt')
    for (const entry of [
      { fields: { email: 'md5(email || anon_funcs.salt())' } },
      { fields: { email: "md5(email || current_setting('anon_funcs.salt', true))" } },
      { fields: { email: 'anon_funcs.fake_email(email, false, NULL)' } },
      { fields: { email: 'anon_funcs.fake_email(email, salt => "Full Name")' } },
      { sql_condition: 'anon_funcs.pseudonym_int(id) > 5' },
      { raw_sql: 'SELECT *, anon_funcs.pseudonym_int(id) AS x FROM public.people' },
    ]) {
      const rules = dictionary({ dictionary: [{ schema: 'public', table: 'people', ...entry }] })
      expect((await faultOf(shop.install({ dictionaries: [rules], salt }))).code).toBe('view-salt')
    }
    const own = dictionary({
      dictionary: [
        { schema: 'public', table: 'people', fields: { email: "anon_funcs.fake_email(email, salt => 's')" } },
        { schema: 'shop', table: 'orders', sql_condition: "anon_funcs.pseudonym_int(id, 's') > 0" },
      ],
    })
    const { warnings } = await shop.install({ dictionaries: [own] })
    expect(warnings.map(({ code }) => code)).toEqual(['view-salt', 'view-salt'])
  })

  test('goes to every function that takes one', async () => {
    await using shop = await Shop.open('')
    await init(testContext(), shop.database.target)
    const rows = await shop.database.rows<{ name: string; at: number }>(`
      SELECT DISTINCT proname AS name, array_position(proargnames, 'salt') - array_lower(proargnames, 1) AS at
      FROM pg_proc WHERE pronamespace = 'anon_funcs'::regnamespace AND 'salt' = ANY (proargnames) AND pronargdefaults > 0`)
    expect(Object.fromEntries(rows.map(({ name, at }) => [name, Number(at)]))).toEqual({ ...SALT_ARGUMENT })
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
