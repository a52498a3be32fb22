import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { isSettled, type Run } from '../../jobs/run.ts'
import { findRun } from '../../jobs/runs.ts'
import { statusOf } from '../../jobs/status-file.ts'
import { STATUS_IDS } from '../../store/run-folder.ts'
import type { ApiContext } from './context.ts'
import { errorCodeOf } from './error-words.ts'

/** A comment goes out so often where nothing happens, so that no proxy takes the connection for dead. */
const KEEP_ALIVE_MILLISECONDS = 15_000

/** Sends what happens to a run as server-sent events, until it has ended or the client goes away. */
export function streamRun(c: Context, { state, queue }: ApiContext, id: string): Response {
  return streamSSE(c, async (stream) => {
    const gone = new AbortController()
    stream.onAbort(() => gone.abort())
    let changed = Promise.withResolvers<void>()
    queue.onChange(id, gone.signal, () => changed.resolve())
    gone.signal.addEventListener('abort', () => changed.resolve())
    const keepAlive = setInterval(() => stream.write(': \n\n'), KEEP_ALIVE_MILLISECONDS)
    try {
      for (;;) {
        const next = changed
        const run = await findRun(state, id)
        if (!run || gone.signal.aborted) return
        await stream.writeSSE({
          event: isSettled(run.state) ? 'end' : 'progress',
          data: JSON.stringify(eventOf(run)),
        })
        if (isSettled(run.state)) return
        await next.promise
        changed = Promise.withResolvers()
      }
    } finally {
      clearInterval(keepAlive)
      gone.abort()
    }
  })
}

function eventOf(run: Run) {
  const status = statusOf(run.state)
  return {
    internal_operation_id: run.id,
    status_id: STATUS_IDS[status],
    status,
    progress: run.progress,
    ...(run.fault && { error: run.fault.message, error_code: errorCodeOf(run.fault.code) }),
  }
}
