import { type InstallRequest, installViews } from '../../src/operations/views/install.ts'
import { viewsStatus } from '../../src/operations/views/status.ts'
import { TestDatabase } from '../server/database.ts'
import { dictionary, planningOf, testContext } from '../server/operations.ts'

export const SETUP = `
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

export const masks = dictionary({
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

/** A database with personal data, and a role that may read its views. */
export class Shop implements AsyncDisposable {
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
