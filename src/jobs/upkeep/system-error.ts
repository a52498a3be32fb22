import { asFault } from '../../lib/fault.ts'
import { findAdapter } from '../definitions/adapters.ts'
import { findJob } from '../definitions/jobs.ts'
import type { JobsContext } from '../jobs-context.ts'
import { addNotification } from '../notifications/add-notification.ts'
import { parseChannelConfig } from '../notifications/channels.ts'
import { wantedChannels } from '../notifications/events.ts'
import { messageOf } from '../notifications/message.ts'

/** Writes down what the server found wrong by itself for the channels of a job; the server's next look at the outbox sends it. */
export async function tellSystemError(
  context: JobsContext,
  jobId: string | null,
  error: { readonly code: string; readonly message: string },
): Promise<void> {
  const job = jobId ? await findJob(context.state, jobId).catch(() => undefined) : undefined
  if (!job) return
  const id = crypto.randomUUID()
  const now = context.clock.now()
  const message = messageOf({
    id,
    event: 'system_error',
    jobName: job.name,
    kind: 'integrity-check',
    state: 'failed',
    startedAt: null,
    endedAt: now,
    size: null,
    path: null,
    error,
    figures: {},
  })
  await context.state.transaction().execute(async (transaction) => {
    for (const channelId of wantedChannels(job, 'system_error')) {
      try {
        const adapter = await findAdapter({ ...context, state: transaction }, channelId, 'notification')
        const channel = parseChannelConfig(adapter.adapterId, adapter.config)
        await addNotification(context, transaction, id, { id: channelId, channel }, message)
      } catch (failure) {
        // One that cannot be told must not keep the others from hearing it.
        context.log.error(
          { channel: channelId, reason: asFault(failure).message },
          'a channel cannot be told',
        )
      }
    }
  })
}
