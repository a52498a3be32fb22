import type { Run } from '../../jobs/run.ts'
import { refuseHost } from '../../lib/hosts.ts'
import type { ApiContext } from './context.ts'
import type { Ordered } from './order.ts'
import { anonymizationSurface, webhookOf } from './report.ts'
import type { RunBody } from './schemas/requests.ts'

/**
 * Checks a request for a run, of which `text` is the body, and writes it down: when this returns, the run will be done and
 * told of.
 */
export async function submit<Body extends RunBody>(
  context: ApiContext,
  body: Body,
  text: string,
  order: (context: ApiContext, id: string, body: Body) => Promise<Ordered>,
): Promise<Run> {
  const id = crypto.randomUUID()
  const webhook = webhookOf(body, text)
  await refuseHost(new URL(webhook.url).hostname, context.webhookHosts)
  const { dictionaries, ...ordered } = await order(context, id, body)
  const run = {
    ...ordered,
    id,
    surface: anonymizationSurface.name,
    dictionaries: body.save_dicts ? dictionaries : undefined,
    webhook,
  }
  return context.queue.submit(run)
}
