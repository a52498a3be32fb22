import type { InspectedColumn } from '../../src/detection/columns.ts'
import type { EvidenceOfTable } from '../../src/detection/evidence/counts.ts'
import { inspect } from '../../src/detection/inspect.ts'
import type { Detection } from '../../src/detection/judge/detection.ts'
import { judgeTable } from '../../src/detection/judge/judge.ts'
import { vocabularySetting } from '../../src/detection/vocabulary/table.ts'
import { fromCatalog, identifier, join, literal, type Sql, sql } from '../../src/lib/sql.ts'
import { EMPTY_SEARCH_PATH } from '../../src/postgres/settings.ts'
import type { TestDatabase } from '../server/database.ts'

/** Values of one column; the type is text where none is given. */
export interface Values {
  readonly type?: string
  readonly values: readonly (string | null)[]
}

/** Makes a session what the detection expects. */
export async function prepare(database: TestDatabase): Promise<void> {
  await database.session.run(EMPTY_SEARCH_PATH)
  await database.session.run(vocabularySetting())
}

export function columnsOf(table: Readonly<Record<string, Values>>): InspectedColumn[] {
  return Object.entries(table).map(([name, { type = 'text' }]) => ({ name, type }))
}

/** The values as a sample: each goes through its column's type and comes back as text. */
export function sampleOf(table: Readonly<Record<string, Values>>): Sql {
  const columns = Object.values(table)
  const aliases = join(columns.map((_, at) => identifier(`c${at + 1}`)))
  const length = Math.max(...columns.map(({ values }) => values.length))
  const rows = Array.from({ length }, (_, row) => sql`(${join(columns.map((column) => cell(column, row)))})`)
  return sql`SELECT * FROM (VALUES ${join(rows)}) AS v(${aliases})`
}

function cell({ type = 'text', values }: Values, row: number): Sql {
  return sql`CAST(CAST(${literal(values[row] ?? null)} AS ${fromCatalog(type)}) AS text)`
}

export async function evidenceOf(
  database: TestDatabase,
  table: Readonly<Record<string, Values>>,
): Promise<EvidenceOfTable> {
  return inspect((statement) => database.session.rows(statement), columnsOf(table), sampleOf(table))
}

/** What is found in a table of such values. */
export async function detect(
  database: TestDatabase,
  name: string,
  table: Readonly<Record<string, Values>>,
): Promise<Map<string, Detection>> {
  return judgeTable(name, columnsOf(table), await evidenceOf(database, table))
}

/** The entities that are taken for sure, by column. */
export function likely(detections: ReadonlyMap<string, Detection>): Record<string, string> {
  return Object.fromEntries(
    [...detections]
      .filter(([, { confidence }]) => confidence >= 0.5)
      .map(([column, { entity }]) => [column, entity]),
  )
}

/** So many values, made by number from 0. */
export function many(count: number, value: (number: number) => string): string[] {
  return Array.from({ length: count }, (_, number) => value(number))
}
