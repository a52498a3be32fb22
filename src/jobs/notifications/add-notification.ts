import type { StateTransaction } from '../../store/state.ts'
import type { JobsContext } from '../jobs-context.ts'
import { sealBody, sealChannel } from '../sealed.ts'
import { type Channel, originOf } from './channel.ts'
import type { Message } from './message.ts'
import { renderMessage } from './render.ts'

/**
 * Writes down that a channel is to be told; wake the outbox when the transaction is through. The channel is sealed with it:
 * one that is changed or deleted later is told all the same. `runId` may be of no run, for what the server tells of itself.
 */
export async function addNotification(
  context: Pick<JobsContext, 'seal' | 'clock'>,
  transaction: StateTransaction,
  runId: string,
  { id, channel }: { readonly id: string; readonly channel: Channel },
  message: Message,
): Promise<void> {
  await transaction
    .insertInto('deliveries')
    .values({
      run_id: runId,
      receiver: `${originOf(channel)}#${id}`,
      body: sealBody(context, runId, renderMessage(message, channel)),
      channel: sealChannel(context, runId, channel),
      attempts: 0,
      due_at: context.clock.now().getTime(),
    })
    .execute()
}
