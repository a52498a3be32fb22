import type { Server } from '../catalog/model.ts'
import type { Finding } from '../lib/fault.ts'
import { join, literal, nothing, type Sql, sql } from '../lib/sql.ts'
import type { Target } from '../postgres/connection/target.ts'
import { ServerError, Session } from '../postgres/session.ts'
import type { Snapshot } from '../postgres/snapshot.ts'
import type { Context } from './context.ts'
import { runLanes } from './lanes.ts'

/** What it takes to ask a source many things at once in one snapshot. */
export interface Questioning {
  readonly source: Target
  readonly server: Server
  readonly snapshot: Snapshot
  readonly lanes: number
  /** Milliseconds. */
  readonly lockWait: number
  /** Milliseconds after which a statement is given up; undefined lets it take its time. */
  readonly statementTimeout?: number | undefined
  /** What else to run in each session before anything is asked. */
  readonly prepare?: Sql | undefined
}

/** A further session in the snapshot, under the search_path that rules are read by. */
async function openShared({
  source,
  server,
  snapshot,
  lockWait,
  statementTimeout = 0,
  prepare,
}: Questioning): Promise<Session> {
  const session = await Session.open(source)
  try {
    await session.run(snapshot.joinStatements(server, lockWait))
    await snapshot.giveSalt(session)
    await session.run(snapshot.databaseSearchPath)
    if (prepare) await session.run(prepare)
    await session.run(sql`SET statement_timeout = ${literal(statementTimeout)}`)
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

/** Asks about many things over several sessions at once; gives what was found, in the order of the answers. */
export async function askAll<Item>(
  context: Context,
  questioning: Questioning,
  stage: string,
  items: readonly Item[],
  options: {
    /** What is being asked about: a table's name. */
    readonly nameOf: (item: Item) => string
    readonly ask: (session: Session, item: Item, signal: AbortSignal) => Promise<readonly Finding[]>
  },
): Promise<Finding[]> {
  const findings: Finding[] = []
  let done = 0
  await runLanes(items, {
    lanes: questioning.lanes,
    signal: context.signal,
    open: () => openShared(questioning),
    work: async (session, item, signal) => {
      context.onProgress({ stage, done: done++, total: items.length, item: options.nameOf(item) })
      findings.push(...(await options.ask(session, item, signal)))
    },
    close: (session) => session.close(),
  })
  return findings
}

const SAVEPOINT = sql`SAVEPOINT pgveil_attempt; `
const UNDO = sql`ROLLBACK TO SAVEPOINT pgveil_attempt; `
const RELEASE = sql`RELEASE SAVEPOINT pgveil_attempt`

/**
 * The rows of a statement, or the error that the server answered with; the transaction goes on either way. What the
 * statement did is taken back, unless it is to be kept.
 */
export async function attempt<Row>(
  session: Session,
  signal: AbortSignal,
  statement: Sql,
  effect: 'undo' | 'keep' = 'undo',
): Promise<Row[] | ServerError> {
  const answers = await attemptAll<Row>(session, signal, [statement], effect)
  return answers instanceof ServerError ? answers : (answers[0] ?? [])
}

/**
 * The rows of each of several statements, or the error that ended them. They go in one message, since a question of
 * 0.2 ms costs as much again for each message.
 */
export async function attemptAll<Row>(
  session: Session,
  signal: AbortSignal,
  statements: readonly Sql[],
  effect: 'undo' | 'keep' = 'undo',
): Promise<Row[][] | ServerError> {
  const undo = effect === 'undo' ? UNDO : nothing
  const body = join(statements, sql`\n; `)
  try {
    const results = await session.resultsUntil<Row>(signal, sql`${SAVEPOINT}${body}\n; ${undo}${RELEASE}`)
    return results.slice(1, 1 + statements.length)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    await session.run(sql`${UNDO}${RELEASE}`)
    return error.behind(SAVEPOINT.text.length)
  }
}
