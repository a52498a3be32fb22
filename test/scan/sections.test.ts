import { describe, expect, test } from 'bun:test'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { dictionary, scanAt } from '../server/operations.ts'
import { found, harmless, rulesOf } from './found.ts'

const SETUP = `
  CREATE TABLE public.users (
    id serial PRIMARY KEY, email text, phone varchar(30), note text, visits integer, "Odd ""name" text
  );
  INSERT INTO public.users (email, phone, note, visits, "Odd ""name") VALUES
    ('ada@example.org', '79161234567', 'nothing', 7, 'Zürich'),
    (NULL, NULL, E'two lines\\nSECRET, they say', NULL, NULL),
    ('', '', 'secretive', 0, '');
  CREATE TABLE public.goods (code text PRIMARY KEY, title text, contact text);
  INSERT INTO public.goods VALUES ('x@example.org', 'Anvil', 'top secret plan'), ('y', 'Иван Петров', 'cet été.');
  CREATE SCHEMA shop;
  CREATE TABLE shop.users (email text);
  INSERT INTO shop.users VALUES ('bob@example.org');
  CREATE VIEW public.seen AS SELECT email FROM public.users;
  CREATE TABLE public.empty (email text);`

const MAIL = { data_regex: { rules: ['[a-z]+@[a-z]+\\.[a-z]+'] } }

describe.each(['partial', 'full'] as const)('a %s scan', (mode) => {
  const scanIn = async (meta: object, overrides = {}) => {
    await using source = await TestDatabase.create(SETUP)
    return await scanAt(source.target, meta, { mode, ...overrides })
  }

  test('finds a regular expression in values; keys, views and empty tables hold nothing for it', async () => {
    const result = await scanIn(MAIL)
    expect(found(result)).toEqual(['shop.users.email', 'users.email'])
    expect(harmless(result)).toEqual([
      'goods.contact',
      'goods.title',
      'users.Odd "name',
      'users.note',
      'users.phone',
      'users.visits',
    ])
  })

  test('searches as Python does: a dot matches a line break, a boundary is one', async () => {
    expect(found(await scanIn({ data_regex: { rules: ['lines.SECRET'] } }))).toEqual(['users.note'])
    expect(found(await scanIn({ data_regex: { rules: ['\\bsecret\\b'] } }))).toEqual(['goods.contact'])
    expect(found(await scanIn({ data_regex: { rules: ['(?i)secret\\b'] } }))).toEqual([
      'goods.contact',
      'users.note',
    ])
  })

  test('finds a constant as a word of its own, in any case', async () => {
    expect(found(await scanIn({ data_const: { constants: ['Secret'] } }))).toEqual([
      'goods.contact',
      'users.note',
    ])
    expect(found(await scanIn({ data_const: { constants: ['zürich'] } }))).toEqual(['users.Odd "name'])
    expect(found(await scanIn({ data_const: { constants: ['rich'] } }))).toEqual([])
    expect(found(await scanIn({ data_const: { constants: ['иван ПЕТРОВ'] } }))).toEqual(['goods.title'])
    expect(found(await scanIn({ data_const: { partial_constants: ['ПЕТР'] } }))).toEqual(['goods.title'])
    expect(found(await scanIn({ data_const: { constants: ['éTÉ', 'петр'] } }))).toEqual(['goods.contact'])
  })

  test('finds one word of many, a phrase, and a part of a word', async () => {
    const many = Array.from({ length: 500 }, (_, at) => `word${at}`)
    expect(found(await scanIn({ data_const: { constants: [...many, 'ANVIL', 'ZÜRICH'] } }))).toEqual([
      'goods.title',
      'users.Odd "name',
    ])
    expect(found(await scanIn({ data_const: { constants: ['P SECRET PL'] } }))).toEqual(['goods.contact'])
    expect(found(await scanIn({ data_const: { partial_constants: ['ECRET'] } }))).toEqual([
      'goods.contact',
      'users.note',
    ])
  })

  test('takes columns by name, by expression and exactly, without a look at their type or rows', async () => {
    expect(
      found(await scanIn({ field: { rules: ['^vis'], constants: ['email', 'CODE', 'note '] } })),
    ).toEqual(['empty.email', 'shop.users.email', 'users.email', 'users.visits'])
  })

  test('skips and includes schemas, tables and columns; skip wins', async () => {
    expect(found(await scanIn({ ...MAIL, skip_rules: [{ schema: 'shop' }] }))).toEqual(['users.email'])
    expect(
      found(await scanIn({ ...MAIL, skip_rules: [{ schema: 'public', table: 'users', fields: ['email'] }] })),
    ).toEqual(['shop.users.email'])
    expect(
      found(await scanIn({ ...MAIL, include_rules: [{ schema_mask: '^pub', table_mask: 'ser' }] })),
    ).toEqual(['users.email'])
    const both = {
      include_rules: [{ schema_mask: '*' }],
      skip_rules: [{ schema: 'public', table_mask: '*' }],
    }
    const result = await scanIn({ ...MAIL, ...both })
    expect([found(result), harmless(result)]).toEqual([['shop.users.email'], []])
  })

  test('tells of rules that name no table', async () => {
    const { warnings } = await scanIn({
      ...MAIL,
      skip_rules: [{ schema: 'pubilc' }, { schema: 'shop', table: 'users' }],
    })
    expect(warnings).toMatchObject([{ code: 'rule-unmatched', severity: 'warning', place: { line: 1 } }])
  })

  test('looks into the types it is told, by alias, base or exactly', async () => {
    const digits = { data_regex: { rules: ['\\d'] } }
    expect(found(await scanIn({ ...digits, sens_pg_types: ['int4'] }))).toEqual(['users.visits'])
    expect(found(await scanIn({ ...digits, sens_pg_types: ['varchar'] }))).toEqual(['users.phone'])
    expect(found(await scanIn({ ...digits, sens_pg_types: ['character varying(30)'] }))).toEqual([
      'users.phone',
    ])
    expect(found(await scanIn({ ...digits, sens_pg_types: ['varchar(31)'] }))).toEqual([])
  })

  test('looks at the rows of a condition only', async () => {
    const condition = (sql: string) => ({
      ...MAIL,
      data_sql_condition: [{ schema: 'public', table: 'users', sql_condition: sql }],
    })
    expect(found(await scanIn(condition('WHERE id > 1')))).toEqual(['shop.users.email'])
    expect(found(await scanIn(condition('users.id = 1')))).toEqual(['shop.users.email', 'users.email'])
  })

  test('chooses the rule by exact type, base type, default, and by the digest of pg_anon', async () => {
    const names = { field: { constants: ['email', 'phone', 'visits'] } }
    expect(rulesOf(await scanIn(names))).toMatchObject({
      'public.users.email': `anon_funcs.digest("email", 'salt_word', 'md5')`,
    })
    const funcs = {
      text: 'left("%s", 100 %% 7)',
      'varchar(30)': "upper(%s) || '%s'",
      varchar: "'never'",
      default: 'f("%s")',
    }
    const broken = await faultOf(scanIn({ ...names, funcs: { text: 'garbage((' } }))
    expect([broken.code, broken.place?.line]).toEqual(['expression-syntax', 1])
    expect(rulesOf(await scanIn({ ...names, funcs }))).toMatchObject({
      'public.users.email': 'left("email", 100 % 7)',
      'public.users.phone': `upper("phone") || 'phone'`,
      'public.users.visits': 'f("visits")',
    })
  })

  test('all sections together, of several dictionaries', async () => {
    await using source = await TestDatabase.create(SETUP)
    const result = await scanAt(source.target, undefined, {
      mode,
      metaDictionaries: [
        dictionary({ ...MAIL, funcs: { text: 'first("%s")' }, field: { constants: ['title'] } }),
        dictionary({
          data_const: { constants: ['secret'] },
          funcs: { text: 'second("%s")' },
          skip_rules: [{ schema: 'shop' }],
        }),
      ],
    })
    expect(rulesOf(result)).toEqual({
      'public.goods.title': 'second("title")',
      'public.goods.contact': 'second("contact")',
      'public.users.email': 'second("email")',
      'public.users.note': 'second("note")',
    })
  })
})

describe('functions of data_func', () => {
  const FUNCTIONS = `${SETUP}
    CREATE TABLE public.asked AS SELECT n AS id, 'v' || n AS value, n % 10 AS digit FROM generate_series(1, 100) AS n;
    CREATE FUNCTION public.holds_seven(value text, schema_name text, table_name text, field_name text)
      RETURNS boolean LANGUAGE sql AS $$ SELECT value LIKE '%7%' AND table_name = 'asked' AND field_name = 'value' $$;
    CREATE FUNCTION public.is_seven(value integer, a text, b text, c text)
      RETURNS boolean LANGUAGE sql AS $$ SELECT value = 7 $$;
    CREATE FUNCTION shop.wanted(schema_name text, table_name text, field_name text, type text)
      RETURNS boolean LANGUAGE sql AS $$ SELECT (schema_name, table_name, field_name, type) = ('public', 'goods', 'title', 'text') $$;
    CREATE FUNCTION public.fails(value text, a text, b text, c text)
      RETURNS boolean LANGUAGE sql AS $$ SELECT 1 / (length(value) - 2) > 0 $$;`
  const asking = (data_func: object) => ({
    data_func,
    skip_rules: [{ schema: 'public', table_mask: 'empty' }],
  })

  test.each(['partial', 'full'] as const)(
    'decide by value and by column, with hits and a rule of their own (%s)',
    async (mode) => {
      await using source = await TestDatabase.create(FUNCTIONS)
      const scanWith = async (data_func: object) =>
        rulesOf(await scanAt(source.target, asking(data_func), { mode }))
      expect(
        await scanWith({ text: { scan_func: 'holds_seven', n_count: 19, anon_func: 'mine("%s")' } }),
      ).toEqual({
        'public.asked.value': 'mine("value")',
      })
      expect(await scanWith({ text: { scan_func: 'holds_seven', n_count: 20 } })).toEqual({})
      expect(await scanWith({ int4: [{ scan_func: '"public" . is_seven', n_count: 10 }] })).toEqual({
        'public.asked.digit': 'anon_funcs.pseudonym_int("digit")',
      })
      expect(
        await scanWith({ anyelement: [{ scan_func_per_field: 'shop.wanted', anon_func: "'%s'" }] }),
      ).toEqual({ 'public.goods.title': "'title'" })
    },
  )

  test('that fail on a row leave the column out of both dictionaries', async () => {
    await using source = await TestDatabase.create(FUNCTIONS)
    const result = await scanAt(source.target, {
      ...asking({ text: { scan_func: 'fails' } }),
      include_rules: [{ schema: 'public', table: 'asked', fields: ['value'] }],
    })
    expect([found(result), harmless(result)]).toEqual([[], []])
    expect(result.warnings).toMatchObject([
      {
        code: 'column-not-scanned',
        message: 'Not scanned: division by zero (SQLSTATE 22012).',
        place: { field: 'value' },
      },
    ])
  })

  test('that are none, or do not fit, are refused before a row is looked at', async () => {
    await using source = await TestDatabase.create(FUNCTIONS)
    const refused = async (name: string) => {
      const fault = await faultOf(scanAt(source.target, asking({ text: { scan_func: name } })))
      return [fault.code, fault.place?.line, fault.findings.length]
    }
    expect(await refused('no_such_function')).toEqual(['rule-rejected', 1, 1])
    expect(await refused('is_seven')).toEqual(['rule-rejected', 1, 1])
    expect(await refused('f(1); DROP TABLE users; --')).toEqual(['expression-rejected', 1, 1])
  })
})
