import type { JobsContext } from './jobs-context.ts'
import type { Channel } from './notifications/channel.ts'
import { channelOf, plainChannel } from './notifications/plain-channel.ts'
import type { Webhook } from './surface.ts'
import { type Task, taskSchema } from './task.ts'

/** What the state file holds sealed of one run; each opens in its own place only. */
type Sealing = Pick<JobsContext, 'seal'>

export function sealTask({ seal }: Sealing, runId: string, task: Task): Uint8Array {
  return seal.close(JSON.stringify(task), `task ${runId}`)
}

/** Throws `state-key`, or a ZodError where another version wrote it. */
export function openTask({ seal }: Sealing, runId: string, sealed: Uint8Array): Task {
  return taskSchema.parse(JSON.parse(seal.open(sealed, `task ${runId}`)))
}

/** Whether it was sealed with this key, and not changed since. */
export function opensTask({ seal }: Sealing, runId: string, sealed: Uint8Array): boolean {
  try {
    seal.open(sealed, `task ${runId}`)
    return true
  } catch {
    return false
  }
}

export function webhookPurpose(runId: string): string {
  return `webhook ${runId}`
}

export function sealWebhook({ seal }: Sealing, runId: string, webhook: Webhook): Uint8Array {
  return seal.close(JSON.stringify(webhook), webhookPurpose(runId))
}

export function openWebhook({ seal }: Sealing, runId: string, sealed: Uint8Array): Webhook {
  return JSON.parse(seal.open(sealed, webhookPurpose(runId))) as Webhook
}

export function sealBody({ seal }: Sealing, runId: string, body: unknown): Uint8Array {
  return seal.close(JSON.stringify(body), `body ${runId}`)
}

export function openBody({ seal }: Sealing, runId: string, sealed: Uint8Array): string {
  return seal.open(sealed, `body ${runId}`)
}

export function sealChannel({ seal }: Sealing, runId: string, channel: Channel): Uint8Array {
  return seal.close(JSON.stringify(plainChannel(channel)), `channel ${runId}`)
}

/** Throws `state-key`, or `adapter-config` where another version wrote it. */
export function openChannel({ seal }: Sealing, runId: string, sealed: Uint8Array): Channel {
  return channelOf(JSON.parse(seal.open(sealed, `channel ${runId}`)))
}
