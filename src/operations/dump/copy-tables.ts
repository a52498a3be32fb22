import { compressData, type DataTally } from '../../archive/data-stream.ts'
import { dataFileName } from '../../archive/toc/entries.ts'
import { relationName, type Server } from '../../catalog/model.ts'
import { maskedColumns, type TablePlan } from '../../compile/plan/plan.ts'
import { copyStatement, needsEmptySearchPath, relationSql } from '../../compile/select.ts'
import { Fault, type Place } from '../../lib/fault.ts'
import { fromCatalog, type Sql, sql } from '../../lib/sql.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { CopyError, CopySession } from '../../postgres/copy-session.ts'
import type { Program } from '../../postgres/programs.ts'
import { ServerError, type Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import { LOCK_NOT_AVAILABLE, lockWaitFault, type Snapshot } from '../../postgres/snapshot.ts'
import { describeSqlState } from '../../postgres/sqlstate.ts'
import type { ArchiveFolder, WrittenFile } from '../../storage/archive-folder.ts'
import type { Context } from '../context.ts'
import { runLanes } from '../lanes.ts'

/** A table whose rows go into the archive, under the dump id of its data. */
export interface TableToCopy {
  readonly table: TablePlan
  /** Of the entry that makes the table. */
  readonly tableId: number
  readonly dumpId: number
}

export interface CopiedTable extends TableToCopy, WrittenFile {
  readonly file: string
  readonly rows: number
  readonly bytes: number
}

interface Lane {
  readonly session: CopySession
  emptyPath: boolean | undefined
}

/** How long to look for the column that made a COPY fail. */
const SEARCH_MILLISECONDS = 60_000

/** Copies the rows of tables into data files, several tables at once, all in one snapshot. */
export async function copyTables(
  context: Context,
  work: {
    readonly source: Target
    readonly psql: Program
    readonly snapshot: Snapshot
    readonly server: Server
    readonly folder: ArchiveFolder
    readonly lanes: number
    readonly lockWait: number
  },
  tables: readonly TableToCopy[],
): Promise<CopiedTable[]> {
  const copied: CopiedTable[] = []
  const meter = new Meter(context, tables)
  await runLanes(tables, {
    lanes: work.lanes,
    signal: context.signal,
    open: async (signal): Promise<Lane> => {
      const join = work.snapshot.joinStatements(work.server, work.lockWait)
      return { session: await CopySession.open(work.psql, work.source, join, signal), emptyPath: undefined }
    },
    work: async (lane, item, signal) => {
      try {
        copied.push(await copyTable(lane, item, work.snapshot, work.folder, meter))
      } catch (error) {
        signal.throwIfAborted()
        throw error instanceof CopyError
          ? await explainFailure(work.snapshot.session, item.table, error)
          : error
      }
    },
    close: (lane) => lane.session.close(),
  })
  return copied
}

async function copyTable(
  lane: Lane,
  item: TableToCopy,
  snapshot: Snapshot,
  folder: ArchiveFolder,
  meter: Meter,
): Promise<CopiedTable> {
  const { table, dumpId } = item
  await usePath(lane, snapshot, needsEmptySearchPath(table))
  const tally: DataTally = { rows: 0, bytes: 0 }
  const pieces = compressData(lane.session.copyOut(copyStatement(table)), tally, () =>
    meter.report(table, tally),
  )
  const file = `${dataFileName(dumpId)}.gz`
  const written = await folder.write(file, pieces)
  meter.finish(table, tally)
  return { ...item, ...written, file, rows: tally.rows, bytes: tally.bytes }
}

async function usePath(lane: Lane, snapshot: Snapshot, empty: boolean): Promise<void> {
  if (lane.emptyPath === empty) return
  await lane.session.run(empty ? EMPTY_SEARCH_PATH : snapshot.databaseSearchPath)
  lane.emptyPath = empty
}

/** Says which column's rule failed, by trying each one alone; never with which value. */
async function explainFailure(session: Session, table: TablePlan, error: CopyError): Promise<Fault> {
  const relation = relationName(table.relation)
  if (error.sqlState === LOCK_NOT_AVAILABLE) return lockWaitFault({ relation })
  const place = await findFailingRule(session, table).catch(() => undefined)
  const condition = describeSqlState(error.sqlState)
  return new Fault('copy-failed', `Copying the rows failed: ${condition}.`, {
    place: { ...place, relation },
    remedy: remedyFor(error.sqlState, place !== undefined),
  })
}

function remedyFor(sqlState: string, ruleFailed: boolean): string {
  if (sqlState === '42501') {
    return 'The user needs SELECT on the table and, where it has row security, BYPASSRLS or a role that owns it.'
  }
  if (sqlState === '40001')
    return 'On a standby, raise max_standby_streaming_delay, or dump from the primary.'
  if (sqlState.startsWith('XX'))
    return 'Look at the log of the server; pg_amcheck tells whether the table is damaged.'
  return ruleFailed
    ? 'Let the rule handle every value of the column, empty and NULL among them.'
    : 'Look at the log of the server.'
}

async function findFailingRule(session: Session, table: TablePlan): Promise<Place | undefined> {
  await session.run(sql`SET statement_timeout = ${fromCatalog(String(SEARCH_MILLISECONDS))}`)
  for (const { column, expression } of maskedColumns(table)) {
    const value = sql`${expression.sql}::${fromCatalog(column.type)}::text`
    const failed = await fails(
      session,
      sql`SELECT pg_catalog.count(${value}) FROM ONLY ${relationSql(table.relation)}`,
    )
    if (failed) return { ...expression.source.place, field: column.name }
  }
  return undefined
}

async function fails(session: Session, statement: Sql): Promise<boolean> {
  await session.run(sql`SAVEPOINT pgveil_search`)
  try {
    await session.run(statement)
    return false
  } catch (error) {
    if (error instanceof ServerError) return error.sqlState !== '57014'
    throw error
  } finally {
    await session.run(sql`ROLLBACK TO SAVEPOINT pgveil_search`)
  }
}

/** Weighs tables by their bytes and a table's rows by the planner's estimate, to say how much of the work is done. */
class Meter {
  readonly #context: Context
  readonly #total: number
  readonly #running = new Map<TablePlan, { share: number; rows: number }>()
  #finished = 0
  #rows = 0

  constructor(context: Context, tables: readonly TableToCopy[]) {
    this.#context = context
    this.#total = tables.reduce((sum, { table }) => sum + weightOf(table), 0)
  }

  report(table: TablePlan, tally: Readonly<DataTally>): void {
    const expected = table.relation.estimatedRows
    const fraction = expected > 0 ? tally.rows / expected : tally.bytes / weightOf(table)
    this.#running.set(table, { share: Math.min(fraction, 0.99) * weightOf(table), rows: tally.rows })
    this.#say(table)
  }

  finish(table: TablePlan, tally: Readonly<DataTally>): void {
    this.#running.delete(table)
    this.#finished += weightOf(table)
    this.#rows += tally.rows
    this.#say(table)
  }

  #say(table: TablePlan): void {
    const running = [...this.#running.values()]
    this.#context.onProgress({
      stage: 'copy',
      done: Math.round(this.#finished + running.reduce((sum, part) => sum + part.share, 0)),
      total: this.#total,
      rows: this.#rows + running.reduce((sum, part) => sum + part.rows, 0),
      item: relationName(table.relation),
    })
  }
}

/** An empty table costs a round trip too. */
function weightOf(table: TablePlan): number {
  return Math.max(table.relation.bytes, 8192)
}
