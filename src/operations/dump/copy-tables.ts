import type { DataTally } from '../../archive/data-stream.ts'
import { relationName, type Server } from '../../catalog/model.ts'
import { givesOwnRows, maskedColumns, type TablePlan } from '../../compile/plan/plan.ts'
import { copyStatement, needsEmptySearchPath, relationSql } from '../../compile/select.ts'
import { Fault, type Place } from '../../lib/fault.ts'
import { fromCatalog, type Sql, sql } from '../../lib/sql.ts'
import { CopyError } from '../../postgres/copy-messages.ts'
import { CopySession } from '../../postgres/copy-session.ts'
import { ServerError, type Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import { LOCK_NOT_AVAILABLE, lockWaitFault, type Snapshot } from '../../postgres/snapshot.ts'
import { describeSqlState } from '../../postgres/sqlstate.ts'
import type { Context } from '../context.ts'
import { runLanes } from '../lanes.ts'
import { type Part, partsOf } from '../parts.ts'
import type { Questioning } from '../snapshot-sessions.ts'
import type { ArchiveSink, StoredRows } from './archive-sink.ts'
import { batchesOf } from './batches.ts'
import { TableData } from './table-data.ts'
import type { TableToCopy } from './table-to-copy.ts'

export interface CopiedTable extends TableToCopy, StoredRows {
  readonly rows: number
  readonly bytes: number
}

interface Lane {
  readonly session: CopySession
  emptyPath: boolean | undefined
  /** What was asked for while what stands before it was still coming. */
  askedAhead: readonly Part<OpenTable>[] | undefined
}

/** A COPY that the server ended with an error, and of which table. */
class FailedCopy {
  constructor(
    readonly table: TablePlan,
    readonly error: CopyError,
  ) {}
}

/** A table of fewer bytes is done before anybody waits for the connection. */
const SHORT_BYTES = 16 * 1024 * 1024

/** How long to look for the column that made a COPY fail. */
const SEARCH_MILLISECONDS = 60_000

/** A table on its way: the data that its parts fill. */
interface OpenTable extends TableToCopy {
  readonly data: TableData
}

/** Copies the rows of tables into an archive, in the order of the tables, over several connections at once, all in one snapshot. */
export async function copyTables(
  context: Context,
  work: Questioning & { readonly sink: ArchiveSink },
  tables: readonly TableToCopy[],
): Promise<CopiedTable[]> {
  const copied: CopiedTable[] = []
  const meter = new Meter(context, tables)
  const parts = openParts(tables, work)
  const batches = batchesOf(parts, {
    lanes: work.lanes,
    bytesOf: ({ table }) => table.relation.bytes,
    together: (one, other) => needsEmptySearchPath(one.table) === needsEmptySearchPath(other.table),
  })
  const copying = runLanes(batches, {
    lanes: work.lanes,
    signal: context.signal,
    open: async (signal): Promise<Lane> => {
      const join = work.snapshot.joinStatements(work.server, work.lockWait)
      const session = await CopySession.open(work.source, join, signal)
      await work.snapshot.giveSalt(session)
      return { session, emptyPath: undefined, askedAhead: undefined }
    },
    takesNext: (batch) => batch.every(isShort),
    work: async (lane, batch, signal, next) => {
      if (lane.askedAhead !== batch) await askFor(lane, batch, work.snapshot)
      if (next) askAhead(lane, next)
      for (const part of batch) {
        try {
          const table = await copyPart(lane, part, meter, signal)
          if (table) copied.push(table)
        } catch (error) {
          signal.throwIfAborted()
          throw error instanceof CopyError ? new FailedCopy(part.table.table, error) : error
        }
      }
    },
    close: (lane) => lane.session.close(),
  })
  try {
    await copying
  } catch (error) {
    // Not in its lane: of several that fail at once only the first is looked into, over the one session there is.
    throw error instanceof FailedCopy ? await explainFailure(work.snapshot.session, error) : error
  } finally {
    for (const data of new Set(parts.map(({ table }) => table.data))) await data.abandon()
  }
  return copied
}

function openParts(
  tables: readonly TableToCopy[],
  { sink, server, lanes }: { sink: ArchiveSink; server: Server; lanes: number },
): Part<OpenTable>[] {
  const divisible = ({ table }: TableToCopy) => ({ relation: table.relation, byPages: givesOwnRows(table) })
  const all = partsOf(tables, divisible, server, lanes, sink.partBytes)
  return [...Map.groupBy(all, ({ table }) => table)].flatMap(([table, parts]) => {
    const data = new TableData(sink.openTable(table.dumpId), sink.pack, parts.length)
    const open: OpenTable = { ...table, data }
    return parts.map((part) => ({ ...part, table: open }))
  })
}

/** Parts of which none keeps a connection for long; one that cannot be divided may. */
function isShort({ table, pages }: Part<OpenTable>): boolean {
  return pages !== undefined || table.table.relation.bytes <= SHORT_BYTES
}

/** Asks for the rows of parts that need the same search_path. */
async function askFor(lane: Lane, batch: readonly Part<OpenTable>[], snapshot: Snapshot): Promise<void> {
  await usePath(lane, snapshot, needsEmptyPath(batch))
  ask(lane, batch)
}

/** Asks for what comes next, where the search_path is the same, so that the server need not wait for us in between. */
function askAhead(lane: Lane, next: readonly Part<OpenTable>[]): void {
  if (lane.emptyPath !== needsEmptyPath(next)) return
  ask(lane, next)
  lane.askedAhead = next
}

function ask(lane: Lane, batch: readonly Part<OpenTable>[]): void {
  lane.session.ask(batch.map(({ table, pages }) => copyStatement(table.table, pages)))
}

function needsEmptyPath([first]: readonly Part<OpenTable>[]): boolean {
  return first !== undefined && needsEmptySearchPath(first.table.table)
}

/** Copies the next part that was asked for; gives the table when it was the last of its parts. */
async function copyPart(
  lane: Lane,
  { table: open }: Part<OpenTable>,
  meter: Meter,
  signal: AbortSignal,
): Promise<CopiedTable | undefined> {
  const { table, data } = open
  const part = meter.begin(table)
  const stored = await data.fill(lane.session.rows(), signal, part.report)
  if (!stored) return undefined
  meter.finish(table)
  const { tableId, dumpId } = open
  return { table, tableId, dumpId, ...stored, ...data.tally }
}

async function usePath(lane: Lane, snapshot: Snapshot, empty: boolean): Promise<void> {
  if (lane.emptyPath === empty) return
  await lane.session.run(empty ? EMPTY_SEARCH_PATH : snapshot.databaseSearchPath)
  lane.emptyPath = empty
}

/** Says which column's rule failed, by trying each one alone; never with which value. */
async function explainFailure(session: Session, { table, error }: FailedCopy): Promise<Fault> {
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
  readonly #tallies = new Map<TablePlan, Set<{ tally: Readonly<DataTally> }>>()
  #finished = 0
  #rows = 0

  constructor(context: Context, tables: readonly TableToCopy[]) {
    this.#context = context
    this.#total = tables.reduce((sum, { table }) => sum + weightOf(table), 0)
  }

  /** A part of a table that begins; report its tally as it grows. */
  begin(table: TablePlan): { report: (tally: Readonly<DataTally>) => void } {
    const parts = this.#tallies.get(table) ?? new Set()
    this.#tallies.set(table, parts)
    const part = { tally: { rows: 0, bytes: 0 } as Readonly<DataTally> }
    parts.add(part)
    return {
      report: (tally) => {
        part.tally = tally
        this.#say(table)
      },
    }
  }

  finish(table: TablePlan): void {
    this.#rows += this.#sum(table, 'rows')
    this.#tallies.delete(table)
    this.#finished += weightOf(table)
    this.#say(table)
  }

  #sum(table: TablePlan, measure: keyof DataTally): number {
    return [...(this.#tallies.get(table) ?? [])].reduce((sum, { tally }) => sum + tally[measure], 0)
  }

  #shareOf(table: TablePlan): number {
    const expected = table.relation.estimatedRows
    const fraction =
      expected > 0 ? this.#sum(table, 'rows') / expected : this.#sum(table, 'bytes') / weightOf(table)
    return Math.min(fraction, 0.99) * weightOf(table)
  }

  #say(table: TablePlan): void {
    const running = [...this.#tallies.keys()]
    this.#context.onProgress({
      stage: 'copy',
      done: Math.round(this.#finished + running.reduce((sum, other) => sum + this.#shareOf(other), 0)),
      total: this.#total,
      rows: this.#rows + running.reduce((sum, other) => sum + this.#sum(other, 'rows'), 0),
      item: relationName(table.relation),
    })
  }
}

/** An empty table costs a round trip too. */
function weightOf(table: TablePlan): number {
  return Math.max(table.relation.bytes, 8192)
}
