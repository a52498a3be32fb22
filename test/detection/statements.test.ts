import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseSql } from '../../src/compile/parser/parser.ts'
import { isRecord, names, walkTree } from '../../src/compile/parser/tree.ts'
import type { InspectedColumn } from '../../src/detection/columns.ts'
import { readEvidence } from '../../src/detection/evidence/read.ts'
import {
  type EvidenceStatement,
  evidenceStatements,
  furtherStatements,
} from '../../src/detection/evidence/statements.ts'
import { sql } from '../../src/lib/sql.ts'
import { TestDatabase } from '../server/database.ts'
import { columnsOf, many, prepare, sampleOf, type Values } from './inspected.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await TestDatabase.create()
  await prepare(database)
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

/** A column for every question, with a word in all values that nothing else has. */
const CANARY = 'Zzyzxcanary'
const TABLE: Readonly<Record<string, Values>> = {
  full_name: { values: many(80, (n) => `Anna ${CANARY}${String.fromCharCode(97 + (n % 26))}`) },
  email: { values: many(80, (n) => `${CANARY}${n}@example.org`) },
  account: { values: many(80, (n) => String(4111111111110000 + n)) },
  code: { values: many(80, (n) => `${CANARY}-${n}${n}${n}`) },
  notes: {
    values: many(
      80,
      (n) => `${CANARY} called, write to him at ${CANARY}${n}@example.org or +44 20 7946 0${100 + n}`,
    ),
  },
  profile: {
    type: 'jsonb',
    values: many(
      80,
      (n) => `{"email": "${CANARY}${n}@example.org", "${CANARY}": {"first_name": "${CANARY}"}}`,
    ),
  },
  tags: { type: 'text[]', values: many(80, (n) => `{"${CANARY}${n}","a, b",NULL}`) },
}

/** Every statement that the table calls for, with the rows that it answers. */
async function answers(table: Readonly<Record<string, Values>>) {
  const columns = columnsOf(table)
  const sample = sampleOf(table)
  const answered: { statement: EvidenceStatement; rows: Record<string, unknown>[] }[] = []
  const ask = async (statement: EvidenceStatement) => {
    const rows = await database.session.rows(statement.sql)
    answered.push({ statement, rows })
    return rows
  }
  const [first] = evidenceStatements(columns, sample)
  const evidence = first ? readEvidence(new Map(), first, await ask(first)) : new Map()
  for (const statement of furtherStatements(columns, evidence, sample)) await ask(statement)
  return answered
}

test('no statement gives a value back: all that comes is numbers', async () => {
  const answered = await answers(TABLE)
  expect(answered.map(({ statement }) => statement.question)).toEqual([
    'values',
    'digits',
    'letters',
    'inside',
    'keys',
  ])
  for (const { rows } of answered) {
    expect(rows.length).toBeGreaterThan(0)
    const told = rows.flatMap((row) => Object.values(row)).flat()
    for (const value of told) expect(value === null || typeof value === 'number').toBe(true)
    expect(JSON.stringify(rows).toLowerCase()).not.toContain(CANARY.toLowerCase())
  }
})

test('a key with a word that is unknown is not told: it may be a person’s name', async () => {
  const answered = await answers({ profile: TABLE.profile! })
  const keys = answered.find(({ statement }) => statement.question === 'keys')
  expect(keys?.rows.length).toBe(2)
})

describe('regular expressions', () => {
  /** Distinct patterns of a statement, wherever PostgreSQL takes one; a pattern that is no constant would be a fault. */
  async function patternsOf(statement: EvidenceStatement): Promise<Set<string>> {
    const patterns = new Set<string>()
    walkTree(await parseSql(statement.sql.text), (type, fields) => {
      const [name = '', last = name] = type === 'FuncCall' ? names(fields.funcname) : names(fields.name)
      const args = type === 'FuncCall' ? fields.args : [fields.lexpr, fields.rexpr]
      const takesPattern =
        type === 'A_Expr'
          ? /^!?~\*?$/.test(name)
          : type === 'FuncCall' && /^(regexp_\w+|substring)$/.test(last)
      if (takesPattern && Array.isArray(args))
        patterns.add(JSON.stringify(isRecord(args[1]) ? args[1] : null).replace(/"location":\d+/g, ''))
    })
    return patterns
  }

  test('no statement has more than 30, and going from table to table compiles none', async () => {
    const answered = await answers(TABLE)
    const patterns = new Map<string, Set<string>>()
    for (const { statement } of answered) patterns.set(statement.question, await patternsOf(statement))
    for (const [question, of] of patterns) {
      expect([question, of.size > 0, of.size <= 30]).toEqual([question, true, true])
    }
    // PostgreSQL keeps 32; these two are asked of nearly every table.
    const common = new Set([...patterns.get('values')!, ...patterns.get('inside')!])
    expect(common.size).toBeLessThanOrEqual(32)
    expect(common.size).toBeGreaterThan(20)
  })
})

test('a table costs one statement, and at most four more', async () => {
  const text = (name: string): InspectedColumn => ({ name, type: 'text' })
  const columns = many(20, (n) => `c${n}`).map(text)
  expect(evidenceStatements(columns, sql`SELECT 1`).length).toBe(1)
  expect((await answers(TABLE)).length).toBe(5)
  expect((await answers({ name: { values: ['Anna Smith'] }, city: { values: ['Paris'] } })).length).toBe(1)
})

test('a table whose types hold nothing personal costs none', () => {
  const types = ['boolean', 'uuid', 'integer', 'timestamp with time zone', 'interval', 'real', 'int4range']
  const columns = types.map((type) => ({ name: 'reading', type }))
  expect(evidenceStatements(columns, sql`SELECT 1`)).toEqual([])
  expect(furtherStatements(columns, new Map(), sql`SELECT 1`)).toEqual([])
})

test('numbers and dates are looked at where their name hints at something', () => {
  const asked = (name: string, type: string) => evidenceStatements([{ name, type }], sql`SELECT 1`).length
  expect([
    asked('phone', 'integer'),
    asked('born', 'date'),
    asked('quantity', 'integer'),
    asked('due', 'date'),
  ]).toEqual([1, 1, 0, 0])
  expect([asked('reading', 'bigint'), asked('reading', 'numeric(20,0)')]).toEqual([1, 1])
})
