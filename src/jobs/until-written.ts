import type { Log } from '../lib/log.ts'

/** Milliseconds before the state file is asked again to take what it refused: a full disk is cleared by hand. */
export const RETRY_MILLISECONDS = 1000

/** Waits; ends at once when the signal aborts. Tests turn the hands. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>

export const sleep: Sleep = (milliseconds, signal) =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })

/**
 * Repeats what writes to the state file until that takes it, for what has happened cannot be asked for again. When the
 * signal aborts there is one more attempt, whose error is thrown.
 */
export async function untilWritten<Result>(
  { log, sleep }: { readonly log: Log; readonly sleep: Sleep },
  signal: AbortSignal,
  run: string,
  write: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (signal.aborted) throw error
      log.error({ run, reason: String(error) }, 'the state file cannot be written; it is tried again')
      await sleep(RETRY_MILLISECONDS, signal)
    }
  }
}
