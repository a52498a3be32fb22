import { fromShippedFile } from '../src/lib/sql.ts'
import type { Target } from '../src/postgres/connection/target.ts'
import { Session } from '../src/postgres/session.ts'

/** A database to measure on. `scale` is 1 for the figures in the documentation, less for a check that all works. */
export interface Scenario {
  readonly name: string
  readonly setup: (scale: number) => readonly string[]
  /** The sensitive dictionary to dump with; undefined where dump and restore are not measured. */
  readonly dictionary?: unknown
  /** Another one, by what it does, where the masks decide how long it takes. */
  readonly other?: { readonly name: string; readonly dictionary: unknown }
  /** The meta-dictionary to scan with; undefined where scans are not measured. */
  readonly scan?: unknown
}

/** Two regular expressions, a constant and a partial constant, as in the figures published for pg_anon. */
const META = {
  data_regex: { rules: ['[A-Za-z0-9]+([._-][A-Za-z0-9]+)*@[A-Za-z0-9-]+(\\.[A-Za-z]{2,})+', '7?[\\d]{10}'] },
  data_const: { constants: ['secret'], partial_constants: ['@example'] },
}

const WIDE_COLUMNS = Array.from({ length: 20 }, (_, at) => {
  const number = at + 1
  const kinds = [
    `md5((i * ${number})::text) AS note_${number}`,
    `'user' || i || '@example.org' AS contact_${number}`,
    `i * ${number} AS amount_${number}`,
    `'some words here ' || i AS title_${number}`,
    `date '2020-01-01' + i AS day_${number}`,
  ]
  return kinds[at % kinds.length]
})

const NAMES = `(ARRAY['Hazel', 'Björn', 'Loïc', 'Milagros', 'Максим', '卞刚毅'])[1 + n % 6]`

const people = (rows: number) => `
CREATE TABLE public.people AS
SELECT n AS id, ${NAMES} || ' ' || md5(n::text) AS name, 'user.' || n || '@example.org' AS email,
  '+44 555 ' || lpad((n::bigint * 7919 % 10000000)::text, 7, '0') AS phone, date '1940-01-01' + n % 25000 AS born, 'GB' AS country
FROM generate_series(1, ${rows}) AS n`

const orders = (rows: number) => `
CREATE TABLE public.orders AS
SELECT n AS id, 1 + n % 1500000 AS person, timestamptz '2020-01-01' + n * interval '1 minute' AS placed_at,
  (n * 31 % 100000)::numeric / 100 AS total, 'user.' || n % 1500000 || '@example.org' AS contact, 'paid' AS state,
  md5((n * 3)::text) AS reference
FROM generate_series(1, ${rows}) AS n`

export const narrow = (rows: number) => `
CREATE TABLE public.narrow AS
SELECT n AS id, n % 1000 AS kind, 'code ' || n AS code FROM generate_series(1, ${rows}) AS n`

export const NARROW_MASK = {
  dictionary: [{ schema: 'public', table: 'narrow', fields: { code: 'md5(code)' } }],
}

const rows = (scale: number, number: number) => Math.max(1, Math.round(scale * number))

/** The tables and masks are like those of the figures published for pg_anon: 4.5 million rows, four masked columns. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'two tables',
    setup: (scale) => [people(rows(scale, 1_500_000)), orders(rows(scale, 3_000_000))],
    dictionary: {
      dictionary: [
        {
          schema: 'public',
          table: 'people',
          fields: {
            name: "anon_funcs.digest(name, 'salt', 'md5')",
            email: "md5(email) || '@example.com'",
            phone: "anon_funcs.partial(phone, 4, '*******', 2)",
          },
        },
        { schema: 'public', table: 'orders', fields: { contact: "md5(contact) || '@example.com'" } },
      ],
    },
    scan: META,
  },
  {
    name: 'one table',
    setup: (scale) => [orders(rows(scale, 3_000_000))],
    dictionary: {
      dictionary: [
        { schema: 'public', table: 'orders', fields: { contact: "md5(contact) || '@example.com'" } },
      ],
    },
  },
  {
    name: 'one table of narrow rows',
    setup: (scale) => [narrow(rows(scale, 10_000_000))],
    dictionary: NARROW_MASK,
    other: {
      name: 'partial',
      dictionary: {
        dictionary: [
          { schema: 'public', table: 'narrow', fields: { code: "anon_funcs.partial(code, 2, '***', 2)" } },
        ],
      },
    },
  },
  {
    name: 'long texts',
    setup: (scale) => [
      `CREATE TABLE public.texts AS
       SELECT n AS id, (
         SELECT string_agg(md5((n * 1000 + part)::text), ' ') FROM generate_series(1, 600) AS part
       ) AS body
       FROM generate_series(1, ${rows(scale, 200_000)}) AS n`,
    ],
    dictionary: { dictionary: [{ schema: 'public', table: 'texts', fields: { id: 'id + 1' } }] },
  },
  {
    name: 'many small tables',
    setup: (scale) => [
      `DO $$ BEGIN FOR n IN 1..${rows(scale, 2000)} LOOP
         EXECUTE format('CREATE TABLE public.small_%s AS SELECT i AS id, md5(i::text) AS name FROM generate_series(1, 50) AS i', n);
         IF n % 200 = 0 THEN COMMIT; END IF;
       END LOOP; END $$`,
    ],
    dictionary: {
      dictionary: [{ schema: 'public', table_mask: '^small_', fields: { name: 'md5(name)' } }],
    },
  },
  {
    name: 'wide schema',
    setup: (scale) => [
      `DO $$ BEGIN FOR n IN 1..${rows(scale, 2000)} LOOP
         EXECUTE format('CREATE TABLE public.wide_%s AS SELECT i AS id, ${WIDE_COLUMNS.join(', ').replaceAll("'", "''")} FROM generate_series(1, 1500) AS i', n);
         IF n % 100 = 0 THEN COMMIT; END IF;
       END LOOP; END $$`,
    ],
    scan: META,
  },
]

export async function build(target: Target, scenario: Pick<Scenario, 'setup'>, scale: number): Promise<void> {
  const session = await Session.open(target)
  try {
    for (const statement of scenario.setup(scale)) await session.run(fromShippedFile(statement))
    await session.run(fromShippedFile('VACUUM ANALYZE'))
    await session.run(fromShippedFile('CHECKPOINT'))
  } finally {
    await session.close()
  }
}
