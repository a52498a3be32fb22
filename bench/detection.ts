import { parseArgs } from 'node:util'
import type { Entity } from '../src/detection/entities.ts'
import { inspect } from '../src/detection/inspect.ts'
import type { Detection } from '../src/detection/judge/detection.ts'
import { LIKELY } from '../src/detection/judge/detection.ts'
import { judgeTable } from '../src/detection/judge/judge.ts'
import { vocabularySetting } from '../src/detection/vocabulary/table.ts'
import { identifier, join, literal, sql } from '../src/lib/sql.ts'
import { Session } from '../src/postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../src/postgres/settings.ts'
import { ThrowawayCluster } from '../src/postgres/throwaway-cluster.ts'
import {
  HOW_TO_GET,
  type LabelledColumn,
  type LabelledTable,
  readLabelledColumns,
} from './labelled-columns.ts'

/**
 * Measures the built-in detection on labelled columns, loaded into a server of its own as tables of text. `--tables 3-9`
 * takes some of the tables, by their place in the file from 0. No value is printed.
 */
const { values: options, positionals } = parseArgs({
  options: { tables: { type: 'string' }, quiet: { type: 'boolean', default: false } },
  allowPositionals: true,
})

/**
 * Which of our entities is which label. An entity that is missing here has no label: the set does not call a city, a
 * salary or a user name anything. Such detections count as wrong only under "any detection".
 */
const LABELS: Partial<Readonly<Record<Entity, string>>> = {
  PERSON_NAME: 'PERSON_NAME',
  FIRST_NAME: 'PERSON_NAME',
  LAST_NAME: 'PERSON_NAME',
  ADDRESS: 'STREET_ADDRESS',
  STREET: 'STREET_ADDRESS',
  EMAIL: 'EMAIL_ADDRESS',
  PHONE: 'PHONE_NUMBER',
  DATE_OF_BIRTH: 'DATE_OF_BIRTH',
  POSTCODE: 'ZIPCODE',
  GEO_COORDINATES: 'GEO_COORDINATES',
  GENDER: 'GENDER',
  ETHNICITY: 'ETHNIC_GROUP',
  AGE: 'AGE',
  MARITAL_STATUS: 'MARITAL_STATUS',
  LANGUAGE: 'SPOKEN_LANGUAGE',
  OCCUPATION: 'OCCUPATION',
}

const PERSONAL = new Set(Object.values(LABELS))

interface Judged {
  readonly table: string
  readonly fold: number
  readonly column: LabelledColumn
  readonly detection: Detection | undefined
}

const FOLDS = 5

const path = positionals[0] ?? process.env.BENCH_LABELLED_COLUMNS
if (path === undefined || !(await Bun.file(path).exists())) {
  process.stderr.write(`${HOW_TO_GET}\n`)
  process.exit(2)
}
const tables = chosen(await readLabelledColumns(path))
const cluster = await ThrowawayCluster.start({ signal: new AbortController().signal })
try {
  const judged = await judgeAll(tables)
  report(judged)
} finally {
  await cluster.stop()
}

function chosen(all: readonly LabelledTable[]): readonly LabelledTable[] {
  if (options.tables === undefined) return all
  const ranges = options.tables.split(',').map((range) => range.split('-').map(Number))
  return all.filter((_, at) => ranges.some(([from = 0, to = from]) => at >= from && at <= to))
}

async function judgeAll(all: readonly LabelledTable[]): Promise<Judged[]> {
  const session = await Session.open(cluster.target('postgres'))
  try {
    await session.run(EMPTY_SEARCH_PATH)
    await session.run(vocabularySetting())
    const judged: Judged[] = []
    for (const [at, table] of all.entries()) {
      judged.push(...(await judgeOne(session, table)).map((column) => ({ ...column, fold: at % FOLDS })))
    }
    return judged
  } finally {
    await session.close()
  }
}

async function judgeOne(session: Session, { name, columns }: LabelledTable): Promise<Omit<Judged, 'fold'>[]> {
  const aliases = columns.map((_, at) => identifier(`c${at + 1}`))
  const rows = Math.max(...columns.map(({ values }) => values.length))
  const lines = Array.from(
    { length: rows },
    (_, row) => sql`(${join(columns.map(({ values }) => literal(values[row] ?? null)))})`,
  )
  await session.run(sql`CREATE TEMP TABLE labelled (${join(aliases.map((alias) => sql`${alias} text`))})`)
  await session.run(sql`INSERT INTO pg_temp.labelled VALUES ${join(lines)}`)
  const inspected = columns.map((column) => ({ name: column.name, type: 'text' }))
  const evidence = await inspect(
    (statement) => session.rows(statement),
    inspected,
    sql`SELECT * FROM pg_temp.labelled`,
  )
  await session.run(sql`DROP TABLE pg_temp.labelled`)
  const detections = judgeTable(name, inspected, evidence)
  return columns.map((column) => ({ table: name, column, detection: detections.get(column.name) }))
}

function report(judged: readonly Judged[]): void {
  const personal = (column: Judged) => PERSONAL.has(column.column.label)
  const found = (column: Judged) => labelOf(column) !== undefined
  const lines = [
    `${judged.length} columns of ${new Set(judged.map(({ table }) => table)).size} tables`,
    score('personal, 13 types', judged, personal, found),
    score('sensitive', judged, ({ column }) => column.sensitive, found),
    score('sensitive, personal types', judged, (one) => one.column.sensitive && personal(one), found),
    score('personal, any detection', judged, personal, ({ detection }) => isLikely(detection)),
    ...Array.from({ length: FOLDS }, (_, fold) =>
      score(
        `fold ${fold + 1}`,
        judged.filter((one) => one.fold === fold),
        personal,
        found,
      ),
    ),
    ...[...PERSONAL].toSorted().map((label) =>
      score(
        label,
        judged,
        ({ column }) => column.label === label,
        (one) => labelOf(one) === label,
      ),
    ),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (options.quiet) return
  const wrong = judged.filter(
    (one) => (labelOf(one) ?? 'None') !== (personal(one) ? one.column.label : 'None'),
  )
  process.stdout.write(`\nwrong:\n${wrong.map(describeWrong).join('\n')}\n`)
}

function isLikely(detection: Detection | undefined): boolean {
  return detection !== undefined && detection.confidence >= LIKELY
}

function labelOf({ detection }: Judged): string | undefined {
  if (!detection || !isLikely(detection)) return undefined
  const [first] = detection.evidence
  // A document is labelled as what is in it.
  return LABELS[detection.entity === 'DOCUMENT' && first?.kind === 'keys' ? first.entity : detection.entity]
}

function score(
  title: string,
  judged: readonly Judged[],
  expected: (one: Judged) => boolean,
  found: (one: Judged) => boolean,
): string {
  const hits = judged.filter((one) => expected(one) && found(one)).length
  const wanted = judged.filter(expected).length
  const told = judged.filter(found).length
  const precision = told === 0 ? 1 : hits / told
  const recall = wanted === 0 ? 1 : hits / wanted
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)
  const figures = [precision, recall, f1].map((figure) => figure.toFixed(3))
  return `${title.padEnd(28)} P ${figures[0]}  R ${figures[1]}  F1 ${figures[2]}  (${wanted} wanted, ${told} found)`
}

function describeWrong({ table, column, detection }: Judged): string {
  const why = (detection?.evidence ?? []).map((item) => Object.values(item).join(' ')).join(', ')
  const found = detection ? `${detection.entity} ${detection.confidence}` : 'nothing'
  return `  ${table}: ${column.name}: ${column.label}, found ${found}${why && ` (${why})`}`
}
