import { asDirectory, readToc, type Toc } from '../../archive/toc/toc.ts'
import type { Context } from '../context.ts'
import { type PgDump, runPgDump } from './pg-dump.ts'

/**
 * Dumps the structure alone, in the given snapshot. It comes through a pipe as a custom archive without data, and is
 * rewritten as a directory's table of contents: so nothing of it, no password of a user mapping either, is on disk
 * before the guard has seen it.
 */
export async function dumpStructure(
  context: Context,
  pgDump: PgDump,
  options: readonly string[],
): Promise<Toc> {
  const own = ['--format=custom', '--compress=0', '--schema-only', '--no-subscriptions']
  const statistics = pgDump.program.major >= 18 ? ['--no-statistics'] : []
  return asDirectory(readToc(await runPgDump(context, pgDump, [...own, ...statistics, ...options])))
}
