import type { Subprocess } from 'bun'
import { endChild, endOnAbort } from './child.ts'

export interface FedProgram {
  readonly stderr: ReadableStream<Uint8Array>
  readonly exited: Promise<number>
  /** Settles when the stream was read to its end, or the program wants no more. Throws what the stream threw. */
  readonly fed: Promise<void>
  /** Ends the program and waits until it is gone. */
  end(): Promise<void>
}

/**
 * A program that reads a stream on its standard input, no faster than it takes it. It needs no supervisor: when we are
 * killed its input ends, and it with it. A stream that fails ends the program.
 */
export function spawnFed(
  command: readonly string[],
  environment: Record<string, string>,
  signal: AbortSignal,
  stream: AsyncIterable<Uint8Array>,
): FedProgram {
  const child = Bun.spawn([...command], {
    env: environment,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const stopListening = endOnAbort(signal, () => endChild(child))
  const fed = feed(child, stream)
  // Whoever reads `stderr` to its end comes to `fed` only then.
  fed.catch(() => {})
  return {
    stderr: child.stderr,
    exited: child.exited.finally(stopListening),
    fed,
    end: () => endChild(child),
  }
}

const GONE = Symbol('gone')

async function feed(
  child: Subprocess<'pipe', 'ignore', 'pipe'>,
  stream: AsyncIterable<Uint8Array>,
): Promise<void> {
  const unlessGone = untilExit(child)
  const pieces = stream[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = pieces.next()
      const result = await unlessGone(next)
      if (result === GONE) {
        next.catch(() => {})
        return await leave(child, pieces)
      }
      if (result.done) return await close(child)
      await unlessGone(take(child, result.value))
    }
  } catch (error) {
    await endChild(child)
    throw error
  }
}

/**
 * Waits for some work, but no longer than the child lives. Promise.race with its end would not do: each race stays with
 * the promise that it waited for, and the piece with it, so that the whole stream was in memory at last.
 */
function untilExit(child: Subprocess): <Result>(work: Promise<Result>) => Promise<Result | typeof GONE> {
  let gone = false
  let wake = () => {}
  child.exited.then(() => {
    gone = true
    wake()
  })
  return <Result>(work: Promise<Result>) => {
    const first = Promise.withResolvers<Result | typeof GONE>()
    wake = () => first.resolve(GONE)
    if (gone) wake()
    work.then(first.resolve, first.reject)
    return first.promise
  }
}

async function close(child: Subprocess<'pipe', 'ignore', 'pipe'>): Promise<void> {
  try {
    await child.stdin.end()
  } catch (error) {
    await unlessEnded(child, error)
  }
}

async function take(child: Subprocess<'pipe', 'ignore', 'pipe'>, piece: Uint8Array): Promise<void> {
  try {
    // Where the pipe is full both give promises, and either may be the one that is refused.
    await Promise.all([child.stdin.write(piece), child.stdin.flush()])
  } catch (error) {
    await unlessEnded(child, error)
  }
}

/** A program that has ended takes nothing more; why it did is for its exit code to say. */
async function unlessEnded(child: Subprocess, error: unknown): Promise<void> {
  if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error
  await child.exited
}

/**
 * A program that had all it wanted leaves the rest, which is read all the same: that the stream was genuine is known at
 * its end only. Of one that failed nobody wants to know.
 */
async function leave(child: Subprocess, pieces: AsyncIterator<Uint8Array>): Promise<void> {
  if (child.exitCode !== 0) {
    // Not waited for: a stream that gives nothing does not hear of it either.
    pieces.return?.().catch(() => {})
    return
  }
  while (!(await pieces.next()).done) {
    // Nothing is wanted of it.
  }
}
