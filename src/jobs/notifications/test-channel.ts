import { randomUUID } from 'node:crypto'
import { Fault } from '../../lib/fault.ts'
import type { HostPolicy } from '../../lib/hosts.ts'
import { deliverNotification, SEND_TIMEOUT } from '../delivery/notification.ts'
import type { Channel } from './channel.ts'
import { messageOf } from './message.ts'
import { renderMessage } from './render.ts'

/**
 * Sends a test message at once, one attempt. Returns what came of it (`status 204`, `taken for 1 of 1`). Throws
 * `notification-failed`, in words without secrets.
 */
export async function testChannel(
  channel: Channel,
  options: { readonly hosts: HostPolicy; readonly now: Date; readonly timeout?: number },
): Promise<string> {
  const { now, hosts, timeout = SEND_TIMEOUT } = options
  const id = `test.${randomUUID()}`
  const message = messageOf({
    id,
    event: 'test',
    jobName: null,
    kind: 'test',
    state: 'succeeded',
    startedAt: null,
    endedAt: now,
    size: null,
    path: null,
    error: null,
    figures: {},
  })
  const body = JSON.stringify(renderMessage(message, channel))
  const attempt = await deliverNotification(channel, { id, body }, { hosts, timeout, now })
  if (attempt.kind === 'through' && attempt.accepted) return attempt.outcome
  throw new Fault(
    'notification-failed',
    `The ${channel.kind} channel could not be told: ${attempt.outcome}.`,
    {
      remedy: 'Look at its address and credentials, and whether its server can be reached from here.',
    },
  )
}
