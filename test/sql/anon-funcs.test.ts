import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { init } from '../../src/operations/init.ts'
import { ServerError } from '../../src/postgres/session.ts'
import { TestDatabase } from '../server/database.ts'
import { testContext } from '../server/operations.ts'
import { withLibrary } from './library.ts'

const { database, value } = withLibrary()

describe('digest', () => {
  test.each(['md5', 'sha224', 'sha256', 'sha384', 'sha512'])(
    '%s is that of value and salt',
    async (algorithm) => {
      const expected = createHash(algorithm).update('héllo 世界salt').digest('hex')
      expect(await value<string>(`anon_funcs.digest('héllo 世界', 'salt', '${algorithm}')`)).toBe(expected)
      expect(
        await value<string>(`anon_funcs.digest('héllo 世界', 'salt', '${algorithm.toUpperCase()}')`),
      ).toBe(expected)
    },
  )

  test('has the known value', async () => {
    expect(await value<string>(`anon_funcs.digest('text', 'salt', 'sha256')`)).toBe(
      '3353e16497ad272fea4382119ff2801e54f0a4cf2057f4e32d00317bda5126c3',
    )
  })

  test('of NULL is NULL, of backslashes is that of backslashes', async () => {
    expect(await value(`anon_funcs.digest(NULL, 's', 'sha256')`)).toBeNull()
    expect(await value(`anon_funcs.digest('a', NULL, 'sha256')`)).toBeNull()
    const expected = createHash('sha256').update('\\x41\\').digest('hex')
    expect(await value<string>(`anon_funcs.digest('\\x41\\', '', 'sha256')`)).toBe(expected)
  })

  test('sha1 asks for pgcrypto', async () => {
    const error = await value(`anon_funcs.digest('a', 'b', 'sha1')`).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ServerError)
    expect((error as ServerError).words).toBe('The algorithm sha1 needs the extension pgcrypto.')
    expect(await value(`anon_funcs.digest(NULL, 'b', 'sha1')`)).toBeNull()
  })

  test('is inlined, so that a constant algorithm costs nothing', async () => {
    await database().run('CREATE TABLE IF NOT EXISTS public.t (v text)')
    const plan = await database().rows(
      `EXPLAIN (VERBOSE, COSTS OFF) SELECT anon_funcs.digest(v, 's', 'md5'), anon_funcs.partial(v, 1, '*', 1) FROM public.t`,
    )
    expect(JSON.stringify(plan)).toContain('md5')
    expect(JSON.stringify(plan)).not.toContain('anon_funcs')
  })
})

describe('partial', () => {
  test.each<[string, string | null]>([
    [`partial('123456789', 1, '***', 3)`, '1***789'],
    [`partial('abcdefgh', 1, 'xxxx', 3)`, 'axxxxfgh'],
    [`partial('abc', 0, '*', 0)`, '*'],
    // A text with nothing to hide between what may be seen is hidden whole.
    [`partial('1234', 1, '***', 3)`, '***'],
    [`partial('ab', 1, '***', 3)`, '***'],
    [`partial('', 1, '***', 3)`, '***'],
    [`partial('日本語文字', 1, '*', 1)`, '日*字'],
    [`partial('abcdef', -1, '*', -1)`, '*'],
    [`partial(NULL, 1, '*', 1)`, null],
    [`partial_email('example@gmail.com')`, 'ex******@gm******.com'],
    [`partial_email('a@b.c')`, '******@******.c'],
    [`partial_email('ab@cd.example.org')`, 'a******@c******.org'],
    [`partial_email('user@localhost')`, 'us******@lo******'],
    [`partial_email('no address')`, 'no******'],
    [`partial_email('')`, '******'],
    [`partial_email('@')`, '******@******'],
    [`partial_email('a@b@c.d')`, '******@******'],
    [`partial_email(NULL)`, null],
  ])('%s', async (expression, expected) => {
    expect(await value<string | null>(`anon_funcs.${expression}`)).toBe(expected)
  })
})

describe('random values', () => {
  /** Smallest and largest of many calls, and how many different ones there were. */
  async function spread(expression: string, calls = 2000) {
    const [row] = await database().rows<{ least: string; most: string; different: number }>(`
      SELECT min(v)::text AS least, max(v)::text AS most, count(DISTINCT v)::int AS different
      FROM (SELECT ${expression} AS v FROM generate_series(1, ${calls})) AS values`)
    return row as { least: string; most: string; different: number }
  }

  test.each<[string, RegExp]>([
    ['random_string(7)', /^[A-Z0-9]{7}$/],
    ['random_zip()', /^\d{6}$/],
    ['random_inn()', /^\d{8}$/],
    [`random_phone('+7')`, /^\+7[1-9]\d{8}$/],
    ['random_phone()', /^0[1-9]\d{8}$/],
    [`random_hash('seed', 'sha512')`, /^[0-9a-f]{128}$/],
  ])('%s has its form, and differs from call to call', async (expression, form) => {
    const rows = await database().rows<{ v: string }>(
      `SELECT anon_funcs.${expression} AS v FROM generate_series(1, 200)`,
    )
    for (const { v } of rows) expect(v).toMatch(form)
    expect(new Set(rows.map(({ v }) => v)).size).toBeGreaterThan(190)
  })

  test('random_string covers all of its letters and digits', async () => {
    const text = await value<string>(`anon_funcs.random_string(5000)`)
    expect(new Set(text).size).toBe(36)
    expect(await value<string>('anon_funcs.random_string(0)')).toBe('')
    expect(await value('anon_funcs.random_string(NULL)')).toBeNull()
  })

  test('whole numbers stay below their upper bound', async () => {
    expect(await spread('anon_funcs.random_int_between(5, 8)')).toEqual({
      least: '5',
      most: '7',
      different: 3,
    })
    expect(await spread('anon_funcs.random_int_between(-2, 1)')).toEqual({
      least: '-2',
      most: '0',
      different: 3,
    })
    expect(await value<number>('anon_funcs.random_int_between(4, 4)')).toBe(4)
    expect(await spread('anon_funcs.random_bigint_between(6000000000, 6000000003)')).toEqual({
      least: '6000000000',
      most: '6000000002',
      different: 3,
    })
    const full = await spread('anon_funcs.random_int_between(-2147483648, 2147483647)')
    expect(full.different).toBeGreaterThan(1990)
    const wide = await spread('anon_funcs.random_bigint_between(-9223372036854775808, 9223372036854775807)')
    expect(wide.different).toBeGreaterThan(1990)
    expect(await value('anon_funcs.random_int_between(NULL, 1)')).toBeNull()
  })

  test('moments lie between their bounds', async () => {
    const within = `bool_and(v >= '2020-02-02' AND v <= '2022-02-05')`
    expect(
      await database().value<boolean>(
        `SELECT ${within} FROM (SELECT anon_funcs.random_date_between('2020-02-02', '2022-02-05') AS v FROM generate_series(1, 1000)) AS x`,
      ),
    ).toBe(true)
    expect(
      await database().value<boolean>(
        `SELECT bool_and(v >= '1900-01-01' AND v <= now()) FROM (SELECT anon_funcs.random_date() AS v FROM generate_series(1, 1000)) AS x`,
      ),
    ).toBe(true)
  })

  test('random_in takes any element of any array', async () => {
    expect(await spread(`anon_funcs.random_in(ARRAY['a', 'b', 'c'])`)).toEqual({
      least: 'a',
      most: 'c',
      different: 3,
    })
    expect(await spread(`anon_funcs.random_in('[5:7]={1,2,3}'::int[])`)).toEqual({
      least: '1',
      most: '3',
      different: 3,
    })
    expect(await value(`anon_funcs.random_in('{}'::int[])`)).toBeNull()
  })

  test('noise stays near', async () => {
    for (const type of ['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision']) {
      const { least, most, different } = await spread(`anon_funcs.noise(1000::${type}, 0.2)`)
      expect(Number(least)).toBeGreaterThanOrEqual(800)
      expect(Number(most)).toBeLessThanOrEqual(1200)
      expect(different).toBeGreaterThan(100)
    }
    expect(await value('anon_funcs.noise(NULL::int, 0.2)')).toBeNull()
  })

  test('noise does not leave the bounds of whole numbers', async () => {
    for (const [type, least, most] of [
      ['smallint', '-32768', '32767'],
      ['integer', '-2147483648', '2147483647'],
      ['bigint', '-9223372036854775808', '9223372036854774784'],
    ]) {
      expect((await spread(`anon_funcs.noise('${most}'::${type}, 1)`)).most).toBe(most ?? '')
      expect((await spread(`anon_funcs.noise('${least}'::${type}, 1)`)).least).toBe(least ?? '')
    }
  })

  test('dnoise moves dates and times of every kind', async () => {
    for (const [type, moment] of [
      ['date', '2020-06-15'],
      ['timestamp', '2020-06-15 12:00'],
      ['timestamptz', '2020-06-15 12:00+00'],
    ]) {
      const near = `bool_and(abs(extract(epoch FROM v - '${moment}'::timestamp)) <= 86400 * 31.0) AND count(DISTINCT v) > 20`
      const moved = `SELECT anon_funcs.dnoise('${moment}'::${type}, '1 month')::timestamp AS v FROM generate_series(1, 200)`
      expect(await database().value<boolean>(`SELECT ${near} FROM (${moved}) AS x`)).toBe(true)
    }
    expect(
      await value<boolean>(`anon_funcs.dnoise('12:00'::time, '1 hour') BETWEEN '11:00' AND '13:00'`),
    ).toBe(true)
  })
})

test('hex_to_int', async () => {
  expect(await value<number>(`anon_funcs.hex_to_int('8AB')`)).toBe(2219)
  expect(await value<number>(`anon_funcs.hex_to_int('ffffffff')`)).toBe(-1)
  expect(await value<number>(`anon_funcs.hex_to_int('0')`)).toBe(0)
  expect(await value(`anon_funcs.hex_to_int(NULL)`)).toBeNull()
  for (const wrong of ['123456789', 'xyz'])
    await expect(value(`anon_funcs.hex_to_int('${wrong}')`)).rejects.toThrow()
})

describe('init', () => {
  test('can be run again, also at once from several sides, and leaves what others depend on', async () => {
    await using other = await TestDatabase.create()
    await Promise.all([
      init(testContext(), other.target),
      init(testContext(), other.target),
      init(testContext(), other.target),
    ])
    await other.run(`CREATE VIEW public.v AS SELECT anon_funcs.partial('abcdef', 1, '*', 1) AS p`)
    await init(testContext(), other.target)
    expect(await other.value<string>('SELECT p FROM public.v')).toBe('a*f')
  })

  test('installs all or nothing', async () => {
    await using other = await TestDatabase.create(`
      CREATE SCHEMA anon_funcs;
      CREATE FUNCTION anon_funcs.noise(x anyelement, y double precision) RETURNS anyelement LANGUAGE sql AS 'SELECT x'`)
    await expect(init(testContext(), other.target)).rejects.toThrow(
      expect.objectContaining({ code: 'init-failed' }),
    )
    expect(
      await other.value<number>(
        `SELECT count(*)::int FROM pg_proc WHERE pronamespace = 'anon_funcs'::regnamespace`,
      ),
    ).toBe(1)
  })

  test('goes over the functions that pg_anon installed', async () => {
    await using other = await TestDatabase.create(`
      CREATE SCHEMA anon_funcs;
      CREATE FUNCTION anon_funcs.digest(seed text, salt text, algorithm text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT NULL::text';
      CREATE FUNCTION anon_funcs.random_phone(phone_prefix text DEFAULT '0') RETURNS text LANGUAGE sql AS 'SELECT NULL::text'`)
    await init(testContext(), other.target)
    expect(await other.value<string>(`SELECT anon_funcs.digest('a', 'b', 'md5')`)).toBe(
      createHash('md5').update('ab').digest('hex'),
    )
  })
})
