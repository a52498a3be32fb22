import { asFault } from '../../lib/fault.ts'
import type { HostPolicy } from '../../lib/hosts.ts'
import { identifyServer } from '../../operations/survey-server.ts'
import { type Adapter, healthOf, listAdapters, noteServer, targetOfSource } from '../definitions/adapters.ts'
import { openStorage } from '../definitions/open-storage.ts'
import type { JobsContext } from '../jobs-context.ts'

export interface UpkeepContext extends JobsContext {
  readonly storageHosts: HostPolicy
}

/** Checks of one adapter that are kept: a month of one every five minutes. */
const KEPT_CHECKS = 9000

/** Milliseconds that one adapter has to answer. */
const PATIENCE = 20_000

/** A name that no backup has: it is asked for to see whether a destination answers. */
const NO_FILE = '.pgveil-health'

/** Connects to every source and destination, and notes how that went. One after the other: nobody waits for it. */
export async function checkHealth(context: UpkeepContext, signal: AbortSignal): Promise<void> {
  for (const adapter of await listAdapters(context)) {
    signal.throwIfAborted()
    if (adapter.type !== 'notification') await checkAdapter(context, adapter, signal)
  }
}

async function checkAdapter(context: UpkeepContext, adapter: Adapter, signal: AbortSignal): Promise<void> {
  const begun = context.clock.elapsed()
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
  const error = await reach(context, adapter, patience).then(
    () => null,
    (failure) => (patience.aborted ? 'It did not answer in time.' : asFault(failure).message),
  )
  signal.throwIfAborted()
  await noteCheck(context, adapter.id, { latency: context.clock.elapsed() - begun, error })
  if (error !== null) context.log.warn({ adapter: adapter.id, error }, 'health check failed')
}

async function reach(context: UpkeepContext, adapter: Adapter, signal: AbortSignal): Promise<void> {
  if (adapter.type === 'database') {
    await noteServer(context.state, adapter.id, await identifyServer(targetOfSource(adapter), signal))
    return
  }
  await using destination = await openStorage(adapter, context)
  await destination.find(NO_FILE, signal)
}

async function noteCheck(
  { state, clock }: UpkeepContext,
  id: string,
  { latency, error }: { readonly latency: number; readonly error: string | null },
): Promise<void> {
  await state.transaction().execute(async (transaction) => {
    const row = await transaction
      .updateTable('adapters')
      .set(({ fn, lit, eb }) => ({
        failures: error === null ? 0 : eb(fn.coalesce('failures', lit(0)), '+', 1),
      }))
      .where('id', '=', id)
      .returning('failures')
      .executeTakeFirst()
    const status = row && healthOf(row.failures)
    // It was removed while it was asked.
    if (!status) return
    const entry = { adapter_id: id, status, latency: Math.round(latency), error }
    await transaction
      .insertInto('health_checks')
      .values({ ...entry, id: crypto.randomUUID(), created_at: clock.now().getTime() })
      .execute()
    const oldest = transaction
      .selectFrom('health_checks')
      .select('created_at')
      .where('adapter_id', '=', id)
      .orderBy('created_at', 'desc')
      .offset(KEPT_CHECKS)
      .limit(1)
    await transaction
      .deleteFrom('health_checks')
      .where('adapter_id', '=', id)
      .where('created_at', '<=', oldest)
      .execute()
  })
}
