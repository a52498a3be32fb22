import { z } from 'zod'
import type { RunState } from '../run.ts'

/** What channels can be told of. `…_recovered`: the first success after failures. */
export const NOTIFICATION_EVENTS = [
  'backup_success',
  'backup_failure',
  'backup_recovered',
  'restore_complete',
  'restore_failure',
  'refresh_success',
  'refresh_failure',
  'refresh_recovered',
  'system_error',
] as const
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number]

/** Where a job does not say: bad news, and that it is over. */
const UNASKED: ReadonlySet<NotificationEvent> = new Set([
  'backup_failure',
  'backup_recovered',
  'restore_failure',
  'refresh_failure',
  'refresh_recovered',
  'system_error',
])

/**
 * What the user of a job says of an event: true tells all channels of the job, a list those of the list (whether the job
 * has them or not), false and nothing tell none.
 */
const wanted = z.union([z.boolean(), z.array(z.string().min(1).max(100)).max(50)])

/** Events to channels. An unknown event is refused: who asked for it would wait in vain. */
export const notificationEventsSchema = z.strictObject(
  Object.fromEntries(NOTIFICATION_EVENTS.map((event) => [event, wanted.optional()])) as Record<
    NotificationEvent,
    z.ZodOptional<typeof wanted>
  >,
)

export type NotificationEvents = z.infer<typeof notificationEventsSchema>

/**
 * The events of a settled run. `previousState` is that in which the last run of the same job and kind ended, undefined for
 * the first; cancelled ones are not counted. A cancelled run is no event: who stopped it knows. Neither are kinds that no
 * job has.
 */
export function eventsOf(run: {
  readonly kind: string
  readonly state: RunState
  readonly previousState: RunState | undefined
}): NotificationEvent[] {
  const { kind, state, previousState } = run
  if (state !== 'succeeded' && state !== 'failed') return []
  if (kind === 'restore') return [state === 'failed' ? 'restore_failure' : 'restore_complete']
  if (kind !== 'backup' && kind !== 'refresh') return []
  if (state === 'failed') return [`${kind}_failure`]
  return previousState === 'failed' ? [`${kind}_success`, `${kind}_recovered`] : [`${kind}_success`]
}

/**
 * The ids of the channels to tell of an event, each once. Without `notificationEvents` (which is not the same as an empty
 * object) all channels are told of failures and recoveries.
 */
export function wantedChannels(
  job: {
    readonly notificationIds: readonly string[]
    readonly notificationEvents: NotificationEvents | null | undefined
  },
  event: NotificationEvent,
): string[] {
  const { notificationIds, notificationEvents } = job
  const wish = notificationEvents ? notificationEvents[event] : UNASKED.has(event)
  if (Array.isArray(wish)) return [...new Set(wish)]
  return wish ? [...new Set(notificationIds)] : []
}

/** Which channels to tell of the events of one run, each once: of those that a channel wants, the last tells the most. */
export function channelsToTell(
  job: Parameters<typeof wantedChannels>[0],
  events: readonly NotificationEvent[],
): Map<string, NotificationEvent> {
  return new Map(events.flatMap((event) => wantedChannels(job, event).map((id) => [id, event] as const)))
}
