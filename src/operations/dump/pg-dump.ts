import { Fault } from '../../lib/fault.ts'
import { endChild, endOnAbort, readLines } from '../../postgres/child.ts'
import { clientEnvironment, type Target } from '../../postgres/connection/target.ts'
import type { Program } from '../../postgres/programs.ts'
import { lockWaitFault } from '../../postgres/snapshot.ts'
import type { Context } from '../context.ts'

/** A pg_dump, and what it is to look at. */
export interface PgDump {
  readonly program: Program
  readonly source: Target
  readonly snapshot: string
  readonly encoding: string
}

/** Runs pg_dump in a snapshot and gives what it wrote to standard output. Throws `structure-failed`. */
export async function runPgDump(
  context: Context,
  { program, source, snapshot, encoding }: PgDump,
  options: readonly string[],
): Promise<Uint8Array> {
  const own = [`--snapshot=${snapshot}`, `--encoding=${encoding}`, '--no-password']
  const child = Bun.spawn([program.path, ...own, ...options], {
    env: clientEnvironment(source, process.env),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const stopListening = endOnAbort(context.signal, () => endChild(child))
  try {
    const [bytes, complaints] = await Promise.all([
      new Response(child.stdout).bytes(),
      readLines(child.stderr, (line) => context.log.debug({ program: 'pg_dump' }, line)),
    ])
    const exitCode = await child.exited
    context.signal.throwIfAborted()
    if (exitCode !== 0) throw dumpFault(complaints)
    return bytes
  } finally {
    stopListening()
    await endChild(child)
  }
}

function dumpFault(complaints: string): Fault {
  // pg_dump waits for a lock by a statement timeout, on a LOCK TABLE alone.
  if (/canceling statement due to statement timeout[\s\S]*LOCK TABLE/.test(complaints))
    return lockWaitFault(undefined)
  const reason = /error: (.*)/.exec(complaints)?.[1] ?? 'it gave no reason'
  return new Fault('structure-failed', `pg_dump failed: ${reason}`, {
    remedy: 'The same command with --verbose debug shows all that pg_dump says.',
  })
}
