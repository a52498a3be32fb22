import { Fault } from '../../lib/fault.ts'
import { endChild, endOnAbort, readLines } from '../../postgres/child.ts'
import type { Program } from '../../postgres/programs.ts'
import { lockWaitFault } from '../../postgres/snapshot.ts'
import { clientEnvironment, type Target } from '../../postgres/target/target.ts'
import type { Context } from '../context.ts'

/** Runs pg_dump in a snapshot and gives what it wrote to standard output. Throws `structure-failed`. */
export async function runPgDump(
  context: Context,
  pgDump: Program,
  source: Target,
  snapshot: string,
  options: readonly string[],
): Promise<Uint8Array> {
  const child = Bun.spawn(
    [pgDump.path, `--snapshot=${snapshot}`, '--no-password', '--encoding=UTF8', ...options],
    {
      env: clientEnvironment(source, process.env),
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    },
  )
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
