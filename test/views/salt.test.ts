import { describe, expect, test } from 'bun:test'
import { SALT_ARGUMENT } from '../../src/compile/salted-calls.ts'
import { init } from '../../src/operations/init.ts'
import { faultOf } from '../server/faults.ts'
import { dictionary, salt, testContext } from '../server/operations.ts'
import { Shop } from './shop.ts'

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
