import type { Run } from '../../jobs/run.ts'
import { statusOf } from '../../jobs/status-file.ts'
import type { Surface, Webhook } from '../../jobs/surface.ts'
import type { TaskOutput } from '../../jobs/worker/messages.ts'
import { parseExactly } from '../../lib/exact-json.ts'
import { STATUS_IDS } from '../../store/run-folder.ts'
import { errorCodeOf } from './error-words.ts'
import type { RunBody } from './schemas/requests.ts'

/** What a webhook's body needs of the request. */
export interface ReportContext {
  readonly operationId: string
  /** JSON, as the request wrote it. */
  readonly metadata: string
}

/** What the documented webhooks say of a run. */
export const anonymizationSurface: Surface = {
  name: 'anonymization',
  report: (run, webhook, output) => {
    const { operationId, metadata } = webhook.context as ReportContext
    const status = statusOf(run.state)
    const common = {
      operation_id: operationId,
      status_id: STATUS_IDS[status],
      status,
      webhook_metadata: parseExactly(metadata),
    }
    if (run.endedAt === null) return common
    return {
      ...common,
      internal_operation_id: run.id,
      started: run.startedAt && isoSeconds(run.startedAt),
      ended: isoSeconds(run.endedAt),
      run_options: run.options,
      ...(run.fault && { error: run.fault.message, error_code: errorCodeOf(run.fault.code) }),
      ...(output && contents(run, output)),
    }
  },
}

function contents(run: Run, { figures, dictionaries }: TaskOutput): Record<string, unknown> {
  if (run.kind === 'dump') return { size: figures.size }
  if (run.kind !== 'scan') return {}
  const { output_sens_dict_file: sensitive, output_no_sens_dict_file: nonSensitive } = dictionaries
  return {
    ...(sensitive && { sens_dict_content: contentOf(sensitive) }),
    ...(nonSensitive && { no_sens_dict_content: contentOf(nonSensitive) }),
  }
}

function contentOf({ name, text }: { name: string; text: string }) {
  return { name, content: text }
}

/** As the original writes times: seconds, and the offset of UTC. */
export function isoSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, '+00:00')
}

/** Where a run reports to; `text` is the body of the request, which webhook_metadata is taken from as it was written. */
export function webhookOf(body: RunBody, text: string): Webhook {
  const headers = Object.entries(body.webhook_extra_headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ])
  const { webhook_metadata: metadata } = parseExactly(text) as { webhook_metadata?: unknown }
  return {
    url: body.webhook_status_url,
    headers: Object.fromEntries(headers),
    verifyTls: body.webhook_verify_ssl,
    context: {
      operationId: body.operation_id,
      metadata: JSON.stringify(metadata ?? null),
    } satisfies ReportContext,
  }
}
