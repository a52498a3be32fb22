import { describe, expect, test } from 'bun:test'
import { sql } from '../../src/lib/sql.ts'
import { init } from '../../src/operations/init.ts'
import { TestDatabase } from '../server/database.ts'
import { testContext } from '../server/operations.ts'
import { withLibrary } from './library.ts'

const LOCALES = ['en', 'de', 'es', 'fr', 'ru', 'zh']

const { database, refusal, value } = withLibrary()

const OF_TEXT = [
  ...['fake_first_name', 'fake_last_name', 'fake_full_name', 'fake_city', 'fake_street', 'fake_company'],
  ...['fake_email', 'fake_phone', 'fake_iban', 'fake_card_number', 'pseudonym_digits'],
]

describe('every function of value and salt', () => {
  test.each(OF_TEXT)('%s: NULL stays NULL, anything else gives the same again', async (name) => {
    expect(await value(`anon_funcs.${name}(NULL, salt => 's')`)).toBeNull()
    for (const text of ["''", "'Ada'", "E'it''s\\n\\\\ \"x\"'", "'山田 太郎'", "repeat('é', 1000000)"]) {
      const call = `anon_funcs.${name}(${text}, salt => 's')`
      expect(await value<boolean>(`${call} IS NOT NULL AND ${call} = ${call}`)).toBe(true)
    }
  })

  test.each([...OF_TEXT, 'pseudonym_int', 'fake_ip', 'fake_mac', 'fake_uuid'])(
    '%s: another salt gives something else',
    async (name) => {
      const inputs: Record<string, string> = {
        fake_ip: "('10.0.' || n || '.1')::inet",
        fake_mac: "lpad(to_hex(n), 12, '0')::macaddr",
        fake_uuid: "lpad(to_hex(n), 32, '0')::uuid",
        pseudonym_int: '100000 + n',
        pseudonym_digits: '(100000 + n)::text',
      }
      const input = inputs[name] ?? 'n::text'
      const same = await value<string>(
        `count(*) FILTER (WHERE anon_funcs.${name}(${input}, salt => 'a') = anon_funcs.${name}(${input}, salt => 'b'))
       FROM generate_series(1, 100) AS n`,
      )
      expect(Number(same)).toBeLessThan(20)
    },
  )

  test('the salt may be a setting; without one there is an error that says what to do', async () => {
    expect(await refusal("anon_funcs.fake_city('Ada')")).toBe('A pseudonym needs a salt, and there is none.')
    await database().run("SET anon_funcs.salt = 's'")
    expect(await value<boolean>("anon_funcs.fake_city('Ada') = anon_funcs.fake_city('Ada', 's')")).toBe(true)
    await database().run('RESET anon_funcs.salt')
  })

  test('the error for a missing salt is not raised where no row calls the function', async () => {
    const rows = await database().rows('SELECT anon_funcs.pseudonym_int(n) FROM generate_series(1, 0) AS n')
    expect(rows).toEqual([])
  })
})

describe('people and places', () => {
  test.each(LOCALES)('%s has words of every kind, none of them empty or twice', async (locale) => {
    const kinds = await database().rows<{ kind: string; words: string; distinct: string; blank: string }>(
      `SELECT kind, count(*) AS words, count(DISTINCT word) AS distinct, count(*) FILTER (WHERE trim(word) <> word OR word = '') AS blank
       FROM anon_funcs.words WHERE locale = '${locale}' AND kind NOT LIKE 'company_tail' GROUP BY kind ORDER BY kind`,
    )
    expect(kinds.map(({ kind }) => kind)).toEqual([
      ...['city', 'company_format', 'company_head', 'first_name', 'full_name_format', 'last_name', 'street'],
      'street_format',
    ])
    for (const { kind, words, distinct, blank } of kinds) {
      expect([kind, words, blank]).toEqual([kind, distinct, '0'])
      if (!kind.endsWith('_format')) expect(Number(words)).toBeGreaterThanOrEqual(49)
    }
  })

  test.each(LOCALES)('%s: placeholders are filled', async (locale) => {
    for (const name of ['fake_full_name', 'fake_street', 'fake_company']) {
      const bad = await value<string>(
        `count(*) FROM generate_series(1, 500) AS n WHERE coalesce(anon_funcs.${name}(n::text, 's', '${locale}'), '{') ~ '[{}]'`,
      )
      expect([name, bad]).toEqual([name, '0'])
    }
  })

  test('a full name is the first and the last name of the same value', async () => {
    expect(
      await value<boolean>(
        "anon_funcs.fake_full_name('x', 's') = anon_funcs.fake_first_name('x', 's') || ' ' || anon_funcs.fake_last_name('x', 's')",
      ),
    ).toBe(true)
  })

  test('an unknown locale is refused by name', async () => {
    expect(await refusal("anon_funcs.fake_city('x', 's', 'tlh')")).toBe(
      'There are no words of the kind city for the locale tlh.',
    )
  })

  test('a database whose encoding cannot hold a language does without it', async () => {
    await using latin = await TestDatabase.createAs(
      `test_latin_${process.pid}`,
      sql`ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
    )
    expect(await init(testContext(), latin.target)).toEqual({ localesLeftOut: ['ru', 'zh'] })
    expect(await latin.value<string>("SELECT anon_funcs.fake_last_name('x', 's', 'de')")).toBe(
      await value<string>("anon_funcs.fake_last_name('x', 's', 'de')"),
    )
    expect(await latin.value<string>("SELECT anon_funcs.redact_text('é@example.org 0301234567')")).toBe(
      '[e-mail] [phone]',
    )
  })

  test('e-mail addresses keep their domain or lose it, and a hundred thousand do not meet', async () => {
    expect(await value<string>("anon_funcs.fake_email('Ada@Example.org', true, 's')")).toMatch(
      /^[a-z]+\.[0-9a-f]{16}@Example\.org$/,
    )
    for (const text of ['Ada@Example.org', 'no address', 'two@at@signs @']) {
      expect(await value<string>(`anon_funcs.fake_email('${text}', salt => 's')`)).toMatch(/@example\.com$/)
    }
    expect(await value<string>("anon_funcs.fake_email('no address', true, 's')")).toMatch(/@example\.com$/)
    expect(
      await value<string>(
        "count(DISTINCT anon_funcs.fake_email(n::text, salt => 's')) FROM generate_series(1, 100000) AS n",
      ),
    ).toBe('100000')
  })
})

describe('numbers', () => {
  test('a phone number follows its format', async () => {
    expect(await value<string>("anon_funcs.fake_phone('x', salt => 's')")).toMatch(/^\+999\d{12}$/)
    expect(await value<string>("anon_funcs.fake_phone('x', '(0##) ###-##x', 's')")).toMatch(
      /^\(0\d\d\) \d{3}-\d\dx$/,
    )
    expect(await value<string>("anon_funcs.fake_phone('x', 'none', 's')")).toBe('none')
    expect(await value<string>("anon_funcs.fake_phone('x', '', 's')")).toBe('')
    expect(await refusal("anon_funcs.fake_phone('x', repeat('#', 16), 's')")).toContain('fifteen')
  })

  test.each(['AT', 'CH', 'DE', 'DK', 'GB', 'IE', 'LI', 'LU', 'NL', 'SE'])(
    'an IBAN of %s passes its check',
    async (country) => {
      const lengths = {
        AT: 20,
        CH: 21,
        DE: 22,
        DK: 18,
        GB: 22,
        IE: 22,
        LI: 21,
        LU: 20,
        NL: 18,
        SE: 24,
      } as Record<string, number>
      const rows = await database().rows<{ iban: string }>(
        `SELECT anon_funcs.fake_iban(n::text, '${country}', 's') AS iban FROM generate_series(1, 200) AS n`,
      )
      for (const { iban } of rows) {
        expect(iban.length).toBe(lengths[country] ?? 0)
        const number = (iban.slice(4) + iban.slice(0, 4)).replaceAll(/[A-Z]/g, (letter) =>
          String(letter.charCodeAt(0) - 55),
        )
        expect([iban, BigInt(number) % 97n]).toEqual([iban, 1n])
      }
    },
  )

  test('a country without a rule is refused', async () => {
    expect(await refusal("anon_funcs.fake_iban('x', 'XX', 's')")).toBe(
      'fake_iban does not know the country XX.',
    )
  })

  test('card numbers pass the check of Luhn and begin with what no network issues', async () => {
    const rows = await database().rows<{ card: string }>(
      `SELECT anon_funcs.fake_card_number(n::text, 's') AS card FROM generate_series(1, 1000) AS n`,
    )
    for (const { card } of rows) {
      expect(card).toMatch(/^9999\d{12}$/)
      const sum = [...card].reverse().reduce((total, digit, at) => {
        const doubled = Number(digit) * (at % 2 === 0 ? 1 : 2)
        return total + (doubled > 9 ? doubled - 9 : doubled)
      }, 0)
      expect(sum % 10).toBe(0)
    }
  })
})

describe('addresses of machines and identifiers', () => {
  test('keep family and netmask, and come from ranges nobody has', async () => {
    expect(await value<string>("host(anon_funcs.fake_ip('10.1.2.3/8', 's'))")).toMatch(/^2(4\d|5[0-5])\./)
    expect(await value<string>("masklen(anon_funcs.fake_ip('10.1.2.3/8', 's'))::text")).toBe('8')
    expect(await value<string>("host(anon_funcs.fake_ip('fe80::1', 's'))")).toMatch(/^2001:db8:/)
    expect(await value<string>("anon_funcs.fake_mac('08:00:2b:01:02:03', 's')::text")).toMatch(/^02:/)
    expect(
      await value<string>("anon_funcs.fake_uuid('00000000-0000-0000-0000-000000000000', 's')::text"),
    ).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await value("anon_funcs.fake_ip(NULL, 's')")).toBeNull()
    expect(await value("anon_funcs.fake_mac(NULL, 's')")).toBeNull()
    expect(await value("anon_funcs.fake_uuid(NULL, 's')")).toBeNull()
  })
})

describe('generalization', () => {
  test.each([
    ["generalize_date(date '1987-05-14', 'year')", "date '1987-01-01'"],
    ["generalize_date(date '0044-03-15 BC', 'month')", "date '0044-03-01 BC'"],
    ["generalize_date(timestamp 'infinity', 'year')", "timestamp 'infinity'"],
    ['generalize_number(37, 10)', '30'],
    ['generalize_number(-37, 10)', '-40'],
    ['generalize_number(-2147483648, 1000)', '-2147483648'],
    ['generalize_number(12345.678, 0.5)', '12345.5'],
    ['generalize_number(3.75::float8, 0.5::float8)', '3.5::float8'],
    ['generalize_number(9223372036854775807, 2::bigint)', '9223372036854775806'],
    ['generalize_number(-9223372036854775808, 1000::bigint)', "'-9223372036854775808'::bigint"],
    ['generalize_number(8.9999999999999999, 3)', '6'],
    ["generalize_date(timestamptz '2001-02-03 04:05+00', 'day')", "timestamptz '2001-02-03 00:00+00'"],
  ])('%s = %s', async (call, expected) => {
    expect(await value<boolean>(`anon_funcs.${call} IS NOT DISTINCT FROM ${expected}`)).toBe(true)
  })

  test('a step of zero is refused, NULL stays NULL', async () => {
    expect(await refusal('anon_funcs.generalize_number(1, 0)')).toContain('a step above zero')
    expect(await value('anon_funcs.generalize_number(NULL::int, 10)')).toBeNull()
    expect(await value("anon_funcs.generalize_date(NULL::date, 'year')")).toBeNull()
    expect(await value('anon_funcs.generalize_number(5.5, NULL)')).toBeNull()
    expect(await value("anon_funcs.fake_phone('x', NULL, 's')")).toBeNull()
    for (const path of ["'{}'", "'{*}'", "'{a}'"]) {
      expect(await value(`anon_funcs.jsonb_mask(NULL, ${path})`)).toBeNull()
      expect(await value(`anon_funcs.jsonb_pseudonymize(NULL, ${path}, 's')`)).toBeNull()
    }
    expect(await value(`anon_funcs.jsonb_mask('{"a": "raw"}', NULL)`)).toBeNull()
  })
})

describe('jsonb', () => {
  test.each([
    [`'{"a": {"b": 1}}', '{a,b}', '"x"'`, `'{"a": {"b": "x"}}'`],
    [`'{"a": [{"b": 1}, {"b": 2}, {"c": 3}]}', '{a,b}', '0'`, `'{"a": [{"b": 0}, {"b": 0}, {"c": 3}]}'`],
    [`'{"a": [[{"b": 1}]]}', '{a,b}', '0'`, `'{"a": [[{"b": 0}]]}'`],
    [`'[1, 2, 3]', '{1}', '"x"'`, `'[1, "x", 3]'`],
    [`'[1, 2, 3]', '{-1}', '"x"'`, `'[1, 2, "x"]'`],
    [`'[1, 2, 3]', '{*}', '"x"'`, `'["x", "x", "x"]'`],
    [`'{"a": 1, "b": 2}', '{*}', '"x"'`, `'{"a": "x", "b": "x"}'`],
    [`'{"a": null}', '{a}', '"x"'`, `'{"a": null}'`],
    [`'{"a": 1}', '{b}', '"x"'`, `'{"a": 1}'`],
    [`'{}', '{a,b}', '"x"'`, `'{}'`],
    [`'"text"', '{}', '"x"'`, `'"x"'`],
    [`'{"it''s \\"q\\"": 1}', ARRAY['it''s "q"'], '"x"'`, `'{"it''s \\"q\\"": "x"}'`],
  ])('jsonb_mask(%s) = %s', async (args, expected) => {
    expect(await value(`anon_funcs.jsonb_mask(${args})`)).toEqual(await value(`${expected}::jsonb`))
  })

  test('pseudonyms are consistent, and nothing of an object stays readable', async () => {
    const masked = await value<Record<string, unknown>>(
      `anon_funcs.jsonb_pseudonymize('{"p": {"name": "Ada", "tags": ["Ada", 4711, 1.5, true, null]}, "name": "Ada"}', '{p}', 's')`,
    )
    const name = (masked.p as { name: string }).name
    expect(name).toMatch(/^[0-9a-f]{16}$/)
    expect(masked).toEqual({ p: { name, tags: [name, expect.any(Number), null, null, null] }, name: 'Ada' })
    expect(await value("anon_funcs.jsonb_pseudonymize(NULL, '{a}', 's')")).toBeNull()
  })
})

describe('redact_text', () => {
  test.each([
    ['write to ada@example.org, or +44 20 7946 0958.', 'write to [e-mail], or [phone].'],
    ['card 4111 1111 1111 1111', 'card [card]'],
    ['card 4111-1111-1111-1111!', 'card [card]!'],
    ['call (030) 123-45-67 now', 'call [phone] now'],
    ['мама@почта.рф', '[e-mail]'],
    ['٠١٢٣٤٥٦٧٨٩', '[phone]'],
    ['7946－0958', '[phone]'],
    ['born 2026-11-21, due 12.03.2024', 'born 2026-11-21, due 12.03.2024'],
    ['order 123456', 'order 123456'],
    ['"ada lovelace"@example.org', '[e-mail]'],
    ["o''brien@example.org", '[e-mail]'],
    ['ADA＠example.org', '[e-mail]'],
    ['4111.1111.1111.1111', '[card]'],
    ['4111_1111_1111_1111', '[card]'],
    ['4111  1111  1111  1111', '[card]'],
    ['4111-1111-1111-1111-1111-1111-1111-1111-1111-1111', '[card]'],
    ['01\u202f23\u202f45\u202f67\u202f89', '[phone]'],
    ['+1 (555)   123-4567', '[phone]'],
    ['12-34-5678', '[phone]'],
    ['2024-99-99', '[phone]'],
    ['', ''],
  ])('%s → %s', async (text, expected) => {
    expect(await value<string>(`anon_funcs.redact_text('${text}')`)).toBe(expected)
  })

  test('a long text without a blank takes a second, not hours', async () => {
    for (const piece of ['1', 'a', 'a@', '1-']) {
      const left = await value<string>(`anon_funcs.redact_text(repeat('${piece}', 250000)) ~ 'a@a|[0-9]{7}'`)
      expect([piece, left]).toEqual([piece, false as never])
    }
  }, 60_000)
})
