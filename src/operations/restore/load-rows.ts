import type { ManifestTable } from '../../archive/manifest.ts'
import type { TocEntry } from '../../archive/toc/toc.ts'
import { relationName } from '../../catalog/model.ts'
import { fromCatalog, sql } from '../../lib/sql.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { CopyInSession } from '../../postgres/copy-in-session.ts'
import { CopyError } from '../../postgres/copy-messages.ts'
import { EMPTY_SEARCH_PATH, PATIENT_SETTINGS } from '../../postgres/settings.ts'
import { describeSqlState } from '../../postgres/sqlstate.ts'
import { StoredRows } from '../../storage/stored-rows.ts'
import type { Context } from '../context.ts'
import { runLanes } from '../lanes.ts'
import { partFault } from './part-fault.ts'

/** A table whose rows are loaded here, and the entry that says how. */
export interface TableToLoad {
  readonly entry: TocEntry
  readonly table: ManifestTable
}

/** What pg_restore settles for its sessions, by the head of every archive. */
const RESTORE_SETTINGS = sql`${PATIENT_SETTINGS};
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
${EMPTY_SEARCH_PATH}`

/** Of less text than this a connection loads in little more time than it takes to open it: 0.16 s, and 0.02. */
const WORTH_A_CONNECTION_BYTES = 16 * 1024 * 1024

/** With less than this left, a table is not worth another connection's COPY. */
const WORTH_JOINING_BYTES = 1024 * 1024

/**
 * Loads the rows of tables over several connections, largest first. Whoever has no table of its own left helps with the one
 * that has most to go. Throws `restore-failed`, `archive-damaged`, `connection-failed`, `connection-lost`.
 */
export async function loadRows(
  context: Context,
  options: {
    readonly target: Target
    readonly folder: string
    readonly tables: readonly TableToLoad[]
    readonly lanes: number
    /** Called with bytes of text as they go in. */
    readonly onBytes: (bytes: number, table: ManifestTable) => void
  },
): Promise<void> {
  const { target, folder } = options
  const text = options.tables.reduce((sum, { table }) => sum + table.bytes, 0)
  const lanes = Math.min(options.lanes, Math.ceil(text / WORTH_A_CONNECTION_BYTES))
  const waiting = options.tables.toSorted((left, right) => right.table.bytes - left.table.bytes)
  const open = new Map<TableToLoad, StoredRows>()

  const take = async (): Promise<TableToLoad | undefined> => {
    const next = waiting.shift()
    if (next) {
      open.set(next, await StoredRows.open(folder, next.table))
      return next
    }
    const [most] = [...open].toSorted(([, left], [, right]) => right.bytesLeft - left.bytesLeft)
    return most && most[1].bytesLeft > WORTH_JOINING_BYTES ? most[0] : undefined
  }
  const load = async (session: CopyInSession): Promise<void> => {
    for (let item = await take(); item; item = await take()) {
      const { table } = item
      const rows = open.get(item) as StoredRows
      await fill(
        session,
        item,
        told(rows.take(), (bytes) => options.onBytes(bytes, table)),
      )
    }
  }
  try {
    await runLanes(
      Array.from({ length: lanes }, (_, lane) => lane),
      {
        lanes,
        signal: context.signal,
        open: (signal) => CopyInSession.open(target, RESTORE_SETTINGS, signal),
        work: load,
        close: (session) => session.close(),
      },
    )
    for (const rows of open.values()) rows.refuseUnlessWhole()
  } finally {
    await Promise.all([...open.values()].map((rows) => rows.close()))
  }
}

async function fill(
  session: CopyInSession,
  { entry, table }: TableToLoad,
  rows: AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    await session.copyIn(fromCatalog(entry.copyStatement ?? ''), rows)
  } catch (error) {
    if (!(error instanceof CopyError)) throw error
    throw partFault(`The rows were refused: ${describeSqlState(error.sqlState)}.`, relationName(table))
  }
}

async function* told(
  rows: AsyncIterable<Uint8Array>,
  tell: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const text of rows) {
    const bytes = text.length
    yield text
    tell(bytes)
  }
}
