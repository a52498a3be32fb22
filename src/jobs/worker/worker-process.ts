import { open } from 'node:fs/promises'
import type { Progress } from '../../operations/context.ts'
import { endChild, readLines } from '../../postgres/child.ts'
import { identityOf, type ProcessIdentity } from '../../storage/process-identity.ts'
import type { RunFault } from '../run.ts'
import type { Task } from '../task.ts'
import { keptEnvironment } from './kept-environment.ts'
import { readMessage, type TaskOutput } from './messages.ts'
import { ownProgram } from './own-program.ts'

/** The hidden command that a worker is. */
export const WORKER_COMMAND = 'work'

/** How long a worker may take to clean up after SIGTERM: its own children get 5 s from it. */
const GRACE_MILLISECONDS = 15_000

/** Characters: a scan's dictionaries come in one message. */
const LONGEST_MESSAGE = 64 * 1024 * 1024

export type WorkerEnd =
  | { readonly output: TaskOutput }
  | { readonly fault: RunFault }
  /** It said neither: it was killed, or crashed. */
  | { readonly lost: string }

/**
 * A process of pgveil that does one task: whatever happens to it, the server lives on. The task goes to its standard
 * input, which stays open: when that closes, by a kill -9 of the server too, the worker ends all that it began.
 */
export class WorkerProcess {
  readonly identity: ProcessIdentity
  readonly #child: Bun.Subprocess<'pipe', 'pipe', number>
  readonly ended: Promise<WorkerEnd>

  private constructor(
    child: Bun.Subprocess<'pipe', 'pipe', number>,
    identity: ProcessIdentity,
    ended: Promise<WorkerEnd>,
  ) {
    this.#child = child
    this.identity = identity
    this.ended = ended
  }

  /** Starts a worker, which waits for its task. Its log is added to the file. */
  static async start(logFile: string, onProgress: (progress: Progress) => void): Promise<WorkerProcess> {
    const log = await open(logFile, 'a', 0o600)
    try {
      const child = Bun.spawn([...ownProgram(), WORKER_COMMAND, '--json', '--verbose=debug'], {
        env: keptEnvironment(),
        stdin: 'pipe',
        stdout: 'pipe',
        stderr: log.fd,
        // Ctrl-C goes to all of the terminal's group; the server decides when its workers end.
        detached: true,
      })
      return new WorkerProcess(child, await identityOf(child.pid), follow(child, onProgress))
    } finally {
      await log.close()
    }
  }

  give(task: Task): void {
    this.#child.stdin.write(`${JSON.stringify(task)}\n`)
    this.#child.stdin.flush()
  }

  /** Ends it, and waits until it and all that it started are gone. */
  async end(grace = GRACE_MILLISECONDS): Promise<void> {
    await endChild(this.#child, 'SIGTERM', grace)
  }
}

async function follow(
  child: Bun.Subprocess<'pipe', 'pipe', number>,
  onProgress: (progress: Progress) => void,
): Promise<WorkerEnd> {
  let end: WorkerEnd | undefined
  const hear = (line: string) => {
    const message = readMessage(line)
    if (!message) return
    if ('progress' in message) onProgress(message.progress)
    else end ??= message
  }
  await readLines(child.stdout, hear, LONGEST_MESSAGE)
  await child.exited
  return end ?? { lost: String(child.signalCode ?? `exit code ${child.exitCode}`) }
}
