import { describe, expect, test } from 'bun:test'
import { withLibrary } from './library.ts'

const { database, refusal, value } = withLibrary()

describe('permutations', () => {
  test.each([1, 2, 3, 7, 10, 97, 100, 255, 256, 257, 1000, 4097])(
    'of %d numbers are one to one, in full',
    async (size) => {
      const [row] = await database().rows(
        `SELECT count(DISTINCT p) AS images, min(p) AS lowest, max(p) AS highest
         FROM (SELECT anon_funcs.permute(n, 5, ${size + 4}, 42) AS p FROM generate_series(5, ${size + 4}) AS n) AS images`,
      )
      expect(row).toEqual({ images: String(size), lowest: '5', highest: String(size + 4) })
    },
  )

  test('of all smallints is one to one and keeps sign and length', async () => {
    const [row] = await database().rows(
      `SELECT count(DISTINCT p) AS images,
         count(*) FILTER (WHERE length(p::text) <> length(n::text) OR sign(p) <> sign(n) AND n NOT BETWEEN 0 AND 9) AS changed
       FROM (SELECT n, anon_funcs.pseudonym_int(n::smallint, 's') AS p FROM generate_series(-32768, 32767) AS n) AS images`,
    )
    expect(row).toEqual({ images: '65536', changed: '0' })
  })

  test('around the ends of the types is one to one, and the same in every type that holds the number', async () => {
    for (const [end, narrow, wide] of [
      ['32767', 'smallint', 'integer'],
      ['2147483647', 'integer', 'bigint'],
    ]) {
      const [row] = await database().rows(
        `SELECT count(DISTINCT anon_funcs.pseudonym_int(n::${wide}, 's')) = count(*) AS apart,
           bool_and(anon_funcs.pseudonym_int(n::${narrow}, 's') = anon_funcs.pseudonym_int(n::${wide}, 's'))
             FILTER (WHERE n BETWEEN -${end} AND ${end}) AS same
         FROM (
           SELECT n FROM generate_series(${end} - 2000, ${end}) AS n
           UNION ALL SELECT -n FROM generate_series(${end} - 2000, ${end}) AS n
         ) AS numbers`.replaceAll('::smallint', '::int::smallint'),
      )
      expect(row).toEqual({ apart: true, same: true })
      const beyond = await value<string>(
        `count(DISTINCT anon_funcs.pseudonym_int(n, 's')) FROM generate_series(-${end}::bigint - 3000, -${end}::bigint + 3000) AS n`,
      )
      expect(beyond).toBe('6001')
    }
  })

  test('a million values do not meet', async () => {
    expect(
      await value<string>(
        "count(DISTINCT anon_funcs.pseudonym_int(n, 's')) FROM generate_series(1, 1000000) AS n",
      ),
    ).toBe('1000000')
    expect(
      await value<string>(
        "count(DISTINCT anon_funcs.pseudonym_digits(n::text, 's')) FROM generate_series(1, 1000000) AS n",
      ),
    ).toBe('1000000')
  }, 120_000)

  test('a number has one pseudonym, in whatever type of number it is', async () => {
    expect(
      await value<boolean>(
        "bool_and(anon_funcs.pseudonym_int(n, 's') = anon_funcs.pseudonym_int(n::bigint, 's')) FROM generate_series(1, 1000) AS n",
      ),
    ).toBe(true)
  })

  test('the ends of every type are in range', async () => {
    for (const [type, ends] of Object.entries({
      smallint: ['-32768', '-32767', '32767', '0'],
      integer: ['-2147483648', '-2147483647', '2147483647', '0'],
      bigint: ['-9223372036854775808', '-9223372036854775807', '9223372036854775807', '0'],
    })) {
      for (const end of ends) {
        expect(await value(`anon_funcs.pseudonym_int('${end}'::${type}, 's')`)).not.toBeNull()
      }
      expect(await value(`anon_funcs.pseudonym_int(NULL::${type}, 's')`)).toBeNull()
    }
  })

  test('texts of up to four digits are permuted one to one, in full, and keep their signs', async () => {
    for (const digits of [1, 2, 3, 4]) {
      expect(
        await value<string>(
          `count(DISTINCT anon_funcs.pseudonym_digits(lpad(n::text, ${digits}, '0'), 's')) FROM generate_series(0, ${10 ** digits - 1}) AS n`,
        ),
      ).toBe(String(10 ** digits))
    }
    expect(await value<string>("anon_funcs.pseudonym_digits('+49 (030) 12-x', 's')")).toMatch(
      /^\+\d\d \(\d{3}\) \d\d-x$/,
    )
    expect(await value<string>("anon_funcs.pseudonym_digits('none', 's')")).toBe('none')
    expect(await refusal("anon_funcs.pseudonym_digits(repeat('7', 37), 's')")).toContain('36 digits')
    for (const other of ['+٤٩٣٠', '４１１１', '१२']) {
      expect(await refusal(`anon_funcs.pseudonym_digits('${other}', 's')`)).toContain('other scripts')
    }
  })
})
