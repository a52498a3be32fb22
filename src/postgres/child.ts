import type { Subprocess } from 'bun'

/** How long a child may take to end after SIGTERM before it is killed. pg_restore ends its own children in that time. */
const GRACE_MILLISECONDS = 5000

/** The longest piece of a child's complaints that is kept; the end says why it failed. */
const KEPT_COMPLAINTS = 64 * 1024

/**
 * Ends a child and waits until it is gone: a polite signal first, SIGKILL after the grace. libpq's programs answer
 * SIGINT by cancelling what the server does for them, and pg_dump and pg_restore answer SIGTERM in the same way.
 */
export async function endChild(
  child: Subprocess,
  polite: 'SIGTERM' | 'SIGINT' = 'SIGTERM',
  grace = GRACE_MILLISECONDS,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(polite)
  const kill = setTimeout(() => child.kill('SIGKILL'), grace)
  try {
    await child.exited
  } finally {
    clearTimeout(kill)
  }
}

/** Calls `end` when the signal aborts. Call what it returns once there is nothing left to end. */
export function endOnAbort(signal: AbortSignal, end: () => Promise<void>): () => void {
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return () => signal.removeEventListener('abort', end)
}

/** Reads a stream of text line by line; hands each line on, or its end if it is too long, and keeps the last of them. */
export async function readLines(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void = () => {},
  longestLine = KEPT_COMPLAINTS,
): Promise<string> {
  const decoder = new TextDecoder()
  let kept = ''
  let line = ''
  const take = (text: string) => {
    kept = (kept + text).slice(-KEPT_COMPLAINTS)
    const lines = (line + text).split('\n')
    line = (lines.pop() ?? '').slice(-longestLine)
    for (const whole of lines) onLine(whole)
  }
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }))
  take(decoder.decode())
  if (line !== '') onLine(line)
  return kept
}
