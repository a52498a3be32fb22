import { type Column, relationName } from '../../catalog/model.ts'
import type { DecidedTable } from '../../compile/scan/decide-by-name.ts'
import { keyOf } from '../../compile/scan/key-groups.ts'
import type { Judgement } from '../../compile/scan/outcome.ts'
import { sampleSelect } from '../../compile/scan/rows-source.ts'
import { valueText } from '../../compile/scan/value-text.ts'
import type { InspectedColumn } from '../../detection/columns.ts'
import type { EvidenceOfTable } from '../../detection/evidence/counts.ts'
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
  { relation, leaves, columns }: DecidedTable,
  rows: number,
): Promise<[Column, Judgement][]> {
  // Those that are decided bear witness to what the others are.
  const present = columns.map(({ column }) => column).filter(({ generated }) => generated === null)
  const inspected = present.map(
    ({ name, valueType, isArray }): InspectedColumn => ({
      name,
      type: isArray ? `${valueType}[]` : valueType,
    }),
  )
  const items = present.map(
    (column, at) => sql`${valueText(column, { cut: !column.isArray })} AS ${identifier(`c${at + 1}`)}`,
  )
  const evidence = await collect(session, signal, inspected, sampleSelect(leaves, items, rows))
  const known = evidence instanceof ServerError ? new Map() : evidence
  const detections = judgeTable(relation.name, inspected, known)
  return columns
    .filter(({ decision }) => decision.kind === 'open')
    .map(({ column }): [Column, Judgement] => {
      const detection = detections.get(column.name)
      if (detection) return [column, { kind: 'detected', detection }]
      if (evidence instanceof ServerError) return [column, { kind: 'not-scanned', why: reasonOf(evidence) }]
      return [column, { kind: 'nothing' }]
    })
}

/** What PostgreSQL counts, or the error that it answered with. */
async function collect(
  session: Session,
  signal: AbortSignal,
  columns: readonly InspectedColumn[],
  sample: Sql,
): Promise<EvidenceOfTable | ServerError> {
  const ask = async (statement: Sql) => {
    const answer = await attempt<Record<string, unknown>>(session, signal, statement)
    if (answer instanceof ServerError) throw answer
    return answer
  }
  try {
    return await inspect(ask, columns, sample)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return error
  }
}
