import type { HostPolicy } from '../../lib/hosts.ts'
import type { Signer } from '../signature.ts'
import type { Webhook } from '../surface.ts'
import type { Attempt, Delivery } from './attempt.ts'
import { post } from './http.ts'

/** Posts the report of a run to the webhook of its request, signed with the server's own key. */
export async function deliverReport(
  webhook: Webhook,
  message: Delivery,
  options: {
    readonly hosts: HostPolicy
    readonly signer: Signer | undefined
    readonly timeout: number
    readonly now: Date
  },
): Promise<Attempt> {
  const signature = options.signer?.headers(message.id, message.body, options.now)
  const attempt = await post({ ...webhook, signature }, message, options)
  // The pauses between reports are documented; a receiver does not change them.
  return attempt.kind === 'again' ? { ...attempt, pause: undefined } : attempt
}
