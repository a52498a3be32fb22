import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TocEntry } from '../../archive/toc/toc.ts'
import { Fault, type Finding } from '../../lib/fault.ts'
import { readLines } from '../../postgres/child.ts'
import {
  clientEnvironment,
  databaseParameter,
  describeTarget,
  joinOptions,
  type Target,
} from '../../postgres/connection/target.ts'
import { type FedProgram, spawnFed } from '../../postgres/fed-program.ts'
import type { Program } from '../../postgres/programs.ts'
import { type SupervisedProgram, spawnSupervised } from '../../postgres/supervised.ts'
import type { Context } from '../context.ts'
import { type Complaint, ComplaintReader } from './complaints.ts'
import { partFault } from './part-fault.ts'
import { listFile } from './selection.ts'

/** What pg_restore reads: a directory archive, the head of a custom one without its rows, or a custom one as a stream. */
export type ArchiveInput =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'head'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly pieces: AsyncIterable<Uint8Array> }

export interface RestoreRun {
  readonly pgRestore: Program
  readonly target: Target
  readonly archive: ArchiveInput
  /** The entries to restore, in this order; of a stream all that the options select, in the order of the stream. */
  readonly entries: readonly TocEntry[]
  readonly options: readonly string[]
  /** Settings for pg_restore's sessions, as in PGOPTIONS. */
  readonly sessionOptions?: string | undefined
  /** Called as the rows of tables come in: with the dump id of the data. Undefined where nobody wants to hear. */
  readonly onTable?: ((dumpId: number) => void) | undefined
}

/**
 * Runs pg_restore on a list of entries. The first complaint that is not harmless ends it: an archive that restores in
 * part is no use, and a large one would take hours to say so. Throws `restore-failed`, and what a stream throws.
 */
export async function runPgRestore(context: Context, run: RestoreRun): Promise<Finding[]> {
  if (run.entries.length === 0) return []
  if (run.archive.kind === 'stream')
    return follow(context, run, spawnOnStream(context, run, run.archive.pieces))
  const folder = await mkdtemp(join(tmpdir(), 'pgveil-restore-'))
  try {
    const path = run.archive.kind === 'directory' ? run.archive.path : join(folder, 'head.dump')
    if (run.archive.kind === 'head') await writeFile(path, run.archive.bytes, { mode: 0o600 })
    const list = join(folder, 'entries.list')
    await writeFile(list, listFile(run.entries), { mode: 0o600 })
    const format = run.archive.kind === 'directory' ? 'directory' : 'custom'
    const command = [...commandOf(context, run, format), `--use-list=${list}`, path]
    const program = spawnSupervised(command, environmentFor(run), context.signal, { removeAfter: folder })
    return await follow(context, run, program)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function spawnOnStream(context: Context, run: RestoreRun, pieces: AsyncIterable<Uint8Array>): FedProgram {
  return spawnFed(commandOf(context, run, 'custom'), environmentFor(run), context.signal, pieces)
}

/** To say all that it does costs pg_restore and us 0.1 s for a thousand tables, so only where somebody listens. */
function commandOf(context: Context, run: RestoreRun, format: 'directory' | 'custom'): string[] {
  const isHeard = run.onTable !== undefined || context.log.isLevelEnabled('debug')
  return [
    run.pgRestore.path,
    `--format=${format}`,
    ...(isHeard ? ['--verbose'] : []),
    '--no-password',
    `--dbname=${databaseParameter(run.target)}`,
    ...run.options,
  ]
}

/** Listens to what pg_restore says until it has ended. */
async function follow(
  context: Context,
  run: RestoreRun,
  child: SupervisedProgram | FedProgram,
): Promise<Finding[]> {
  const warnings: Finding[] = []
  let harmful: Complaint | undefined
  const complaints = new ComplaintReader(run.entries, (complaint, verdict) => {
    if (verdict === 'missing-role') warnings.push(missingRole(complaint))
    if (verdict !== 'harmful' || harmful) return
    harmful = complaint
    void child.end()
  })
  const watchTables = run.onTable && tableWatcher(run.entries, run.onTable)
  const output = await readLines(child.stderr, (line) => {
    // Errors, and the details and commands behind them, may quote rows.
    if (/^pg_restore: (?!error)/.test(line)) context.log.debug({ program: 'pg_restore' }, line)
    complaints.line(line)
    watchTables?.(line)
  })
  complaints.end()
  const exitCode = await child.exited
  context.signal.throwIfAborted()
  if ('fed' in child) await child.fed
  if (harmful) throw partFault(`pg_restore failed: ${harmful.message}`, harmful.entry)
  // Exit code 1 says that it ignored errors; each of them was judged above.
  if (exitCode !== 0 && !(exitCode === 1 && /errors ignored on restore/.test(output))) {
    throw new Fault(
      'restore-failed',
      `pg_restore ended with code ${exitCode} at ${describeTarget(run.target)}.`,
      {
        remedy: 'The same command with --verbose debug shows all that pg_restore says.',
      },
    )
  }
  return warnings
}

function environmentFor(run: RestoreRun): Record<string, string> {
  const options = joinOptions(run.target.options, run.sessionOptions)
  return clientEnvironment({ ...run.target, options }, process.env)
}

const FINISHED = /^pg_restore: finished item (\d+) TABLE DATA/
const PROCESSING = /^pg_restore: processing data for table "(.*)"$/

/** pg_restore names a table's rows by the entry's number when it works in parallel, and by the table's name when not. */
function tableWatcher(
  entries: readonly TocEntry[],
  onTable: (dumpId: number) => void,
): (line: string) => void {
  const byName = new Map(
    entries
      .filter((entry) => entry.description === 'TABLE DATA')
      .map((entry) => [`${entry.schema}.${entry.tag}`, entry.dumpId]),
  )
  return (line) => {
    const finished = FINISHED.exec(line)?.[1]
    const name = finished ? undefined : PROCESSING.exec(line)?.[1]
    const dumpId = finished ? Number(finished) : byName.get(name ?? '')
    if (dumpId !== undefined) onTable(dumpId)
  }
}

function missingRole(complaint: Complaint): Finding {
  return {
    code: 'privileges-not-restored',
    severity: 'warning',
    message: `Privileges were not restored: ${complaint.message}.`,
    place: { relation: complaint.entry },
    remedy: 'Create the role in the target and restore again, or pass --ignore-privileges.',
  }
}
