import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Applied, applyJobsFile } from '../jobs/definitions/apply.ts'
import { readJobsFile } from '../jobs/definitions/jobs-file.ts'
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
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'ENOENT' ? 'There is no such file' : error instanceof TypeError ? 'It is not UTF-8' : code
    throw new Fault('jobs-file', `A file cannot be read. ${why}.`, { place: { file } })
  }
}
