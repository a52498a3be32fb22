import { type Column, relationName } from '../../catalog/model.ts'
import { keyOf } from '../../catalog/table-column.ts'
import type { DecidedTable } from '../../compile/scan/decide-by-name.ts'
import type { Judgement } from '../../compile/scan/outcome.ts'
import { sampleSelect } from '../../compile/scan/rows-source.ts'
import { valueText } from '../../compile/scan/value-text.ts'
import { type InspectedColumn, readsValuesOf } from '../../detection/columns.ts'
import type { ColumnEvidence, EvidenceOfTable } from '../../detection/evidence/counts.ts'
import { wasExamined } from '../../detection/evidence/worth-a-look.ts'
import { inspect } from '../../detection/inspect.ts'
import { judgeTable } from '../../detection/judge/judge.ts'
import { vocabularySetting } from '../../detection/vocabulary/table.ts'
import { identifier, type Sql, sql } from '../../lib/sql.ts'
import { ServerError, type Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import type { Context } from '../context.ts'
import { askAll, attempt, type Questioning } from '../snapshot-sessions.ts'
import { reasonOf } from './table-look.ts'

/**
 * Judges the open columns of all tables by names, and by what PostgreSQL counts in a sample of the rows. It judges by
 * shares, so that a sample from all over the table serves for any table.
 */
export async function detect(
  context: Context,
  questioning: Questioning,
  tables: readonly DecidedTable[],
  rows: number,
): Promise<ReadonlyMap<string, Judgement>> {
  const judgements = new Map<string, Judgement>()
  const prepared = { ...questioning, prepare: sql`${EMPTY_SEARCH_PATH}; ${vocabularySetting()}` }
  const asked = tables.filter(({ columns }) => columns.some(({ decision }) => decision.kind === 'open'))
  await askAll(context, prepared, 'detect', asked, {
    nameOf: ({ relation }) => relationName(relation),
    ask: async (session, table, signal) => {
      for (const [column, judgement] of await judgeColumns(session, signal, table, rows))
        judgements.set(keyOf({ relation: table.relation, column }), judgement)
      return []
    },
  })
  return judgements
}

async function judgeColumns(
  session: Session,
  signal: AbortSignal,
  table: DecidedTable,
  rows: number,
): Promise<[Column, Judgement][]> {
  const { relation, columns } = table
  const inspected = columns.map(({ column }) => asInspected(column))
  // Those that are decided bear witness to what the others are, by their names.
  const open = columns.flatMap(({ column, decision }, at) =>
    decision.kind === 'open' ? [{ column, at }] : [],
  )
  const evidence = new Map<number, ColumnEvidence>()
  const missed = new Map<Column, string>()
  await collect(session, signal, table, open, rows, (found) => {
    if (found.error) missed.set(found.column, reasonOf(found.error))
    else if (found.evidence) evidence.set(found.at + 1, found.evidence)
  })
  const detections = judgeTable(relation.name, inspected, evidence)
  return open.map(({ column, at }): [Column, Judgement] => {
    const detection = detections.get(column.name)
    if (detection) return [column, { kind: 'detected', detection }]
    const why = missed.get(column)
    if (why !== undefined) return [column, { kind: 'not-scanned', why }]
    return [column, { kind: isJudged(asInspected(column), evidence.get(at + 1)) ? 'nothing' : 'unseen' }]
  })
}

/** Whether nothing found means that there is nothing: of a column without values it says nothing. */
function isJudged(column: InspectedColumn, evidence: ColumnEvidence | undefined): boolean {
  return readsValuesOf(column.type) && wasExamined(column, evidence) && evidence?.values?.examined !== 0
}

function asInspected({ name, valueType, isArray }: Column): InspectedColumn {
  return { name, type: isArray ? `${valueType}[]` : valueType }
}

/** A column and its place among all of its table. */
interface PlacedColumn {
  readonly column: Column
  readonly at: number
}

/** What PostgreSQL counts of some columns; where it fails, each by itself shows which one it is. */
async function collect(
  session: Session,
  signal: AbortSignal,
  table: DecidedTable,
  columns: readonly PlacedColumn[],
  rows: number,
  tell: (
    found: PlacedColumn & { readonly evidence?: ColumnEvidence | undefined; readonly error?: ServerError },
  ) => void,
): Promise<void> {
  const answer = await evidenceOf(
    session,
    signal,
    table,
    columns.map(({ column }) => column),
    rows,
  )
  if (!(answer instanceof ServerError)) {
    for (const [number, placed] of columns.entries()) tell({ ...placed, evidence: answer.get(number + 1) })
    return
  }
  for (const placed of columns) {
    if (columns.length === 1) tell({ ...placed, error: answer })
    else await collect(session, signal, table, [placed], rows, tell)
  }
}

async function evidenceOf(
  session: Session,
  signal: AbortSignal,
  { leaves }: DecidedTable,
  columns: readonly Column[],
  rows: number,
): Promise<EvidenceOfTable | ServerError> {
  if (leaves.length === 0) return new Map()
  const items = columns.map(
    (column, at) => sql`${valueText(column, { cut: !column.isArray })} AS ${identifier(`c${at + 1}`)}`,
  )
  const ask = async (statement: Sql) => {
    const answer = await attempt<Record<string, unknown>>(session, signal, statement)
    if (answer instanceof ServerError) throw answer
    return answer
  }
  try {
    return await inspect(
      ask,
      columns.map(asInspected),
      sampleSelect(
        leaves.map(({ relation }) => relation),
        items,
        rows,
      ),
    )
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return error
  }
}
