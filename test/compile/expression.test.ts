import { describe, expect, test } from 'bun:test'
import { readCondition, readExpression, readRawQuery } from '../../src/compile/expression.ts'
import { readSensitiveDictionary } from '../../src/dictionary/sensitive.ts'
import type { SqlText } from '../../src/dictionary/shape.ts'
import { describePlace, type Fault } from '../../src/lib/fault.ts'

function rule(text: string): SqlText {
  const dictionary = { dictionary: [{ schema: 's', table: 't', fields: { c: text } }] }
  const [entry] = readSensitiveDictionary({ name: 'd.json', text: JSON.stringify(dictionary) }).rules
  return entry?.fields.get('c') as SqlText
}

async function refusal(parse: Promise<unknown>): Promise<Fault> {
  return parse.then(
    () => {
      throw new Error('nothing was refused')
    },
    (error: Fault) => error,
  )
}

describe('a rule', () => {
  test.each<[string, string]>([
    ['md5("email")', '(md5("email"))'],
    ["md5(email) || '@x' -- why", "(md5(email) || '@x' -- why\n)"],
    ['a /* b */', '(a /* b */)'],
    ["$$it's$$ || E'\\''", "($$it's$$ || E'\\'')"],
    ['(SELECT max(x) FROM y)', '((SELECT max(x) FROM y))'],
    ["CASE WHEN a THEN 'x' ELSE b END", "(CASE WHEN a THEN 'x' ELSE b END)"],
    ['SQL:(SELECT 1)', '((SELECT 1))'],
    ['SQL: SELECT 1', '(( SELECT 1\n))'],
    ['SQL:md5(a)', '(md5(a))'],
  ])('%s is one expression', async (text, sql) => {
    const expression = await readExpression(rule(text))
    expect(expression.sql.text).toBe(sql)
    expect(expression.asIs).toBe(text.startsWith('SQL:'))
  })

  test.each(
    [
      'a, b',
      'a b',
      'a AS b',
      'a FROM secrets',
      'a WHERE true',
      'a UNION SELECT b',
      'a LIMIT 1',
      'a GROUP BY b',
      'a ORDER BY b',
      'a INTO b',
      'DISTINCT a',
      '*',
      't.*',
      'a;',
      '',
      '-- nothing',
    ].filter(Boolean),
  )('%s is more or less than one expression', async (text) => {
    expect((await refusal(readExpression(rule(text)))).code).toBe('expression-rejected')
  })

  // The number is the index of the character at which PostgreSQL's parser stops.
  test.each<[string, number]>([
    ['1) , (2', 1],
    ["1)::text || ('x'", 1],
    ['a; DROP b', 8],
    ['SELECT 1', 0],
    ['ALL a', 0],
    ['md5(email', 9],
    ["'open", 0],
    ['/* open', 0],
    ["'é😀' || bad bad bad", 17],
    ['SQL:(SELECT bad bad bad)', 20],
    ['  a b c', 6],
  ])('%j does not parse, and the fault says where', async (text, index) => {
    const source = rule(text)
    const fault = await refusal(readExpression(source))
    expect(fault.code).toBe('expression-syntax')
    expect(describePlace(fault.place)).toBe(describePlace(source.placeOf(index)))
  })

  test('of two statements is rejected', async () => {
    expect((await refusal(readExpression(rule('a; DROP TABLE b')))).code).toBe('expression-rejected')
  })

  test('shows what it does without its constants', async () => {
    const { outline } = await readExpression(rule("anon_funcs.digest(email, 'the salt', 'md5') || 17"))
    expect(outline).toBe('anon_funcs.digest(email, $1, $2) || $3')
  })

  test('of a hostile length or depth is refused', async () => {
    for (const text of [
      '('.repeat(20000) + ')'.repeat(20000),
      `1${'+1'.repeat(200_000)}`,
      `${'NOT '.repeat(30_000)}a`,
    ]) {
      expect((await refusal(readExpression(rule(text)))).code).toBe('expression-syntax')
    }
    // And the parser still works.
    expect((await readExpression(rule('md5(a)'))).outline).toBe('md5(a)')
  })
})

describe('a condition', () => {
  test.each<[string, string]>([
    ['WHERE a > 1', '( a > 1)'],
    ['\n  where a > 1 -- x', '( a > 1 -- x\n)'],
    ['wherever = 1 OR b', '(wherever = 1 OR b)'],
    ['EXISTS (SELECT FROM x WHERE y)', '(EXISTS (SELECT FROM x WHERE y))'],
  ])('%j', async (text, sql) => {
    expect((await readCondition(rule(text))).sql.text).toBe(sql)
  })

  test.each([
    'a LIMIT 1',
    'a ORDER BY b',
    'a GROUP BY b',
    'a; DELETE FROM x',
    'true UNION SELECT 1',
    'a FOR UPDATE',
  ])('%s is more than a condition', async (text) => {
    expect((await refusal(readCondition(rule(text)))).code).toBe('expression-rejected')
  })

  test.each(['WHERE', 'a) OR (b', 'a ='])('%s does not parse', async (text) => {
    expect((await refusal(readCondition(rule(text)))).code).toBe('expression-syntax')
  })
})

describe('a query in the place of a table', () => {
  test.each([
    'SELECT 1 AS a;',
    'WITH x AS (SELECT 1) SELECT * FROM x',
    'VALUES (1)',
    'TABLE x',
    'SELECT 1 UNION SELECT 2',
  ])('%s reads', async (text) => {
    expect((await readRawQuery(rule(text))).sql.text).toBe(text.replace(/;$/, ''))
  })

  test.each([
    'DELETE FROM x',
    'SELECT 1 INTO y',
    'SELECT * FROM x FOR UPDATE',
    'WITH d AS (DELETE FROM x RETURNING *) SELECT * FROM d',
    'SELECT 1; SELECT 2',
    'CREATE TABLE x ()',
    'COPY x TO STDOUT',
  ])('%s does more than read', async (text) => {
    expect((await refusal(readRawQuery(rule(text)))).code).toBe('expression-rejected')
  })
})

test('a chain that is longer than any stack is refused, and the next rule is read', async () => {
  const fault = await refusal(readExpression(rule(`a${"||'x'".repeat(10_000)}`)))
  expect([fault.code, fault.message]).toEqual([
    'expression-syntax',
    expect.stringContaining('nested too deeply'),
  ])
  expect((await readExpression(rule('md5(a)'))).sql.text).toBe('(md5(a))')
})
