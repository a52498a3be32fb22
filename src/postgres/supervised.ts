import type { Subprocess } from 'bun'
import { endChild, endOnAbort } from './child.ts'

/**
 * A program that must not outlive us. Other children end by themselves when we are killed, since they write into a pipe
 * of ours or read from one; pg_restore does neither and would go on loading. So a shell stands between: it holds the
 * other end of a pipe that only we keep open, and when that closes it ends the program.
 *
 * The shell reads the pipe as file descriptor 3, because a background command's standard input is /dev/null.
 */
const SUPERVISOR = `
exec 3<&0
"$@" 3<&- </dev/null &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM INT
{ read -r _ <&3; kill -TERM "$child" 2>/dev/null; } &
watcher=$!
exec 3<&-
wait "$child"
status=$?
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  status=$?
done
kill "$watcher" 2>/dev/null
exit "$status"
`

export interface SupervisedProgram {
  readonly stderr: ReadableStream<Uint8Array>
  readonly exited: Promise<number>
  /** Ends the program and waits until it is gone. */
  end(): Promise<void>
}

export function spawnSupervised(
  command: readonly string[],
  environment: Record<string, string>,
  signal: AbortSignal,
): SupervisedProgram {
  const child: Subprocess<'pipe', 'ignore', 'pipe'> = Bun.spawn(
    ['/bin/sh', '-c', SUPERVISOR, 'pgveil', ...command],
    {
      env: environment,
      stdin: 'pipe',
      stdout: 'ignore',
      stderr: 'pipe',
    },
  )
  const stopListening = endOnAbort(signal, () => endChild(child))
  return {
    stderr: child.stderr,
    exited: child.exited.finally(stopListening),
    end: () => endChild(child),
  }
}
