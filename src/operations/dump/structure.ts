import { asDirectory, readToc, type Toc } from '../../archive/toc/toc.ts'
import { Fault } from '../../lib/fault.ts'
import { endChild, endOnAbort, readLines } from '../../postgres/child.ts'
import type { Program } from '../../postgres/programs.ts'
import { clientEnvironment, type Target } from '../../postgres/target/target.ts'
import type { Context } from '../context.ts'

/**
 * Dumps the structure alone, in the given snapshot. It comes through a pipe as a custom archive without data, and is
 * rewritten as a directory's table of contents: so nothing of it, no password of a user mapping either, is on disk
 * before the guard has seen it.
 */
export async function dumpStructure(
  context: Context,
  pgDump: Program,
  source: Target,
  snapshot: string,
  options: readonly string[],
): Promise<Toc> {
  const arguments_ = [
    '--format=custom',
    '--compress=0',
    '--schema-only',
    `--snapshot=${snapshot}`,
    '--no-password',
    '--no-subscriptions',
    '--encoding=UTF8',
    ...(pgDump.major >= 18 ? ['--no-statistics'] : []),
    ...options,
  ]
  const child = Bun.spawn([pgDump.path, ...arguments_], {
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
    if (exitCode !== 0) throw structureFault(complaints)
    return asDirectory(readToc(bytes))
  } finally {
    stopListening()
    await endChild(child)
  }
}

function structureFault(complaints: string): Fault {
  const reason = /error: (.*)/.exec(complaints)?.[1] ?? 'it gave no reason'
  return new Fault('structure-failed', `pg_dump could not dump the structure: ${reason}`, {
    remedy: 'The same command with --verbose debug shows all that pg_dump says.',
  })
}
