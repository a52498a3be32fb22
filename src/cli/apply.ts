import { createReadStream } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Applied, applyJobsFile } from '../jobs/definitions/apply.ts'
import { LARGEST_FILE, readJobsFile } from '../jobs/definitions/jobs-file.ts'
import { Fault } from '../lib/fault.ts'
import type { CommandContext } from './command-context.ts'
import { screenWidth, table } from './screen/table.ts'
import { withJobs } from './with-jobs.ts'
import { withSpeech } from './work-flags.ts'

export function addApply(program: Command, context: CommandContext): void {
  const command = program
    .command('apply')
    .summary('make sources, destinations, keys, dictionaries and jobs what a file says')
    .description(DESCRIPTION)
    .argument('<file>', 'YAML file of jobs')
    .option('--dry-run', 'say what would change, and change nothing')
    .addHelpText('after', EXAMPLES)
  withSpeech(command).action((file: string, { dryRun }: { readonly dryRun?: boolean }) =>
    withJobs(context, async (jobs) => {
      const wanted = readJobsFile(await readText(file), file, process.env)
      const read = (path: string) => readText(resolve(dirname(file), path))
      const applied = await applyJobsFile(jobs, wanted, read, { dryRun: dryRun ?? false })
      context.screen.result(applied, describe(applied))
    }),
  )
}

const DESCRIPTION = `Makes the definitions in PGVEIL_HOME what the file says, by name: all of it or, where anything is wrong, nothing.
What the file does not name stays. \${NAME} in the file stands for a variable of the environment: keep passwords there.
A running server works by the new definitions from its next run on.`

const EXAMPLES = `
Examples:
  pgveil apply --dry-run jobs.yaml
  SHOP_PASSWORD=… pgveil apply jobs.yaml

docs/jobs.md shows a file with everything in it.`

function describe(applied: readonly Applied[]): string {
  const rows = applied.map(({ what, name, outcome }) => [what, name, outcome])
  return rows.length > 0 ? table(['what', 'name', 'outcome'], rows, screenWidth()) : 'The file names nothing.'
}

async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readBounded(file))
  } catch (error) {
    if (error instanceof Fault) throw error
    throw unreadable(file, error instanceof TypeError ? 'It is not UTF-8' : reasonOf(error))
  }
}

/** A pipe has no size to ask for, and a device no end. */
async function readBounded(file: string): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > LARGEST_FILE) throw unreadable(file, 'It is too large')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file',
  EISDIR: 'It is a folder',
  EACCES: 'Permission was denied',
}

function reasonOf(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException
  return REASONS[code] ?? `The system says ${code}`
}

function unreadable(file: string, why: string): Fault {
  return new Fault('jobs-file', `A file cannot be read. ${why}.`, { place: { file } })
}
