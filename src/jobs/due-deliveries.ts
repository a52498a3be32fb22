import { asFault } from '../lib/fault.ts'
import type { JobsContext } from './jobs-context.ts'
import type { Channel } from './notifications/channel.ts'
import { openBody, openChannel, openWebhook } from './sealed.ts'
import type { Webhook } from './surface.ts'

/** Deliveries that are read at a time; the report of a scan may be large. */
const LOOKED_AT_ONCE = 16

/** Milliseconds until what cannot be opened is looked at again. */
const PUT_OFF = 60 * 60 * 1000

/** One delivery whose turn it is: the report of a run for its webhook, or a notification for a channel. */
export interface Due {
  readonly id: number
  readonly runId: string
  readonly receiver: string
  readonly attempts: number
  readonly body: string
  readonly to: { readonly webhook: Webhook } | { readonly channel: Channel }
}

/**
 * The next delivery of each run to each receiver that is due, the longest waiting first; not those passed over, nor those
 * for receivers that are busy. What cannot be opened is put off.
 */
export async function dueDeliveries(
  context: JobsContext,
  passedOver: readonly number[],
  busy: readonly string[],
): Promise<Due[]> {
  const rows = await context.state
    .selectFrom('deliveries as d')
    // What the server tells of itself belongs to no run.
    .leftJoin('runs as r', 'r.id', 'd.run_id')
    .select(['d.id', 'd.run_id', 'd.receiver', 'd.attempts', 'd.body', 'd.channel', 'r.webhook'])
    .where('d.done_at', 'is', null)
    .where('d.due_at', '<=', context.clock.now().getTime())
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries as earlier')
            .select('earlier.id')
            .whereRef('earlier.run_id', '=', 'd.run_id')
            .whereRef('earlier.receiver', '=', 'd.receiver')
            .whereRef('earlier.id', '<', 'd.id')
            .where('earlier.done_at', 'is', null),
        ),
      ),
    )
    .where('d.id', 'not in', [...passedOver, 0])
    .where('d.receiver', 'not in', [...busy, ''])
    .orderBy('d.due_at')
    .orderBy('d.id')
    .limit(LOOKED_AT_ONCE)
    .execute()
  const due: Due[] = []
  for (const { id, run_id: runId, receiver, attempts, ...sealed } of rows) {
    const opened = open(context, runId, sealed)
    if (opened) due.push({ id, runId, receiver, attempts, ...opened })
    else await putOff(context, id)
  }
  return due
}

function open(
  context: JobsContext,
  runId: string,
  sealed: { readonly [Name in 'body' | 'channel' | 'webhook']: Uint8Array | null },
): Pick<Due, 'to' | 'body'> | undefined {
  const { body, channel, webhook } = sealed
  if (!body) return undefined
  try {
    if (channel)
      return { to: { channel: openChannel(context, runId, channel) }, body: openBody(context, runId, body) }
    if (!webhook) return undefined
    return { to: { webhook: openWebhook(context, runId, webhook) }, body: openBody(context, runId, body) }
  } catch (error) {
    context.log.error({ run: runId, reason: asFault(error).message }, 'a report cannot be opened')
    return undefined
  }
}

/** It is kept as it is: who repairs the state file, or brings back its key, loses no report. */
async function putOff({ state, clock }: JobsContext, id: number): Promise<void> {
  await state
    .updateTable('deliveries')
    .set({ due_at: clock.now().getTime() + PUT_OFF, outcome: 'cannot be opened' })
    .where('id', '=', id)
    .execute()
}
