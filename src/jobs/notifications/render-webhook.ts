import type { Message } from './message.ts'

/** A body as the Standard Webhooks specification advises: what happened, when, and the data of it. */
export function renderWebhook({ event, time, data, subject }: Message) {
  return { type: event, timestamp: time.toISOString(), data: { ...data, subject } }
}
