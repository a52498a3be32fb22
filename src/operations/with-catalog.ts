import type { Catalog } from '../catalog/model.ts'
import type { Target } from '../postgres/connection/target.ts'
import { readCatalog } from '../postgres/introspect.ts'
import { asLockWait, type LockedTables, Snapshot, type SnapshotOptions } from '../postgres/snapshot.ts'
import type { Context } from './context.ts'

/** The catalog of a database and the snapshot that it was read in; both hold as long as the work that is given them. */
export interface CatalogInSnapshot {
  readonly snapshot: Snapshot
  readonly catalog: Catalog
}

export interface CatalogOptions extends SnapshotOptions {
  /** An operation that ends in a moment need lock none. */
  readonly locks: LockedTables | 'none'
  /** Called as soon as there is a snapshot, before anything is locked or read: what it begins may go on beside that. */
  readonly onSnapshot?: ((context: Context, snapshot: Snapshot) => Promise<void>) | undefined
}

/** Does some work in a snapshot of a database, whose catalog it is given. */
export async function withCatalog<Result>(
  context: Context,
  source: Target,
  { locks, onSnapshot, ...options }: CatalogOptions,
  work: (context: Context, found: CatalogInSnapshot) => Promise<Result>,
): Promise<Result> {
  context.onProgress({ stage: 'plan', done: 0, total: 1 })
  const snapshot = await Snapshot.begin(source, options)
  try {
    const guarded = whileSnapshotLives(context, snapshot)
    await onSnapshot?.(guarded, snapshot)
    if (locks !== 'none') await snapshot.lockTables(locks, guarded.signal)
    const catalog = await readCatalog(snapshot.session, snapshot.databaseSearchPath).catch(
      (error: unknown) => {
        throw asLockWait(error)
      },
    )
    return await work(guarded, { snapshot, catalog })
  } finally {
    await snapshot.close()
  }
}

/** With the snapshot's session go its locks: what is read after that might be another table. So everything stops. */
function whileSnapshotLives(context: Context, snapshot: Snapshot): Context {
  const lost = new AbortController()
  snapshot.session.onLost((fault) => lost.abort(fault))
  return { ...context, signal: AbortSignal.any([context.signal, lost.signal]) }
}
