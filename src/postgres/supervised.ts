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
END_BY=$1
REMOVE=$2
shift 2
exec 3<&0
trap '' HUP
"$@" 3<&- </dev/null &
child=$!
trap 'kill -"$END_BY" "$child" 2>/dev/null' TERM INT
{ read -r word <&3; [ "$word" = stay ] || kill -"$END_BY" "$child" 2>/dev/null; } &
watcher=$!
exec 3<&-
wait "$child"
status=$?
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  status=$?
done
kill "$watcher" 2>/dev/null
[ -z "$REMOVE" ] || rm -rf -- "$REMOVE"
exit "$status"
`

export interface SupervisedProgram {
  readonly stderr: ReadableStream<Uint8Array>
  readonly exited: Promise<number>
  /** Ends the program and waits until it is gone. */
  end(): Promise<void>
  /** Lets the program live on when we end. Gives the id of the process that ends it when it is sent SIGTERM. */
  release(): Promise<number>
}

export function spawnSupervised(
  command: readonly string[],
  environment: Record<string, string>,
  signal: AbortSignal,
  options: {
    /** The signal that ends the program. */
    readonly endBy?: 'TERM' | 'QUIT'
    /** A folder that goes when the program has ended, even where we are not there any more to remove it. */
    readonly removeAfter?: string
    readonly cwd?: string
    readonly uid?: number
    readonly gid?: number
  } = {},
): SupervisedProgram {
  const { endBy = 'TERM', removeAfter = '', ...place } = options
  const child: Subprocess<'pipe', 'ignore', 'pipe'> = Bun.spawn(
    ['/bin/sh', '-c', SUPERVISOR, 'pgveil', endBy, removeAfter, ...command],
    {
      env: environment,
      stdin: 'pipe',
      stdout: 'ignore',
      stderr: 'pipe',
      ...place,
    },
  )
  const stopListening = endOnAbort(signal, () => endChild(child))
  return {
    stderr: child.stderr,
    exited: child.exited.finally(stopListening),
    end: () => endChild(child),
    release: async () => {
      child.stdin.write('stay\n')
      await child.stdin.end()
      child.unref()
      return child.pid
    },
  }
}
